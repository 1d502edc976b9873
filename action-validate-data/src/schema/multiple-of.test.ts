import { expect, it } from 'vitest';
import { isMultipleOf, loadSchema, multipleTest } from './index.ts';

it.each([
  [19.99, 0.01, true],
  [4.35, 0.01, true],
  [1.005, 0.01, false],
  [0.3, 0.1, true],
  [-0.3, 0.1, true],
  [12391239123, 1e-8, true],
  [1e308, 0.123456789, false],
  [1e308, 0.5, true],
  [1e-9, 1e-8, false],
  [3e-8, 1e-8, true],
  [7, 2, false],
  [-8, 2, true],
  [0, 7, true],
  [-0, 7, true],
  [7.5, 2.5, true],
  [1e22, 1e21, true],
  [1.5e21, 1e21, false],
  [9007199254740992, 2, true],
  [2 ** 70, 1, true],
  [0.30000000000000004, 0.1, false],
  [Number.NaN, 1, false],
  [Number.POSITIVE_INFINITY, 1, false],
  [5, Number.POSITIVE_INFINITY, false],
])('%d is a multiple of %d: %s', (value, divisor, expected) => {
  expect(isMultipleOf(value, divisor)).toBe(expected);
  expect(multipleTest(divisor)(value)).toBe(expected);
  const { validate } = loadSchema(
    `{"properties": {"a": {"multipleOf": ${divisor === Number.POSITIVE_INFINITY ? '1e400' : divisor}}}}`,
    's.json',
  );
  expect(validate({ a: value })).toBe(expected);
});

it('all prices up to 10 are multiples of a cent, and none between them', () => {
  const isPrice = multipleTest(0.01);
  for (let cents = 0; cents <= 1000; cents += 1) {
    expect(isPrice(Number((cents / 100).toFixed(2)))).toBe(true);
    expect(isPrice(Number((cents / 100 + 0.005).toFixed(3)))).toBe(false);
  }
});

it('an error has the shape of ajv', () => {
  const { validate } = loadSchema('{"properties": {"a": {"multipleOf": 0.1}}}', 's.json');
  validate({ a: 0.25 });
  expect(validate.errors).toMatchObject([
    {
      instancePath: '/a',
      schemaPath: '#/properties/a/multipleOf',
      keyword: 'multipleOf',
      params: { multipleOf: 0.1 },
      message: 'must be multiple of 0.1',
    },
  ]);
});
