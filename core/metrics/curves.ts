/** ROC and precision-recall curves. */

import type { Ranked } from './auc-estimates.ts';

export interface Curves {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  readonly recall: Float64Array;
  readonly precision: Float64Array;
}

/** A point for each distinct score, from the highest down. ROC begins at (0, 0), precision-recall at recall 0. */
export function curvePoints({ scores, isPositive, order, positives }: Ranked): Curves {
  const n = scores.length;
  const negatives = n - positives;
  const falseRates = new Float64Array(n + 1);
  const trueRates = new Float64Array(n + 1);
  const precisions = new Float64Array(n + 1);
  // With nothing predicted positive, precision is 1, where scikit-learn ends the curve too.
  precisions[0] = 1;
  let points = 1;
  let hits = 0;
  for (let i = n - 1; i >= 0; i--) {
    const row = order[i] as number;
    hits += isPositive[row] as number;
    if (i > 0 && scores[order[i - 1] as number] === scores[row]) {
      continue;
    }
    const seen = n - i;
    falseRates[points] = (seen - hits) / negatives;
    trueRates[points] = hits / positives;
    precisions[points] = hits / seen;
    points++;
  }
  const recall = trueRates.subarray(0, points);
  return {
    falsePositiveRate: falseRates.subarray(0, points),
    truePositiveRate: recall,
    recall,
    precision: precisions.subarray(0, points),
  };
}

/**
 * At most `limit` points of a curve whose x grows: the ends, and between them, at equal steps of the curve's length in
 * the unit square, the points that lie next. Steep parts keep as many points as flat ones.
 */
export function thin(x: Float64Array, y: Float64Array, limit: number): (readonly [number, number])[] {
  const n = x.length;
  const all = (i: number): readonly [number, number] => [x[i] as number, y[i] as number];
  if (n <= limit) {
    return Array.from({ length: n }, (_, i) => all(i));
  }
  const length = new Float64Array(n);
  for (let i = 1; i < n; i++) {
    const dx = (x[i] as number) - (x[i - 1] as number);
    const dy = (y[i] as number) - (y[i - 1] as number);
    length[i] = (length[i - 1] as number) + Math.hypot(dx, dy);
  }
  const total = length[n - 1] as number;
  const points = [all(0)];
  for (let i = 1; i < n - 1 && points.length < limit - 1; i++) {
    if ((length[i] as number) >= (total * points.length) / (limit - 1)) {
      points.push(all(i));
    }
  }
  points.push(all(n - 1));
  return points;
}
