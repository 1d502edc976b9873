import { describe, expect, it } from 'vitest';
import { orderBoth } from '../ordered-numbers.ts';
import { Random } from '../random.ts';
import { compareOrdered } from './compare-ordered.ts';
import { compareSorted } from './compare-sorted.ts';

const random = new Random(5);
type Draw = (isCurrent: boolean) => number;
const draws: Readonly<Record<string, Draw>> = {
  'the same normal': () => random.normal(),
  'a shift of 0.3': (isCurrent) => random.normal() + (isCurrent ? 0.3 : 0),
  'a shift of 0.01, so that the signs change often': (isCurrent) => random.normal() + (isCurrent ? 0.01 : 0),
  'another spread': (isCurrent) => random.normal() * (isCurrent ? 1.2 : 1),
  lognormal: () => Math.exp(3 + 0.8 * random.normal()),
  Cauchy: () => random.normal() / random.normal(),
  'rounded to hundredths': () => Math.round(random.normal() * 100) / 100,
  'four or five tenths zero': (isCurrent) =>
    random.uniform() < (isCurrent ? 0.5 : 0.4) ? 0 : random.normal(),
  'nothing in common': (isCurrent) => random.uniform() + (isCurrent ? 3 : 0),
  'two heaps far apart': () => random.normal() + (random.uniform() < 0.5 ? 0 : 1e9),
  'narrow and far from zero': () => -40 + 0.01 * random.normal(),
  'one value': () => 5,
  'whole numbers': () => Math.floor(90 * random.uniform()),
  huge: () => random.normal() * 1e150,
};

describe.each(Object.entries(draws))('what is sorted only in part: %s', (_, draw) => {
  it.each([
    [40_000, 40_000],
    [90_000, 3_000],
    [25_000, 1],
    [60_000, 59_999],
  ])('%d against %d: the distances of the sorted numbers', (n, m) => {
    const x = Float64Array.from({ length: n }, () => draw(false));
    const y = Float64Array.from({ length: m }, () => draw(true));
    const sorted = compareSorted(x.toSorted(), y.toSorted());
    const compared = compareOrdered(...orderBoth(x, y));
    const near = (value: number, expected: number, relative: number): void =>
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
    expect([compared.n, compared.m, compared.ks]).toEqual([n, m, sorted.ks]);
    near(compared.wasserstein, sorted.wasserstein, 1e-11);
    near(compared.rootSpread, sorted.rootSpread, 1e-6);
  });
});
