import { expect, test } from 'vitest';
import { compareArrow } from '../../../test/json-schema/compare-arrow.ts';

test('Arrow: the rows that plain ajv rejects, 8,000 pairs', async () => {
  expect(await compareArrow(200)).toBe(8000);
}, 60_000);
