import { expect, test } from 'vitest';
import { compareParquet } from '../../../../test/json-schema/compare-parquet.ts';

test('Parquet: the rows that plain ajv rejects, 8,000 pairs', async () => {
  expect(await compareParquet(8)).toBe(8000);
}, 60_000);
