/** Confidence intervals of the rules' statistics. */

import type { Interval } from '../../../core/gate/types.ts';
import { betaQuantile, criticalValue, normalQuantile } from '../../../core/stats/index.ts';

/** From here on Student's t is expanded around the normal quantile; the error is below 1e-12 there. */
const largeSample = 10_000;

/**
 * The `level` central share of Student's t with `freedom` degrees lies within plus and minus this number. If
 * x ~ Beta(1/2, freedom / 2) then t^2 = freedom x / (1 - x) (Abramowitz and Stegun 26.5.27); for many degrees the
 * expansion of Cornish and Fisher (26.7.5).
 */
export function studentQuantile(level: number, freedom: number): number {
  if (freedom < largeSample) {
    const x = betaQuantile(level, 0.5, freedom / 2);
    return Math.sqrt((freedom * x) / (1 - x));
  }
  const z = normalQuantile(0.5 + level / 2);
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** Of a mean, from the standard deviation with n - 1; null for a single value. */
export function meanInterval(mean: number, stddev: number, n: number, level: number): Interval | null {
  if (n < 2) return null;
  const half = (studentQuantile(level, n - 1) * stddev) / Math.sqrt(n);
  const low = mean - half;
  const high = mean + half;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
  return { level, low, high, method: 't' };
}

/** Of a correlation, by Fisher's z (Fisher 1921); null for fewer than 4 pairs. */
export function correlationInterval(r: number, n: number, level: number): Interval | null {
  if (n < 4) return null;
  const half = criticalValue(level) / Math.sqrt(n - 3);
  const z = Math.atanh(r);
  return { level, low: Math.tanh(z - half), high: Math.tanh(z + half), method: 'fisher-z' };
}
