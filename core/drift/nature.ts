/** Text that is no category: times go on, identifiers are new in every row. */

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
