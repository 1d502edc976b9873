import { describe, expect, test } from 'vitest';
import { Random } from '../../stats/index.ts';
import type { DriftSource } from '../source.ts';
import { driftBetween, sourceOf } from '../testing.ts';
import { type CountedValue, unbiasedCount, within } from './cut.ts';
import { openProfile, profileOf } from './index.ts';

const listed = (...counts: number[]): CountedValue[] => counts.map((count, index) => [`c${index}`, count]);

const alike = listed(...Array.from({ length: 100 }, (_, index) => 60 - Math.floor(index / 5)));
const twos = listed(...Array<number>(10).fill(100), ...Array<number>(20).fill(2));
test.each<[string, CountedValue[], number, number]>([
  ['far apart', listed(5000, 2000, 900, 100, 3), 4, 100],
  // 40 of 1,040 rows are in categories of two rows.
  ['many of two rows, and none of three', twos, 2, 100],
  ['all alike', alike, 45, Number.POSITIVE_INFINITY],
  ['all alike, and none is left out', alike, 1, 41],
])('a list of categories may end where few are about as frequent: %s', (_, values, from, expected) => {
  const rows = values.reduce((sum, [, count]) => sum + count, 0);
  expect(unbiasedCount(values, from, rows)).toBe(expected);
});

test('what does not fit goes with all of the same count', () => {
  const values = listed(40_000, 9000, 20, 20, 20, 5);
  expect(within(values, 1000, 49_065)).toEqual(values);
  expect(within(values, 40, 49_065)).toEqual(values.slice(0, 2));
  expect(within(values, 0, 49_065)).toEqual([]);
});

describe('a column that is cut to what fits', () => {
  const random = new Random(23);
  const rows = 3000;
  const name = (index: number): string => `a-category-with-a-rather-long-name-${index}`;
  const flat = (): string => name(random.below(250));
  const steep = (): string => name(Math.floor(Math.exp(Math.log(2000) * random.uniform())));
  const texts = (draw: () => string): string[] => Array.from({ length: rows }, draw);
  const others = Object.fromEntries(
    Array.from({ length: 99 }, (_, index) => [`other ${index}`, texts(() => name(random.below(250)))]),
  );

  async function profileFor(values: readonly string[]): Promise<DriftSource> {
    const columns = { ...others, c: values };
    const profile = openProfile(await profileOf(sourceOf(columns), Object.keys(columns), []), 'p.json');
    return { ...profile, columns: new Map([...profile.columns].filter(([each]) => each === 'c')) };
  }

  test.each([
    ['flat', flat],
    ['steep', steep],
  ])('raises no alarm where nothing has changed: %s', { timeout: 60_000 }, async (_, draw) => {
    for (let run = 0; run < 6; run += 1) {
      const profile = await profileFor(texts(draw));
      expect((await profile.categories('c')).rest).toBeGreaterThan(0);
      expect((await driftBetween(profile, sourceOf({ c: texts(draw) }))).get('c')?.drifted).toBe(false);
    }
  });

  test('is not said to be the same where a frequent category is new', { timeout: 60_000 }, async () => {
    for (const draw of [flat, steep]) {
      const before = texts(draw);
      const now = sourceOf({ c: texts(() => (random.uniform() < 0.04 ? 'new' : draw())) });
      const data = (await driftBetween(sourceOf({ c: before }), now)).get('c');
      expect(data?.signals).toContain('new_category');
      const column = (await driftBetween(await profileFor(before), now)).get('c');
      expect(column?.drifted || column?.inconclusive !== null).toBe(true);
    }
  });
});

test('a column takes what the others leave: a new category is seen as against the data', async () => {
  const random = new Random(24);
  const draw = (): string => `a-category-with-a-rather-long-name-${random.below(400)}`;
  const texts = (of: () => string): string[] => Array.from({ length: 5000 }, of);
  const columns: Record<string, string[]> = { c: texts(draw) };
  for (let index = 0; index < 99; index += 1) columns[`other ${index}`] = texts(() => 'x');
  const profile = openProfile(await profileOf(sourceOf(columns), Object.keys(columns), []), 'p.json');
  expect(await profile.categories('c')).toMatchObject({ rest: 0, distinct: 400 });
});
