/**
 * A bound on what the main thread does with expressions of a schema: threads that judge rows are watched and ended, this
 * one can only be interrupted by the engine itself.
 */

import { runInNewContext } from 'node:vm';
import { RunError } from '../../../core/inputs/index.ts';

/** Milliseconds for looking up the names of all columns in a schema. */
export const nameTime = 10_000;

export function slowNames(schema: string): string {
  return (
    `${schema}: looking up the columns in patternProperties takes more than ${nameTime / 1000} s; ` +
    'does a pattern backtrack without end, such as (a+)+?'
  );
}

/** @throws RunError with the message when the work takes longer; whatever the work throws. */
export function withinTime<T>(work: () => T, milliseconds: number, message: string): T {
  const outcome: { value?: T; error?: unknown; threw: boolean } = { threw: false };
  const guarded = (): void => {
    try {
      outcome.value = work();
    } catch (error) {
      outcome.threw = true;
      outcome.error = error;
    }
  };
  try {
    // V8 ends what runs when the time is over, a regular expression that backtracks included.
    runInNewContext('work()', { work: guarded }, { timeout: milliseconds });
  } catch (error) {
    // The error may be of the other context, and no instance of this one's `Error`.
    const isLate =
      typeof error === 'object' &&
      error !== null &&
      'code' in error &&
      error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    throw isLate ? new RunError(message) : error;
  }
  if (outcome.threw) throw outcome.error;
  return outcome.value as T;
}
