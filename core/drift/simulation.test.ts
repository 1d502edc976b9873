/** How often data that have not changed raise an alarm, and how often a change worth reporting is found. */

import { describe, expect, test } from 'vitest';
import { binomialCdf, Random } from '../stats/index.ts';
import { driftBetween, sourceOf, type TestColumn } from './testing.ts';

type Draw = (random: Random, rows: number) => TestColumn;

const numbers =
  (draw: (random: Random) => number): Draw =>
  (random, rows) =>
    Float64Array.from({ length: rows }, () => draw(random));

const texts =
  (draw: (random: Random) => string | null): Draw =>
  (random, rows) =>
    Array.from({ length: rows }, () => draw(random));

/** Category of a share each; the last one takes the rest. */
function category(shares: readonly number[]): (random: Random) => string {
  return (random) => {
    let at = random.uniform();
    for (const [index, share] of shares.entries()) {
      if (at < share) return `c${index}`;
      at -= share;
    }
    return 'rest';
  };
}

const zipf = Array.from({ length: 200 }, (_, index) => 0.17 / (index + 1));

const kinds: Readonly<Record<string, Draw>> = {
  normal: numbers((random) => random.normal()),
  'heavy tails': numbers((random) => Math.exp(2 * random.normal())),
  'ties and nulls': numbers((random) =>
    random.uniform() < 0.1 ? Number.NaN : Math.floor(20 * random.uniform()),
  ),
  'mostly zero': numbers((random) => (random.uniform() < 0.9 ? 0 : random.uniform())),
  'two balanced categories': texts(category([0.5])),
  'rare categories': texts(category(zipf)),
  'rare and null': texts((random) =>
    random.uniform() < 0.02 ? null : category([0.9, 0.05, 0.01, 0.001])(random),
  ),
};
const all = Object.values(kinds);

function table(draws: readonly Draw[], random: Random, rows: number) {
  return sourceOf(Object.fromEntries(draws.map((draw, index) => [`column ${index}`, draw(random, rows)])));
}

async function alarms(
  draws: readonly Draw[],
  n: number,
  m: number,
  runs: number,
  seed: number,
): Promise<number> {
  let count = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = new Random(seed, run);
    const judged = await driftBetween(table(draws, random, n), table(draws, random, m));
    if ([...judged.values()].some(({ drifted }) => drifted)) count += 1;
  }
  return count;
}

/** More alarms than 5% of the runs give once in ten thousand. */
function mostAlarms(runs: number): number {
  let most = Math.floor(runs * 0.05);
  while (1 - binomialCdf(most, runs, 0.05) > 1e-4) most += 1;
  return most;
}

describe('with nothing changed at most 5% of runs raise any alarm', () => {
  test.each([
    ['one normal column', [kinds.normal as Draw], 200, 200, 1000],
    ['one heavy tail', [kinds['heavy tails'] as Draw], 200, 1000, 1000],
    ['one column of ties and nulls', [kinds['ties and nulls'] as Draw], 300, 200, 1000],
    ['two balanced categories', [kinds['two balanced categories'] as Draw], 200, 200, 1000],
    ['rare categories', [kinds['rare categories'] as Draw], 200, 400, 1000],
    ['rare categories, 5,000 rows', [kinds['rare categories'] as Draw], 5000, 1000, 300],
    ['all kinds', all, 200, 200, 500],
    ['all kinds, 5,000 rows', all, 5000, 5000, 100],
    [
      '200 columns',
      Array.from({ length: 200 }, (_, index) => all[index % all.length] as Draw),
      200,
      200,
      100,
    ],
  ])('%s', async (_, draws, n, m, runs) => {
    expect(await alarms(draws, n, m, runs, 7)).toBeLessThanOrEqual(mostAlarms(runs));
  });

  test('a shift of a hundredth of a standard deviation is no alarm at 1,000,000 rows, though significant', async () => {
    const random = new Random(3);
    const shifted = numbers((source) => source.normal() + 0.01);
    const judged = await driftBetween(
      table([kinds.normal as Draw], random, 1_000_000),
      table([shifted], random, 1_000_000),
    );
    const [column] = judged.values();
    expect(column).toMatchObject({ drifted: false, signals: [] });
    expect(column?.test?.p).toBeLessThan(1e-6);
  });
});

describe('at 5,000 rows a shift worth reporting is found in at least 95% of runs', () => {
  const runs = 60;
  const uniform = numbers((random) => random.uniform() * Math.sqrt(12));
  test.each<[string, Draw, Draw]>([
    ['0.2 standard deviations of a normal', kinds.normal as Draw, numbers((random) => random.normal() + 0.2)],
    [
      '0.2 standard deviations of a uniform',
      uniform,
      numbers((random) => random.uniform() * Math.sqrt(12) + 0.2),
    ],
    ['ten points of half', texts(category([0.5])), texts(category([0.6]))],
    ['ten points of a rare category', texts(category([0.9, 0.05])), texts(category([0.8, 0.15]))],
    [
      'ten points among a hundred categories',
      texts(category([0.4, ...Array<number>(99).fill(0.6 / 100)])),
      texts(category([0.5, ...Array<number>(99).fill(0.5 / 100)])),
    ],
    [
      'five points of nulls',
      kinds.normal as Draw,
      numbers((random) => (random.uniform() < 0.05 ? Number.NaN : random.normal())),
    ],
    [
      'five points of nulls on top of thirty',
      numbers((random) => (random.uniform() < 0.3 ? Number.NaN : random.normal())),
      numbers((random) => (random.uniform() < 0.35 ? Number.NaN : random.normal())),
    ],
  ])('%s, beside 49 columns that have not changed', async (_, before, now) => {
    // The others only make the tests of a run many: their p-values are as good as those of columns of 200 rows.
    const others = Array.from({ length: 49 }, () => kinds.normal as Draw);
    let found = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = new Random(11, run);
      const reference = { changed: before(random, 5000), ...columnsOf(others, random, 200) };
      const current = { changed: now(random, 5000), ...columnsOf(others, random, 200) };
      const judged = await driftBetween(sourceOf(reference), sourceOf(current), { minRows: 2 });
      if (judged.get('changed')?.drifted) found += 1;
    }
    expect(found / runs).toBeGreaterThanOrEqual(0.95);
  });
});

function columnsOf(draws: readonly Draw[], random: Random, rows: number): Record<string, TestColumn> {
  return Object.fromEntries(draws.map((draw, index) => [`other ${index}`, draw(random, rows)]));
}
