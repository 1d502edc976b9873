/** Against numpy, pandas and scipy: fixtures/make-oracle.py says how. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Seen, see } from './testing.ts';

interface Column {
  readonly values: readonly (number | null)[];
  readonly n: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number | null;
  readonly median: number;
  readonly quantiles: Readonly<Record<string, number>>;
  readonly distinct: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly 'mean interval': readonly [number | null, number | null];
}

interface Pair {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly r: number;
  readonly interval: readonly [number, number];
}

const oracle = JSON.parse(readFileSync(new URL('fixtures/oracle.json', import.meta.url), 'utf8')) as {
  readonly columns: Readonly<Record<string, Column>>;
  readonly pairs: Readonly<Record<string, Pair>>;
};

/** Within some units in the last place of `size`: a mean of numbers that cancel is as exact as they are. */
function expectNear(
  seen: number | null | undefined,
  expected: number,
  size = Math.abs(expected),
  digits = 4e-15,
): void {
  expect(seen).not.toBeNull();
  expect(Math.abs(Number(seen) - expected), `${seen} beside ${expected}`).toBeLessThanOrEqual(digits * size);
}

function csv(columns: readonly (readonly (number | null)[])[]): string {
  const rows = (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? '').join(','));
  return `${['a', 'b'].slice(0, columns.length).join(',')}\n${rows.join('\n')}\n`;
}

it.each(Object.entries(oracle.columns))('column %s', async (_, column) => {
  const shares = Object.keys(column.quantiles);
  const rules = [
    'min(a) != 0.123',
    'max(a) != 0.123',
    'mean(a) != 0.123',
    'stddev(a) != 0.123',
    'median(a) != 0.123',
    'distinct_count(a) > 0',
    'null_fraction(a) <= 50%',
    'duplicate_fraction(a) <= 99%',
    ...shares.map((share) => `quantile(a, ${share}) != 0.123`),
  ];
  // The second column keeps rows without a value from being blank lines.
  const text = csv([column.values, column.values.map(() => 1)]);
  const [min, max, mean, stddev, median, distinct, missing, duplicated, ...quantiles] = await see(
    rules.join('\n'),
    { files: { 'data.csv': text } },
  );
  const size = Math.max(Math.abs(column.min), Math.abs(column.max));
  expect(min?.value).toBe(column.min);
  expect(max?.value).toBe(column.max);
  expectNear(mean?.value, column.mean, size);
  expect(mean?.n).toBe(column.n);
  if (column.stddev === null) {
    expect(stddev).toMatchObject({ value: null, verdict: 'inconclusive' });
    expect(stddev?.reason).toBe('a standard deviation needs at least two values');
  } else expectNear(stddev?.value, column.stddev);
  expect(median?.value).toBe(column.median);
  expect(distinct?.value).toBe(column.distinct);
  expectNear(missing?.value, column.missing);
  expectNear(duplicated?.value, column.duplicated);
  shares.forEach((share, index) => {
    expect(quantiles[index]?.value, share).toBe(column.quantiles[share]);
  });
  const [low, high] = column['mean interval'];
  if (low === null || high === null) expect(mean?.interval).toBeNull();
  else {
    expectNear(mean?.interval?.[0], low, size, 1e-12);
    expectNear(mean?.interval?.[1], high, size, 1e-12);
  }
});

it.each(Object.entries(oracle.pairs))(
  'correlation of a pair that is %s',
  async (_, { a, b, r, interval }) => {
    const [seen] = (await see('correlation(a, b) != 0.123', { files: { 'data.csv': csv([a, b]) } })) as [
      Seen,
    ];
    expectNear(seen.value, r, 1);
    expectNear(seen.interval?.[0], interval[0], 1, 1e-12);
    expectNear(seen.interval?.[1], interval[1], 1, 1e-12);
    expect(seen.interval?.[2]).toBe('fisher-z');
  },
);
