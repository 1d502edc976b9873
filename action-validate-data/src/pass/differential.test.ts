import { expect, test } from 'vitest';
import { compareCsv, compareJsonLines } from '../../../test/json-schema/compare-files.ts';

test.each([
  ['JSON lines', compareJsonLines],
  ['CSV', compareCsv],
])('%s: the rows that plain ajv rejects, 6,000 pairs', (_, compare) => {
  expect(compare(150)).toBe(6000);
});
