import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  argsort,
  aucWithPlacements,
  bcaInterval,
  benjaminiHochberg,
  binomialCdf,
  delongVariance,
  drawQuantile,
  logFactorial,
  mcnemar,
  minimalSample,
  moverDifference,
  newcombeAuc,
  newcombePaired,
  normalCdf,
  normalQuantile,
  orderStatisticRanks,
  percentileInterval,
  proportionSampleSize,
  quantileInterval,
  Random,
  sampleQuantile,
  scaledSampleSize,
  wilson,
} from './index.ts';

/** As fixtures/make-oracle.py writes it, from scipy, statsmodels and DeLong's definition. */
interface Oracle {
  readonly wilson: [number, number, number, number, number][];
  readonly newcombe: [number, number, number, number, number, number, number][];
  readonly mcnemar: [number, number, number][];
  readonly benjaminiHochberg: { p: number[]; adjusted: number[] }[];
  readonly binomialCdf: [number, number, number, number][];
  readonly orderRanks: [number, number, number, number | null, number | null][];
  readonly delong: {
    labels: number[];
    first: number[];
    second: number[];
    factor: number;
    auc: number;
    variance: number;
    difference: number;
    differenceVariance: number;
  }[];
}

const oracle = JSON.parse(readFileSync(new URL('fixtures/oracle.json', import.meta.url), 'utf8')) as Oracle;

describe('against scipy and statsmodels', () => {
  test.each(oracle.wilson)('Wilson of %d in %d at %d', (k, n, level, low, high) => {
    const interval = wilson(k, n, level);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  test.each(oracle.newcombe)('Newcombe paired of %d %d %d %d at %d', (a, b, c, d, level, low, high) => {
    const interval = newcombePaired({ both: a, onlyFirst: b, onlySecond: c, neither: d }, level);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  test.each(oracle.mcnemar)('McNemar of %d and %d', (b, c, p) => {
    expect(mcnemar(b, c).exact).toBeCloseTo(p, 12);
    expect(mcnemar(c, b).exact).toBeCloseTo(p, 12);
  });

  test.each(oracle.benjaminiHochberg)('Benjamini-Hochberg of $p', ({ p, adjusted }) => {
    const found = benjaminiHochberg(p);
    for (const [i, expected] of adjusted.entries()) {
      expect(found[i]).toBeCloseTo(expected, 12);
    }
  });

  test.each(oracle.binomialCdf)('P(X <= %d), n %d, p %d', (k, n, p, expected) => {
    expect(Math.abs(binomialCdf(k, n, p) - expected)).toBeLessThanOrEqual(1e-11 * expected + 1e-15);
  });

  test.each(oracle.orderRanks)('ranks in %d for quantile %d at %d', (n, q, level, low, high) => {
    expect(orderStatisticRanks(n, q, level)).toEqual({ low, high });
  });

  test.each(oracle.delong)('DeLong, n $labels.length, factor $factor', (c) => {
    const isPositive = Uint8Array.from(c.labels);
    const first = aucWithPlacements(Float64Array.from(c.first), isPositive);
    const second = aucWithPlacements(Float64Array.from(c.second), isPositive);
    expect(first.value).toBeCloseTo(c.auc, 12);
    expect(delongVariance(first, isPositive)).toBeCloseTo(c.variance, 12);
    expect(first.value - c.factor * second.value).toBeCloseTo(c.difference, 12);
    expect(delongVariance(first, isPositive, second, c.factor)).toBeCloseTo(c.differenceVariance, 12);
  });
});

test('mid-p is the exact p less the probability of the table', () => {
  // P(X <= 2) = (1 + 14 + 91) / 2^14; P(X = 2) = 91 / 2^14.
  expect(mcnemar(12, 2).midP).toBeCloseTo((2 * 106 - 91) / 2 ** 14, 14);
  // Equal discordance: 1 - P(X = 1) / 2 with P = 2 / 4.
  expect(mcnemar(1, 1)).toEqual({ exact: 1, midP: 0.75 });
  expect(mcnemar(0, 0)).toEqual({ exact: 1, midP: 1 });
});

test('a p95 needs 59 samples for an upper bound at 95%, p99 299, p99.9 2,995', () => {
  expect([0.95, 0.99, 0.999].map((q) => minimalSample(q, 0.95))).toEqual([59, 299, 2995]);
  expect(orderStatisticRanks(58, 0.95, 0.95, 'upper').high).toBeNull();
  expect(orderStatisticRanks(59, 0.95, 0.95, 'upper').high).toBe(59);
});

test('the interval of a median of ten values runs from the second to the ninth', () => {
  // P(Bin(10, 1/2) <= 1) = 11/1024 <= 0.025 < 56/1024 = P(<= 2).
  const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect(quantileInterval(sorted, 0.5, 0.95)).toMatchObject({ low: 2, high: 9 });
  expect(quantileInterval([1, 2, 3, 4, 5], 0.5, 0.95)).toBeNull();
  expect(sampleQuantile(sorted, 0.5)).toBe(5.5);
});

test('the sample size for a proportion is the first at which Wilson leaves the threshold out', () => {
  const n = proportionSampleSize(0.87, 0.85, 0.95);
  expect(n).not.toBeNull();
  const size = n ?? 0;
  expect(wilson(0.87 * size, size, 0.95).low).toBeGreaterThan(0.85);
  expect(wilson(0.87 * (size - 1), size - 1, 0.95).low).toBeLessThanOrEqual(0.85);
  expect(proportionSampleSize(0.85, 0.85, 0.95)).toBeNull();
});

test('half the distance needs four times the rows', () => {
  const interval = { level: 0.95, low: 0.8, high: 1, method: 'x' };
  expect(scaledSampleSize(100, 0.9, interval, 0.85)).toBe(400);
  expect(scaledSampleSize(100, 0.9, interval, 0.9)).toBeNull();
});

test('MOVER of two symmetric independent intervals adds half widths in quadrature', () => {
  const located = (value: number, half: number) => ({
    value,
    interval: { level: 0.95, low: value - half, high: value + half, method: 'x' },
  });
  const { low, high } = moverDifference(located(10, 3), located(4, 4));
  expect([low, high]).toEqual([1, 11]);
  expect(moverDifference(located(10, 3), located(4, 2), 2).high).toBe(7);
});

test('BCa shifts percentiles as Efron 1987 (3.9) says', () => {
  const draws = Float64Array.from({ length: 999 }, (_, i) => i + 1);
  expect(percentileInterval(draws, 0.95).low).toBeCloseTo(25, 6);
  expect(percentileInterval(draws, 0.95).high).toBeCloseTo(975, 6);
  // The value 500 is the median of the draws, and without acceleration BCa is the percentile interval.
  const plain = bcaInterval(draws, 500, 0, 0.95);
  expect(plain.low).toBeCloseTo(25, 6);
  expect(plain.high).toBeCloseTo(975, 6);
  const z0 = normalQuantile(599.5 / 999);
  const at = (z: number) => normalCdf(z0 + (z0 + z) / (1 - 0.05 * (z0 + z))) * 1000;
  const shifted = bcaInterval(draws, 600, 0.05, 0.95);
  expect(shifted.low).toBeCloseTo(at(-1.959963984540054), 6);
  expect(shifted.high).toBeCloseTo(at(1.959963984540054), 6);
  expect(bcaInterval(draws, 0, 0, 0.95).method).toBe('bootstrap-percentile');
  expect(drawQuantile(draws, 0.5)).toBe(500);
});

test('a perfect AUC has an interval of more than a point', () => {
  const interval = newcombeAuc(1, 10, 20, 0.95);
  expect(interval.high).toBe(1);
  expect(interval.low).toBeGreaterThan(0.7);
  expect(interval.low).toBeLessThan(0.95);
});

test('log k! by its definition', () => {
  let log = 0;
  for (let k = 1; k <= 200; k++) {
    log += Math.log(k);
    expect(Math.abs(logFactorial(k) - log)).toBeLessThan(1e-12 * Math.max(1, log));
  }
});

test('argsort orders any doubles as a stable comparator sort does, -0 beside 0', () => {
  const anyDouble = fc.oneof(
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, 5e-324, -5e-324, 1.5, Number.MAX_VALUE),
  );
  fc.assert(
    fc.property(fc.array(anyDouble, { maxLength: 80 }), (values) => {
      const expected = values
        .map((_, i) => i)
        .sort((i, j) => {
          const [a, b] = [values[i] as number, values[j] as number];
          return a < b ? -1 : a > b ? 1 : i - j;
        });
      expect([...argsort(Float64Array.from(values))]).toEqual(expected);
    }),
  );
});

test('argsort orders many values that share their upper halves, or everything', () => {
  const random = new Random(5);
  const near = (spread: number) =>
    Float64Array.from({ length: 1_000 }, () => 0.3 + spread * random.below(700));
  for (const values of [near(2 ** -54), near(2 ** -40), near(0), near(-(2 ** -54)).map((value) => -value)]) {
    const expected = [...values.keys()].sort(
      (i, j) => (values[i] as number) - (values[j] as number) || i - j,
    );
    expect([...argsort(values)]).toEqual(expected);
    expect([...argsort(values.subarray(1))]).toEqual(expected.filter((i) => i > 0).map((i) => i - 1));
  }
});
