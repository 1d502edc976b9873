/**
 * How the pooled values of two samples are tied, in groups of neighbours: a value that holds much of the rows is a
 * group of its own, the others are taken together.
 */
export interface TieStructure {
  /** N, of both samples together. */
  readonly rows: number;
  /** Rows of each group, in the order of the values. */
  readonly counts: Float64Array;
  /**
   * How many rows share one value in the group, averaged over its rows: its count for a single value, 1 without ties.
   */
  readonly tied: Float64Array;
}

/** Enough that groups taken together are narrow beside what is computed of them, few enough for their eigenvalues. */
const groupShare = 1 / 64;

/** One more pass over two ascending samples; null when no value occurs twice. */
export function tieStructure(x: Float64Array, y: Float64Array): TieStructure | null {
  const rows = x.length + y.length;
  const full = rows * groupShare;
  const counts: number[] = [];
  const tied: number[] = [];
  let anyTie = false;
  let open = 0;
  let openSquares = 0;
  const close = (): void => {
    if (open === 0) return;
    counts.push(open);
    tied.push(openSquares / open);
    open = 0;
    openSquares = 0;
  };
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    const nextX = i < x.length ? (x[i] as number) : Number.POSITIVE_INFINITY;
    const nextY = j < y.length ? (y[j] as number) : Number.POSITIVE_INFINITY;
    const value = Math.min(nextX, nextY);
    const start = i + j;
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    const count = i + j - start;
    anyTie ||= count > 1;
    const own = count > 1 && count >= full;
    if (own) close();
    open += count;
    openSquares += count * count;
    if (own || open >= full) close();
  }
  close();
  return anyTie ? { rows, counts: Float64Array.from(counts), tied: Float64Array.from(tied) } : null;
}
