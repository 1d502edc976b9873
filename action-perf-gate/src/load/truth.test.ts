/** What the generator says beside what a server of a known distribution did. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalQuantile, quantileInterval, sampleQuantile } from '../../../core/stats/index.ts';
import { startTruthServer, type TruthRecords, type TruthServer } from '../../../test/support/truth-server.ts';
import { clockOffset } from './clock.ts';
import { latencies, type ShortRun, shortRun, tally } from './testing.ts';
import type { LoadResult } from './types.ts';

let server: TruthServer;
beforeAll(async () => {
  server = await startTruthServer({ seed: 11 });
});
afterAll(() => server.close());

/**
 * What a busy machine added at most, ms: the generator's lag, the server's late answers, and the ways between both, where the
 * i-th that was sent is held against the i-th that came. Some 2 ms on a quiet machine. An error of method, such as hiding the
 * wait for a slow server, makes latencies shorter: what is said from below has no such allowance.
 */
function disturbance(
  { samples, health }: LoadResult,
  { receivedMs, plannedMs, answeredMs }: TruthRecords,
  originMs: number,
): number {
  const most = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, value), 0);
  const apart = (from: Float64Array, to: Float64Array): Float64Array => {
    const sorted = from.toSorted();
    return to.toSorted().map((value, i) => value - (sorted[i] ?? value));
  };
  const there = most(
    apart(
      samples.sentMs.map((sent) => sent + originMs),
      receivedMs,
    ),
  );
  const back = most(
    apart(
      answeredMs,
      samples.doneMs.map((done) => done + originMs),
    ),
  );
  return health.lagMs.max + there + back + most(answeredMs.map((at, i) => at - (plannedMs[i] ?? at))) + 2;
}

/** A run, what the server did in it, and what the machine may have added. */
async function run(options: Omit<ShortRun, 'url'>) {
  server.forget();
  let originMs = Number.NaN;
  const result = await shortRun({
    url: server.url,
    ...options,
    started: (origin) => {
      originMs = origin + clockOffset();
    },
  });
  const records = await server.records();
  const planned = records.plannedMs.map((at, i) => at - (records.receivedMs[i] ?? 0)).sort();
  expect(planned.length).toBe(result.samples.doneMs.length);
  return { result, records, planned, originMs, allowanceMs: disturbance(result, records, originMs) };
}

const quantiles = [0.5, 0.95, 0.99];

test('no request comes before it was sent, and no answer before the server gave it', async () => {
  // 10 ms apart, one after the other: the order in which they were sent is the one in which they came.
  const { result, records, originMs } = await run({
    path: '/constant?ms=3',
    durationMs: 1000,
    connections: 1,
  });
  expect(tally(result)).toEqual({ ok: 100 });
  const { schedule, attemptMs, sentMs, firstByteMs, doneMs } = result.samples;
  const at = (column: Float64Array, i: number): number => originMs + (column[i] ?? Number.NaN);
  for (let i = 0; i < 100; i++) {
    expect(at(schedule.dueMs, i)).toBeLessThanOrEqual(at(attemptMs, i));
    expect(at(attemptMs, i)).toBeLessThanOrEqual(at(sentMs, i));
    expect(at(sentMs, i)).toBeLessThan(records.receivedMs[i] ?? Number.NaN);
    expect(records.answeredMs[i]).toBeLessThan(at(firstByteMs, i));
    expect(at(firstByteMs, i)).toBeLessThanOrEqual(at(doneMs, i));
  }
});

test('log-normal latencies: within the order-statistic intervals of the distribution, and what the server planned', async () => {
  // Median 60 ms, sigma 0.5.
  const { result, planned, allowanceMs } = await run({
    path: '/lognormal?median=60',
    perSecond: 400,
    durationMs: 2000,
    arrivals: 'poisson',
  });
  const reported = latencies(result);
  for (const quantile of quantiles) {
    const truth = 60 * Math.exp(0.5 * normalQuantile(quantile));
    const interval = quantileInterval(reported, quantile, 0.999);
    expect(interval?.low).toBeLessThanOrEqual(truth + allowanceMs);
    expect(interval?.high).toBeGreaterThanOrEqual(truth);
  }
  expectAsPlanned(reported, planned, allowanceMs);
});

test('a queue: waiting at the server is latency', async () => {
  // Served in 8 ms on average, 100 a second: busy for 80% of the time.
  const { result, planned, allowanceMs } = await run({
    path: '/queue?mean=8',
    perSecond: 100,
    durationMs: 2000,
    arrivals: 'poisson',
  });
  expectAsPlanned(latencies(result), planned, allowanceMs);
});

/** The very same draws: no chance in between, the way only adds. */
function expectAsPlanned(reported: Float64Array, planned: Float64Array, allowanceMs: number): void {
  for (const quantile of quantiles) {
    const [said, did] = [sampleQuantile(reported, quantile), sampleQuantile(planned, quantile)];
    expect(said).toBeGreaterThanOrEqual(did);
    expect(said).toBeLessThanOrEqual(did + allowanceMs);
  }
}

describe('a stall shows in full', () => {
  // 150 ms of each half second nothing is answered, then within 2 ms: of 30% of the requests the latency is even from 2 to 152,
  // so that P(latency > x) = 0.3 (1 - (x - 2) / 150): 127 at 5%, 147 at 1%. Arrivals are 3.3 ms apart.
  const stall = { path: '/stall?stall=150&period=500&ms=2', perSecond: 300, durationMs: 1500 };
  const truth = [
    [0.5, 2],
    [0.95, 127],
    [0.99, 147],
  ] as const;
  const spacingMs = 10;

  test('also from send, when each request gets a connection', async () => {
    const { result, planned, allowanceMs } = await run(stall);
    const { doneMs, sentMs } = result.samples;
    const service = doneMs.map((done, i) => done - (sentMs[i] ?? 0)).sort();
    for (const said of [latencies(result), service]) {
      for (const [quantile, wanted] of truth) {
        expect(sampleQuantile(said, quantile)).toBeGreaterThanOrEqual(wanted - spacingMs);
        // Requests that come late and at once are held otherwise than even ones.
        const most = Math.max(wanted + spacingMs, sampleQuantile(planned, quantile));
        expect(sampleQuantile(said, quantile)).toBeLessThanOrEqual(most + allowanceMs);
      }
    }
  });

  test('from the intended start alone, when connections are too few', async () => {
    const { result } = await run({ ...stall, connections: 10 });
    const { doneMs, sentMs } = result.samples;
    expect(tally(result)).toEqual({ ok: 450 });
    expect(result.connects.peak).toBe(10);
    const service = doneMs.map((done, i) => done - (sentMs[i] ?? 0)).sort();
    for (const [quantile, wanted] of truth) {
      expect(sampleQuantile(latencies(result), quantile)).toBeGreaterThanOrEqual(wanted - spacingMs);
    }
    expect(sampleQuantile(service, 0.95)).toBeLessThan(sampleQuantile(latencies(result), 0.95));
  });
});
