import { expect, test } from 'vitest';
import type { TensorType } from '../model/tensors.ts';
import { createData } from '../model/tensors.ts';
import { writerOf } from './fill.ts';

const strict = { missingAsNan: false, booleansAsNumbers: false };

function stored(type: TensorType, value: unknown, rules = strict): unknown {
  const data = createData(type, 1);
  writerOf(type, data, rules)(0, value);
  return data[0];
}

test.each<[TensorType, unknown, unknown]>([
  ['float32', 0.1, Math.fround(0.1)],
  ['float64', 0.1, 0.1],
  ['float16', 0.1, 0.0999755859375],
  ['float32', 2n ** 53n + 1n, 2 ** 53],
  ['int64', 3, 3n],
  ['int64', 2n ** 53n + 1n, 2n ** 53n + 1n],
  ['int64', -(2n ** 63n), -(2n ** 63n)],
  ['uint64', 2n ** 64n - 1n, 2n ** 64n - 1n],
  ['int32', -(2 ** 31), -(2 ** 31)],
  ['uint8', 255, 255],
  ['bool', true, 1],
  ['bool', 0, 0],
  ['string', '', ''],
])('%s takes %s exactly', (type, value, expected) => {
  expect(stored(type, value)).toEqual(expected);
});

test.each<[TensorType, unknown, RegExp]>([
  ['float32', '1', /holds "1", which is not a number \(float32\)/],
  ['float32', true, /holds true, which is not a number/],
  ['float32', null, /is null/],
  ['float32', undefined, /is missing/],
  ['float32', Number.NaN, /is NaN/],
  ['float32', 3.5e38, /holds 3.5e\+38, which does not fit float32/],
  ['float64', Number.POSITIVE_INFINITY, /holds Infinity, which does not fit float64/],
  ['float16', 65520, /does not fit float16/],
  ['float32', {}, /holds \{\}, which is not a number/],
  ['int64', 1.5, /holds 1.5, which is not a whole number \(int64\)/],
  ['int64', 2n ** 63n, /holds 9223372036854775808, which does not fit int64/],
  ['int64', 1e19, /beyond 2\^53 and not written as digits/],
  ['uint64', -1, /does not fit uint64/],
  ['int32', 2 ** 31, /does not fit int32/],
  ['int8', 128, /does not fit int8/],
  ['uint8', -1, /does not fit uint8/],
  ['int32', 2n ** 60n, /does not fit int32/],
  ['bool', 2, /holds 2, which is not true or false/],
  ['bool', 'true', /holds "true", which is not true or false/],
  ['string', 1, /holds 1, which is not a text/],
  ['string', null, /is null/],
])('%s refuses %s', (type, value, message) => {
  expect(() => stored(type, value)).toThrow(message);
});

test('missing values and NaN are NaN where that is asked for, and only for real numbers', () => {
  const lenient = { missingAsNan: true, booleansAsNumbers: false };
  for (const missing of [null, undefined, Number.NaN]) expect(stored('float32', missing, lenient)).toBeNaN();
  expect(() => stored('float32', Number.POSITIVE_INFINITY, lenient)).toThrow(/does not fit/);
  expect(() => stored('int64', null, lenient)).toThrow(/is null/);
  expect(() => stored('string', null, lenient)).toThrow(/is null/);
});

test('true and false are 1 and 0 where a data frame has them', () => {
  const frame = { missingAsNan: false, booleansAsNumbers: true };
  expect([
    stored('float32', true, frame),
    stored('int64', false, frame),
    stored('int32', true, frame),
  ]).toEqual([1, 0n, 1]);
});
