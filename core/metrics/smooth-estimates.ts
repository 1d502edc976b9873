/** Metrics that are smooth functions of row weights: losses, average precision, regression errors. */

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
  fewDiscordant,
  isInterval,
  type Point,
  type Prepared,
  percentileOf,
  type Side,
  settleDraws,
  subtract,
  widened,
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

/**
 * Below this many effective rows an interval is said to be uncertain: n / 25, from 8 to 30. For a mean of normal errors
 * it never is, for their squares n / 15 rows count; with errors of Student's t at 3 degrees of freedom a handful.
 */
function fewEffectiveRows(rows: number): number {
  return Math.min(Math.max(8, rows / 25), 30);
}

/** Why an interval may be too short: resamples of few rows know nothing of the tail that those rows come from. */
function tailNote(what: string, influence: Float64Array): string[] {
  const { second, fourth, third } = influenceMoments(influence);
  const effective = effectiveRows({ second, third, fourth });
  const rows = influence.length;
  if (second === 0 || rows < 30 || effective >= fewEffectiveRows(rows)) {
    return [];
  }
  const squares = influence.map((u) => u * u).sort();
  let carried = 0;
  let few = 0;
  while (carried < second / 2 && few < rows) {
    few++;
    carried += squares[rows - few] as number;
  }
  const share = ((100 * few) / rows).toPrecision(2);
  return [
    `${few} of ${rows} rows (${Number(share)}%) make ${Math.round((100 * carried) / second)}% of the variance of ` +
      `${what}: its interval may be too short`,
  ];
}

export function prepareSmooth(spec: SmoothSpec, draws: RowDraws, rows: number): Prepared {
  const influences = new Map<RowStatistic, Float64Array>();
  const influenceOf = (statistic: RowStatistic): Float64Array => {
    const known = influences.get(statistic);
    const influence = known ?? statistic.influence();
    influences.set(statistic, influence);
    return influence;
  };
  const moments = new Map<RowStatistic, InfluenceMoments>();
  const momentsOf = (statistic: RowStatistic): InfluenceMoments => {
    const found = moments.get(statistic) ?? influenceMoments(influenceOf(statistic));
    moments.set(statistic, found);
    return found;
  };
  const statistics = [spec.candidate.statistic, spec.baseline?.statistic ?? null].filter((s) => s !== null);
  const withoutDraws = (): boolean =>
    rows >= manyRows &&
    statistics.every((statistic) => {
      const found = momentsOf(statistic);
      return found.second > 0 && effectiveRows(found) >= manyEffectiveRows;
    });
  draws.register(() => (withoutDraws() ? [] : statistics));
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
    get notes() {
      const { statistic } = spec.candidate;
      return statistic === null
        ? spec.notes
        : [...spec.notes, ...tailNote('the value', influenceOf(statistic))];
    },
    contrastNotes: (factor) =>
      tailNote(
        'the difference',
        subtract(influenceOf(statisticOf('candidate')), influenceOf(statisticOf('baseline')), factor),
      ),
    interval(side, level) {
      const statistic = statisticOf(side);
      const bounded = withoutDraws()
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
      const apart = subtract(influenceOf(ours), influenceOf(theirs), factor);
      const agreement = (): Bounded => {
        const reach = Math.max(
          agreementReach(influenceOf(ours), level),
          factor * agreementReach(influenceOf(theirs), level),
        );
        // Where no row has any influence (a perfect ranking) the metric's own bound says how far it may fall.
        const own = reach > 0 ? null : spec.whenSame(ours, level);
        if (own !== null && !isInterval(own)) {
          return own;
        }
        const half = own === null ? reach : own.high - own.low;
        return { level, low: difference - half, high: difference + half, method: 'wilson-agreement' };
      };
      let discordant = 0;
      for (const u of apart) {
        discordant += u === 0 ? 0 : 1;
      }
      if (discordant === 0) {
        return agreement();
      }
      const bounded = withoutDraws()
        ? influenceInterval(difference, influenceMoments(apart), level)
        : percentileOf(
            settleDraws(subtract(draws.of(ours), draws.of(theirs), factor)),
            level,
            rows,
            agreement,
          );
      const wider = discordant < fewDiscordant ? agreement() : bounded;
      return isInterval(wider) ? widened(bounded, wider) : bounded;
    },
  };
}

/**
 * Candidate and baseline did the same on every row. The share of unseen rows on which they differ is at most the Wilson
 * bound of 0 in n; moving that share of the rows from the least to the most influential value seen moves the metric by
 * no more, to first order, than this.
 */
function agreementReach(influence: Float64Array, level: number): number {
  const n = influence.length;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const u of influence) {
    least = Math.min(least, u);
    most = Math.max(most, u);
  }
  return wilson(0, n, level).high * n * (most - least);
}
