/** From the name of a classification metric to what measures it, or to the reason why it cannot be measured. */

import { wilson } from '../stats/index.ts';
import { prepareAuc, prepareAverageAuc } from './auc-estimates.ts';
import { prepareCalibration } from './calibration-estimates.ts';
import { variantProblem } from './catalogue.ts';
import { prepareClassMetric } from './class-estimates.ts';
import { isClassMetric, type SettledVariant } from './class-metrics.ts';
import { type Bounded, type Prepared, undefinedPoint, undefinedPrepared } from './prepared.ts';
import { brierLosses, calibrationOf, logLosses, type Scored } from './probability.ts';
import { averageStatistic, meanStatistic, type RowStatistic } from './row-statistics.ts';
import type { ClassSample } from './sample.ts';
import { positiveOf } from './samples.ts';
import { prepareSmooth, type SmoothSpec } from './smooth-estimates.ts';
import type { ClassPredictions, Variant } from './types.ts';

export function prepareClassification(metric: string, variant: Variant, sample: ClassSample): Prepared {
  const { candidate, baseline, rows } = sample;
  const withBaseline = baseline !== null;
  const problem = rows === 0 ? 'there are no rows' : variantProblem(metric, variant, candidate.task);
  if (problem !== null) {
    return undefinedPrepared(problem, rows, withBaseline);
  }
  if (isClassMetric(metric)) {
    return prepareClassMetric(
      metric,
      settle(metric, variant, candidate),
      sample.cellDraws,
      candidate.classes,
      withBaseline,
      sample.options.draws,
    );
  }
  const ours = scoredFor(metric, candidate);
  const theirs = baseline === null ? null : scoredFor(metric, baseline);
  if (typeof ours === 'string') {
    return withOther(undefinedPrepared(ours, rows, withBaseline), theirs, (other) =>
      prepareScored(metric, variant, sample, other, null),
    );
  }
  if (typeof theirs === 'string') {
    const alone = prepareScored(metric, variant, sample, ours, null);
    return { ...alone, baseline: undefinedPoint(theirs, rows) };
  }
  return prepareScored(metric, variant, sample, ours, theirs);
}

/** The candidate has no scores, the baseline may have some: then the baseline's value is still shown. */
function withOther(
  prepared: Prepared,
  other: Scored | string | null,
  prepare: (other: Scored) => Prepared,
): Prepared {
  if (other === null) {
    return prepared;
  }
  if (typeof other === 'string') {
    return { ...prepared, baseline: undefinedPoint(other, prepared.candidate.n) };
  }
  const alone = prepare(other);
  return {
    ...prepared,
    baseline: alone.candidate,
    interval: (_side, level) => alone.interval('candidate', level),
  };
}

/** Without parentheses, binary precision, recall and f1 are of the positive class. */
function settle(metric: string, variant: Variant, predictions: ClassPredictions): SettledVariant {
  if (variant.kind !== 'default') {
    return variant;
  }
  return metric === 'precision' || metric === 'recall' || metric === 'f1'
    ? { kind: 'class', index: positiveOf(predictions) }
    : { kind: 'average', average: 'micro' };
}

function scoredFor(metric: string, predictions: ClassPredictions): Scored | string {
  const { scores } = predictions;
  if (scores === null) {
    return `${metric} needs scores, and the predictions are labels only`;
  }
  const needsProbabilities = metric === 'log_loss' || metric === 'brier' || metric === 'ece';
  if (needsProbabilities && predictions.probabilities !== true) {
    return `${metric} needs probabilities: ${predictions.probabilities}`;
  }
  return predictions.scores === null ? '' : (predictions as Scored);
}

function prepareScored(
  metric: string,
  variant: Variant,
  sample: ClassSample,
  ours: Scored,
  theirs: Scored | null,
): Prepared {
  const highestBrier = ours.task === 'binary' ? 1 : 2;
  switch (metric) {
    case 'roc_auc':
    case 'average_precision':
      return prepareRanking(metric, variant, sample, ours, theirs);
    case 'ece':
      return prepareCalibration(
        calibrationOf(ours),
        theirs === null ? null : calibrationOf(theirs),
        sample.rowDraws,
        sample.options,
      );
    case 'brier':
      return smooth(
        sample,
        (side) => meanStatistic(brierLosses(side)),
        ours,
        theirs,
        [0, highestBrier],
        (statistic, level) => {
          // Up to the Wilson bound of 0 in n, unseen rows may have any loss there is.
          const share = wilson(0, sample.rows, level).high;
          const { value } = statistic;
          return {
            level,
            low: value * (1 - share),
            high: value + share * (highestBrier - value),
            method: 'wilson-mover',
          };
        },
      );
    case 'log_loss':
      return smooth(
        sample,
        (side) => meanStatistic(logLosses(side)),
        ours,
        theirs,
        [0, Number.POSITIVE_INFINITY],
        () => ({ none: 'all rows have the same loss: they say nothing about the loss of others' }),
      );
    default:
      throw new Error(`${metric} is not a classification metric`);
  }
}

function smooth(
  sample: ClassSample,
  statisticOf: (side: Scored) => RowStatistic,
  ours: Scored,
  theirs: Scored | null,
  range: readonly [number, number],
  whenSame: SmoothSpec['whenSame'],
): Prepared {
  const sideOf = (side: Scored) => {
    const statistic = statisticOf(side);
    return { point: { defined: true, value: statistic.value, n: sample.rows } as const, statistic };
  };
  return prepareSmooth(
    {
      candidate: sideOf(ours),
      baseline: theirs === null ? null : sideOf(theirs),
      notes: [],
      range,
      whenSame,
    },
    sample.rowDraws,
    sample.rows,
  );
}

function prepareRanking(
  metric: 'roc_auc' | 'average_precision',
  variant: Variant,
  sample: ClassSample,
  ours: Scored,
  theirs: Scored | null,
): Prepared {
  const { classes } = ours;
  const average = ours.task === 'multiclass' && variant.kind === 'average' ? variant.average : null;
  const indices =
    average !== null
      ? classes.map((_, k) => k)
      : [variant.kind === 'class' ? variant.index : positiveOf(ours)];
  const problem = indices.map((k) => missingSide(metric, sample, k)).find((reason) => reason !== null);
  if (problem !== undefined && problem !== null) {
    return undefinedPrepared(problem, sample.rows, theirs !== null);
  }
  const rankedOf = (side: Scored) => indices.map((k) => sample.ranked(side, k));
  const kind = average === 'weighted' ? 'weighted' : 'macro';
  if (metric === 'roc_auc') {
    const [first] = rankedOf(ours);
    if (average === null && first !== undefined) {
      return prepareAuc(first, theirs === null ? null : (rankedOf(theirs)[0] ?? null));
    }
    return prepareAverageAuc(rankedOf(ours), theirs === null ? null : rankedOf(theirs), kind);
  }
  const statisticOf = (side: Scored): RowStatistic => {
    const parts = indices.map((k) => sample.averagePrecision(side, k));
    const memberships = indices.map((k) => sample.ranked(side, k).isPositive);
    return parts.length === 1 ? (parts[0] as RowStatistic) : averageStatistic(parts, memberships, kind);
  };
  const counts = indices.map((k) => sample.actualCount(k));
  return smooth(sample, statisticOf, ours, theirs, [0, 1], (statistic, level) =>
    rankingBound(statistic.value, counts, sample.rows, level),
  );
}

/** Why a class cannot be ranked against the rest on these rows. */
function missingSide(metric: string, sample: ClassSample, index: number): string | null {
  const name = sample.candidate.classes[index] ?? '';
  const count = sample.actualCount(index);
  if (count === 0) {
    return `${metric} does not exist: no row is of class "${name}"`;
  }
  return count === sample.rows ? `${metric} does not exist: all rows are of class "${name}"` : null;
}

/**
 * Average precision whose resamples all agree: a perfect ranking. Up to the Wilson bound of 0 in n, negatives may stand
 * above all positives (precision P / (P + share N)), or positives below all negatives (precision P / n); MOVER adds the
 * two. Averages over classes take the class with the fewest rows, which reaches furthest.
 */
function rankingBound(value: number, counts: readonly number[], rows: number, level: number): Bounded {
  const positives = Math.min(...counts);
  const negatives = rows - positives;
  const above = wilson(0, negatives, level).high * negatives;
  const byNegatives = 1 - positives / (positives + above);
  const byPositives = wilson(0, positives, level).high * (negatives / rows);
  const reach = Math.hypot(byNegatives, byPositives);
  return { level, low: value - reach, high: value + reach, method: 'wilson-mover' };
}
