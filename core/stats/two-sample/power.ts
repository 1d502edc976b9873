/** How many rows a change needs to be found. */

import { normalCdf, normalQuantile } from '../distributions.ts';

const defaultPower = 0.8;

/**
 * Rows on each side at which the Kolmogorov-Smirnov test at level `alpha` finds a normal shifted by `shift` standard
 * deviations.
 *
 * The largest difference of the distributions is d = 2 Phi(shift / 2) - 1, where F - G has standard deviation 1 / (2
 * sqrt(n m / (n + m))). D there is beyond the critical c / sqrt(n m / (n + m)), c = sqrt(ln(2 / alpha) / 2), with the
 * given power when sqrt(n / 2) d = c + z / 2. D is also large beside that place, which saves some rows: see
 * `besides`.
 */
export function ksRowsNeeded(shift: number, alpha: number, power = defaultPower): number {
  const d = 2 * normalCdf(Math.abs(shift) / 2) - 1;
  const critical = Math.sqrt(Math.log(2 / alpha) / 2);
  return Math.ceil(2 * ((critical + normalQuantile(power) / 2 - besides) / d) ** 2);
}

/**
 * What the places beside the largest difference add: by simulation the power is then 0.77 to 0.84 where 0.8 is asked,
 * alpha 0.05 to 1e-5.
 */
const besides = 0.4;

/**
 * Rows on each side at which a test of two proportions at level `alpha`, two-sided, finds a share that goes from
 * `before` to `after`.
 */
export function shareRowsNeeded(before: number, after: number, alpha: number, power = defaultPower): number {
  const mean = (before + after) / 2;
  const noChange = normalQuantile(1 - alpha / 2) * Math.sqrt(2 * mean * (1 - mean));
  const change = normalQuantile(power) * Math.sqrt(before * (1 - before) + after * (1 - after));
  return Math.ceil(((noChange + change) / (after - before)) ** 2);
}
