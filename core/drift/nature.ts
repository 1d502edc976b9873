/** Text that is no category: times go on, identifiers and free text are new in every row, addresses are people. */

import { type CategorySide, presentIn } from './sides.ts';

/** Fewer values say nothing of it. */
const leastValues = 20;

export function hardlyRepeats(side: CategorySide): boolean {
  const present = presentIn(side);
  return present >= leastValues && side.distinct > present / 2;
}

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const lookedAt = 1000;

export function looksLikeTime({ counts, time }: CategorySide): boolean {
  if (time) return true;
  let seen = 0;
  for (const value of counts.keys()) {
    if (!isoTime.test(value)) return false;
    seen += 1;
    if (seen === lookedAt) break;
  }
  return seen > 0;
}

/** Of bounded length, so that a long cell costs no more than its length. */
const address = /[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]/;

export const hasAddress = (value: string): boolean => value.includes('@') && address.test(value);

/** At least half of the different values hold an e-mail address. */
export function areAddresses({ counts, addresses }: CategorySide): boolean {
  if (addresses) return true;
  let seen = 0;
  let found = 0;
  for (const value of counts.keys()) {
    if (hasAddress(value)) found += 1;
    seen += 1;
    if (seen === lookedAt) break;
  }
  return found > 0 && found >= seen / 2;
}
