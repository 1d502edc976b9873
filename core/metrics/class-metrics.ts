/** The metrics of labels alone, as functions of the confusion matrix' margins; scikit-learn's definitions. */

import type { Margins } from './confusion.ts';
import type { Variant } from './types.ts';

export type ClassMetric = 'accuracy' | 'balanced_accuracy' | 'precision' | 'recall' | 'f1' | 'mcc' | 'kappa';

const names: readonly string[] = [
  'accuracy',
  'balanced_accuracy',
  'precision',
  'recall',
  'f1',
  'mcc',
  'kappa',
];

export function isClassMetric(metric: string): metric is ClassMetric {
  return names.includes(metric);
}

/** `default` resolved to what it stands for. */
export type SettledVariant = Exclude<Variant, { readonly kind: 'default' }>;

/** NaN where the metric does not exist; the callers turn that into a reason or leave the draw out. */
export function classMetric(metric: ClassMetric, variant: SettledVariant, m: Margins): number {
  switch (metric) {
    case 'accuracy':
      return sum(m.hits) / m.n;
    case 'balanced_accuracy':
      return balancedAccuracy(m);
    case 'mcc':
      return mcc(m);
    case 'kappa':
      return kappa(m);
    default:
      return variant.kind === 'class'
        ? ofClass(metric, variant.index, m)
        : averageOf(metric, variant.average, m);
  }
}

function ofClass(metric: 'precision' | 'recall' | 'f1', k: number, m: Margins): number {
  const hits = m.hits[k] as number;
  const actual = m.actual[k] as number;
  const predicted = m.predicted[k] as number;
  const [numerator, denominator] =
    metric === 'precision'
      ? [hits, predicted]
      : metric === 'recall'
        ? [hits, actual]
        : [2 * hits, actual + predicted];
  return denominator === 0 ? 0 : numerator / denominator;
}

function averageOf(
  metric: 'precision' | 'recall' | 'f1',
  average: 'macro' | 'micro' | 'weighted',
  m: Margins,
): number {
  // Each row has one label and one prediction, so all micro averages are the accuracy; so is weighted recall.
  if (average === 'micro' || (average === 'weighted' && metric === 'recall')) {
    return sum(m.hits) / m.n;
  }
  let total = 0;
  let weights = 0;
  for (let k = 0; k < m.hits.length; k++) {
    const actual = m.actual[k] as number;
    // scikit-learn averages over the classes that occur, as a label or as a prediction.
    if (actual === 0 && m.predicted[k] === 0) {
      continue;
    }
    const weight = average === 'macro' ? 1 : actual;
    total += weight * ofClass(metric, k, m);
    weights += weight;
  }
  return total / weights;
}

function balancedAccuracy(m: Margins): number {
  let total = 0;
  let present = 0;
  for (let k = 0; k < m.hits.length; k++) {
    const actual = m.actual[k] as number;
    if (actual > 0) {
      total += (m.hits[k] as number) / actual;
      present++;
    }
  }
  return total / present;
}

/** Gorodkin 2004; 0 when labels or predictions are all the same, as scikit-learn has it. */
function mcc(m: Margins): number {
  const { n } = m;
  let cross = 0;
  let actualSquares = 0;
  let predictedSquares = 0;
  for (let k = 0; k < m.hits.length; k++) {
    const actual = (m.actual[k] as number) / n;
    const predicted = (m.predicted[k] as number) / n;
    cross += actual * predicted;
    actualSquares += actual * (1 - actual);
    predictedSquares += predicted * (1 - predicted);
  }
  const denominator = Math.sqrt(actualSquares * predictedSquares);
  return denominator === 0 ? 0 : withinOne((sum(m.hits) / n - cross) / denominator);
}

/** Cohen 1960; does not exist when labels and predictions are all of one and the same class. */
function kappa(m: Margins): number {
  const { n } = m;
  let byChance = 0;
  for (let k = 0; k < m.hits.length; k++) {
    byChance += ((m.actual[k] as number) / n) * ((m.predicted[k] as number) / n);
  }
  return byChance >= 1 ? Number.NaN : withinOne((sum(m.hits) / n - byChance) / (1 - byChance));
}

/** Rounding of the shares may leave [-1, 1] by some last bits. */
function withinOne(correlation: number): number {
  return Math.min(Math.max(correlation, -1), 1);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += values[i] as number;
  }
  return total;
}

/** Sentences on every zero that is a convention, not a measurement (scikit-learn's `zero_division=0`). */
export function conventionNotes(
  metric: ClassMetric,
  variant: SettledVariant,
  m: Margins,
  classes: readonly string[],
): string[] {
  if (metric === 'mcc') {
    const constant = (counts: Float64Array): boolean => counts.some((count) => count === m.n);
    const what = constant(m.actual) ? 'labels' : constant(m.predicted) ? 'predictions' : null;
    return what === null ? [] : [`mcc is 0 by convention: all ${what} are of one class`];
  }
  if (metric === 'balanced_accuracy') {
    return classes.flatMap((name, k) =>
      m.actual[k] === 0 && m.predicted[k] !== 0
        ? [`balanced_accuracy leaves class "${name}" out: no row of the data is of it`]
        : [],
    );
  }
  if (
    metric === 'accuracy' ||
    metric === 'kappa' ||
    (variant.kind === 'average' && variant.average === 'micro')
  ) {
    return [];
  }
  return classes.flatMap((name, k) => {
    const mine = variant.kind === 'class' ? variant.index === k : m.actual[k] !== 0 || m.predicted[k] !== 0;
    const reason = mine ? zeroReason(metric, m.actual[k] as number, m.predicted[k] as number) : null;
    return reason === null ? [] : [`${metric} of class "${name}" is 0 by convention: ${reason}`];
  });
}

function zeroReason(metric: ClassMetric, actual: number, predicted: number): string | null {
  if (metric === 'precision') {
    return predicted === 0 ? 'the model never predicts it' : null;
  }
  if (metric === 'recall') {
    return actual === 0 ? 'no row of the data is of it' : null;
  }
  return actual + predicted === 0 ? 'no row of the data is of it and the model never predicts it' : null;
}
