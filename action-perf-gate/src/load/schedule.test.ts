import { describe, expect, test } from 'vitest';
import { Random } from '../../../core/stats/index.ts';
import {
  arrivalTimes,
  expectedArrivals,
  makeSchedule,
  type SchedulePlan,
  weightedChoice,
} from './schedule.ts';

const minute: SchedulePlan = {
  arrivals: 'poisson',
  stages: [{ perSecond: 200, durationMs: 60_000 }],
  weights: [1],
  seed: 1,
};

describe('constant arrivals', () => {
  test('are as far apart as the rate says, the first after half of that', () => {
    const times = arrivalTimes('constant', [{ perSecond: 4, durationMs: 1000 }], new Random(0));
    expect([...times]).toEqual([125, 375, 625, 875]);
  });

  test('go on over a change of the rate', () => {
    // 1.5 arrivals in the first stage: the second one comes half a gap of 100 ms after its end.
    const stages = [
      { perSecond: 1, durationMs: 1200 },
      { perSecond: 10, durationMs: 300 },
    ];
    const times = arrivalTimes('constant', stages, new Random(0));
    expect([...times].map((time) => Math.round(time))).toEqual([500, 1230, 1330, 1430]);
  });

  test('of a rate and a duration are their product', () => {
    const times = arrivalTimes('constant', [{ perSecond: 50, durationMs: 30_000 }], new Random(0));
    expect(times.length).toBe(1500);
  });

  test('pause where the rate is 0', () => {
    const stages = [
      { perSecond: 2, durationMs: 1000 },
      { perSecond: 0, durationMs: 5000 },
      { perSecond: 2, durationMs: 1000 },
    ];
    const times = arrivalTimes('constant', stages, new Random(0));
    expect([...times]).toEqual([250, 750, 6250, 6750]);
  });
});

describe('Poisson arrivals', () => {
  test('are as many as the rate says, within four standard deviations', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { dueMs } = makeSchedule({ ...minute, seed });
      expect(Math.abs(dueMs.length - 12_000)).toBeLessThan(4 * Math.sqrt(12_000));
    }
  });

  test('have exponential gaps: Kolmogorov-Smirnov below its 0.1% bound', () => {
    const { dueMs } = makeSchedule(minute);
    const gaps = Float64Array.from(dueMs, (due, i) => due - (i === 0 ? 0 : (dueMs[i - 1] ?? 0))).sort();
    const n = gaps.length;
    const distance = gaps.reduce((most, gap, i) => {
      const cdf = 1 - Math.exp(-gap / 5);
      return Math.max(most, Math.abs(cdf - i / n), Math.abs(cdf - (i + 1) / n));
    }, 0);
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
  });

  test('follow the stages', () => {
    const stages = [
      { perSecond: 1000, durationMs: 10_000 },
      { perSecond: 100, durationMs: 10_000 },
    ];
    const { dueMs, durationMs } = makeSchedule({ ...minute, stages });
    const first = dueMs.filter((due) => due < 10_000).length;
    expect(Math.abs(first - 10_000)).toBeLessThan(400);
    expect(Math.abs(dueMs.length - first - 1000)).toBeLessThan(127);
    expect(durationMs).toBe(20_000);
    expect(expectedArrivals(stages)).toBe(11_000);
  });
});

describe('a schedule', () => {
  test('is ascending and ends before its duration', () => {
    const { dueMs, durationMs } = makeSchedule(minute);
    expect(dueMs.every((due, i) => i === 0 || due >= (dueMs[i - 1] ?? 0))).toBe(true);
    expect(dueMs.at(-1)).toBeLessThan(durationMs);
  });

  test('is the same for a seed, and another for another', () => {
    expect(makeSchedule(minute)).toEqual(makeSchedule(minute));
    expect(makeSchedule({ ...minute, seed: 2 }).dueMs).not.toEqual(makeSchedule(minute).dueMs);
  });

  test('chooses requests by their weights', () => {
    const { request } = makeSchedule({ ...minute, weights: [1, 2, 7] });
    const counts = [0, 1, 2].map((which) => request.filter((each) => each === which).length);
    for (const [i, share] of [0.1, 0.2, 0.7].entries()) {
      const wanted = share * request.length;
      expect(Math.abs((counts[i] ?? 0) - wanted)).toBeLessThan(4 * Math.sqrt(wanted * (1 - share)));
    }
  });

  test('has the same arrivals whatever the weights are', () => {
    expect(makeSchedule({ ...minute, weights: [3, 1] }).dueMs).toEqual(makeSchedule(minute).dueMs);
  });
});

test('a weight far above the others does not hide them', () => {
  const choose = weightedChoice([1e-3, 1, 1e-3]);
  const random = new Random(5);
  const seen = new Set(Array.from({ length: 20_000 }, () => choose(random)));
  expect([...seen].sort()).toEqual([0, 1, 2]);
});
