/**
 * With very many classes, what is listed by class or by pair of classes outgrows the result document: a thousand
 * classes have a million cells. What the report shows of it is kept, and every class's values in `metrics`.
 */

import { formatCount } from '../../../core/gate/index.ts';
import type { Evaluation } from '../../../core/metrics/types.ts';
import type { ConfusedPairs, ModelDetails } from './details.ts';

/** Up to here the document holds everything. */
export const mostClassesInFull = 100;
const mostPairs = 20;
const mostCurves = 20;

/** `recall(fraud)`, but not `recall(macro)`: there are as many as classes. */
export function isOfOneClass(name: string): boolean {
  return /^(precision|recall|f1)\(/.test(name) && !/^\w+\((macro|micro|weighted)\)$/.test(name);
}

/** The details as they are, or without what has one entry for each of very many classes. */
export function fitDetails(details: ModelDetails): ModelDetails {
  if (details.classes.length <= mostClassesInFull) return details;
  const { candidate, baseline } = details;
  return {
    ...details,
    candidate: { ...candidate, evaluation: fitEvaluation(candidate.evaluation) },
    baseline:
      baseline?.evaluation === null || baseline === null
        ? baseline
        : { ...baseline, evaluation: fitEvaluation(baseline.evaluation) },
    confusedPairs: {
      candidate: confusedPairs(candidate.evaluation.confusion),
      baseline: confusedPairs(baseline?.evaluation?.confusion ?? null),
    },
    metrics: details.metrics.filter(({ name }) => !isOfOneClass(name)),
  };
}

export function manyClassesNotices(classes: readonly string[]): string[] {
  if (classes.length <= mostClassesInFull) return [];
  return [
    `with ${formatCount(classes.length)} classes, the metrics of single classes are kept as values without intervals ` +
      `(\`metrics\`), and of the confusion matrix and the curves only what is worst`,
  ];
}

function fitEvaluation(evaluation: Evaluation): Evaluation {
  return {
    ...evaluation,
    confusion: null,
    roc: worst(evaluation.roc, ({ auc }) => auc),
    precisionRecall: worst(evaluation.precisionRecall, ({ averagePrecision }) => averagePrecision),
  };
}

function worst<Curve>(curves: readonly Curve[], area: (curve: Curve) => number | null): readonly Curve[] {
  return curves.toSorted((a, b) => (area(a) ?? 0) - (area(b) ?? 0)).slice(0, mostCurves);
}

/** The pairs of classes that are confused most often; null without a matrix. */
export function confusedPairs(cells: Evaluation['confusion']): ConfusedPairs | null {
  if (cells === null) return null;
  const pairs = cells.flatMap((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) =>
      actual === predicted || count === 0 ? [] : [{ actual, predicted, count, total }],
    );
  });
  return { pairs: pairs.length, top: pairs.toSorted((a, b) => b.count - a.count).slice(0, mostPairs) };
}
