/** Where a list of categories may end without what is left out looking as if it had changed. */

export type CountedValue = readonly [value: string, count: number];

/** A fifth of what total variation must reach. */
const mostBias = 0.01;
/** So small counts occur often enough to be counted one by one. */
const smallCount = 10;

/**
 * The least count, from `from` on, from which values can be told. The frequent ones are frequent by chance, too, and
 * their share falls in the next data: if those of `t` rows and more are told, the share of the others grows on average
 * by that of the values with just `t` rows (Good 1953, equation 2, summed up to t - 1). Infinity: none can be told.
 * @param values the most frequent first
 */
export function unbiasedCount(values: readonly CountedValue[], from: number, rows: number): number {
  for (let end = values.length; end > 0; end -= 1) {
    const count = (values[end - 1] as CountedValue)[1];
    const next = values[end]?.[1] ?? 0;
    if (count < from || count === next) continue;
    // Any bound in the gap between the two tells the same values.
    const least = Math.min(bias(values, Math.max(from, next + 1), rows), bias(values, count, rows));
    if (least <= mostBias) return count;
  }
  return Number.POSITIVE_INFINITY;
}

/** Larger counts are few each: the average over those nearby. */
function bias(values: readonly CountedValue[], count: number, rows: number): number {
  const reach = count < smallCount ? 0 : Math.floor(Math.sqrt(count));
  const near = firstBelow(values, count - reach) - firstBelow(values, count + reach + 1);
  return (near * count) / (2 * reach + 1) / rows;
}

/** Index of the first value with fewer rows than `count`. */
function firstBelow(values: readonly CountedValue[], count: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as CountedValue)[1] >= count) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most frequent values that take at most `bytes`; all, or as many as can be told without the others. */
export function within(
  values: readonly CountedValue[],
  bytes: number,
  rows: number,
): readonly CountedValue[] {
  let used = 0;
  const end = values.findIndex((each) => {
    used += bytesOf([each]);
    return used > bytes;
  });
  if (end === -1) return values;
  const left = (values[end] as CountedValue)[1];
  const least = unbiasedCount(values, left + 1, rows);
  return values.slice(0, firstBelow(values, least));
}

export const bytesOf = (values: readonly CountedValue[]): number =>
  values.reduce((sum, each) => sum + Buffer.byteLength(JSON.stringify(each)) + 1, 0);
