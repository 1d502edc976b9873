import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';
import { sortNumbers } from './sort-numbers.ts';

const plain = (values: Float64Array): number[] => Array.from(values).sort((a, b) => a - b);
/** 0 and -0 are equal. */
const same = (values: Float64Array): number[] => Array.from(values, (value) => value + 0);

describe('numbers in ascending order', () => {
  const random = new Random(5);
  test.each<[string, () => number]>([
    ['normal', () => random.normal()],
    ['of all magnitudes', () => random.normal() * 10 ** (600 * random.uniform() - 300)],
    ['tied', () => Math.floor(10 * random.uniform()) - 5],
    ['zeros of both signs', () => (random.uniform() < 0.5 ? -0 : 0) * random.uniform()],
    ['that differ in the lower half only', () => 1 + Math.floor(2 ** 20 * random.uniform()) * Number.EPSILON],
    ['negative', () => -Math.exp(random.normal())],
    ['equal', () => 3.25],
    ['subnormal', () => Number.MIN_VALUE * Math.floor(1e6 * random.normal())],
  ])('%s', (_, draw) => {
    for (const rows of [0, 1, 100, 5000, 40_000]) {
      const values = Float64Array.from({ length: rows }, draw);
      const expected = plain(values).map((value) => value + 0);
      expect(same(sortNumbers(values))).toEqual(expected);
    }
  });

  test('a part of a longer array: the rest stays as it is', () => {
    const whole = Float64Array.from({ length: 10_000 }, () => random.normal());
    const [before, after] = [whole.slice(0, 1000), whole.slice(9000)];
    sortNumbers(whole.subarray(1000, 9000));
    expect(whole.slice(0, 1000)).toEqual(before);
    expect(whole.slice(9000)).toEqual(after);
    expect(plain(whole.subarray(1000, 9000))).toEqual(Array.from(whole.subarray(1000, 9000)));
  });

  test('any doubles, repeated to be many', () => {
    const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(doubles, (some) => {
        const values = Float64Array.from(
          { length: 5000 },
          (_, index) => some[(index * 7) % some.length] as number,
        );
        const expected = plain(values).map((value) => value + 0);
        expect(same(sortNumbers(values))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
