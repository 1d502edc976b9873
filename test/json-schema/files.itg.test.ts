import { expect, test } from 'vitest';
import { compareCsv, compareJsonLines } from './compare-files.ts';

test.each([
  ['JSON lines', compareJsonLines],
  ['CSV', compareCsv],
])('%s: the rows that plain ajv rejects, 60,000 pairs', (_, compare) => {
  expect(compare(1500)).toBe(60_000);
});
