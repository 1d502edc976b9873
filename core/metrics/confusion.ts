/** Counting: rows become cells, and all class metrics are functions of the cells. */

import type { ClassPredictions } from './types.ts';

/** All that the class metrics need of a confusion matrix. */
export interface Margins {
  n: number;
  /** Rows of class k predicted as k. */
  readonly hits: Float64Array;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
}

/** The non-zero cells of actual x predicted (x predicted by the baseline). */
export interface Cells {
  readonly classes: number;
  readonly counts: Float64Array;
  readonly actual: Int32Array;
  readonly candidate: Int32Array;
  /** Same as `candidate` without a baseline. */
  readonly baseline: Int32Array;
}

export function emptyMargins(classes: number): Margins {
  return {
    n: 0,
    hits: new Float64Array(classes),
    actual: new Float64Array(classes),
    predicted: new Float64Array(classes),
  };
}

/** Cubes up to this size are counted in an array, larger ones in a map. */
const denseLimit = 1 << 21;

export function countCells(candidate: ClassPredictions, baseline: ClassPredictions | null): Cells {
  const classes = candidate.classes.length;
  const { actual, predicted } = candidate;
  const other = baseline === null ? null : baseline.predicted;
  const counts = new Map<number, number>();
  const size = classes * classes * (other === null ? 1 : classes);
  if (size <= denseLimit) {
    const cube = new Float64Array(size);
    for (let i = 0; i < actual.length; i++) {
      let key = (actual[i] as number) * classes + (predicted[i] as number);
      if (other !== null) {
        key = key * classes + (other[i] as number);
      }
      cube[key] = (cube[key] as number) + 1;
    }
    for (let key = 0; key < size; key++) {
      if (cube[key] !== 0) {
        counts.set(key, cube[key] as number);
      }
    }
  } else {
    for (let i = 0; i < actual.length; i++) {
      let key = (actual[i] as number) * classes + (predicted[i] as number);
      if (other !== null) {
        key = key * classes + (other[i] as number);
      }
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const keys = Float64Array.from(counts.keys()).sort();
  const cells = {
    classes,
    counts: new Float64Array(keys.length),
    actual: new Int32Array(keys.length),
    candidate: new Int32Array(keys.length),
    baseline: new Int32Array(keys.length),
  };
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    const pair = other === null ? key : Math.floor(key / classes);
    cells.counts[i] = counts.get(key) as number;
    cells.actual[i] = Math.floor(pair / classes);
    cells.candidate[i] = pair % classes;
    cells.baseline[i] = other === null ? pair % classes : key % classes;
  }
  return cells;
}

/** Sums cells with the given counts (the observed ones or drawn ones) into `into`, which is overwritten. */
export function sumMargins(
  cells: Cells,
  counts: Float64Array,
  side: 'candidate' | 'baseline',
  into: Margins,
): Margins {
  into.n = 0;
  into.hits.fill(0);
  into.actual.fill(0);
  into.predicted.fill(0);
  const predicted = cells[side];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    const a = cells.actual[i] as number;
    const p = predicted[i] as number;
    into.n += count;
    into.actual[a] = (into.actual[a] as number) + count;
    into.predicted[p] = (into.predicted[p] as number) + count;
    if (a === p) {
      into.hits[a] = (into.hits[a] as number) + count;
    }
  }
  return into;
}

/** Rows: actual; columns: predicted. */
export function confusionMatrix(predictions: ClassPredictions): number[][] {
  const k = predictions.classes.length;
  const matrix = Array.from({ length: k }, () => new Array<number>(k).fill(0));
  const { actual, predicted } = predictions;
  for (let i = 0; i < actual.length; i++) {
    const row = matrix[actual[i] as number] as number[];
    const column = predicted[i] as number;
    row[column] = (row[column] as number) + 1;
  }
  return matrix;
}
