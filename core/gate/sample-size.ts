/** How many samples would settle a check whose interval straddles its bound. */

import { proportionSampleSize, scaledSampleSize } from '../stats/index.ts';
import type { Interval } from './types.ts';

/**
 * The sample size at which the interval, if the value stayed as it is, would no longer hold the bound; null when
 * no number of samples settles it (the value equals the bound). Always more than `n`, as n did not settle it.
 */
export function requiredSamples(value: number, interval: Interval, n: number, bound: number): number | null {
  const required =
    interval.method === 'wilson' && bound > 0 && bound < 1
      ? proportionSampleSize(value, bound, interval.level)
      : scaledSampleSize(n, value, interval, bound);
  return required === null || !Number.isFinite(required) ? null : Math.max(required, n + 1);
}
