import type { Interval } from '../gate/types.ts';
import { criticalValue, normalCdf, normalQuantile } from './distributions.ts';
import { studentCriticalValue } from './student.ts';

/** The `p` quantile of sorted draws, at rank p (B + 1), between neighbours by interpolation (Davison and Hinkley 1997, 5.8). */
export function drawQuantile(sorted: Float64Array, p: number): number {
  const rank = Math.min(Math.max(p * (sorted.length + 1), 1), sorted.length);
  const below = Math.floor(rank);
  const value = sorted[below - 1] as number;
  const next = sorted[Math.min(below, sorted.length - 1)] as number;
  return value + (rank - below) * (next - value);
}

/**
 * The critical value that percentiles of a bootstrap of `rows` rows are taken at. Draws spread by a factor of
 * sqrt((n - 1) / n) too little, and take a normal tail for Student's: Hesterberg 2015 (Am. Stat. 69, 371-386, "expanded
 * percentiles") puts both back. Beyond 1,000 rows it changes nothing that could be seen.
 */
function expandedCriticalValue(level: number, rows: number | null): number {
  if (rows === null || rows < 2 || rows > 1000) {
    return criticalValue(level);
  }
  return studentCriticalValue(level, rows - 1) * Math.sqrt(rows / (rows - 1));
}

/** Efron 1979: the quantiles of the draws themselves; with `rows`, expanded for the size of the sample. */
export function percentileInterval(
  sorted: Float64Array,
  level: number,
  rows: number | null = null,
): Interval {
  const z = expandedCriticalValue(level, rows);
  return {
    level,
    low: drawQuantile(sorted, normalCdf(-z)),
    high: drawQuantile(sorted, normalCdf(z)),
    method: 'bootstrap-percentile',
  };
}

/**
 * BCa (Efron 1987, JASA 82, eq. 3.9): percentiles shifted by the bias z0 of the draws and by the acceleration; with
 * `rows`, expanded for the size of the sample. Draws equal to the value count half, as they must for statistics with few
 * distinct values. Where all draws lie on one side of the value z0 is infinite and BCa does not exist: then it is the
 * percentile interval, which says so.
 */
export function bcaInterval(
  sorted: Float64Array,
  value: number,
  acceleration: number,
  level: number,
  rows: number | null = null,
): Interval {
  const below = lowerBound(sorted, value);
  const notAbove = upperBound(sorted, value);
  const share = (below + notAbove) / 2 / sorted.length;
  if (share <= 0 || share >= 1 || !Number.isFinite(acceleration)) {
    return percentileInterval(sorted, level, rows);
  }
  const z0 = normalQuantile(share);
  const z = expandedCriticalValue(level, rows);
  const adjusted = (quantile: number): number => {
    const shifted = z0 + quantile;
    const denominator = 1 - acceleration * shifted;
    return denominator <= 0 ? Number.NaN : normalCdf(z0 + shifted / denominator);
  };
  const low = adjusted(-z);
  const high = adjusted(z);
  if (Number.isNaN(low) || Number.isNaN(high)) {
    return percentileInterval(sorted, level, rows);
  }
  return { level, low: drawQuantile(sorted, low), high: drawQuantile(sorted, high), method: 'bootstrap-bca' };
}

/**
 * The basic (reverse percentile) interval (Davison and Hinkley 1997, 5.2): for statistics that are biased upwards in
 * the sample as in its resamples, such as a sum of absolute values.
 */
export function basicInterval(sorted: Float64Array, value: number, level: number): Interval {
  const { low, high } = percentileInterval(sorted, level);
  return { level, low: 2 * value - high, high: 2 * value - low, method: 'bootstrap-basic' };
}

/** The symmetric interval (Hall 1992, 3.6): value -+ the quantile of |draw - value|; holds at corners, as of |p1 - p2| at 0. */
export function symmetricInterval(sorted: Float64Array, value: number, level: number): Interval {
  const distances = sorted.map((draw) => Math.abs(draw - value)).sort();
  const half = drawQuantile(distances, level);
  return { level, low: value - half, high: value + half, method: 'bootstrap-symmetric' };
}

/**
 * The interval without drawing, for large samples: normal, corrected for skewness, from empirical influence values u
 * (sum 0; the variance is sum u^2 for a value that moves by u when a row's weight rises by 1, Jaeckel 1972). The limits
 * value + s (z + a (2 z^2 + 1)) with a = sum u^3 / (6 (sum u^2)^1.5) are the Cornish-Fisher expansion of the BCa limits
 * of a mean (Hall 1988, Ann. Statist. 16, 927-953): they differ from BCa's by O(1/n) of the width.
 */
export function influenceInterval(value: number, moments: InfluenceMoments, level: number): Interval {
  const z = criticalValue(level);
  const s = Math.sqrt(moments.second);
  const shift = accelerationOf(moments) * (2 * z * z + 1);
  return {
    level,
    low: value + s * (shift - z),
    high: value + s * (shift + z),
    method: 'infinitesimal-jackknife',
  };
}

/** Sums of powers of the influence values over rows. */
export interface InfluenceMoments {
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/** `weights`: how many rows each value stands for; absent: one each. */
export function influenceMoments(u: Float64Array, weights: Float64Array | null = null): InfluenceMoments {
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < u.length; i++) {
    const value = u[i] as number;
    const square = value * value;
    const weight = weights === null ? 1 : (weights[i] as number);
    second += weight * square;
    third += weight * square * value;
    fourth += weight * square * square;
  }
  return { second, third, fourth };
}

/** Efron 1987, eq. 6.6. */
export function accelerationOf(moments: InfluenceMoments): number {
  return moments.second === 0 ? 0 : moments.third / (6 * moments.second ** 1.5);
}

/** How many rows of equal influence would have the same kurtosis: few when a handful of rows carries the value. */
export function effectiveRows(moments: InfluenceMoments): number {
  return moments.fourth === 0 ? 0 : (moments.second * moments.second) / moments.fourth;
}

/** How many sorted values are below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** How many sorted values are not above `value`. */
function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
