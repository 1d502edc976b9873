import fc from 'fast-check';
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
  ksNoiseFloor,
  ksPValue,
  ksRowsNeeded,
  mergeRareCategories,
  shareRowsNeeded,
  tieStructure,
} from './index.ts';

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  fc.integer({ min: -3, max: 3 }),
);
const sorted = fc.array(value, { minLength: 1, maxLength: 40 }).map((all) => Float64Array.from(all).sort());
const pairOfCounts = fc
  .array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 12 })
  .filter((rows) => rows.some(([a]) => a > 0) && rows.some(([, b]) => b > 0));

function expectNear(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(
    1e-12 + 1e-9 * Math.abs(expected),
  );
}

describe('samples', () => {
  test('it does not matter which sample comes first', () => {
    fc.assert(
      fc.property(sorted, sorted, (x, y) => {
        const one = compareSorted(x, y);
        const other = compareSorted(y, x);
        expect(other.ks).toBe(one.ks);
        expectNear(other.wasserstein, one.wasserstein);
        expectNear(other.energy, one.energy);
        expectNear(other.andersonDarling ?? 0, one.andersonDarling ?? 0);
        expectNear(other.rootSpread, one.rootSpread);
        expectNear(ksPValue(other.ks, y.length, x.length), ksPValue(one.ks, x.length, y.length));
      }),
    );
  });

  test('the distances are those of their definitions', () => {
    fc.assert(
      fc.property(sorted, sorted, (x, y) => {
        const found = compareSorted(x, y);
        const all = Float64Array.from([...x, ...y]).sort();
        const below = (sample: Float64Array, at: number): number =>
          sample.filter((v) => v <= at).length / sample.length;
        let ks = 0;
        let wasserstein = 0;
        let spread = 0;
        for (const [k, at] of all.entries()) {
          const difference = Math.abs(below(x, at) - below(y, at));
          const width = (all[k + 1] ?? at) - at;
          ks = Math.max(ks, difference);
          wasserstein += difference * width;
          spread += below(all, at) * (1 - below(all, at)) * width;
        }
        expectNear(found.ks, ks);
        expect(found.ks).toBeLessThanOrEqual(1);
        expectNear(found.wasserstein, wasserstein);
        expectNear(found.spread, spread);
        expect(found.distinct).toBe(new Set(all.map((v) => v + 0)).size);
      }),
    );
  });

  test('a sample is at no distance from itself', () => {
    fc.assert(
      fc.property(sorted, (x) => {
        const { ks, wasserstein, energy, n, m } = compareSorted(x, x);
        expect([ks, wasserstein, energy, ksPValue(ks, n, m)]).toEqual([0, 0, 0, 1]);
      }),
    );
  });

  test('below four values Anderson and Darling have nothing to divide by', () => {
    expect(compareSorted(Float64Array.of(1), Float64Array.of(2, 3)).andersonDarling).toBeNull();
  });

  test('an empty sample is refused', () => {
    expect(() => compareSorted(new Float64Array(0), Float64Array.of(1))).toThrow(
      'both samples need at least one value; they have 0 and 1',
    );
  });
});

describe('Anderson-Darling', () => {
  // Scholz and Stephens 1987, table 1, m = 1.
  test.each([
    [0.326, 0.25],
    [1.225, 0.1],
    [1.96, 0.05],
    [2.719, 0.025],
    [3.752, 0.01],
  ])('beyond %d lie %d', (statistic, p) => {
    expect(Math.abs(andersonDarlingP(statistic) / p - 1)).toBeLessThan(0.03);
  });

  test('with two different values it is chi-square with one degree of freedom', () => {
    const x = Float64Array.from({ length: 400 }, (_, i) => (i < 100 ? 0 : 1));
    const ties = tieStructure(x, x);
    // The inverse of the normalisation: mean 1, variance 2 (pi^2 / 3 - 3).
    const deviation = Math.sqrt((2 * Math.PI ** 2) / 3 - 6);
    for (const statistic of [0.5, 2, 8, 30]) {
      expectNear(andersonDarlingP(statistic, ties), chiSquareTail(1 + statistic * deviation, 1));
    }
  });

  test('values that hardly repeat give the p-value of continuous ones', () => {
    const x = Float64Array.from({ length: 5000 }, (_, i) => Math.floor(i / 2));
    const ties = tieStructure(x, x);
    for (const statistic of [0.3, 2, 6, 20]) {
      expect(Math.abs(andersonDarlingP(statistic, ties) / andersonDarlingP(statistic) - 1)).toBeLessThan(
        0.02,
      );
    }
  });

  test('p falls with the statistic, down to 1e-12 and beyond', () => {
    let before = 1;
    for (let statistic = -1.2; statistic < 60; statistic += 0.1) {
      const p = andersonDarlingP(statistic);
      expect(p).toBeLessThanOrEqual(before);
      before = p;
    }
    expect(before).toBeGreaterThan(1e-22);
    expect(before).toBeLessThan(1e-20);
  });

  test('one constant says nothing', () => {
    const x = new Float64Array(10).fill(3);
    const { andersonDarling } = compareSorted(x, x);
    expect(andersonDarlingP(andersonDarling ?? 0, tieStructure(x, x))).toBe(1);
  });
});

describe('counts', () => {
  test('neither the order of the categories nor that of the sides matters', () => {
    fc.assert(
      fc.property(pairOfCounts, (rows) => {
        const a = rows.map(([count]) => count);
        const b = rows.map(([, count]) => count);
        const found = { ...countDistances(a, b), v: cramersV(a, b), p: chiSquareTest(a, b).p };
        const [c, d] = [[...b].reverse(), [...a].reverse()];
        const turned = { ...countDistances(c, d), v: cramersV(c, d), p: chiSquareTest(c, d).p };
        for (const key of ['psi', 'jensenShannon', 'hellinger', 'totalVariation', 'v', 'p'] as const) {
          expectNear(turned[key], found[key]);
          expect(found[key]).toBeGreaterThanOrEqual(0);
          if (key !== 'psi') expect(found[key]).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('equal shares are at no distance, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 99 }),
        (a, times) => {
          const b = a.map((count) => count * times);
          expect(countDistances(a, b)).toEqual({ psi: 0, jensenShannon: 0, hellinger: 0, totalVariation: 0 });
          expect(chiSquareTest(a, b)).toMatchObject({ statistic: 0, p: 1 });
        },
      ),
    );
  });

  test('vectors of different lengths and sides without rows are refused', () => {
    expect(() => countDistances([1, 2], [1])).toThrow(
      'both sides need the same categories; they have 2 and 1',
    );
    expect(() => chiSquareTest([0, 0], [1, 2])).toThrow(
      'both sides need at least one row; they have 0 and 3',
    );
  });

  test.each([
    ['common ones stay', [50, 50], [60, 40], [50, 50], [60, 40]],
    ['rare ones go together', [90, 3, 3, 4], [88, 4, 3, 5], [90, 10], [88, 12]],
    ['a rest that is rare itself joins the smallest', [90, 8, 2], [88, 10, 2], [90, 10], [88, 12]],
    [
      'what is expected on the smaller side counts',
      [50, 50, 20, 20],
      [12, 10, 2, 1],
      [50, 50, 40],
      [12, 10, 3],
    ],
    ['all rare', [2, 1], [1, 2], [3], [3]],
  ])('merging: %s', (_, a, b, mergedA, mergedB) => {
    const merged = mergeRareCategories(a, b);
    expect([[...merged.a], [...merged.b]]).toEqual([mergedA, mergedB]);
  });

  test('one category tells nothing apart', () => {
    expect(chiSquareTest([5], [7])).toEqual({ statistic: 0, degreesOfFreedom: 0, p: 1 });
    expect(countNoiseFloors([12], 5, 7)).toEqual({
      psi: 0,
      totalVariation: 0,
      chiSquare: 0,
      jensenShannon: 0,
      hellinger: 0,
      cramersV: 0,
    });
  });

  test('p keeps its digits where doubles end', () => {
    // erfc(sqrt(x / 2)), and exp(-x / 2).
    expectNear(chiSquareTail(1300, 2) / Math.exp(-650), 1);
    expect(chiSquareTail(1370, 1)).toBeGreaterThan(1e-300);
    expect(chiSquareTail(1e6, 1)).toBe(0);
  });
});

describe('exact tests', () => {
  test('ten million rows a side', () => {
    // Near the normal approximation: z = 3000 / sqrt(5e6).
    const p = fisherExact(5_000_000, 5_000_000, 5_003_000, 4_997_000);
    expect(p).toBeGreaterThan(0.179);
    expect(p).toBeLessThan(0.181);
    expect(fisherExact(1000, 9_999_000, 3000, 9_997_000)).toBeLessThan(1e-200);
  });

  test('a category of more rows than the side has cannot be on it alone', () => {
    expect(exclusiveCategoryP([100, 5], 105, 10, 6)).toBe(0);
  });

  test('no exclusive category is no news', () => {
    expect(exclusiveCategoryP([100, 5], 105, 10, 0)).toBe(1);
  });
});

describe('rows needed', () => {
  // Simulated power 0.78 to 0.84 at these.
  test.each([
    [0.2, 0.05, 500, 700],
    [0.2, 1e-5, 1800, 2100],
    [0.5, 0.05, 80, 120],
  ])('for a shift of %d at %d', (shift, alpha, least, most) => {
    expect(ksRowsNeeded(shift, alpha)).toBeGreaterThan(least);
    expect(ksRowsNeeded(shift, alpha)).toBeLessThan(most);
  });

  test('for a share from 10 to 20%: (0.990 + 0.421)^2 / 0.1^2', () => {
    expect(shareRowsNeeded(0.1, 0.2, 0.05)).toBe(199);
    expect(shareRowsNeeded(0.2, 0.1, 0.05)).toBe(199);
  });
});

test('the noise floor of D falls with ties', () => {
  const continuous = ksNoiseFloor(500, 500);
  const floorOf = (values: number): number => {
    const x = Float64Array.from({ length: 500 }, (_, i) => Math.floor((i * values) / 500));
    return ksNoiseFloor(500, 500, tieStructure(x, x));
  };
  expect(floorOf(2)).toBeLessThan(floorOf(10));
  expect(floorOf(10)).toBeLessThan(floorOf(100));
  expect(floorOf(100)).toBeLessThan(continuous);
  // Of two equally frequent values D is half-normal: sqrt(2 / pi) sqrt(p (1 - p) (1/n + 1/m)).
  const exact = Math.sqrt(2 / Math.PI) * Math.sqrt((2 / 500 / 4) * (1000 / 999));
  expect(Math.abs(floorOf(2) / exact - 1)).toBeLessThan(0.03);
});
