import { expect, test } from 'vitest';
import { cleanLine, cleanLines } from './clean.ts';

test('colours go, other controls are named, digests are short', () => {
  expect(cleanLine('\u001b[31;1mred\u001b[0m \u001b]0;title\u0007end\u0000')).toBe('red end‹U+0000›');
  expect(cleanLine(`api@sha256:${'0123456789abcdef'.repeat(4)} gone`)).toBe('api@sha256:0123456789ab… gone');
  expect(cleanLine('x'.repeat(5_000)).length).toBeLessThanOrEqual(300);
});

test('messages become lines; the last ten that say something', () => {
  expect(cleanLines(['a\r\nb\n\n', '  ', '::error::c'])).toEqual(['a', 'b', '::error::c']);
  expect(cleanLines(Array.from({ length: 30 }, (_, i) => `line ${i}`))).toHaveLength(10);
});
