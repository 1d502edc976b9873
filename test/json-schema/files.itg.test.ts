import { expect, test } from 'vitest';
import { compareArrow } from './compare-arrow.ts';
import { compareCsv, compareJsonLines } from './compare-files.ts';
import { compareParquet } from './compare-parquet.ts';

test.each([
  ['JSON lines', compareJsonLines],
  ['CSV', compareCsv],
])('%s: the rows that plain ajv rejects, 60,000 pairs', (_, compare) => {
  expect(compare(1500)).toBe(60_000);
});

test('Parquet: the rows that plain ajv rejects, 60,000 pairs', async () => {
  expect(await compareParquet(60)).toBe(60_000);
});

test('Arrow: the rows that plain ajv rejects, 60,000 pairs', async () => {
  expect(await compareArrow(1500)).toBe(60_000);
});
