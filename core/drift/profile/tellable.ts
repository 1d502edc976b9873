/** Which values of a column may stand in a file that is committed, and that many people read. */

import { areAddresses, hardlyRepeats, hasAddress, looksLikeTime } from '../nature.ts';
import { type CategorySide, presentIn } from '../sides.ts';
import { type CountedValue, unbiasedCount } from './cut.ts';

/** Free text is longer or has more words, and is not what many rows say. */
const [longValue, manyWords, manyRows] = [60, 6, 5];
/** Of the values present: above it, values that occur once are identifiers or free text beside a default. */
const mostSingles = 0.05;
const leastSingles = 20;

/**
 * The most frequent first. None of a column whose values hardly repeat, are e-mail addresses or times. Of any other
 * column all but: values that hold an address; values of few rows that read as free text; and those that occur once,
 * where they are many. What is few is so chosen that leaving it out does not look like a change (`unbiasedCount`).
 */
export function tellable(side: CategorySide): CountedValue[] {
  if (hardlyRepeats(side) || areAddresses(side) || looksLikeTime(side)) return [];
  const present = presentIn(side);
  let told = [...side.counts]
    .filter(([value]) => !hasAddress(value))
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const singles = told.filter(([, count]) => count === 1).length;
  if (singles >= leastSingles && singles > present * mostSingles) {
    const least = unbiasedCount(told, 2, present);
    told = told.filter(([, count]) => count >= least);
  }
  const wordy = told.filter(([value]) => readsAsText(value));
  if (!wordy.some(([, count]) => count < manyRows)) return told;
  const least = unbiasedCount(wordy, manyRows, present);
  return told.filter(([value, count]) => count >= least || !readsAsText(value));
}

const readsAsText = (value: string): boolean =>
  value.length > longValue || value.trim().split(/\s+/, manyWords + 1).length > manyWords;
