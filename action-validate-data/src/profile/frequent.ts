/** Counts of each value while there are few different ones; given up for good when there are more. */

const mostValues = 50;
const longestValue = 60;

export class FrequentValues {
  private counts: Map<number, { readonly value: string; count: number }> | null = new Map();

  /** `text` is asked for only when the value is new. */
  add(hash: number, text: () => string): void {
    if (this.counts === null) return;
    const known = this.counts.get(hash);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const value = text();
    if (this.counts.size === mostValues || value.length > longestValue) this.counts = null;
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
    return [...this.counts.values()]
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, most)
      .map(({ value, count }) => ({ value, count }));
  }
}

/** As it crosses threads. */
export type FrequentState = ReadonlyMap<number, { readonly value: string; readonly count: number }> | null;
