/** What happens when there is nothing to find: rows split at random, with fixed seeds. */

import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import {
  andersonDarlingP,
  chiSquareTest,
  compareSorted,
  countDistances,
  countNoiseFloors,
  cramersV,
  energyNoiseFloor,
  exclusiveCategoryP,
  fisherExact,
  ksNoiseFloor,
  ksPValue,
  type SortedComparison,
  tieStructure,
  wassersteinNoiseFloor,
} from './index.ts';

type Draw = (random: Random) => number;
const continuous: Draw = (random) => random.normal();
const heavy: Draw = (random) => random.normal() / random.normal();
const tenValues: Draw = (random) => random.below(10);
const mostlyZero: Draw = (random) => (random.uniform() < 0.8 ? 0 : random.normal());

/** Random splits of one ascending pool into n and the rest, both ascending. */
function* splits(
  pool: Float64Array,
  n: number,
  times: number,
  random: Random,
): Generator<[Float64Array, Float64Array]> {
  const m = pool.length - n;
  for (let run = 0; run < times; run++) {
    const x = new Float64Array(n);
    const y = new Float64Array(m);
    let i = 0;
    let j = 0;
    for (const value of pool) {
      if (random.uniform() * (n - i + (m - j)) < n - i) x[i++] = value;
      else y[j++] = value;
    }
    yield [x, y];
  }
}

function pool(draw: Draw, rows: number, random: Random): Float64Array {
  return Float64Array.from({ length: rows }, () => draw(random)).sort();
}

/** How often p is at most the level may be over the level by four standard errors. */
function expectSuperUniform(ps: readonly number[], levels = [0.01, 0.05, 0.1, 0.5]): void {
  for (const level of levels) {
    const share = ps.filter((p) => p <= level).length / ps.length;
    const error = Math.sqrt((level * (1 - level)) / ps.length);
    expect(share, `p at most ${level}`).toBeLessThanOrEqual(level + 4 * error);
  }
}

function expectUniform(ps: readonly number[]): void {
  expectSuperUniform(ps);
  expectSuperUniform(ps.map((p) => 1 - p));
}

describe('p-values under the null hypothesis', () => {
  test.each([
    ['continuous', continuous, 20, 20],
    ['ten values', tenValues, 20, 20],
    ['mostly zero', mostlyZero, 20, 35],
  ])('Kolmogorov-Smirnov, %s: never too small', (_, draw, n, m) => {
    const random = new Random(1);
    const ps: number[] = [];
    for (let run = 0; run < 4000; run++) {
      const x = pool(draw, n, random);
      ps.push(ksPValue(compareSorted(x, pool(draw, m, random)).ks, n, m));
    }
    expectSuperUniform(ps);
  });

  test.each([
    ['continuous, 200 a side', continuous, 200, 200, 3000],
    ['continuous, 2,000 a side', continuous, 2000, 2000, 600],
    ['ten values, 200 a side', tenValues, 200, 200, 3000],
    ['mostly zero, 200 against 2,000', mostlyZero, 200, 2000, 1000],
  ])('Anderson-Darling, %s: uniform', (_, draw, n, m, times) => {
    const random = new Random(2);
    const values = pool(draw, n + m, random);
    const ties = tieStructure(values.subarray(0, n), values.subarray(n));
    const ps = [...splits(values, n, times, random)].map(([x, y]) => {
      const { andersonDarling } = compareSorted(x, y);
      return andersonDarlingP(andersonDarling ?? 0, ties);
    });
    expectUniform(ps);
  });

  test.each([
    [200, 200, 0.02],
    [50, 400, 0.1],
    [30, 30, 0.5],
  ])('Fisher, %d and %d rows at %d: never too small', (n, m, share) => {
    const random = new Random(3);
    const ps: number[] = [];
    for (let run = 0; run < 5000; run++) {
      const a = random.binomial(n, share);
      const b = random.binomial(m, share);
      ps.push(fisherExact(a, n - a, b, m - b));
    }
    expectSuperUniform(ps);
  });

  test.each([
    ['half and half', [60, 20, 10, 5, 3, 2], 50],
    ['a small side', [60, 20, 10, 5, 3, 2], 15],
    ['many rare ones', [40, ...new Array(30).fill(2)], 50],
  ])('a category on one side only, %s: never too small', (_, pooled, side) => {
    const random = new Random(4);
    const rows = pooled.reduce((sum, count) => sum + count, 0);
    const labels = Float64Array.from(pooled.flatMap((count, category) => new Array(count).fill(category)));
    const ps = [...splits(labels, side, 4000, random)].map(([x]) => {
      const counts = tally(x, pooled.length);
      const exclusive = pooled.filter((count, k) => count === counts[k]);
      return exclusiveCategoryP(pooled, rows, side, Math.max(0, ...exclusive));
    });
    expectSuperUniform(ps, [0.001, 0.01, 0.05, 0.1, 0.5]);
  });
});

function tally(labels: Float64Array, categories: number): number[] {
  const counts: number[] = new Array(categories).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** The floor may miss the simulated mean by four standard errors and by what its formula is good for. */
function expectMean(found: readonly number[], floor: number, precision: number): void {
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const square = found.reduce((sum, value) => sum + value * value, 0) / found.length;
  const error = Math.sqrt(Math.max(0, square - mean * mean) / found.length);
  expect(Math.abs(floor - mean), `${floor} for ${mean} +- ${error}`).toBeLessThanOrEqual(
    4 * error + (precision + 1e-9) * mean,
  );
}

describe('noise floors of ordered values', () => {
  test.each([
    ['continuous, 200 a side', continuous, 200, 200],
    ['continuous, 20 a side', continuous, 20, 20],
    ['continuous, 2,000 against 200', continuous, 2000, 200],
    ['heavy tails, 200 a side', heavy, 200, 200],
    ['heavy tails, 100 against 1,000', heavy, 100, 1000],
    ['ten values, 200 a side', tenValues, 200, 200],
    ['ten values, 1,000 against 100', tenValues, 1000, 100],
    ['mostly zero, 200 a side', mostlyZero, 200, 200],
  ])('%s', (_, draw, n, m) => {
    const random = new Random(5);
    const values = pool(draw, n + m, random);
    const found: SortedComparison[] = [...splits(values, n, 1500, random)].map(([x, y]) =>
      compareSorted(x, y),
    );
    const any = compareSorted(values.subarray(0, n), values.subarray(n));
    const ties = tieStructure(values.subarray(0, n), values.subarray(n));
    expectMean(
      found.map(({ ks }) => ks),
      ksNoiseFloor(n, m, ties),
      0.02,
    );
    expectMean(
      found.map(({ wasserstein }) => wasserstein),
      wassersteinNoiseFloor(any),
      0.01,
    );
    expectMean(
      found.map(({ energy }) => energy ** 2),
      energyNoiseFloor(any) ** 2,
      0,
    );
  });
});

describe('noise floors of counts', () => {
  test.each([
    ['four categories', [300, 60, 30, 10], 200],
    ['a small side', [900, 50, 20, 20, 5, 3, 1, 1], 100],
    ['rare ones', [400, ...new Array(100).fill(2)], 300],
    ['only rare ones', new Array(200).fill(1), 50],
    ['large ones', [12_000, 6000, 2000], 8000],
  ])('%s', (_, pooled: number[], n) => {
    const random = new Random(6);
    const labels = Float64Array.from(pooled.flatMap((count, category) => new Array(count).fill(category)));
    const times = labels.length > 5000 ? 400 : 2000;
    const found = [...splits(labels, n, times, random)].map(([x]) => {
      const a = tally(x, pooled.length);
      const b = pooled.map((count, k) => count - (a[k] ?? 0));
      return { ...countDistances(a, b), statistic: chiSquareTest(a, b).statistic, v: cramersV(a, b) };
    });
    const floors = countNoiseFloors(pooled, n, labels.length - n);
    expectMean(
      found.map(({ psi }) => psi),
      floors.psi,
      0.001,
    );
    expectMean(
      found.map(({ totalVariation }) => totalVariation),
      floors.totalVariation,
      0.002,
    );
    expectMean(
      found.map(({ statistic }) => statistic),
      floors.chiSquare,
      0,
    );
    expectMean(
      found.map(({ jensenShannon }) => jensenShannon ** 2),
      floors.jensenShannon ** 2,
      0.001,
    );
    expectMean(
      found.map(({ hellinger }) => hellinger ** 2),
      floors.hellinger ** 2,
      0.001,
    );
    expectMean(
      found.map(({ v }) => v ** 2),
      floors.cramersV ** 2,
      0,
    );
  });

  test('a hundred thousand categories cost little more than their different sizes', () => {
    const pooled = Float64Array.from({ length: 100_000 }, (_, k) => 1 + (k % 300));
    const rows = pooled.reduce((sum, count) => sum + count, 0);
    const floors = countNoiseFloors(pooled, rows / 2, rows / 2);
    expect(floors.chiSquare / 99_999).toBeCloseTo(1, 6);
    expect(floors.totalVariation).toBeGreaterThan(0);
  });
});
