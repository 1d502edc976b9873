/** A slice of predictions as predictions of its own. */

import type { ClassPredictions, NumberPredictions, Predictions } from './types.ts';

export function takeRows<P extends Predictions>(predictions: P, rows: Int32Array | null): P;
export function takeRows(predictions: Predictions, rows: Int32Array | null): Predictions {
  if (rows === null) {
    return predictions;
  }
  return predictions.task === 'regression' ? takeNumbers(predictions, rows) : takeClasses(predictions, rows);
}

function takeNumbers(predictions: NumberPredictions, rows: Int32Array): NumberPredictions {
  return {
    task: 'regression',
    actual: gather(predictions.actual, rows, new Float64Array(rows.length)),
    predicted: gather(predictions.predicted, rows, new Float64Array(rows.length)),
  };
}

function takeClasses(predictions: ClassPredictions, rows: Int32Array): ClassPredictions {
  const { scores, classes, task } = predictions;
  const width = task === 'binary' ? 1 : classes.length;
  let taken: Float64Array | null = null;
  if (scores !== null) {
    taken = new Float64Array(rows.length * width);
    for (let i = 0; i < rows.length; i++) {
      const from = (rows[i] as number) * width;
      for (let k = 0; k < width; k++) {
        taken[i * width + k] = scores[from + k] as number;
      }
    }
  }
  return {
    ...predictions,
    actual: gather(predictions.actual, rows, new Int32Array(rows.length)),
    predicted: gather(predictions.predicted, rows, new Int32Array(rows.length)),
    scores: taken,
  };
}

function gather<A extends Int32Array | Float64Array>(from: A, rows: Int32Array, into: A): A {
  for (let i = 0; i < rows.length; i++) {
    into[i] = from[rows[i] as number] as number;
  }
  return into;
}

/** Scores of one class against the rest, with which rows are of it. */
export interface OneVsRest {
  readonly scores: Float64Array;
  readonly isPositive: Uint8Array;
  readonly positives: number;
}

/** Binary: the class that is not the positive one takes the negated score, which ranks as 1 - score does. */
export function oneVsRest(
  predictions: ClassPredictions & { readonly scores: Float64Array },
  index: number,
): OneVsRest {
  const { actual, scores, classes, task } = predictions;
  const n = actual.length;
  const isPositive = new Uint8Array(n);
  let positives = 0;
  for (let i = 0; i < n; i++) {
    if (actual[i] === index) {
      isPositive[i] = 1;
      positives++;
    }
  }
  if (task === 'binary' && index === positiveOf(predictions)) {
    return { scores, isPositive, positives };
  }
  const own = new Float64Array(n);
  if (task === 'binary') {
    for (let i = 0; i < n; i++) {
      own[i] = -(scores[i] as number);
    }
  } else {
    const width = classes.length;
    for (let i = 0; i < n; i++) {
      own[i] = scores[i * width + index] as number;
    }
  }
  return { scores: own, isPositive, positives };
}

/** Binary predictions name their positive class; where they do not it is the second, as scikit-learn has it. */
export function positiveOf(predictions: ClassPredictions): number {
  return predictions.positive ?? 1;
}
