import { expect, test } from 'vitest';
import { placement } from './placement.ts';

const places = (low: number, high: number, rows: number, whole: boolean): number[] =>
  Array.from({ length: rows }, (_, row) => placement(low, high, rows, whole)(row));

test.each([
  [0, 1e-323],
  [-1e-323, 0],
  [1, 1 + 2 * Number.EPSILON],
  [-1 - 4 * Number.EPSILON, -1],
  [-Number.MAX_VALUE, Number.MAX_VALUE],
])('rows stand between %d and %d, never on them', (low, high) => {
  const found = places(low, high, 9, false);
  expect(found.every((each) => each > low && each < high)).toBe(true);
  expect(found).toEqual([...found].sort((a, b) => a - b));
});

test.each([
  [3, 8, 4, [4, 5, 6, 7]],
  [3, 8, 2, [5, 7]],
  [0, 2, 3, [1, 1, 1]],
  [-4, 0, 3, [-3, -2, -1]],
])('whole numbers between %d and %d: %d rows', (low, high, rows, expected) => {
  expect(places(low, high, rows, true)).toEqual(expected);
});
