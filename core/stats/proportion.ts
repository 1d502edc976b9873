import type { Interval } from '../gate/types.ts';
import { criticalValue } from './distributions.ts';

/** Wilson 1927 (JASA 22), the score interval of a proportion. Without any trial it is [0, 1]. */
export function wilson(successes: number, trials: number, level: number): Interval {
  if (trials === 0) {
    return { level, low: 0, high: 1, method: 'wilson' };
  }
  const z = criticalValue(level);
  const p = successes / trials;
  const denominator = 1 + (z * z) / trials;
  const centre = (p + (z * z) / (2 * trials)) / denominator;
  const half = (z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))) / denominator;
  return {
    level,
    // Rounding must not push the bounds past what they are in exact arithmetic at 0 and at n.
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
    method: 'wilson',
  };
}

/** Two yes/no outcomes on the same rows. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * Newcombe 1998 (Statistics in Medicine 17, 2635-2650), method 10: the interval of p1 - p2 on the same rows, from
 * the two Wilson intervals and the phi coefficient, whose numerator is corrected for continuity when positive.
 */
export function newcombePaired(counts: PairedCounts, level: number): Interval {
  const { both: a, onlyFirst: b, onlySecond: c, neither: d } = counts;
  const n = a + b + c + d;
  if (n === 0) {
    return { level, low: -1, high: 1, method: 'newcombe-paired' };
  }
  const p1 = (a + b) / n;
  const p2 = (a + c) / n;
  const first = wilson(a + b, n, level);
  const second = wilson(a + c, n, level);
  const margins = (a + b) * (c + d) * (a + c) * (b + d);
  const cross = a * d - b * c;
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  const phi = margins === 0 ? 0 : corrected / Math.sqrt(margins);
  const difference = (b - c) / n;
  const below = correlatedSpan(p1 - first.low, second.high - p2, phi);
  const above = correlatedSpan(p2 - second.low, first.high - p1, phi);
  return {
    level,
    low: Math.max(-1, difference - below),
    high: Math.min(1, difference + above),
    method: 'newcombe-paired',
  };
}

/** sqrt(x^2 - 2 rho x y + y^2): how far a difference reaches when its parts reach x and y. */
export function correlatedSpan(x: number, y: number, correlation: number): number {
  return Math.sqrt(Math.max(0, x * x - 2 * correlation * x * y + y * y));
}
