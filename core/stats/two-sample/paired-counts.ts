/** Rows of both sides; a `RangeError` when the vectors do not fit each other or a side has no rows. */
export function pairedTotals(a: ArrayLike<number>, b: ArrayLike<number>): { n: number; m: number } {
  if (a.length !== b.length) {
    throw new RangeError(`both sides need the same categories; they have ${a.length} and ${b.length}`);
  }
  let n = 0;
  let m = 0;
  for (let k = 0; k < a.length; k++) {
    n += a[k] as number;
    m += b[k] as number;
  }
  if (!(n > 0 && m > 0)) throw new RangeError(`both sides need at least one row; they have ${n} and ${m}`);
  return { n, m };
}
