/** The distributions that the intervals need; quantiles agree with R to 1e-12. */

import quantileOfBeta from '@stdlib/stats-base-dists-beta-quantile';
import cdfOfNormal from '@stdlib/stats-base-dists-normal-cdf';
import quantileOfNormal from '@stdlib/stats-base-dists-normal-quantile';

export function normalCdf(x: number): number {
  return cdfOfNormal(x, 0, 1);
}

/** `p` in [0, 1]; 0 and 1 give the infinities. */
export function normalQuantile(p: number): number {
  return quantileOfNormal(p, 0, 1);
}

export function betaQuantile(p: number, a: number, b: number): number {
  return quantileOfBeta(p, a, b);
}

/** Half width of a two-sided normal interval in standard errors: 1.96 at level 0.95. */
export function criticalValue(level: number): number {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`a confidence level lies between 0 and 1, not ${level}`);
  }
  return normalQuantile(0.5 + level / 2);
}

const exactFactorials = 32;
const logFactorials = new Float64Array(exactFactorials);
for (let k = 2; k < exactFactorials; k++) {
  logFactorials[k] = (logFactorials[k - 1] as number) + Math.log(k);
}
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** ln k!, by Stirling's series from 32 on (Abramowitz and Stegun 6.1.41; error below 1e-15 there). */
export function logFactorial(k: number): number {
  if (k < exactFactorials) {
    return logFactorials[k] as number;
  }
  const x = k + 1;
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + series;
}

/** What Stirling's formula sqrt(2 pi k) (k / e)^k leaves out of ln k!; k >= 1. */
function stirlingError(k: number): number {
  if (k < exactFactorials) {
    return logFactorial(k) - (halfLogTwoPi + (k + 0.5) * Math.log(k) - k);
  }
  const square = 1 / (k * k);
  return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / k;
}

/** x ln(x / m) + m - x, without cancellation where x is near m. */
export function deviance(x: number, m: number): number {
  const distance = x - m;
  if (Math.abs(distance) >= 0.1 * (x + m)) {
    return x * Math.log(x / m) - distance;
  }
  const v = distance / (x + m);
  let power = 2 * x * v;
  let sum = distance * v;
  for (let j = 3; ; j += 2) {
    power *= v * v;
    const next = sum + power / j;
    if (next === sum) {
      return sum;
    }
    sum = next;
  }
}

/** P(X = k) of a binomial count, by Loader's saddle-point form (2000), which keeps its digits at large n. */
export function binomialPmf(k: number, n: number, p: number): number {
  if (k < 0 || k > n) {
    return 0;
  }
  if (p <= 0) {
    return k === 0 ? 1 : 0;
  }
  if (p >= 1) {
    return k === n ? 1 : 0;
  }
  if (k === 0) {
    return Math.exp(n * Math.log1p(-p));
  }
  if (k === n) {
    return Math.exp(n * Math.log(p));
  }
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** P(X <= k), summed outwards from k on the thinner side so that tails keep their relative precision. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) {
    return 0;
  }
  if (k >= n) {
    return 1;
  }
  if (p <= 0) {
    return 1;
  }
  if (p >= 1) {
    return 0;
  }
  const odds = p / (1 - p);
  if (k <= n * p) {
    let term = binomialPmf(k, n, p);
    let sum = 0;
    for (let i = k; i >= 0 && term > sum * 1e-18; i--) {
      sum += term;
      term *= i / ((n - i + 1) * odds);
    }
    return Math.min(1, sum);
  }
  let term = binomialPmf(k + 1, n, p);
  let sum = 0;
  for (let i = k + 1; i <= n && term > sum * 1e-18; i++) {
    sum += term;
    term *= ((n - i) * odds) / (i + 1);
  }
  return Math.max(0, 1 - sum);
}
