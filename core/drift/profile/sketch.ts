/** Numbers as a few points with exact counts, and back. */

import { compareSorted, countBelow, countUpTo, sortNumbers } from '../../stats/index.ts';
import { deviationOf } from '../compare-numbers.ts';
import type { NumberSketch } from './format.ts';
import { placement } from './placement.ts';
import { pointsOf } from './points.ts';

/** What there is to a sketch before its error is known. */
export type Points = Pick<NumberSketch, 'values' | 'between' | 'at'>;

/** @param sorted ascending, at least one value; @param most points, at least 16 */
export function sketchOf(sorted: Float64Array, most: number, whole = false): NumberSketch {
  return measured(sorted, countedPoints(sorted, most, whole), whole);
}

/** Points with the rows at and between them. */
export function countedPoints(sorted: Float64Array, most: number, whole: boolean): Points {
  const values = pointsOf(sorted, most, whole);
  const between: number[] = [];
  const at: number[] = [];
  let passed = 0;
  for (const value of values) {
    const [below, upto] = [countBelow(sorted, value), countUpTo(sorted, value)];
    between.push(below - passed);
    at.push(upto - below);
    passed = upto;
  }
  return { values, between, at };
}

/** With the deviation of the data and the distances of the sketch to them. */
export function measured(sorted: Float64Array, points: Points, whole: boolean): NumberSketch {
  const { ks, wasserstein, energy } = compareSorted(sorted, expand(points, whole));
  const deviation = deviationOf(sorted);
  return {
    ...points,
    ...(Number.isFinite(deviation) ? { deviation } : {}),
    error: { ks: up(ks), wasserstein: up(wasserstein), energy: up(energy) },
  };
}

/** Four digits, not less than what they stand for, rounding in the sums included; JSON holds no infinity. */
function up(value: number): number {
  const least = value * (1 + 1e-9);
  const short = Number(least.toPrecision(4));
  return Math.min(Number.MAX_VALUE, short >= least ? short : Number((least * 1.001).toPrecision(4)));
}

/** Ascending; rows between two points stand evenly between them. */
export function expand({ values, between, at }: Points, whole = false): Float64Array {
  let rows = 0;
  for (const index of values.keys()) rows += (between[index] ?? 0) + (at[index] ?? 0);
  const sorted = new Float64Array(rows);
  let filled = 0;
  for (const [index, value] of values.entries()) {
    const inside = between[index] ?? 0;
    const place = placement(values[index - 1] ?? value, value, inside, whole);
    for (let row = 0; row < inside; row += 1) sorted[filled + row] = place(row);
    filled += inside;
    sorted.fill(value, filled, filled + (at[index] ?? 0));
    filled += at[index] ?? 0;
  }
  // Between neighbouring doubles rounding may turn the order.
  return sortNumbers(sorted);
}
