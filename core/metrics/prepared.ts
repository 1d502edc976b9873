/** A metric on a sample, ready to give its intervals; and what all kinds of metrics share in doing so. */

import type { Interval } from '../gate/types.ts';
import { bcaInterval, percentileInterval } from '../stats/index.ts';

export type Side = 'candidate' | 'baseline';

/** A value with the rows that it rests on, or why there is none. */
export type Point =
  | { readonly defined: true; readonly value: number; readonly n: number }
  | { readonly defined: false; readonly reason: string; readonly n: number };

export interface Prepared {
  readonly candidate: Point;
  /** Null without a baseline. */
  readonly baseline: Point | null;
  /** Conventions behind the value, and what its interval cannot know. */
  readonly notes: readonly string[];
  /** What the interval of the difference cannot know. */
  contrastNotes?(factor: number): readonly string[];
  /** Asked for defined sides only. */
  interval(side: Side, level: number): Bounded;
  /** Of candidate - factor * baseline; asked for when both are defined. */
  contrast(factor: number, level: number): Bounded;
}

/** An interval, or why there is none. */
export type Bounded = Interval | { readonly none: string };

export function isInterval(bounded: Bounded): bounded is Interval {
  return 'level' in bounded;
}

export function undefinedPoint(reason: string, n: number): Point {
  return { defined: false, reason, n };
}

/** Both sides of a metric that has no value on this sample. */
export function undefinedPrepared(reason: string, n: number, withBaseline: boolean): Prepared {
  const never = (): Bounded => ({ none: reason });
  const point = undefinedPoint(reason, n);
  return {
    candidate: point,
    baseline: withBaseline ? point : null,
    notes: [],
    interval: never,
    contrast: never,
  };
}

export function clip(interval: Interval, low: number, high: number): Interval {
  return {
    ...interval,
    low: Math.min(Math.max(interval.low, low), high),
    high: Math.max(Math.min(interval.high, high), low),
  };
}

/** Draws in which the metric does not exist may be left out up to this share; beyond, they would bias the rest. */
const tolerableLoss = 0.1;

/** Sorted draws that exist; `same` when they are all one value, which says nothing about the spread. */
export type Draws =
  | { readonly kind: 'spread'; readonly sorted: Float64Array }
  | { readonly kind: 'same' }
  | { readonly kind: 'lost'; readonly share: number };

export function settleDraws(draws: Float64Array): Draws {
  const sorted = draws.filter((draw) => !Number.isNaN(draw)).sort();
  const lost = 1 - sorted.length / draws.length;
  if (lost > tolerableLoss || sorted.length === 0) {
    return { kind: 'lost', share: lost };
  }
  const first = sorted[0] as number;
  const last = sorted[sorted.length - 1] as number;
  // Sums in another order differ in the last bits.
  return last - first <= 1e-12 * Math.max(1, Math.abs(first)) ? { kind: 'same' } : { kind: 'spread', sorted };
}

export function lostDraws(share: number): Bounded {
  return { none: `the metric does not exist in ${Math.round(share * 100)}% of the bootstrap samples` };
}

export function bcaOf(
  draws: Draws,
  value: number,
  acceleration: () => number,
  level: number,
  rows: number,
  whenSame: () => Bounded,
): Bounded {
  switch (draws.kind) {
    case 'spread':
      return bcaInterval(draws.sorted, value, acceleration(), level, rows);
    case 'lost':
      return lostDraws(draws.share);
    case 'same':
      return whenSame();
  }
}

/**
 * The interval of a difference of two models on the same rows. Such differences are nearly symmetric, and BCa's estimated
 * corrections then cost more than they bring: at n = 100 and 95% its coverage was 0.91 to 0.93 for average precision, mcc
 * and f1, that of percentiles 0.94.
 */
export function percentileOf(draws: Draws, level: number, rows: number, whenSame: () => Bounded): Bounded {
  switch (draws.kind) {
    case 'spread':
      return percentileInterval(draws.sorted, level, rows);
    case 'lost':
      return lostDraws(draws.share);
    case 'same':
      return whenSame();
  }
}

/** While fewer rows than this tell two models apart, resamples of them know too little of how often models differ. */
export const fewDiscordant = 10;

/** The wider of two intervals at each end; named by the one that widens. */
export function widened(bounded: Bounded, by: Interval): Bounded {
  if (!isInterval(bounded) || (bounded.low <= by.low && bounded.high >= by.high)) {
    return bounded;
  }
  return { ...by, low: Math.min(bounded.low, by.low), high: Math.max(bounded.high, by.high) };
}

/** Elementwise candidate - factor * baseline. */
export function subtract(candidate: Float64Array, baseline: Float64Array, factor: number): Float64Array {
  return candidate.map((value, i) => value - factor * (baseline[i] as number));
}
