import { expect, test } from 'vitest';
import { toJson } from '../output/cells.ts';
import { parseJson } from './json.ts';

const parse = (text: string, exact = false): unknown => parseJson(Buffer.from(text), exact);

test('whole numbers keep all their digits where the model has them, and are written with them', () => {
  const text = '[9007199254740993,-9223372036854775808,1,1.5,1e3]';
  const values = parse(text, true);
  expect(values).toEqual([9007199254740993n, -9223372036854775808n, 1, 1.5, 1000]);
  expect(toJson(values)).toBe('[9007199254740993,-9223372036854775808,1,1.5,1000]');
  expect(parse(text)).toEqual([2 ** 53, -(2 ** 63), 1, 1.5, 1000]);
});

test.each([
  ['', /is empty/],
  ['  ', /is empty/],
  ['{"a": NaN}', /JSON has no NaN/],
  ['[1, -Infinity]', /JSON has no -Infinity/],
  ['{"a": ', /not JSON: Unexpected end/],
  ["{'a': 1}", /not JSON: Expected property name/],
  ['<html>', /not JSON: Unexpected token/],
])('%j is refused in one sentence', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('a body that is no UTF-8 is refused, a byte order mark is not', () => {
  expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), false)).toThrow('The body is not UTF-8 text.');
  expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
});

test('nesting without end is refused, not followed', () => {
  const deep = `${'['.repeat(200_000)}12345678901234567${']'.repeat(200_000)}`;
  expect(() => parse(deep, true)).toThrow('The body is nested too deeply.');
});

test('numbers of a million digits cost no time', () => {
  expect(parse(`[${'9'.repeat(1_000_000)}]`, true)).toEqual([Number.POSITIVE_INFINITY]);
});

test('NaN and infinity are null in answers', () => {
  expect(toJson([Number.NaN, Number.NEGATIVE_INFINITY, 2n ** 60n])).toBe('[null,null,1152921504606846976]');
});
