/**
 * Quantiles and shares of samples that come in time and are not independent: one stall delays all that arrive in it.
 * What counts is not how many samples there are, but how many independent ones would say as much.
 */

import type { Interval } from '../gate/types.ts';
import { criticalValue } from './distributions.ts';
import { orderStatisticRanks } from './order-statistic.ts';
import { wilson } from './proportion.ts';
import { studentCriticalValue } from './student.ts';

/** Fewer blocks say too little about how blocks differ. */
const fewestBlocks = 10;
const mostBlocks = 40;

/**
 * How many times as large the variance of a share is as that of independent draws, at least 1 (Kish 1965, Survey
 * Sampling, 8.2, the design effect; blocks of time are the clusters). `isHit` says of each sample, in the order of time,
 * whether it counts. Blocks of even numbers of samples are compared, 40, 20 and 10 of them: the longest correlation that
 * shows decides. Each takes Student's critical value for its number of blocks (Korn and Graubard 1998, Survey Methodology
 * 24, 193-201), as the variance is itself an estimate.
 */
export function designEffect(n: number, isHit: (index: number) => boolean, level: number): number {
  const counts = new Float64Array(mostBlocks);
  let total = 0;
  for (let block = 0; block < mostBlocks; block++) {
    let count = 0;
    for (let i = startOf(block, n); i < startOf(block + 1, n); i++) if (isHit(i)) count += 1;
    counts[block] = count;
    total += count;
  }
  const share = total / n;
  const single = share * (1 - share) * n;
  if (!(single > 0)) return 1;
  let most = 1;
  for (let merged = 1; mostBlocks / merged >= fewestBlocks; merged *= 2) {
    const blocks = mostBlocks / merged;
    let squares = 0;
    for (let block = 0; block < mostBlocks; block += merged) {
      let excess = -(startOf(block + merged, n) - startOf(block, n)) * share;
      for (let part = block; part < block + merged; part++) excess += counts[part] as number;
      squares += excess * excess;
    }
    const variance = (blocks / (blocks - 1)) * squares;
    const widening = (studentCriticalValue(level, blocks - 1) / criticalValue(level)) ** 2;
    most = Math.max(most, (variance / single) * widening);
  }
  return most;
}

/** First sample of a block; of few samples some blocks are empty. */
function startOf(block: number, n: number): number {
  return Math.floor((block * n) / mostBlocks);
}

export interface ClusteredInterval {
  /** Null where so few independent samples have no interval. */
  readonly interval: Interval | null;
  /** How many independent samples would say as much. */
  readonly effective: number;
}

/**
 * Order-statistic interval of a quantile at the effective number of samples (Woodruff 1952, JASA 47, 635-646). `values`
 * in the order of time, `sorted` the same ascending.
 */
export function clusteredQuantileInterval(
  values: ArrayLike<number>,
  sorted: ArrayLike<number>,
  quantile: number,
  level: number,
): ClusteredInterval {
  const n = sorted.length;
  if (n === 0) return { interval: null, effective: 0 };
  const limit = sorted[Math.max(0, Math.ceil(quantile * n) - 1)] as number;
  const effect = designEffect(n, (index) => (values[index] as number) <= limit, level);
  const effective = Math.max(1, Math.floor(n / effect));
  const { low, high } = orderStatisticRanks(effective, quantile, level);
  if (low === null || high === null) return { interval: null, effective };
  const scale = n / effective;
  return {
    interval: {
      level,
      low: sorted[Math.max(1, Math.floor(low * scale)) - 1] as number,
      high: sorted[Math.min(n, Math.ceil(high * scale)) - 1] as number,
      method: effect === 1 ? 'order-statistic' : 'order-statistic-clustered',
    },
    effective,
  };
}

/** Wilson's interval of a share at the effective number of samples. */
export function clusteredShareInterval(
  n: number,
  isHit: (index: number) => boolean,
  level: number,
): ClusteredInterval & { readonly interval: Interval } {
  const effect = designEffect(n, isHit, level);
  let hits = 0;
  for (let i = 0; i < n; i++) if (isHit(i)) hits += 1;
  const interval = wilson(hits / effect, n / effect, level);
  return {
    interval: effect === 1 ? interval : { ...interval, method: 'wilson-clustered' },
    effective: Math.floor(n / effect),
  };
}
