import type { Interval } from '../gate/types.ts';
import { correlatedSpan } from './proportion.ts';

/** A value with the interval it comes with; both intervals at the same level. */
export interface Located {
  readonly value: number;
  readonly interval: Interval;
}

/**
 * MOVER (Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; correlated form Zou 2007, Psychol. Methods 12):
 * the interval of `first - factor * second` from the two separate intervals. Independent estimates: correlation 0.
 * `factor` must not be negative.
 */
export function moverDifference(first: Located, second: Located, factor = 1, correlation = 0): Interval {
  const { level } = first.interval;
  if (level !== second.interval.level) {
    throw new RangeError('MOVER needs two intervals of the same level');
  }
  if (factor < 0) {
    throw new RangeError('MOVER is written for a factor that is not negative');
  }
  const difference = first.value - factor * second.value;
  const below = correlatedSpan(
    first.value - first.interval.low,
    factor * (second.interval.high - second.value),
    correlation,
  );
  const above = correlatedSpan(
    first.interval.high - first.value,
    factor * (second.value - second.interval.low),
    correlation,
  );
  return { level, low: difference - below, high: difference + above, method: 'mover' };
}
