import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteCounts } from './byte-counts.ts';

test('counts as a map of strings does, in the order of first appearance; beyond the most all are one rest', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('a', 'b', 'ab', '', 'é'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 800 }), fc.integer({ min: 1, max: 500 }), (texts, most) => {
      const counts = new ByteCounts(most);
      const expected = new Map<string, number>();
      let rest = 0;
      for (const each of texts) {
        const bytes = Buffer.from(`"${each}"`);
        counts.add(bytes, 1, bytes.length - 1);
        if (expected.has(each) || expected.size < most) expected.set(each, (expected.get(each) ?? 0) + 1);
        else rest += 1;
      }
      expect([...counts.entries()]).toEqual([...expected]);
      expect(counts.rest).toBe(rest);
    }),
  );
});
