import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderBoth, orderNumbers } from './ordered-numbers.ts';
import { Random } from './random.ts';

const rows = 30_000;
const random = new Random(17);
const draws: Readonly<Record<string, () => number>> = {
  normal: () => random.normal(),
  'rounded to hundredths': () => Math.round(random.normal() * 100) / 100,
  'four tenths zero': () => (random.uniform() < 0.4 ? 0 : random.normal()),
  'far out': () => random.normal() / random.normal() ** 5,
  'two heaps far apart': () => random.normal() + (random.uniform() < 0.5 ? 0 : 1e12),
  'near the largest double': () => (2 * random.uniform() - 1) * 1.79e308,
  'smallest doubles': () => Math.round(random.normal() * 20) * 5e-324,
  'one value': () => 7,
  'whole numbers': () => Math.floor(random.uniform() * 90),
};

describe.each(Object.entries(draws))('numbers put in order when asked: %s', (_, draw) => {
  const x = Float64Array.from({ length: rows }, draw);
  const y = Float64Array.from({ length: rows / 2 }, draw);
  const expected = [x.toSorted(), y.toSorted()];

  it('gives the ranks of a sorted array, asked for in any order', () => {
    for (const [side, numbers] of orderBoth(x.slice(), y.slice()).entries()) {
      const sorted = expected[side] as Float64Array;
      for (const share of [0.5, 0, 1, 0.999, 0.05, 0.25]) {
        const rank = Math.round(share * (sorted.length - 1));
        expect(numbers.at(rank)).toBe(sorted[rank]);
      }
    }
  });

  it('counts as a sorted array does', () => {
    const values = [...x.subarray(0, 50), ...y.subarray(0, 50), -1e300, 1e300, 0, 0.005];
    for (const [side, numbers] of orderBoth(x.slice(), y.slice()).entries()) {
      const sorted = expected[side] as Float64Array;
      for (const value of values) {
        expect(numbers.countBelow(value)).toBe(sorted.filter((each) => each < value).length);
        expect(numbers.countUpTo(value)).toBe(sorted.filter((each) => each <= value).length);
      }
    }
  });

  it('sorts all of them, also after a few were asked for', () => {
    const [a, b] = orderBoth(x.slice(), y.slice());
    a.at(100);
    expect([a.sorted(), b.sorted()].map((each) => each.map((value) => value + 0))).toEqual(
      expected.map((each) => each.map((value) => value + 0)),
    );
  });
});

it('orders few numbers at once', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const numbers = orderNumbers(Float64Array.from(values));
      const sorted = Float64Array.from(values).sort();
      expect(sorted.map((_, rank) => numbers.at(rank) + 0)).toEqual(sorted.map((value) => value + 0));
    }),
  );
});
