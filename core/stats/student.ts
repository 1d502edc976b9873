import type { Interval } from '../gate/types.ts';
import { betaQuantile } from './distributions.ts';

/**
 * Half width of a two-sided interval by Student's t, in standard errors: 2.201 at level 0.95 with 11 degrees of freedom.
 * t^2 / (t^2 + freedom) is Beta(1/2, freedom / 2) (Johnson, Kotz and Balakrishnan 1995, 28.3).
 */
export function studentCriticalValue(level: number, freedom: number): number {
  const b = betaQuantile(1 - level, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - b)) / b);
}

/** The mean of independent values and its standard error; at least two values. */
export function meanWithError(values: ArrayLike<number>): { mean: number; error: number; freedom: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) ** 2;
  return { mean, error: Math.sqrt(squares / (n - 1) / n), freedom: n - 1 };
}

/** Student 1908: the interval of the mean of a few independent values; at least two. */
export function studentInterval(values: ArrayLike<number>, level: number): Interval {
  const { mean, error, freedom } = meanWithError(values);
  const half = studentCriticalValue(level, freedom) * error;
  return { level, low: mean - half, high: mean + half, method: 'student-t' };
}
