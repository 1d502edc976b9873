/** Samples that come in clusters: what lies close in time is alike, and n values tell less than n independent ones. */

import type { Interval } from '../gate/types.ts';
import { criticalValue } from './distributions.ts';
import { orderStatisticRanks, sampleQuantile } from './order-statistic.ts';
import { sortNumbers } from './sort-numbers.ts';
import { studentCriticalValue } from './student.ts';

/** How many of the trials of a cluster came out. */
export interface Cluster {
  readonly successes: number;
  readonly trials: number;
}

/**
 * How many independent trials tell as much about a proportion: trials over the design effect, which is the variance
 * between clusters over the binomial one and never below 1 (Kish 1965, Survey Sampling, 8.2), times (z / t)^2 for having
 * been estimated from few clusters (Korn and Graubard 1998, Survey Methodology 24, 193-201). `proportion` where it is
 * known, else that of the clusters. With one cluster, or where all trials or none came out, nothing is known of the
 * variance between clusters: all trials count.
 */
export function effectiveTrials(clusters: readonly Cluster[], level: number, proportion?: number): number {
  const trials = clusters.reduce((sum, cluster) => sum + cluster.trials, 0);
  const successes = clusters.reduce((sum, cluster) => sum + cluster.successes, 0);
  const p = proportion ?? successes / trials;
  if (clusters.length < 2 || !(p > 0 && p < 1)) return trials;
  const between = clusters.reduce((sum, cluster) => sum + (cluster.successes - p * cluster.trials) ** 2, 0);
  const effect = (between * clusters.length) / ((clusters.length - 1) * trials * p * (1 - p));
  if (effect <= 1) return trials;
  const shrink = (criticalValue(level) / studentCriticalValue(level, clusters.length - 1)) ** 2;
  return Math.max(1, (trials / effect) * shrink);
}

/**
 * The interval of a quantile of the clusters pooled, such as latencies by time block: order statistics on the effective
 * number of values (Woodruff 1952, JASA 47, 635-646). Null where that is too small for the level.
 */
export function clusteredQuantileInterval(
  clusters: readonly Float64Array[],
  quantile: number,
  level: number,
): Interval | null {
  const pooled = new Float64Array(clusters.reduce((sum, cluster) => sum + cluster.length, 0));
  let place = 0;
  for (const cluster of clusters) {
    pooled.set(cluster, place);
    place += cluster.length;
  }
  if (pooled.length === 0) return null;
  sortNumbers(pooled);
  const value = sampleQuantile(pooled, quantile);
  const counts = clusters.map((cluster) => ({
    successes: cluster.reduce((count, each) => count + (each <= value ? 1 : 0), 0),
    trials: cluster.length,
  }));
  const effective = Math.floor(effectiveTrials(counts, level, quantile));
  const ranks = orderStatisticRanks(effective, quantile, level);
  if (ranks.low === null || ranks.high === null) return null;
  const scale = pooled.length / effective;
  return {
    level,
    low: pooled[Math.floor((ranks.low - 1) * scale)] as number,
    high: pooled[Math.min(pooled.length, Math.ceil(ranks.high * scale)) - 1] as number,
    method: effective === pooled.length ? 'order-statistic' : 'order-statistic-clustered',
  };
}
