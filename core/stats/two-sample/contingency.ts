/** Pearson's chi-square of a table of two rows, the sides, and k columns, the categories. */

import { chiSquareTail } from './chi-square.ts';
import { pairedTotals } from './paired-counts.ts';

export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

/**
 * Without continuity correction, as `scipy.stats.chi2_contingency(correction=False)` on the categories that have rows.
 * The p-value is good where all expected counts are 5 and more (Cochran 1954): see `mergeRareCategories`.
 */
export function chiSquareTest(a: ArrayLike<number>, b: ArrayLike<number>): ChiSquareTest {
  const { n, m } = pairedTotals(a, b);
  let sum = 0;
  let categories = 0;
  for (let k = 0; k < a.length; k++) {
    const x = a[k] as number;
    const y = b[k] as number;
    if (x + y === 0) continue;
    categories++;
    // Both cells are off by (x m - y n) / N: a whole number that does not cancel.
    const difference = x * m - y * n;
    sum += ((difference / n) * (difference / m)) / (x + y);
  }
  const degreesOfFreedom = categories - 1;
  return { statistic: sum, degreesOfFreedom, p: chiSquareTail(sum, degreesOfFreedom) };
}

/**
 * Cramer's V = sqrt(chi-square / N), in [0, 1]; `scipy.stats.contingency.association(method='cramer')`. 0 with one
 * category.
 */
export function cramersV(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { n, m } = pairedTotals(a, b);
  return Math.min(1, Math.sqrt(chiSquareTest(a, b).statistic / (n + m)));
}

export interface CategoryCounts {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/**
 * The categories whose expected count is `least` and more on both sides, and one of all others together, for the test.
 * When even that rest falls short, it joins the smallest of the others.
 */
export function mergeRareCategories(a: ArrayLike<number>, b: ArrayLike<number>, least = 5): CategoryCounts {
  const { n, m } = pairedTotals(a, b);
  // Of whole numbers: the expected count on the smaller side is rows * min(n, m) / (n + m).
  const rare = (rows: number): boolean => rows * Math.min(n, m) < least * (n + m);
  const keptA: number[] = [];
  const keptB: number[] = [];
  let restA = 0;
  let restB = 0;
  let smallest = -1;
  let smallestRows = Number.POSITIVE_INFINITY;
  for (let k = 0; k < a.length; k++) {
    const x = a[k] as number;
    const y = b[k] as number;
    if (rare(x + y)) {
      restA += x;
      restB += y;
      continue;
    }
    if (x + y < smallestRows) {
      smallestRows = x + y;
      smallest = keptA.length;
    }
    keptA.push(x);
    keptB.push(y);
  }
  const rest = restA + restB;
  if (rest > 0 && rare(rest) && smallest >= 0) {
    keptA[smallest] = (keptA[smallest] as number) + restA;
    keptB[smallest] = (keptB[smallest] as number) + restB;
  } else if (rest > 0) {
    keptA.push(restA);
    keptB.push(restB);
  }
  return { a: Float64Array.from(keptA), b: Float64Array.from(keptB) };
}
