import type { Interval } from '../gate/types.ts';
import { binomialCdf } from './distributions.ts';

export type Sides = 'both' | 'upper' | 'lower';

/** Ranks from 1 in the sorted sample; null: no order statistic reaches the level on that side. */
export interface RankBounds {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Distribution-free bounds of the `quantile` (0.95 for p95) of any distribution, from the binomial distribution of the
 * number of values below it (David and Nagaraja, Order Statistics, 3rd ed., 7.1). `both` puts half of 1 - level on
 * each side.
 */
export function orderStatisticRanks(
  n: number,
  quantile: number,
  level: number,
  sides: Sides = 'both',
): RankBounds {
  const tail = sides === 'both' ? (1 - level) / 2 : 1 - level;
  return {
    low: sides === 'upper' ? null : lowRank(n, quantile, tail),
    high: sides === 'lower' ? null : highRank(n, quantile, tail),
  };
}

/** Largest r with P(X_(r) > quantile) = P(Binomial <= r - 1) <= tail. */
function lowRank(n: number, q: number, tail: number): number | null {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (binomialCdf(middle - 1, n, q) <= tail) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low === 0 ? null : low;
}

/** Smallest s with P(X_(s) < quantile) = P(Binomial >= s) <= tail; by symmetry the low rank of the mirrored sample. */
function highRank(n: number, q: number, tail: number): number | null {
  const mirrored = lowRank(n, 1 - q, tail);
  return mirrored === null ? null : n + 1 - mirrored;
}

/** Two-sided order-statistic interval of a quantile; null where the sample is too small for it. */
export function quantileInterval(
  sorted: ArrayLike<number>,
  quantile: number,
  level: number,
): Interval | null {
  const ranks = orderStatisticRanks(sorted.length, quantile, level);
  if (ranks.low === null || ranks.high === null) {
    return null;
  }
  return {
    level,
    low: sorted[ranks.low - 1] as number,
    high: sorted[ranks.high - 1] as number,
    method: 'order-statistic',
  };
}

/**
 * The smallest sample in which a one-sided upper bound of the quantile exists at all: its maximum exceeds the
 * quantile with probability 1 - quantile^n >= level. 59 for p95 at 95%, 299 for p99, 2,995 for p99.9.
 */
export function minimalSample(quantile: number, level: number): number {
  const estimate = Math.log1p(-level) / Math.log(quantile);
  return Math.max(1, Math.ceil(estimate - 1e-9));
}

/** The sample quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
export function sampleQuantile(sorted: ArrayLike<number>, quantile: number): number {
  const position = (sorted.length - 1) * quantile;
  const below = Math.floor(position);
  const value = sorted[below] as number;
  const next = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return value + (position - below) * (next - value);
}
