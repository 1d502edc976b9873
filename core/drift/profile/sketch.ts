/** Numbers as a few points with exact counts, and back. */

import { compareSorted } from '../../stats/index.ts';
import { after, decileEdges, from } from '../sides.ts';
import type { NumberSketch } from './format.ts';

/** Beside evenly spaced ones: the tails matter to distances. */
const tails = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05];

/** @param sorted ascending, at least one value; @param most points, at least 16 */
export function sketchOf(sorted: Float64Array, most: number): NumberSketch {
  const values = pointsOf(sorted, most);
  const between: number[] = [];
  const at: number[] = [];
  let passed = 0;
  for (const value of values) {
    const [below, upto] = [from(sorted, value), after(sorted, value)];
    between.push(below - passed);
    at.push(upto - below);
    passed = upto;
  }
  const sketch = { values, between, at };
  const given = expand(sketch);
  const { ks, wasserstein, energy } = compareSorted(sorted, given);
  return { ...sketch, error: { ks: up(ks), wasserstein: up(wasserstein), energy: up(energy) } };
}

/** Four digits, not less than what they stand for. */
function up(value: number): number {
  const short = Number(value.toPrecision(4));
  return short >= value ? short : Number((value * 1.001).toPrecision(4));
}

function pointsOf(sorted: Float64Array, most: number): number[] {
  const n = sorted.length;
  const all = differentUpTo(sorted, most);
  if (all !== null) return all;
  const fixed = new Set<number>([sorted[0] as number, sorted[n - 1] as number, ...decileEdges(sorted)]);
  const points = new Set(fixed);
  const add = (share: number): void => {
    const value = sorted[Math.min(n - 1, Math.floor(share * n))] as number;
    const short = Number(value.toPrecision(7));
    const inside = short > (sorted[0] as number) && short < (sorted[n - 1] as number);
    points.add(inside ? short : value);
  };
  if (most >= 40) for (const tail of tails) for (const share of [tail, 1 - tail]) add(share);
  const even = Math.max(1, most - points.size);
  for (let index = 1; index <= even; index += 1) add(index / (even + 1));
  return [...points].sort((a, b) => a - b);
}

/** All different values, null when there are more than `most`. */
function differentUpTo(sorted: Float64Array, most: number): number[] | null {
  const found: number[] = [];
  for (let at = 0; at < sorted.length; ) {
    if (found.length === most) return null;
    const value = sorted[at] as number;
    found.push(value + 0);
    at = after(sorted, value, at);
  }
  return found;
}

/** Ascending; rows between two points stand evenly between them. */
export function expand({
  values,
  between,
  at,
}: Pick<NumberSketch, 'values' | 'between' | 'at'>): Float64Array {
  const rows = [...between, ...at].reduce((sum, count) => sum + count, 0);
  const sorted = new Float64Array(rows);
  let row = 0;
  for (const [index, value] of values.entries()) {
    const before = values[index - 1] ?? value;
    const inside = between[index] ?? 0;
    for (let step = 1; step <= inside; step += 1) {
      // In this form two far ends do not overflow.
      const share = step / (inside + 1);
      sorted[row] = before * (1 - share) + value * share;
      row += 1;
    }
    sorted.fill(value, row, row + (at[index] ?? 0));
    row += at[index] ?? 0;
  }
  return sorted.sort();
}
