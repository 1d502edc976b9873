/** What `core/drift/simulation.test.ts` shows, at sizes that take longer. */

import { expect, test } from 'vitest';
import { driftBetween, sourceOf, type TestColumn } from '../../core/drift/testing.ts';
import { binomialCdf, Random } from '../../core/stats/index.ts';

type Draw = (random: Random, rows: number) => TestColumn;

const normal: Draw = (random, rows) => Float64Array.from({ length: rows }, () => random.normal());
const heavy: Draw = (random, rows) =>
  Float64Array.from({ length: rows }, () => Math.exp(2 * random.normal()));
const rounded: Draw = (random, rows) =>
  Float64Array.from({ length: rows }, () =>
    random.uniform() < 0.05 ? Number.NaN : Math.round(5 * random.normal()),
  );
/** A hundred categories, the rarest of one row in five thousand. */
const rare: Draw = (random, rows) =>
  Array.from({ length: rows }, () => `k${Math.floor(100 * random.uniform() ** 4)}`);
const kinds = [normal, heavy, rounded, rare];

async function alarms(columns: number, n: number, m: number, runs: number): Promise<number> {
  let count = 0;
  for (let run = 0; run < runs; run += 1) {
    const random = new Random(2026, run);
    const table = (rows: number) =>
      sourceOf(
        Object.fromEntries(
          Array.from({ length: columns }, (_, index) => {
            const draw = kinds[index % kinds.length] as Draw;
            return [`column ${index}`, draw(random, rows)] as const;
          }),
        ),
      );
    const judged = await driftBetween(table(n), table(m));
    if ([...judged.values()].some(({ drifted }) => drifted)) count += 1;
  }
  return count;
}

/** So many alarms come up once in ten thousand times, when 5% of runs raise one. */
function tooMany(runs: number): number {
  let count = 1;
  while (1 - binomialCdf(count - 1, runs, 0.05) > 1e-4) count += 1;
  return count;
}

test.each([
  [1, 200, 200, 4000],
  [4, 200, 5000, 1500],
  [4, 2000, 2000, 1000],
  [50, 500, 500, 300],
  [200, 200, 200, 200],
  [200, 5000, 1000, 20],
  [4, 100_000, 100_000, 40],
  [4, 1_000_000, 1_000_000, 8],
])(
  '%i columns, %i rows against %i, %i runs: one in twenty at most raises any alarm',
  async (columns, n, m, runs) => {
    expect(await alarms(columns, n, m, runs)).toBeLessThan(tooMany(runs));
  },
);
