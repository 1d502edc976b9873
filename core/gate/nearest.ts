/** The nearest valid spelling of a name, for error messages. */

/** Longer words are no misspellings, and would cost quadratic time. */
const longestWord = 120;

/**
 * The candidate that a misspelt word most likely meant, or undefined when none is near: at most one edit per
 * three characters (adjacent swaps count as one edit; case, `-`, `_` and blanks count as the same), else the
 * only candidate of which the word is a part, as in `auc` for `roc_auc`, or that the word begins with, as in
 * `warning` for `warn`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  if (wanted.length === 0 || wanted.length > longestWord) return undefined;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  const containing: string[] = [];
  for (const candidate of candidates) {
    const folded = fold(candidate);
    if (folded === wanted) return candidate;
    const part = wanted.length >= 3 && `_${folded}`.includes(`_${wanted}`);
    if (part || (folded.length >= 3 && wanted.startsWith(folded))) containing.push(candidate);
    if (wanted.length < 2 || Math.abs(folded.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, folded);
    if (distance < bestDistance && distance < folded.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? (containing.length === 1 ? containing[0] : undefined);
}

function fold(word: string): string {
  return word.trim().toLowerCase().replaceAll(/[-\s]/g, '_');
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours (Damerau 1964). */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(
        (previous[j] as number) + 1,
        (current[j - 1] as number) + 1,
        (previous[j - 1] as number) + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] as number) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
