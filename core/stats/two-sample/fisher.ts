import { highestCount, hypergeometricPmf, lowestCount, ratioUp, type Urn } from './hypergeometric.ts';

/**
 * How much more likely than the given table one may be and still count as no more likely: the mirror image of a table
 * is exactly as likely, its computed probability differs in the last digits. Neighbours of tables with 10 million rows
 * a side differ by more.
 */
const tieTolerance = 1e-10;
/** Terms below this share of the sum change no digit. */
const lastTerm = 1e-18;

/**
 * Fisher's exact test of the table [[a, b], [c, d]]: the two-sided p, the sum over all tables with the same margins
 * that are at most as likely, as `scipy.stats.fisher_exact`. 1 when a margin is empty.
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const urn: Urn = { rows: a + b + c + d, marked: a + b, drawn: a + c };
  const lowest = lowestCount(urn);
  const highest = highestCount(urn);
  if (lowest === highest) return 1;
  const mode = Math.floor(((urn.drawn + 1) * (urn.marked + 1)) / (urn.rows + 2));
  const limit = hypergeometricPmf(a, urn) * (1 + tieTolerance);
  if (hypergeometricPmf(mode, urn) <= limit) return 1;
  const likely = (k: number): boolean => hypergeometricPmf(k, urn) > limit;
  // The probabilities rise up to the mode and fall behind it.
  const below = a < mode ? a : lastUnlikely(lowest, mode, likely);
  const above = a > mode ? a : lastUnlikely(highest, mode, likely);
  const p = (below === null ? 0 : sumDown(below, urn)) + (above === null ? 0 : sumUp(above, urn));
  return Math.min(1, p);
}

/** Between `end` and `mode`, the unlikely count that is next to the likely ones; null when all are likely. */
function lastUnlikely(end: number, mode: number, likely: (k: number) => boolean): number | null {
  if (likely(end)) return null;
  let unlikely = end;
  let inside = mode;
  while (Math.abs(inside - unlikely) > 1) {
    const middle = Math.floor((inside + unlikely) / 2);
    if (likely(middle)) inside = middle;
    else unlikely = middle;
  }
  return unlikely;
}

/** P(X <= k), k below the mode. */
function sumDown(k: number, urn: Urn): number {
  const lowest = lowestCount(urn);
  let term = hypergeometricPmf(k, urn);
  let sum = term;
  for (let i = k - 1; i >= lowest && term > sum * lastTerm; i--) {
    term /= ratioUp(i, urn);
    sum += term;
  }
  return sum;
}

/** P(X >= k), k above the mode. */
function sumUp(k: number, urn: Urn): number {
  const highest = highestCount(urn);
  let term = hypergeometricPmf(k, urn);
  let sum = term;
  for (let i = k; i < highest && term > sum * lastTerm; i++) {
    term *= ratioUp(i, urn);
    sum += term;
  }
  return sum;
}
