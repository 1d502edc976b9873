import { expect, test } from 'vitest';
import { makeRowId } from './row-id.ts';

test('ids are UUIDs of version 7, ordered by time, and never the same', () => {
  // The example of RFC 9562, A.6: 1645557742000 is 017f22e2-79b0.
  const time = new Date(1_645_557_742_000);
  const ids = Array.from({ length: 10_000 }, () => makeRowId(time));
  expect(new Set(ids).size).toBe(10_000);
  for (const id of ids) expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(makeRowId(new Date(time.getTime() + 1)) > (ids.sort().at(-1) ?? '')).toBe(true);
});
