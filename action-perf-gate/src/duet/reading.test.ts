import { describe, expect, test } from 'vitest';
import { outcomes, type Samples } from '../load/types.ts';
import { type CpuTrack, poolArm, readLife } from './reading.ts';
import type { DuetPlan } from './schedule.ts';

type Row = readonly [
  due: number,
  target: 0 | 1,
  done: number,
  outcome?: (typeof outcomes)[number],
  request?: number,
];

function samplesOf(rows: readonly Row[]): Samples {
  const column = (of: (row: Row) => number) => Float64Array.from(rows, of);
  return {
    schedule: {
      dueMs: column(([due]) => due),
      target: Uint8Array.from(rows, ([, target]) => target),
      request: Uint16Array.from(rows, ([, , , , request = 0]) => request),
      durationMs: 2000,
    },
    attemptMs: column(([due]) => due),
    sentMs: column(([due]) => due),
    firstByteMs: column(([, , done]) => done),
    doneMs: column(([, , done]) => done),
    outcome: Uint8Array.from(rows, ([, , , outcome = 'ok']) => outcomes.indexOf(outcome)),
    status: new Uint16Array(rows.length),
  };
}

const plan: DuetPlan = { lives: [], restarts: true, warmupMs: 1000, measuredMs: 2000 };

describe('a life', () => {
  test('tells the services apart', () => {
    const samples = samplesOf([
      [500, 0, 510],
      [600, 1, 640],
      [700, 0, 705],
    ]);
    const [[baseline, candidate] = []] = readLife(plan, samples);
    expect(baseline?.latencyMs).toEqual(Float64Array.of(10, 5));
    expect(baseline?.ascendingMs).toEqual(Float64Array.of(5, 10));
    expect(candidate?.latencyMs).toEqual(Float64Array.of(40));
    expect(candidate?.seconds).toBe(2);
  });

  test('tells latency apart from how late the generator was', () => {
    const samples = samplesOf([
      [100, 0, 110],
      [200, 0, 290],
    ]);
    const attemptMs = Float64Array.of(104, 201);
    const [[baseline] = []] = readLife(plan, { ...samples, attemptMs });
    expect(baseline?.latencyMs).toEqual(Float64Array.of(10, 90));
    expect(baseline?.promptMs).toEqual(Float64Array.of(6, 89));
  });

  test('has latencies of what met every expect; the rest are failures, answered or not', () => {
    const samples = samplesOf([
      [100, 0, 110],
      [200, 0, 210, 'unexpected'],
      [300, 0, 1300, 'timeout'],
      [400, 0, Number.NaN, 'unsent'],
    ]);
    const [[baseline] = []] = readLife(plan, samples);
    expect(baseline?.latencyMs).toEqual(Float64Array.of(10));
    expect(baseline?.failed).toEqual(Uint8Array.of(0, 1, 1, 1));
    expect(baseline).toMatchObject({ completed: 1, answered: 2 });
  });

  test('completes what ends within the measured time', () => {
    const samples = samplesOf([
      [100, 1, 200],
      [500, 1, 600],
      [1900, 1, 2100],
    ]);
    const [[, candidate] = []] = readLife(plan, samples);
    expect(candidate?.completed).toBe(2);
    expect(candidate?.latencyMs).toEqual(Float64Array.of(100, 100, 200));
  });

  test('has the requests of one name only where asked', () => {
    const samples = samplesOf([
      [100, 0, 110, 'ok', 0],
      [200, 0, 290, 'ok', 1],
    ]);
    const [[baseline] = []] = readLife(plan, samples, { requests: new Set([1]) });
    expect(baseline?.latencyMs).toEqual(Float64Array.of(90));
  });
});

describe('processor time', () => {
  const samples = samplesOf([[100, 0, 110]]);
  const read = (track: CpuTrack): number | null | undefined =>
    readLife(plan, samples, { cpu: [track, null] })[0]?.[0].cpuMs;

  test('is taken between the ends of the measured time', () => {
    expect(read({ atMs: [0, 1000, 2000], cpuMs: [100, 180, 300] })).toBe(200);
  });

  test('is straight between two moments', () => {
    expect(read({ atMs: [-500, 500, 2100], cpuMs: [0, 100, 260] })).toBeCloseTo(200, 9);
  });

  test('is not known where the track does not span the time, but for a moment', () => {
    expect(read({ atMs: [0, 1000], cpuMs: [0, 100] })).toBeNull();
    expect(read({ atMs: [500, 2000], cpuMs: [0, 100] })).toBeNull();
    expect(read({ atMs: [10, 1990], cpuMs: [0, 100] })).toBe(100);
    expect(readLife(plan, samples)[0]?.[1].cpuMs).toBeNull();
  });

  test('is level after the last response, which ends the track before the time does', () => {
    expect(read({ atMs: [0, 1000, 1650], cpuMs: [0, 60, 100] })).toBe(100);
    expect(read({ atMs: [0, 1000, 1550], cpuMs: [0, 60, 100] })).toBeNull();
  });

  test('has no names', () => {
    const cpu = { atMs: [0, 2000], cpuMs: [0, 100] };
    const [[baseline] = []] = readLife(plan, samples, { cpu: [cpu, null], requests: new Set([0]) });
    expect(baseline?.cpuMs).toBeNull();
  });
});

test('without restarts a life is read in parts', () => {
  const samples = samplesOf(Array.from({ length: 600 }, (_, index) => [100 * index, 0, 5 + 100 * index]));
  const parts = readLife({ ...plan, restarts: false, measuredMs: 60_000 }, samples);
  expect(parts).toHaveLength(16);
  const counts = parts.map(([baseline]) => baseline.latencyMs.length);
  // 600 in parts of 3.75 s, one every 100 ms.
  for (const count of counts) expect(Math.abs(count - 37.5)).toBe(0.5);
});

test('lives pooled are one', () => {
  const samples = samplesOf([
    [100, 0, 120],
    [200, 0, 210],
    [300, 0, 400, 'timeout'],
  ]);
  const cpu: CpuTrack = { atMs: [-1000, 2000], cpuMs: [0, 300] };
  const lives = [1, 2].flatMap(() => readLife(plan, samples, { cpu: [cpu, null] }));
  const pooled = poolArm(lives, 0);
  expect(pooled.latencyMs).toEqual(Float64Array.of(20, 10, 20, 10));
  expect(pooled.ascendingMs).toEqual(Float64Array.of(10, 10, 20, 20));
  expect(pooled.failed).toEqual(Uint8Array.of(0, 0, 1, 0, 0, 1));
  expect(pooled).toMatchObject({ seconds: 4, completed: 4, cpuMs: 400 });
  expect(poolArm(lives, 1).cpuMs).toBeNull();
});
