/** Differences between groups in how often, or how rightly, they are predicted positive; Fairlearn's definitions. */

import type { Interval } from '../gate/types.ts';
import { drawQuantile, moverDifference, Random, symmetricInterval, wilson } from '../stats/index.ts';
import {
  clip,
  type Prepared,
  type Side,
  settleDraws,
  subtract,
  undefinedPrepared,
  widened,
} from './prepared.ts';
import { positiveOf } from './samples.ts';
import type { ClassPredictions } from './types.ts';

export type FairnessMetric =
  | 'demographic_parity_difference'
  | 'equalized_odds_difference'
  | 'equal_opportunity_difference';

export interface Groups {
  /** Per row of the sample: index into names, -1 for rows left out. */
  readonly index: Int32Array;
  readonly names: readonly string[];
}

/** The rows of one group (with one actual outcome, for true and false positive rates), by what the models predict. */
interface Stratum {
  /** Predicted positive by both, by the candidate only, by the baseline only, by none. */
  readonly counts: Float64Array;
  readonly rows: number;
}

/** Strata whose rates are compared with each other: the groups. */
type Comparison = readonly Stratum[];

export function prepareFairness(
  metric: FairnessMetric,
  groups: Groups,
  candidate: ClassPredictions,
  baseline: ClassPredictions | null,
  options: { readonly draws: number; readonly seed: number },
): Prepared {
  const withBaseline = baseline !== null;
  const n = groups.index.reduce((sum, group) => sum + (group >= 0 ? 1 : 0), 0);
  if (candidate.task !== 'binary') {
    return undefinedPrepared(`${metric} is defined for two classes`, n, withBaseline);
  }
  const outcomes: readonly (boolean | null)[] =
    metric === 'demographic_parity_difference'
      ? [null]
      : metric === 'equal_opportunity_difference'
        ? [true]
        : [true, false];
  const present = groups.names.flatMap((name, g) => (groups.index.includes(g) ? [{ name, g }] : []));
  if (present.length < 2) {
    return undefinedPrepared(
      `${metric} compares groups, and the rows have ${present.length}`,
      n,
      withBaseline,
    );
  }
  const comparisons: Comparison[] = [];
  for (const outcome of outcomes) {
    const strata = stratify(groups, candidate, baseline ?? candidate, outcome);
    const empty = present.find(({ g }) => strata[g]?.rows === 0);
    if (empty !== undefined) {
      const what = outcome === true ? 'positive' : 'negative';
      return undefinedPrepared(
        `${metric} does not exist: group "${empty.name}" has no row with a ${what} label`,
        n,
        withBaseline,
      );
    }
    comparisons.push(present.map(({ g }) => strata[g] as Stratum));
  }
  let draws: Record<Side, DifferenceDraws> | null = null;
  const drawn = (side: Side): DifferenceDraws => {
    draws ??= drawDifferences(comparisons, options);
    return draws[side];
  };
  const value = (side: Side): number => largestDifference(comparisons, side);
  const interval = (side: Side, level: number): Interval => {
    const settled = settleDraws(drawn(side).values);
    const hasBound = comparisons.some((strata) =>
      strata.some((stratum) => [0, 1].includes(rate(stratum, side))),
    );
    // A rate of 0 or 1 repeats itself in every resample, and so would look certain.
    return clip(
      settled.kind !== 'spread' || hasBound
        ? byMover(comparisons, side, level)
        : byDistance(value(side), drawn(side).distances, level),
      0,
      1,
    );
  };
  return {
    candidate: { defined: true, value: value('candidate'), n },
    baseline: withBaseline ? { defined: true, value: value('baseline'), n } : null,
    notes: [],
    interval,
    contrast(factor, level) {
      const difference = value('candidate') - factor * value('baseline');
      const settled = settleDraws(subtract(drawn('candidate').values, drawn('baseline').values, factor));
      if (settled.kind === 'spread') {
        const symmetric = symmetricInterval(settled.sorted, difference, level);
        const located = (side: Side) => ({ value: value(side), interval: interval(side, level) });
        // Where a difference may be 0, draws fold back at it, and their correlation is not that of the estimates.
        const [ours, theirs] = [located('candidate'), located('baseline')];
        const folded = ours.interval.low === 0 || theirs.interval.low === 0;
        const correlation = correlationOf(drawn('candidate').values, drawn('baseline').values);
        const mover = moverDifference(ours, theirs, factor, folded ? Math.min(0, correlation) : correlation);
        return widened(symmetric, mover);
      }
      const reach = comparisons.map((strata) =>
        strata.map((stratum) => wilson(0, stratum.rows, level).high).sort((a, b) => b - a),
      );
      const half = Math.max(...reach.map(([first, second]) => Math.hypot(first ?? 1, second ?? 1)));
      return { level, low: difference - half, high: difference + half, method: 'wilson-agreement' };
    },
  };
}

/** Per group; `outcome`: only rows that are actually positive, or negative; null: all. */
function stratify(
  groups: Groups,
  candidate: ClassPredictions,
  baseline: ClassPredictions,
  outcome: boolean | null,
): Stratum[] {
  const positive = positiveOf(candidate);
  const counts = groups.names.map(() => new Float64Array(4));
  const rows = new Float64Array(groups.names.length);
  for (let i = 0; i < groups.index.length; i++) {
    const group = groups.index[i] as number;
    const cells = counts[group];
    if (cells === undefined || (outcome !== null && (candidate.actual[i] === positive) !== outcome)) {
      continue;
    }
    const ours = candidate.predicted[i] === positive;
    const theirs = baseline.predicted[i] === positive;
    const cell = ours ? (theirs ? 0 : 1) : theirs ? 2 : 3;
    cells[cell] = (cells[cell] as number) + 1;
    rows[group] = (rows[group] as number) + 1;
  }
  return counts.map((cells, g) => ({ counts: cells, rows: rows[g] as number }));
}

function selected(counts: Float64Array, side: Side): number {
  return (counts[0] as number) + (counts[side === 'candidate' ? 1 : 2] as number);
}

function rate(stratum: Stratum, side: Side): number {
  return selected(stratum.counts, side) / stratum.rows;
}

function largestDifference(comparisons: readonly Comparison[], side: Side): number {
  return Math.max(
    ...comparisons.map((strata) => {
      const rates = strata.map((stratum) => rate(stratum, side));
      return Math.max(...rates) - Math.min(...rates);
    }),
  );
}

/** Per draw: the difference in the resample, and how far its rates are from the observed ones. */
interface DifferenceDraws {
  readonly values: Float64Array;
  readonly distances: Float64Array;
}

/** Each stratum resampled within itself. */
function drawDifferences(
  comparisons: readonly Comparison[],
  options: { readonly draws: number; readonly seed: number },
): Record<Side, DifferenceDraws> {
  const random = new Random(options.seed, 4);
  const empty = (): DifferenceDraws => ({
    values: new Float64Array(options.draws),
    distances: new Float64Array(options.draws),
  });
  const result = { candidate: empty(), baseline: empty() };
  const resampled = comparisons.map((strata) =>
    strata.map(({ rows }) => ({ rows, counts: new Float64Array(4) })),
  );
  for (let draw = 0; draw < options.draws; draw++) {
    for (const [c, strata] of comparisons.entries()) {
      for (const [s, stratum] of strata.entries()) {
        const into = resampled[c]?.[s];
        if (into !== undefined) {
          random.multinomial(stratum.counts, stratum.rows, into.counts);
        }
      }
    }
    for (const side of ['candidate', 'baseline'] as const) {
      result[side].values[draw] = largestDifference(resampled, side);
      result[side].distances[draw] = largestShift(comparisons, resampled, side);
    }
  }
  return result;
}

/** The largest difference between groups in how far their rates moved. */
function largestShift(
  comparisons: readonly Comparison[],
  resampled: readonly Comparison[],
  side: Side,
): number {
  return Math.max(
    ...comparisons.map((strata, c) => {
      const shifts = strata.map((stratum, s) => {
        const drawn = resampled[c]?.[s];
        return drawn === undefined ? 0 : rate(drawn, side) - rate(stratum, side);
      });
      return Math.max(...shifts) - Math.min(...shifts);
    }),
  );
}

/**
 * A largest difference has corners where rates are equal, and is biased upwards there: percentiles and BCa fail. But by the
 * triangle inequality it is off by no more than the largest difference of the rates' own errors, whose quantile the
 * resamples give. Exact for one comparison of two groups, conservative for more.
 */
function byDistance(value: number, distances: Float64Array, level: number): Interval {
  const half = drawQuantile(distances.slice().sort(), level);
  return { level, low: value - half, high: value + half, method: 'bootstrap-symmetric' };
}

/** MOVER over the Wilson intervals of the groups with the highest and the lowest rate. */
function byMover(comparisons: readonly Comparison[], side: Side, level: number) {
  const intervals = comparisons.map((strata) => {
    const byRate = [...strata].sort((a, b) => rate(a, side) - rate(b, side));
    const [lowest, highest] = [byRate[0] as Stratum, byRate[byRate.length - 1] as Stratum];
    const located = (stratum: Stratum) => ({
      value: rate(stratum, side),
      interval: wilson(selected(stratum.counts, side), stratum.rows, level),
    });
    return moverDifference(located(highest), located(lowest));
  });
  return {
    level,
    low: Math.max(...intervals.map(({ low }) => low)),
    high: Math.max(...intervals.map(({ high }) => high)),
    method: 'mover',
  };
}

/** Pearson's; 0 where either does not vary. */
function correlationOf(x: Float64Array, y: Float64Array): number {
  const centre = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [centre(x), centre(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? Math.min(Math.max(xy / Math.sqrt(xx * yy), -1), 1) : 0;
}
