/** What may be hidden in the rest of a profile's categories. */

import { categoryLimit } from '../limits.ts';
import { hasAddress } from '../nature.ts';
import { type CategorySide, presentIn } from '../sides.ts';

/** Standard deviations by which a count must exceed what it could have been. */
const farBeyond = 4;

/**
 * Whether categories of the current data that the profile does not tell are clearly more frequent than any untold one
 * was, by a share that a new category would be reported for: they may be new, and cannot be told from the rest.
 */
export function mayHideNew(reference: CategorySide, current: CategorySide): boolean {
  const { mostUntold, counts } = reference;
  if (mostUntold === undefined) return false;
  const m = presentIn(current);
  const ratio = m / Math.max(1, presentIn(reference));
  const usual = mostUntold * ratio;
  // Of the difference of two counts, one of them scaled.
  const beyond = usual + farBeyond * Math.sqrt(usual * (1 + ratio));
  let share = 0;
  for (const [name, count] of current.counts) {
    if (!counts.has(name) && count > beyond && !hasAddress(name)) share += (count - usual) / m;
  }
  return share >= categoryLimit;
}
