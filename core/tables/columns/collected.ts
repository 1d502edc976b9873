/** Columns as one pass over rows collects them. */

import type { ByteCounts } from './byte-counts.ts';
import { SpilledNumbers, type SpillFile, type StoredNumbers } from './spill.ts';
import { type CategoryCells, mostCategories } from './types.ts';

/** Cells of a column of numbers; plain data. The parts are as many as were joined. */
export interface StoredColumn {
  readonly kind: 'numbers';
  readonly parts: readonly StoredNumbers[];
  readonly missing: number;
  readonly infinite: number;
}

export class NumberColumn {
  missing = 0;
  private infinite = 0;
  private readonly values: SpilledNumbers;
  private readonly others: StoredColumn[] = [];

  constructor(spill: SpillFile) {
    this.values = new SpilledNumbers(spill);
  }

  add(value: number): void {
    if (value - value === 0) this.values.add(value);
    else if (Number.isNaN(value)) this.missing += 1;
    else this.infinite += 1;
  }

  join(other: StoredColumn): void {
    this.others.push(other);
    this.missing += other.missing;
    this.infinite += other.infinite;
  }

  stored(): StoredColumn {
    const parts = [...this.others.flatMap((other) => other.parts), this.values.stored()];
    return { kind: 'numbers', parts, missing: this.missing, infinite: this.infinite };
  }
}

export class CategoryColumn {
  missing = 0;
  private rest = 0;
  private readonly counts = new Map<string, number>();

  add(value: string, count = 1): void {
    const before = this.counts.get(value);
    if (before !== undefined) this.counts.set(value, before + count);
    else if (this.counts.size < mostCategories) this.counts.set(value, count);
    else this.rest += count;
  }

  join(other: ByteCounts, missing: number): void {
    for (const [value, count] of other.entries()) this.add(value, count);
    this.rest += other.rest;
    this.missing += missing;
  }

  stored(): CategoryCells & { readonly kind: 'categories' } {
    return { kind: 'categories', counts: this.counts, rest: this.rest, missing: this.missing };
  }
}
