import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt, visible } from './excerpt.ts';
import { formatApart, formatCount, formatValue } from './format.ts';
import type { Unit } from './types.ts';

test.each<[number, Unit, string]>([
  [0.912345, 'ratio', '0.9123'],
  [1, 'ratio', '1'],
  [-0, 'ratio', '0'],
  [0.99999, 'ratio', '1'],
  [0.00001234567, 'number', '1.235e-5'],
  [1.5e20, 'number', '1.5e+20'],
  [-12.34567, 'number', '-12.35'],
  [123_456, 'count', '123,456'],
  [182.44, 'milliseconds', '182.4 ms'],
  [0.25, 'milliseconds', '0.25 ms'],
  [1500, 'milliseconds', '1.5 s'],
  [90_000, 'seconds', '1.042 d'],
  [5400, 'seconds', '1.5 h'],
  [0.25, 'seconds', '250 ms'],
  [512, 'bytes', '512 B'],
  [1.5e9, 'bytes', '1.5 GB'],
  [1240, 'per-second', '1,240/s'],
  [Number.NaN, 'number', 'NaN'],
])('%f in %s is %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test('numbers side by side are told apart', () => {
  expect(formatApart([0.8499, 0.85], 'ratio')).toEqual(['0.8499', '0.85']);
  expect(formatApart([0.84999999, 0.85], 'ratio')).toEqual(['0.84999999', '0.85']);
  expect(formatApart([0.85, 0.85], 'ratio')).toEqual(['0.85', '0.85']);
  expect(formatApart([999.99, 1000], 'milliseconds')).toEqual(['0.99999 s', '1 s']);
  expect(formatApart([3, 86_400], 'seconds')).toEqual(['3 s', '1 d']);
  fc.assert(
    fc.property(
      fc.double({ noNaN: true }),
      fc.double({ noNaN: true }),
      fc.constantFrom<Unit>('ratio', 'milliseconds', 'bytes'),
      (a, b, unit) => {
        const [first, second] = formatApart([a, b], unit);
        if (a === b || (a === 0 && b === 0)) expect(first).toBe(second);
        else expect(first).not.toBe(second);
      },
    ),
  );
});

test('counts have separators', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
});

describe('the excerpt', () => {
  test.each<[string, number, string]>([
    ['  a\tbc', 4, '    a bc\n      ^'],
    ['a\u0000b', 2, '    a\\u{0}b\n          ^'],
    ['a\u202eb', 2, '    a\\u{202e}b\n             ^'],
    ['日本 x', 3, '    日本 x\n         ^'],
    ['e\u0301x', 2, '    e\u0301x\n     ^'],
    ['ab', 99, '    ab\n      ^'],
    ['', 0, '    \n    ^'],
    ['   ', 1, '     \n     ^'],
  ])('%j at %i', (line, offset, text) => {
    const lead = line.trim() === '' ? expect.stringMatching(/^ {4} *\n {4} *\^$/) : text;
    expect(excerpt(line, offset)).toEqual(lead);
  });

  test('a long line is cut around the caret', () => {
    const line = `${'a'.repeat(300)}X${'b'.repeat(300)}`;
    const [shown = '', caret = ''] = excerpt(line, 300).split('\n');
    expect(shown.length).toBeLessThan(110);
    expect(shown[caret.indexOf('^')]).toBe('X');
    expect(shown.startsWith('    …a')).toBe(true);
    expect(shown.endsWith('b…')).toBe(true);
    expect(excerpt(`X${'b'.repeat(300)}`, 0)).toMatch(/^ {4}Xb{90,}…\n {4}\^$/);
    expect(excerpt(`${'a'.repeat(300)}X`, 300)).toMatch(/^ {4}…a+X\n {4} +\^$/);
  });
});

test('names in messages are short and without invisible characters', () => {
  expect(visible('a\u001bb')).toBe('a\\u{1b}b');
  expect(visible('x'.repeat(100), 10)).toBe(`${'x'.repeat(10)}…`);
});
