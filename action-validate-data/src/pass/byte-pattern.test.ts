import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytePattern } from './byte-pattern.ts';

const patterns = [
  '^[A-Z]{3}-[0-9]{5}$',
  '^\\d{4}$',
  '^[^@ ]+@[^@ ]+\\.[a-z]+$',
  '^a*b+c?$',
  '^a{2,3}a$',
  '^[a-c]*[b-d]*x$',
  '^\\w+\\.\\w*$',
  '^[\\w.-]{1,4}$',
  '^.+$',
];

test.each(patterns.filter((source) => bytePattern(source) !== null))(
  '%s: matches what the expression matches',
  (source) => {
    const match = bytePattern(source);
    const expression = new RegExp(source, 'u');
    const near = fc.oneof(
      fc.stringMatching(expression),
      fc.string({ unit: fc.constantFrom(...'aabbcd@@..x-09Z é\n'), maxLength: 9 }),
    );
    fc.assert(
      fc.property(near, (text) => {
        const bytes = Buffer.from(text);
        const said = match?.(bytes, 0, bytes.length);
        // Text beyond ASCII and long text are left to the expression: then nothing is sure.
        if (said === true) expect(expression.test(text)).toBe(true);
        else if (bytes.length === text.length && text.length <= 200)
          expect(expression.test(text)).toBe(false);
      }),
      { numRuns: 500 },
    );
  },
);

test('most of them are of the simple kind; what needs more is not', () => {
  expect(patterns.map((source) => bytePattern(source) !== null)).toEqual([
    ...[true, true, true, true, true, true, true, true, false],
  ]);
  for (const source of [
    '^(a|b)$',
    'abc',
    '^a',
    '^a|b$',
    '^(?:ab)+$',
    '^\\bx$',
    '^a(?=b)b$',
    '^\\p{L}$',
    '^a\\1$',
  ]) {
    expect(bytePattern(source), source).toBeNull();
  }
});
