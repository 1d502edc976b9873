/**
 * The two-sided Kolmogorov-Smirnov distribution of one sample, by the methods and limits that Simard and
 * L'Ecuyer 2011 (Journal of Statistical Software 39(11)) recommend and `scipy.stats.kstwo.sf` uses.
 */

import { binomialPmf, logFactorial } from '../distributions.ts';
import { durbinCdf } from './durbin-matrix.ts';

/** P(D_n > d) for `n` values, n >= 1. */
export function kolmogorovTail(n: number, d: number): number {
  const t = n * d;
  if (d >= 1) return 0;
  if (t <= 0.5) return 1;
  if (t <= 1) {
    // Ruben and Gambino 1982.
    return 1 - Math.exp(logFactorial(n) + n * (Math.log(2 * t - 1) - Math.log(n)));
  }
  if (t >= n - 1) return 2 * (1 - d) ** n;
  if (d >= 0.5) return 2 * smirnovTail(n, d);
  const square = t * d;
  if (n <= 140) return square <= 4 ? 1 - durbinCdf(n, d) : 2 * smirnovTail(n, d);
  if (square >= 370) return 0;
  if (square >= 2.2) return Math.min(1, 2 * smirnovTail(n, d));
  return n <= 100_000 && n * d ** 1.5 <= 1.4 ? 1 - durbinCdf(n, d) : pelzGoodTail(n, d);
}

/** Beyond it scipy takes the first terms of the expansion; so does this, for the same numbers. */
const smirnovSummedUpTo = 1_000_000;
/** Fewer terms are added one by one. */
const smirnovPoints = 4096;

/**
 * One-sided, P(D+_n > d) = d * sum of C(n, j) (d + j / n)^(j - 1) (1 - d - j / n)^(n - j) over j <= n (1 - d) (Birnbaum
 * and Tingey 1951). The terms are smooth in j and vanish with all derivatives at both ends, so that every k-th term
 * times k gives the same sum: at 4096 points, with n d^2 from 2.2 to 370, to all digits (Poisson's summation formula).
 */
function smirnovTail(n: number, d: number): number {
  if (n > smirnovSummedUpTo) {
    return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  }
  const last = Math.floor(n * (1 - d));
  const stride = Math.max(1, Math.floor(last / smirnovPoints));
  let sum = 0;
  for (let j = 0; j <= last; j += stride) {
    const p = d + j / n;
    sum += binomialPmf(j, n, p) / p;
  }
  return sum * stride * d;
}

/** Pelz and Good 1976: 1 - K0(z) - K1(z) / n^(1/2) - K2(z) / n - K3(z) / n^(3/2), with z = d sqrt(n). */
function pelzGoodTail(n: number, d: number): number {
  const root = Math.sqrt(n);
  const z = d * root;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  // Below it all terms underflow.
  if (Math.PI ** 2 / (8 * z2) > 708) return 1;
  let k0 = 0;
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  const terms = Math.ceil((16 * z) / Math.PI);
  for (let k = 0; k < terms; k++) {
    const a = (Math.PI * (k + 0.5)) ** 2;
    const weight = Math.exp(-a / (2 * z2));
    k0 += weight;
    k1 += (a - z2) * weight;
    k2 += (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * a + (1 - 2 * z2) * a * a) * weight;
    const cubic = (5 - 30 * z2) * a + (212 * z4 - 60 * z2);
    k3 += ((cubic * a + 135 * z4 - 96 * z6) * a - 30 * z6 - 90 * z4 * z4) * weight;
  }
  k2 /= 72 * z6 * z;
  k3 /= 6480 * z6 * z4;
  for (let k = 1; k <= terms; k++) {
    const b = (Math.PI * k) ** 2;
    const weight = Math.exp(-b / (2 * z2));
    k2 -= (b * weight) / (36 * z2 * z);
    k3 += ((3 * z2 - b) * b * weight) / (216 * z6);
  }
  const scale = Math.sqrt(2 * Math.PI);
  const cdf = scale * (k0 / z + (k1 / (6 * z4) + (k2 + k3 / root) / root) / root);
  return Math.min(1, Math.max(0, 1 - cdf));
}
