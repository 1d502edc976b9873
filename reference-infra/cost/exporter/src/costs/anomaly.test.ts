import { expect, test } from 'vitest';
import { anomaliesOf, medianOf, robustScore } from './anomaly.ts';
import type { Charge, Charges } from './charges.ts';
import { addDays } from './days.ts';

const day = '2026-11-25';
function charges(costs: Readonly<Record<number, number>>, today: number, currency = 'USD'): Charge[] {
  const all: [weeks: number, cost: number][] = [
    [0, today],
    ...Object.entries(costs).map(([weeks, cost]): [number, number] => [Number(weeks), cost]),
  ];
  return all.map(([weeks, amount]) => ({
    day: addDays(day, -7 * weeks),
    key: 'Amazon EC2',
    recordType: 'Usage',
    amount,
    currency,
  }));
}
const asked = (...all: Charge[][]): Charges => ({
  askedAt: Date.UTC(2026, 10, 27, 6),
  start: '2026-09-01',
  charges: all.flat(),
  estimated: [],
});

// scipy 1.17.1: (x - median(h)) / median_abs_deviation(h, scale='normal').
test.each([
  [131.7, [101.5, 98.2, 110, 95.1, 104.4, 99.9, 250, 102.3], 6.483804695433294],
  [158, [90, 100, 110, 500], 3.574795676039233],
  [60, [100, 120, 110, 90, 105], -6.070407751764735],
])('%d against %j is what scipy says', (value, history, score) => {
  expect(robustScore(value, history)).toBeCloseTo(score, 10);
});

test('where most weeks are the same the mean absolute deviation stands in: 50 / (40/6 · √(π/2))', () => {
  expect(robustScore(150, [100, 100, 100, 100, 140, 100])).toBeCloseTo(5.984134206021491, 10);
});

test('where all weeks are the same, the same is nothing new, and all else is infinitely far away', () => {
  expect(robustScore(100, [100, 100, 100, 100])).toBe(0);
  expect(robustScore(100.01, [100, 100, 100, 100])).toBe(Infinity);
  expect(robustScore(0, [100, 100, 100, 100])).toBe(-Infinity);
  expect(robustScore(0, [0, 0, 0, 0])).toBe(0);
});

test('the median of an even number lies in the middle, in whatever order', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([10, 9, 100])).toBe(10);
});

test('only the same weekday plays a part', () => {
  const week = charges({ 1: 90, 2: 100, 3: 500, 4: 110 }, 158);
  const between = [1, 2, 3, 4, 5, 6, 8, 13, 20].map((days) => ({
    day: addDays(day, -days),
    key: 'Amazon EC2',
    recordType: 'Usage',
    amount: 10_000,
    currency: 'USD',
  }));
  expect(anomaliesOf(asked(week, between), day, 8)).toEqual([
    { kind: 'score', currency: 'USD', score: expect.closeTo(3.574795676039233, 10), median: 105 },
  ]);
});

test('weeks before those that are asked for play no part', () => {
  const far = charges({ 1: 90, 2: 100, 3: 500, 4: 110, 5: 1, 6: 1, 7: 1 }, 158);
  expect(anomaliesOf(asked(far), day, 4)).toMatchObject([{ median: 105 }]);
});

test('with three weeks there is no score, and a reason; a week without any charge is none of them', () => {
  const unknown = { kind: 'unknown', currency: 'USD', reason: 'too_little_history' };
  expect(anomaliesOf(asked(charges({ 1: 90, 2: 100, 4: 110 }, 158)), day, 8)).toEqual([unknown]);
  expect(anomaliesOf(asked(charges({}, 158)), day, 8)).toEqual([unknown]);
});

test('each currency is judged by its own weeks', () => {
  const dollars = charges({ 1: 100, 2: 100, 3: 100, 4: 100 }, 100);
  const rupees = charges({ 1: 9_000, 2: 9_000 }, 9_000, 'INR');
  expect(anomaliesOf(asked(dollars, rupees), day, 8)).toEqual([
    { kind: 'unknown', currency: 'INR', reason: 'too_little_history' },
    { kind: 'score', currency: 'USD', score: 0, median: 100 },
  ]);
});
