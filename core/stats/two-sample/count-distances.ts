/**
 * Distances between two distributions over the same categories or bins, given as rows per category on both sides.
 * Both vectors have the same length and at least one row each; categories without rows on either side count for
 * nothing.
 */

import { pairedTotals } from './paired-counts.ts';

export interface CountDistances {
  /**
   * Population stability index, the sum of (p - q) ln(p / q); a category without rows on one side counts half a row
   * there.
   */
  readonly psi: number;
  /** The root of the divergence in base 2, in [0, 1]; `scipy.spatial.distance.jensenshannon(p, q, 2)`. */
  readonly jensenShannon: number;
  /** In [0, 1]. */
  readonly hellinger: number;
  /** Half the sum of |p - q|, in [0, 1]. */
  readonly totalVariation: number;
}

export function countDistances(a: ArrayLike<number>, b: ArrayLike<number>): CountDistances {
  const { n, m } = pairedTotals(a, b);
  let psi = 0;
  let divergence = 0;
  let squares = 0;
  let variation = 0;
  for (let k = 0; k < a.length; k++) {
    const x = a[k] as number;
    const y = b[k] as number;
    psi += psiTerm(x, y, n, m);
    divergence += jensenShannonTerm(x, y, n, m);
    squares += hellingerTerm(x, y, n, m);
    variation += Math.abs(shareDifference(x, y, n, m));
  }
  return {
    psi,
    jensenShannon: Math.sqrt(Math.min(1, divergence)),
    hellinger: Math.sqrt(Math.min(1, squares)),
    totalVariation: Math.min(1, variation / 2),
  };
}

/** x / n - y / m; the numerator is a whole number, so that equal shares differ by nothing. */
export function shareDifference(x: number, y: number, n: number, m: number): number {
  return (x * m - y * n) / (n * m);
}

/** A category's part of the population stability index. */
export function psiTerm(x: number, y: number, n: number, m: number): number {
  if (x === 0 && y === 0) return 0;
  const rows = x === 0 ? 0.5 : x;
  const others = y === 0 ? 0.5 : y;
  return shareDifference(rows, others, n, m) * Math.log((rows * m) / (others * n));
}

/** A category's part of the squared Hellinger distance. */
export function hellingerTerm(x: number, y: number, n: number, m: number): number {
  if (x === 0 && y === 0) return 0;
  const difference = shareDifference(x, y, n, m) / (Math.sqrt(x / n) + Math.sqrt(y / m));
  return (difference * difference) / 2;
}

/** Where (1 + t) ln(1 + t) + (1 - t) ln(1 - t) would cancel; 8 terms are enough below it. */
const seriesBelow = 0.1;

/**
 * A category's part of the Jensen-Shannon divergence in bits. With t = (p - q) / (p + q) it is (p + q) / 4 times
 * (1 + t) ln(1 + t) + (1 - t) ln(1 - t), over ln 2, and that is the sum of t^(2k) / (k (2k - 1)).
 */
export function jensenShannonTerm(x: number, y: number, n: number, m: number): number {
  if (x === 0 && y === 0) return 0;
  const sum = x / n + y / m;
  const t = Math.abs(shareDifference(x, y, n, m) / sum);
  return (sum * entropyLoss(t)) / (4 * Math.LN2);
}

function entropyLoss(t: number): number {
  if (t >= 1) return 2 * Math.LN2;
  if (t >= seriesBelow) return (1 + t) * Math.log1p(t) + (1 - t) * Math.log1p(-t);
  const square = t * t;
  let power = square;
  let loss = 0;
  for (let k = 1; k <= 8; k++) {
    loss += power / (k * (2 * k - 1));
    power *= square;
  }
  return loss;
}
