/** One side of a column, ready to be compared: numbers, or counted categories. Plain data, which threads exchange. */

import type { OrderedNumbers } from '../stats/index.ts';

export interface NumberSide {
  readonly kind: 'numbers';
  /** Finite, in any order; who compares them may change it. */
  readonly values: Float64Array;
  readonly missing: number;
  readonly whole: boolean;
  /** Of a profile: how far its numbers are from those that it was made of; null: they are the data. */
  readonly error: SketchError | null;
  /** Of a profile: the standard deviation of the numbers that it was made of, divided by n. */
  readonly deviation?: number;
}

/** Distances between the numbers of a sketch and those that it was made of. */
export interface SketchError {
  readonly ks: number;
  /** In units of the column. */
  readonly wasserstein: number;
  /** In roots of them. */
  readonly energy: number;
}

export interface CategorySide {
  readonly kind: 'categories';
  readonly counts: ReadonlyMap<string, number>;
  /** Values in further categories, which are not told apart. */
  readonly rest: number;
  /** Different values, as far as they are told apart. */
  readonly distinct: number;
  readonly missing: number;
  /** Of a profile, which keeps no values of such a column: they are dates or times. */
  readonly time?: boolean;
  /** Likewise: they are e-mail addresses. */
  readonly addresses?: boolean;
  /** Of a profile with a rest: rows that any category in it had at most. */
  readonly mostUntold?: number;
}

export type Side = NumberSide | CategorySide;

/** Values present. */
export function presentIn(side: Side): number {
  if (side.kind === 'numbers') return side.values.length;
  let present = side.rest;
  for (const count of side.counts.values()) present += count;
  return present;
}

/** Numbers as categories: each different one by its text. Null when there are more than `most`. */
export function categoriesOf(numbers: OrderedNumbers, missing: number, most: number): CategorySide | null {
  const counts = new Map<string, number>();
  for (let at = 0; at < numbers.length; ) {
    if (counts.size === most) return null;
    const value = numbers.at(at);
    const end = numbers.countUpTo(value);
    counts.set(String(value), end - at);
    at = end;
  }
  return { kind: 'categories', counts, rest: 0, distinct: counts.size, missing };
}

/** Deciles of the reference, open at the ends; those that are equal are one. */
export function decileEdges(sorted: Float64Array): Float64Array {
  const edges = new Set<number>();
  for (let decile = 1; decile < 10; decile += 1) {
    edges.add(sorted[Math.max(0, Math.ceil((decile * sorted.length) / 10) - 1)] as number);
  }
  return Float64Array.from(edges);
}
