/** The columns of a CSV file, collected while it is opened: most are what their first cells look like. */

import { cell } from '../csv/cell.ts';
import { parseNumber } from '../csv/number.ts';
import { fieldForm, fieldText } from '../csv/scanner.ts';
import type { CellSink } from '../csv/sink.ts';
import { ByteCounts } from './byte-counts.ts';
import { NumberColumn, type StoredColumn } from './collected.ts';
import type { SpillFile } from './spill.ts';
import { mostCategories } from './types.ts';

/** What was collected of a column in one file. */
export type FileColumn =
  | StoredColumn
  | { readonly kind: 'texts'; readonly counts: ByteCounts; readonly missing: number }
  | { readonly kind: 'empty'; readonly missing: number }
  /** Text came after numbers, whose spelling is not known any more. */
  | { readonly kind: 'lost' };

interface Slot {
  missing: number;
  numbers: NumberColumn | null;
  texts: ByteCounts | null;
  isLost: boolean;
}

export class CsvCollector implements CellSink {
  private readonly slots: Slot[] = [];
  private readonly spill: SpillFile;
  private readonly quote: number;

  /** @param quote byte around quoted fields; -1: none */
  constructor(spill: SpillFile, quote: number) {
    this.spill = spill;
    this.quote = quote;
  }

  add(column: number, kind: number, bytes: Buffer, start: number, end: number, form: number): void {
    const slot = this.slots[column] ?? this.open(column);
    if (kind === cell.missing) slot.missing += 1;
    else if (slot.isLost) return;
    else if (slot.texts === null && kind < cell.boolean) {
      slot.numbers ??= new NumberColumn(this.spill);
      slot.numbers.add(parseNumber(bytes, start, end));
    } else if (slot.numbers !== null) {
      slot.isLost = true;
      slot.numbers = null;
    } else {
      slot.texts ??= new ByteCounts(mostCategories);
      if (form !== fieldForm.escaped) slot.texts.add(bytes, start, end);
      else {
        const text = Buffer.from(fieldText(bytes, start, end, form, this.quote));
        slot.texts.add(text, 0, text.length);
      }
    }
  }

  /** @param column place in the header */
  column(column: number): FileColumn {
    const { isLost, numbers, texts, missing } = this.slots[column] ?? this.open(column);
    if (isLost) return { kind: 'lost' };
    if (numbers !== null) return { ...numbers.stored(), missing };
    return texts === null ? { kind: 'empty', missing } : { kind: 'texts', counts: texts, missing };
  }

  private open(column: number): Slot {
    for (let place = this.slots.length; place <= column; place += 1) {
      this.slots.push({ missing: 0, numbers: null, texts: null, isLost: false });
    }
    return this.slots[column] as Slot;
  }
}
