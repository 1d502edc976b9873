/** The Anderson-Darling test of two samples: Scholz and Stephens 1987 (JASA 82, 918-924) for k = 2. */

import { sumOfChiSquaresTail } from './chi-square-sum.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import type { TieStructure } from './ties.ts';

/**
 * The statistic less its mean 1 and over its standard deviation (their equation 4), for `a2` of samples of `n` and `m`
 * values. Null below four values.
 *
 * Their double sum g is, for N values, H2(N) - (2 H1(N - 1) + 1 / N) / N with the harmonic numbers H1 and
 * H2 of the first and second power: from sum over k < N of H1(N - k) / k = H1(N)^2 - H2(N).
 */
export function normalisedAndersonDarling(a2: number, n: number, m: number): number | null {
  const deviation = standardDeviation(n, m);
  return deviation === null ? null : (a2 - 1) / deviation;
}

function standardDeviation(n: number, m: number): number | null {
  const total = n + m;
  if (total < 4) return null;
  const inverses = 1 / n + 1 / m;
  const h = harmonic(total - 1);
  const g = secondHarmonic(total) - (2 * h + 1 / total) / total;
  const a = 4 * g - 6 + (10 - 6 * g) * inverses;
  const b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * inverses - 8 * h + 4 * g - 6;
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * inverses + 4 * h;
  const d = 4 * (2 * h + 6) - 8 * h;
  const variance = (((a * total + b) * total + c) * total + d) / ((total - 1) * (total - 2) * (total - 3));
  return Math.sqrt(variance);
}

const eulerGamma = 0.5772156649015329;
/** Below it the harmonic numbers are added up; above, the next term of their series is below 1e-17. */
const addedUp = 64;

/** 1 + 1/2 + ... + 1/k; Abramowitz and Stegun 6.3.18. */
function harmonic(k: number): number {
  if (k < addedUp) {
    let sum = 0;
    for (let i = k; i > 0; i--) sum += 1 / i;
    return sum;
  }
  const square = 1 / (k * k);
  return Math.log(k) + eulerGamma + 0.5 / k - square * (1 / 12 - square * (1 / 120 - square / 252));
}

/** 1 + 1/4 + ... + 1/k^2; Abramowitz and Stegun 6.4.12. */
function secondHarmonic(k: number): number {
  if (k < addedUp) {
    let sum = 0;
    for (let i = k; i > 0; i--) sum += 1 / (i * i);
    return sum;
  }
  const inverse = 1 / k;
  const square = inverse * inverse;
  const series =
    1 - inverse * (0.5 - inverse * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30))));
  return Math.PI ** 2 / 6 - inverse * series;
}

/** Of the limiting distribution of continuous samples, the sum of Z_j^2 / (j (j + 1)). */
const limitingDeviation = Math.sqrt((2 * Math.PI ** 2) / 3 - 6);

/**
 * The p-value of a normalised statistic, P(sum of w_j Z_j^2 > 1 + statistic * s): the mean is 1 and the variance s^2
 * in the limit, and the normalisation makes them so at every size.
 *
 * Of continuous samples the weights are 1 / (j (j + 1)) (Anderson and Darling 1952). Ties change them: with two
 * different values the statistic is chi-square with one degree of freedom, and 5% of the tests would pass for 1%. So
 * with `ties` the weights are the eigenvalues of the covariance of the midrank process at the tied values.
 */
export function andersonDarlingP(statistic: number, ties: TieStructure | null = null): number {
  const x = 1 + statistic * limitingDeviation;
  if (!(x > 0)) return 1;
  return sumOfChiSquaresTail(x, ties === null ? continuousWeights : tiedWeights(ties));
}

/** Beyond these the weights add 1 / 121 to the mean, which `sumOfChiSquaresTail` keeps as a constant. */
const continuousWeights = Float64Array.from({ length: 120 }, (_, j) => 1 / ((j + 1) * (j + 2)));

/**
 * Between groups a < b of the pooled values, with p the share of a group and B the share below its middle, the
 * covariance of the terms is sqrt(p_a p_b) B_a (1 - B_b) / sqrt(v_a v_b), where v is the variance B (1 - B) less a
 * quarter of the share of the tied values; on the diagonal it is p.
 */
function tiedWeights(ties: TieStructure): Float64Array {
  const groups = ties.counts.length;
  const matrix = new Float64Array(groups * groups);
  const below = new Float64Array(groups);
  const scale = new Float64Array(groups);
  let passed = 0;
  for (let a = 0; a < groups; a++) {
    const share = (ties.counts[a] as number) / ties.rows;
    const middle = passed + share / 2;
    const variance = middle * (1 - middle) - (ties.tied[a] as number) / ties.rows / 4;
    passed += share;
    below[a] = middle;
    // A single group has no variance, and no weight.
    scale[a] = variance > 0 ? Math.sqrt(share / variance) : 0;
    for (let b = 0; b < a; b++) {
      const covariance = (below[b] as number) * (1 - middle) * (scale[a] as number) * (scale[b] as number);
      matrix[a * groups + b] = covariance;
      matrix[b * groups + a] = covariance;
    }
    matrix[a * groups + a] = variance > 0 ? share : 0;
  }
  return symmetricEigenvalues(matrix, groups);
}
