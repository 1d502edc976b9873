/** Counts of each value while there are few different ones; given up for good when there are more. */

/** Different values, up to which they are counted. */
export const mostValues = 50;
/** UTF-16 code units of a value that is kept. */
export const longestFrequent = 60;

export class FrequentValues {
  private counts: Map<number, { readonly value: string; count: number }> | null = new Map();

  /** Counts a value that is known; false when it is new and wanted: then `begin` must follow. */
  counted(hash: number): boolean {
    if (this.counts === null) return true;
    const known = this.counts.get(hash);
    if (known === undefined) return false;
    known.count += 1;
    return true;
  }

  begin(hash: number, value: string): void {
    if (this.counts === null) return;
    if (this.counts.size === mostValues || value.length > longestFrequent) this.counts = null;
    else this.counts.set(hash, { value, count: 1 });
  }

  merge(other: FrequentState): void {
    if (other === null || this.counts === null) {
      this.counts = null;
      return;
    }
    for (const [hash, { value, count }] of other) {
      const known = this.counts.get(hash);
      if (known !== undefined) known.count += count;
      else if (this.counts.size === mostValues) {
        this.counts = null;
        return;
      } else this.counts.set(hash, { value, count });
    }
  }

  state(): FrequentState {
    return this.counts;
  }

  /** The most frequent first; null: there were too many different ones, or long ones. */
  top(most: number): { value: string; count: number }[] | null {
    if (this.counts === null) return null;
    return mostFrequent([...this.counts.values()], most);
  }
}

export function mostFrequent(
  counts: readonly { readonly value: string; readonly count: number }[],
  most: number,
): { value: string; count: number }[] {
  return counts
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, most)
    .map(({ value, count }) => ({ value, count }));
}

/** As it crosses threads. */
export type FrequentState = ReadonlyMap<number, { readonly value: string; readonly count: number }> | null;
