/** Metrics that are smooth functions of row weights: losses, average precision, regression errors. */

import type { Interval } from '../gate/types.ts';
import {
  accelerationOf,
  effectiveRows,
  type InfluenceMoments,
  influenceInterval,
  influenceMoments,
  wilson,
} from '../stats/index.ts';
import {
  type Bounded,
  bcaOf,
  clip,
  isInterval,
  type Point,
  type Prepared,
  percentileOf,
  type Side,
  settleDraws,
  subtract,
} from './prepared.ts';
import type { RowDraws } from './row-draws.ts';
import type { RowStatistic } from './row-statistics.ts';

/**
 * From this many rows on, and when at least `manyEffectiveRows` of them carry the metric, the interval comes from
 * influence values instead of draws. The two differ by O(1/n) of the width; the tests compare them on real draws.
 */
const manyRows = 20_000;
const manyEffectiveRows = 300;

export interface SmoothSpec {
  readonly candidate: { readonly point: Point; readonly statistic: RowStatistic | null };
  readonly baseline: { readonly point: Point; readonly statistic: RowStatistic | null } | null;
  readonly notes: readonly string[];
  /** The least and the greatest value that the metric can have. */
  readonly range: readonly [number, number];
  /** Instead of BCa, where a single side's draws are all the same. */
  whenSame(statistic: RowStatistic, level: number): Bounded;
}

export function prepareSmooth(spec: SmoothSpec, draws: RowDraws, rows: number): Prepared {
  const influences = new Map<RowStatistic, Float64Array>();
  const influenceOf = (statistic: RowStatistic): Float64Array => {
    const known = influences.get(statistic);
    const influence = known ?? statistic.influence();
    influences.set(statistic, influence);
    return influence;
  };
  const momentsOf = (statistic: RowStatistic): InfluenceMoments => influenceMoments(influenceOf(statistic));
  const statistics = [spec.candidate.statistic, spec.baseline?.statistic ?? null].filter((s) => s !== null);
  const withoutDraws =
    rows >= manyRows &&
    statistics.every((statistic) => {
      const moments = momentsOf(statistic);
      return moments.second > 0 && effectiveRows(moments) >= manyEffectiveRows;
    });
  if (!withoutDraws) {
    for (const statistic of statistics) {
      draws.register(statistic);
    }
  }
  const statisticOf = (side: Side): RowStatistic => {
    const found = side === 'candidate' ? spec.candidate.statistic : (spec.baseline?.statistic ?? null);
    if (found === null) {
      throw new Error(`the ${side} has no value`);
    }
    return found;
  };
  return {
    candidate: spec.candidate.point,
    baseline: spec.baseline?.point ?? null,
    notes: spec.notes,
    interval(side, level) {
      const statistic = statisticOf(side);
      const bounded = withoutDraws
        ? influenceInterval(statistic.value, momentsOf(statistic), level)
        : bcaOf(
            settleDraws(draws.of(statistic)),
            statistic.value,
            () => accelerationOf(momentsOf(statistic)),
            level,
            rows,
            () => spec.whenSame(statistic, level),
          );
      return isInterval(bounded) ? clip(bounded, ...spec.range) : bounded;
    },
    contrast(factor, level) {
      const ours = statisticOf('candidate');
      const theirs = statisticOf('baseline');
      const difference = ours.value - factor * theirs.value;
      const whenSame = (): Interval => agreementInterval(difference, influenceOf(ours), level);
      if (withoutDraws) {
        const moments = influenceMoments(subtract(influenceOf(ours), influenceOf(theirs), factor));
        return moments.second === 0 ? whenSame() : influenceInterval(difference, moments, level);
      }
      const differences = subtract(draws.of(ours), draws.of(theirs), factor);
      return percentileOf(settleDraws(differences), level, rows, whenSame);
    },
  };
}

/**
 * Candidate and baseline did the same on every row. The share of unseen rows on which they differ is at most the Wilson
 * bound of 0 in n; moving that share of the rows from the least to the most influential value seen moves the metric by
 * no more, to first order, than this.
 */
function agreementInterval(difference: number, influence: Float64Array, level: number): Interval {
  const n = influence.length;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const u of influence) {
    least = Math.min(least, u);
    most = Math.max(most, u);
  }
  const reach = wilson(0, n, level).high * n * (most - least);
  return { level, low: difference - reach, high: difference + reach, method: 'wilson-agreement' };
}
