import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  andersonDarlingP,
  chiSquareTail,
  chiSquareTest,
  compareSorted,
  countDistances,
  countNoiseFloors,
  cramersV,
  exclusiveCategoryP,
  fisherExact,
  ksPValue,
} from './index.ts';

interface Listed {
  readonly values: number[];
}
interface Made {
  readonly seed: number;
  readonly rows: number;
  readonly drop: number;
  readonly exponent: number;
  readonly offset: number;
  readonly reciprocal: boolean;
}
interface SamplePair {
  readonly name: string;
  readonly x: Listed | Made;
  readonly y: Listed | Made;
  readonly ks: number;
  readonly p: number;
  readonly wasserstein: number;
  readonly energy: number;
  readonly anderson: number | null;
  readonly andersonP: number | null;
}
interface CountPair {
  readonly name: string;
  readonly a: Listed | Made;
  readonly b: Listed | Made;
  readonly psi: number;
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly totalVariation: number;
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  readonly cramersV: number;
}

/** As fixtures/make-pairs.py writes it, from scipy 1.17. */
interface Pairs {
  readonly samples: SamplePair[];
  readonly kolmogorovSmirnov: [number, number, number, number][];
  readonly chiSquareTails: [number, number, number][];
  readonly fisher: [number, number, number, number, number][];
  readonly counts: CountPair[];
  readonly exclusive: [number[], number, number, number, number][];
  readonly floors: [number[], number, number, number, number, number, number][];
}

const pairs = JSON.parse(readFileSync(new URL('fixtures/pairs.json', import.meta.url), 'utf8')) as Pairs;

/** The upper bits of a linear congruential generator's words, as make-pairs.py has them. */
function made(spec: Made): Float64Array {
  let word = spec.seed;
  return Float64Array.from({ length: spec.rows }, () => {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    return word >>> spec.drop;
  });
}

function sample(spec: Listed | Made): Float64Array {
  if ('values' in spec) return Float64Array.from(spec.values).sort();
  return made(spec)
    .map((whole) => whole * 2 ** spec.exponent + spec.offset)
    .map((value) => (spec.reciprocal ? 1 / value : value))
    .sort();
}

function counts(spec: Listed | Made): Float64Array {
  return 'values' in spec ? Float64Array.from(spec.values) : made(spec);
}

/** Equal to 1e-9, relatively. */
function expectSame(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(expected),
  );
}

/** Equal to 1e-9, and to 1e-6 of itself while scipy has it. */
function expectSameP(actual: number, expected: number): void {
  const difference = Math.abs(actual - expected);
  expect(difference, `${actual} for ${expected}`).toBeLessThanOrEqual(1e-9);
  if (expected > 1e-250) {
    expect(difference, `${actual} for ${expected}`).toBeLessThanOrEqual(1e-6 * expected);
  }
}

describe('samples against scipy', () => {
  test.each(pairs.samples)('$name', (pair) => {
    const found = compareSorted(sample(pair.x), sample(pair.y));
    expectSame(found.ks, pair.ks);
    expectSame(found.wasserstein, pair.wasserstein);
    expectSame(found.energy, pair.energy);
    if (pair.anderson !== null) expectSame(found.andersonDarling ?? Number.NaN, pair.anderson);
    expectSameP(ksPValue(found.ks, found.n, found.m), pair.p);
    if (pair.andersonP !== null) {
      const p = andersonDarlingP(found.andersonDarling ?? Number.NaN);
      expect(Math.abs(p / pair.andersonP - 1), `${p} for ${pair.andersonP}`).toBeLessThan(0.1);
    }
  });
});

describe('counts against scipy', () => {
  test.each(pairs.counts)('$name', (pair) => {
    const a = counts(pair.a);
    const b = counts(pair.b);
    const distances = countDistances(a, b);
    expectSame(distances.psi, pair.psi);
    expectSame(distances.jensenShannon, pair.jensenShannon);
    expectSame(distances.hellinger, pair.hellinger);
    expectSame(distances.totalVariation, pair.totalVariation);
    const found = chiSquareTest(a, b);
    expectSame(found.statistic, pair.chiSquare);
    expect(found.degreesOfFreedom).toBe(pair.degreesOfFreedom);
    expectSameP(found.p, pair.p);
    expectSame(cramersV(a, b), pair.cramersV);
  });
});

describe('p-values against scipy', () => {
  test.each(pairs.kolmogorovSmirnov)('Kolmogorov-Smirnov of %d and %d at %d', (n, m, d, p) => {
    expectSameP(ksPValue(d, n, m), p);
    expectSameP(ksPValue(d, m, n), p);
  });

  test.each(pairs.chiSquareTails)('chi-square beyond %d with %d degrees of freedom', (x, dof, p) => {
    expectSame(chiSquareTail(x, dof), p);
  });

  test.each(pairs.fisher)('Fisher of %d %d %d %d', (a, b, c, d, p) => {
    expectSame(fisherExact(a, b, c, d), p);
    expectSame(fisherExact(d, c, b, a), p);
    expectSame(fisherExact(a, c, b, d), p);
  });
});

test.each(pairs.exclusive)('rows on one side only, of %j', (pooled, rows, side, largest, p) => {
  expectSame(exclusiveCategoryP(pooled, rows, side, largest), p);
});

test.each(pairs.floors)('noise floors of %j', (pooled, n, m, psi, jensenShannon, hellinger, variation) => {
  const floors = countNoiseFloors(pooled, n, m);
  expectSame(floors.psi, psi);
  expectSame(floors.jensenShannon, jensenShannon);
  expectSame(floors.hellinger, hellinger);
  expectSame(floors.totalVariation, variation);
});
