/** Rows of both sides as predictions over the same classes. */

import type { Predictions } from '../../../core/metrics/types.ts';
import type { LabelledRows } from './read-rows.ts';

/** Numbers with more different labels are quantities, not classes. */
const mostClasses = 20;

export interface BothPredictions {
  readonly reference: Predictions;
  readonly current: Predictions;
}

/** Throws what cannot be compared, as a sentence. */
export function toPredictions(
  reference: LabelledRows,
  current: LabelledRows,
  positiveClass: string | null,
): BothPredictions | { readonly problem: string } {
  if (isRegression(reference, current)) {
    return { reference: numbersOf(reference), current: numbersOf(current) };
  }
  const classes = classesOf(reference, current);
  if (classes.length < 2) return { problem: 'labels and predictions hold one class only' };
  const positive = positiveOf(classes, positiveClass);
  if (positive === undefined) {
    return {
      problem: `positive-class ${JSON.stringify(positiveClass)} is none of the classes (${classes.slice(0, 8).join(', ')})`,
    };
  }
  const both = (rows: LabelledRows): Predictions => classPredictions(rows, classes, positive);
  return { reference: both(reference), current: both(current) };
}

function isRegression(...sides: readonly LabelledRows[]): boolean {
  if (!sides.every(({ numeric }) => numeric)) return false;
  const different = new Set<string>();
  for (const { labels } of sides) {
    for (const label of labels) {
      if (!Number.isInteger(Number(label))) return true;
      different.add(label);
      if (different.size > mostClasses) return true;
    }
  }
  return false;
}

const numbersOf = ({ labels, predictions }: LabelledRows): Predictions => ({
  task: 'regression',
  actual: Float64Array.from(labels, Number),
  predicted: Float64Array.from(predictions, Number),
});

/** Sorted as scikit-learn sorts them. */
function classesOf(...sides: readonly LabelledRows[]): string[] {
  const found = new Set<string>();
  for (const { labels, predictions } of sides) {
    for (const label of labels) found.add(label);
    for (const prediction of predictions) found.add(prediction);
  }
  const classes = [...found];
  const numeric = classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return classes.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** Of two classes; null of more; undefined: the one that is asked for is not there. */
function positiveOf(classes: readonly string[], asked: string | null): number | null | undefined {
  if (classes.length > 2) return null;
  if (asked !== null) {
    const index = classes.indexOf(asked);
    return index < 0 ? undefined : index;
  }
  const usual = classes.findIndex((name) => /^(1|true|yes)$/i.test(name));
  return usual < 0 ? 1 : usual;
}

function classPredictions(
  rows: LabelledRows,
  classes: readonly string[],
  positive: number | null,
): Predictions {
  const index = new Map(classes.map((name, at) => [name, at]));
  const at = (name: string): number => index.get(name) ?? 0;
  const complete = rows.scores?.every((score) => Number.isFinite(score)) ?? false;
  const scores = positive !== null && complete ? rows.scores : null;
  const isProbability = scores?.every((score) => score >= 0 && score <= 1) ?? false;
  return {
    task: positive === null ? 'multiclass' : 'binary',
    classes,
    actual: Int32Array.from(rows.labels, at),
    predicted: Int32Array.from(rows.predictions, at),
    scores,
    probabilities: isProbability ? true : 'the scores are no probabilities',
    positive,
  };
}
