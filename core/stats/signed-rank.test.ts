import { describe, expect, test } from 'vitest';
import { fewestForSignedRank, hodgesLehmann, Random } from './index.ts';

test('depression before and after therapy, Hollander and Wolfe, examples 3.3 and 3.4', () => {
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const { value, interval } = hodgesLehmann(
    before.map((score, patient) => (after[patient] ?? Number.NaN) - score),
    0.96,
  );
  expect(value).toBeCloseTo(-0.46, 10);
  expect(interval?.low).toBeCloseTo(-0.786, 10);
  expect(interval?.high).toBeCloseTo(-0.01, 10);
});

// The critical values of T, two-sided 5% and 1%, from Wilcoxon and Wilcox 1964: the interval leaves out as many averages.
test.each([
  [6, 0.95, 0],
  [10, 0.95, 8],
  [12, 0.95, 13],
  [20, 0.95, 52],
  [8, 0.99, 0],
  [12, 0.99, 7],
])('of %d values at %d the %d outermost averages on each side are left out', (n, level, critical) => {
  // Powers of two: no two averages are equal.
  const values = Array.from({ length: n }, (_, index) => 2 ** index);
  const averages = values.flatMap((first, i) => values.slice(i).map((second) => (first + second) / 2));
  const sorted = averages.sort((a, b) => a - b);
  const { interval } = hodgesLehmann(values, level);
  expect(interval?.low).toBe(sorted[critical]);
  expect(interval?.high).toBe(sorted.at(-1 - critical));
});

test.each([
  [0.9, 5],
  [0.95, 6],
  [0.99, 8],
])('too few values for %d have none: %d have one', (level, fewest) => {
  expect(fewestForSignedRank(level)).toBe(fewest);
  const values = Array.from({ length: fewest }, (_, index) => index);
  expect(hodgesLehmann(values, level).interval).not.toBeNull();
  expect(hodgesLehmann(values.slice(1), level).interval).toBeNull();
});

describe('95% intervals of 12 values', () => {
  test.each([
    ['normal', (random: Random) => random.normal()],
    ['Cauchy', (random: Random) => random.normal() / random.normal()],
    ['mostly small, some large', (random: Random) => random.normal() * (random.uniform() < 0.2 ? 50 : 1)],
  ])('hold the centre, values %s', (_name, draw) => {
    let held = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      const random = new Random(run);
      const { interval } = hodgesLehmann(
        Array.from({ length: 12 }, () => draw(random)),
        0.95,
      );
      if (interval !== null && interval.low <= 0 && interval.high >= 0) held++;
    }
    // The exact level is 95.75%; four standard errors.
    expect(Math.abs(held / runs - 0.9575)).toBeLessThan(4 * Math.sqrt((0.9575 * 0.0425) / runs));
  });
});
