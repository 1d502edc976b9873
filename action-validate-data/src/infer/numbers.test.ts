import { describe, expect, it } from 'vitest';
import { isIdentifierName, NumberFacts, rangeOf } from './numbers.ts';

function range(values: readonly number[], name = 'x') {
  const facts = new NumberFacts();
  for (const value of values) {
    facts.add(value);
    if (value % 1 !== 0) facts.fractions = true;
  }
  const { minimum, maximum } = rangeOf(facts, name);
  return [minimum, maximum];
}

/** Out of order, and with the mean near the middle. */
const spread = (low: number, high: number) => [high, low, (low + high) / 2];

describe('the range of', () => {
  it.each([
    ['ages', spread(18, 93), [10, 100]],
    ['shares', spread(0.013, 0.987), [0, 1]],
    ['correlations', spread(-0.3, 0.71), [-1, 1]],
    ['temperatures', spread(-3.7, 12.2), [-10, 20]],
    ['room temperatures', spread(19.2, 24.8), [10, 30]],
    ['pressures, far from zero', spread(980.4, 1043.2), [900, 1100]],
    ['small whole numbers', spread(1, 7), [0, 10]],
    ['negative numbers', spread(-870.5, -3.2), [-1000, 0]],
    ['latitudes that touch their bounds', [90, 90, 90, -90, -90, -90, 0.5], [-90, 90]],
    ['percentages that touch theirs', [100, 100, 100, 0, 0, 0, 50], [0, 100]],
    ['a largest value that is round by chance', [100, 3, 50, 60], [0, 200]],
    ['amounts with a long tail', [...Array(30).fill(3.5), 512.3], [0, 1000]],
    ['years', [2019, 2024, 2021], [1900, 2100]],
    ['large numbers', spread(1.2e6, 7.9e6), [0, 9e6]],
    ['a constant', [5, 5, 5], [null, null]],
    ['row numbers', [1, 2, 3, 4], [null, null]],
    ['seconds since 1970', [1_700_000_500, 1_700_000_000], [null, null]],
    ['milliseconds since 1970', [1_700_000_500_000.5, 1_700_000_000_000], [null, null]],
    ['dates as numbers', [20_240_131, 20_231_231], [null, null]],
    ['whole numbers beyond 2^53', [2 ** 60, 5], [null, null]],
    ['the largest doubles', [1.7e308, 0.5, -1.7e308], [null, null]],
  ])('%s', (_, values, expected) => {
    expect(range(values)).toEqual(expected);
  });

  it('identifiers is none', () => {
    expect(range(spread(18, 93), 'user_id')).toEqual([null, null]);
  });
});

it('identifiers are told by the last word of their name', () => {
  const names = [
    'id',
    'ID',
    'user_id',
    'userId',
    'Order Number',
    'zip',
    'id2',
    'paid',
    'key_figure',
    'status_code',
  ];
  expect(names.filter(isIdentifierName)).toEqual([
    'id',
    'ID',
    'user_id',
    'userId',
    'Order Number',
    'zip',
    'id2',
  ]);
});
