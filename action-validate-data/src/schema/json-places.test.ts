import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlaces } from './json-places.ts';

it('each value has the line of its key', () => {
  const { lines, mistake } = readPlaces('{\n  "a": {\n    "b/c": [\n      1,\n      {"~": 2}]}\n}\n');
  expect(mistake).toBeNull();
  expect(Object.fromEntries(lines)).toEqual({
    '': 1,
    '/a': 2,
    '/a/b~1c': 3,
    '/a/b~1c/0': 4,
    '/a/b~1c/1': 5,
    '/a/b~1c/1/~0': 5,
  });
});

it('a key that stands twice is told', () => {
  expect(readPlaces('{"a": 1,\n"a": 2}').duplicates).toEqual([{ pointer: '/a', line: 2 }]);
});

describe('a mistake has line, column and what is expected', () => {
  it.each([
    ['{"a": 1,\n  "b": 2,\n}', 3, 1, 'a key is expected after a comma'],
    ['{"a": 1\n  "b": 2}', 2, 3, 'a comma or } is expected, not "'],
    ['[1, 2', 1, 6, 'a comma or ] is expected, but the file ends here'],
    ['[1,]', 1, 4, 'a value is expected after a comma'],
    ["{'a': 1}", 1, 2, "a key in double quotes is expected, not '"],
    ['{a: 1}', 1, 2, 'a key in double quotes is expected, not a'],
    ['{"a" 1}', 1, 6, 'a colon is expected, not 1'],
    ['{"a": True}', 1, 7, 'a value is expected, not True'],
    ['{"a": 01}', 1, 8, 'a comma or } is expected, not 1'],
    ['{\n// note\n"a": 1}', 2, 1, 'JSON has no comments'],
    ['{"a": "b\nc"}', 1, 9, 'line break'],
    ['{"a": "\\d+"}', 1, 8, '`\\d` is no escape of JSON'],
    ['{"a": "b', 1, 9, 'the file ends inside of a string'],
    ['{} {}', 1, 4, 'the end of the file is expected, not {'],
    ['['.repeat(1000), 1, 402, 'nested deeper than 400 levels'],
  ])('%j', (text, line, column, message) => {
    const { mistake } = readPlaces(text);
    expect(mistake).toMatchObject({ line, column });
    expect(mistake?.message).toContain(message);
  });
});

it('finds a mistake exactly where JSON.parse does', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '0', '-', '\\', '\n', 'e', ' '))
    .map(([text, at, piece]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + piece + text.slice(place + (at % 2));
    });
  fc.assert(
    fc.property(broken, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(readPlaces(text).mistake === null, text).toBe(valid);
    }),
    { numRuns: 3000 },
  );
});
