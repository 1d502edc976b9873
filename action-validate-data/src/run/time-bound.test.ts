import { expect, test } from 'vitest';
import { RunError } from '../../../core/inputs/index.ts';
import { withinTime } from './time-bound.ts';

test('work that ends in time gives its value, or its own error', () => {
  expect(withinTime(() => 42, 10_000, 'too long')).toBe(42);
  const mine = new TypeError('mine');
  expect(() =>
    withinTime(
      () => {
        throw mine;
      },
      10_000,
      'too long',
    ),
  ).toThrow(mine);
});

test('an expression that does not come back is an error with the message', () => {
  const backtracks = (): boolean => /^(a+)+$/.test(`${'a'.repeat(40)}!`);
  expect(() => withinTime(backtracks, 100, 'the schema takes too long')).toThrow(RunError);
  expect(() => withinTime(backtracks, 100, 'the schema takes too long')).toThrow('the schema takes too long');
});
