/** How many samples would settle a check whose interval straddles its bound. */

import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { Interval } from './types.ts';

/**
 * The sample size at which the interval, if the value stayed as it is, would end at the bound; null when no
 * number of samples settles it (the value equals the bound).
 *
 * Wilson: the bound t leaves the interval of p at (p - t)^2 = z^2 t (1 - t) / n (Wilson 1927), solved for n.
 * Otherwise the width is taken to shrink with the square root of n: n (w / d)^2, with w the part of the interval
 * on the bound's side of the value and d the distance to the bound.
 */
export function requiredSamples(value: number, interval: Interval, n: number, bound: number): number | null {
  const distance = Math.abs(value - bound);
  if (!(distance > 0)) return null;
  let required: number;
  if (interval.method === 'wilson' && bound > 0 && bound < 1) {
    const z = normalQuantile(1 - (1 - interval.level) / 2, 0, 1);
    required = (z * z * bound * (1 - bound)) / (distance * distance);
  } else {
    const width = bound < value ? value - interval.low : interval.high - value;
    required = n * (width / distance) ** 2;
  }
  if (!Number.isFinite(required)) return null;
  return Math.max(Math.ceil(required), n + 1);
}
