/** The upper tail of the chi-square distribution. */

import { deviance } from '../distributions.ts';

/**
 * P(chi-square > `x`) with `dof` degrees of freedom, a whole number; relative precision down to the least double.
 * Without degrees of freedom it is 1.
 *
 * The regularised incomplete gamma function at a = dof / 2: its series below x / 2 = a + 1, beyond that Legendre's
 * continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31).
 */
export function chiSquareTail(x: number, dof: number): number {
  if (dof <= 0 || !(x > 0)) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const a = dof / 2;
  const y = x / 2;
  const density = poissonDensity(a, y);
  return y < a + 1 ? Math.max(0, 1 - density * series(a, y)) : density * a * continuedFraction(a, y);
}

/** Sum of y^k / ((a + 1) ... (a + k)). */
function series(a: number, y: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= y / (a + k);
    sum += term;
  }
  return sum;
}

/** 1 / (y + 1 - a - 1 (1 - a) / (y + 3 - a - 2 (2 - a) / (y + 5 - a - ...))), by Lentz's method. */
function continuedFraction(a: number, y: number): number {
  let b = y + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let value = d;
  for (let k = 1; k < 1_000_000; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return value;
}

/** y^a exp(-y) / Gamma(a + 1), in Loader's saddle-point form, which keeps its digits where y and a are large. */
function poissonDensity(a: number, y: number): number {
  return Math.exp(-stirlingError(a) - deviance(a, y)) / Math.sqrt(2 * Math.PI * a);
}

/** What Stirling's formula leaves out of ln Gamma(a + 1); `a` is half a whole number. */
function stirlingError(a: number): number {
  if (a < 16) {
    let gamma = Number.isInteger(a) ? 1 : Math.sqrt(Math.PI);
    for (let factor = a; factor > 0; factor--) gamma *= factor;
    return Math.log(gamma) - (a + 0.5) * Math.log(a) + a - 0.5 * Math.log(2 * Math.PI);
  }
  const s = 1 / (a * a);
  const tail = 1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360));
  return (1 / 12 - s * (1 / 360 - s * tail)) / a;
}
