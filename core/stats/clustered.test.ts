import { describe, expect, test } from 'vitest';
import {
  clusteredQuantileInterval,
  clusteredShareInterval,
  designEffect,
  quantileInterval,
  Random,
  wilson,
} from './index.ts';

const level = 0.95;
const quantileIntervalOf = (values: Float64Array, quantile: number, of: number) =>
  clusteredQuantileInterval(values, values.slice().sort(), quantile, of).interval;
const shareIntervalOf = (n: number, isHit: (index: number) => boolean, of: number) =>
  clusteredShareInterval(n, isHit, of).interval;

/** Latencies as they come: a log-normal service; of `stallEvery` requests, on average, one meets a stall. */
function latencies(random: Random, n: number, stallEvery: number): Float64Array {
  const values = Float64Array.from({ length: n }, () => Math.exp(random.normal() / 2));
  if (stallEvery === 0) return values;
  const stalled = 15;
  for (let i = 0; i < n; i++) {
    if (random.uniform() * stallEvery >= 1) continue;
    // Arrivals at even steps: the first waits for all of the stall, the last for hardly any of it.
    for (let k = 0; k < stalled && i + k < n; k++) values[i + k] = (values[i + k] ?? 0) + (stalled - k) * 20;
  }
  return values;
}

/** The share of runs whose interval holds the truth, which is taken from a thousand times as many requests. */
function coverage(stallEvery: number, quantile: number, runs: number, n: number) {
  const many = latencies(new Random(1, 99), 2_000_000, stallEvery).sort();
  const truth = many[Math.ceil(quantile * many.length) - 1] ?? Number.NaN;
  let ours = 0;
  let independent = 0;
  for (let run = 0; run < runs; run++) {
    const values = latencies(new Random(run, 7), n, stallEvery);
    const holds = (interval: { low: number; high: number } | null): boolean =>
      interval !== null && interval.low <= truth && truth <= interval.high;
    if (holds(quantileIntervalOf(values, quantile, level))) ours += 1;
    if (holds(quantileInterval(values.slice().sort(), quantile, level))) independent += 1;
  }
  return { ours: ours / runs, independent: independent / runs };
}

describe('the interval of a quantile', () => {
  test('of independent requests covers the truth', () => {
    expect(coverage(0, 0.95, 200, 3000).ours).toBeGreaterThanOrEqual(0.94);
  });

  test('of requests that meet stalls together covers it as well, where the independent one does not', () => {
    const { ours, independent } = coverage(250, 0.95, 200, 6000);
    expect(ours).toBeGreaterThanOrEqual(0.92);
    expect(independent).toBeLessThan(0.6);
  });

  test('does not exist where the slow requests all come from one stall', () => {
    const values = Float64Array.from({ length: 2000 }, (_, i) =>
      i >= 500 && i < 540 ? 900 + i : 1 + (i % 7),
    );
    expect(quantileIntervalOf(values, 0.99, level)).toBeNull();
    expect(quantileInterval(values.slice().sort(), 0.99, level)).not.toBeNull();
  });

  test('of nothing is none', () => {
    expect(quantileIntervalOf(new Float64Array(0), 0.5, level)).toBeNull();
  });
});

describe('the design effect', () => {
  test('is that of whole clusters: of blocks that are all or nothing, the size of a block', () => {
    // 40 blocks of 50: a quarter of them hit, spread so that merged blocks differ as little as they can. The sum over
    // blocks of (count - 12.5)^2 is 10 * 37.5^2 + 30 * 12.5^2 = 18750; that * 40 / 39 over 2000 * 3/16 = 375; Student's
    // critical value with 39 degrees of freedom is 2.02269, the normal one 1.95996.
    const isHit = (index: number) => Math.floor(index / 50) % 4 === 0;
    expect(designEffect(2000, isHit, level)).toBeCloseTo(
      (18750 * 40 * 2.02269 ** 2) / (39 * 375 * 1.95996 ** 2),
      2,
    );
  });

  test.each([
    ['nothing', 1000, false],
    ['all', 1000, true],
    ['no samples', 0, true],
  ])('of %s is 1', (_, n, hit) => expect(designEffect(n, () => hit, level)).toBe(1));
});

describe('the interval of a share', () => {
  test('of errors that come in one burst is wider than that of as many that come alone', () => {
    const burst = shareIntervalOf(2000, (i) => i >= 700 && i < 720, level);
    const single = wilson(20, 2000, level);
    expect(burst.low).toBeLessThan(single.low);
    expect(burst.high).toBeGreaterThan(single.high * 1.5);
    expect(burst.method).toBe('wilson-clustered');
  });

  test('without an error is that of Wilson', () => {
    expect(shareIntervalOf(500, () => false, level)).toEqual(wilson(0, 500, level));
  });
});
