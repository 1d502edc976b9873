import { expect, test } from 'vitest';
import { connectionLimit, freeFiles, peakRate, threadCount } from './limits.ts';
import { makeSchedule } from './schedule.ts';

const at = (perSecond: number) =>
  makeSchedule({ arrivals: 'constant', stages: [{ perSecond, durationMs: 3000 }], weights: [1], seed: 0 });

test('connections stay below the open files that are left', () => {
  expect(connectionLimit('auto', 1, 900)).toBe(900);
  expect(connectionLimit('auto', 2, 900)).toBe(450);
  expect(connectionLimit('auto', 1, 1_000_000)).toBe(20_000);
  expect(connectionLimit('auto', 1, -3)).toBe(1);
  expect(connectionLimit(900, 1, 900)).toBe(900);
  expect(() => connectionLimit(500, 2, 900)).toThrow(
    'connections: 500 are more than this process may open: 450 to each of 2 targets;',
  );
});

test('this process says how many files it may still open', () => {
  if (process.platform === 'linux') expect(freeFiles()).toBeGreaterThan(0);
  else expect(freeFiles()).toBeNull();
});

test('the peak is the fullest second', () => {
  // Seconds begin with an arrival: rounding may let one more in.
  expect(Math.abs(peakRate(at(500).dueMs) - 500)).toBeLessThanOrEqual(1);
  expect(peakRate(Float64Array.of(0, 10, 20, 5000))).toBe(3);
  expect(peakRate(new Float64Array(0))).toBe(0);
});

test('threads follow the rate, the cores and the connections', () => {
  expect(threadCount(undefined, at(50), 1000, 8)).toBe(1);
  expect(threadCount(undefined, at(25_000), 1000, 8)).toBe(3);
  expect(threadCount(undefined, at(25_000), 1000, 2)).toBe(2);
  expect(threadCount(undefined, at(25_000), 1, 8)).toBe(1);
  expect(threadCount(4, at(50), 1000, 2)).toBe(4);
});
