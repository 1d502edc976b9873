import type { Interval } from '../gate/types.ts';
import { criticalValue } from './distributions.ts';

/**
 * The smallest n at which the Wilson interval around `p` no longer holds `threshold`: the score test inverted,
 * n > z^2 t (1 - t) / (p - t)^2. Null when p equals the threshold: no sample settles that.
 */
export function proportionSampleSize(p: number, threshold: number, level: number): number | null {
  const distance = p - threshold;
  if (distance === 0) {
    return null;
  }
  if (threshold <= 0 || threshold >= 1) {
    return 1;
  }
  const z = criticalValue(level);
  return Math.floor((z * z * threshold * (1 - threshold)) / (distance * distance)) + 1;
}

/**
 * The n at which an interval, narrowing with the square root of n, would end at `threshold`: n (half width / distance)^2,
 * with the half width on the threshold's side of the value. Null when the value equals the threshold.
 */
export function scaledSampleSize(
  n: number,
  value: number,
  interval: Interval,
  threshold: number,
): number | null {
  const distance = Math.abs(value - threshold);
  if (distance === 0) {
    return null;
  }
  const half = threshold < value ? value - interval.low : interval.high - value;
  return Math.max(1, Math.ceil(n * (half / distance) ** 2));
}
