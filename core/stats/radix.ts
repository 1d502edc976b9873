/** What the radix sorts share: the digits of an unsigned 32-bit key, and where the buckets of a digit start. */

export const digitBits = 11;
export const buckets = 1 << digitBits;
export const mask = buckets - 1;
/** Two passes of 11 bits and one of the 10 that are left of 32. */
export const shifts = [0, digitBits, 2 * digitBits] as const;

/** Counts of a digit become the places where their buckets start. */
export function toStarts(counts: Int32Array): void {
  let start = 0;
  for (let b = 0; b < buckets; b++) {
    const count = counts[b] as number;
    counts[b] = start;
    start += count;
  }
}
