/** Collects rows, cell by cell, into batches of a wanted size. */

import type { Batch, Column, ColumnBatch } from './types.ts';

export const cellSize = (column: Column): number =>
  column.cellShape.reduce((size, length) => size * length, 1);

export const isNumericKind = (column: Column): boolean =>
  column.kind === 'number' || column.kind === 'integer' || column.kind === 'boolean';

interface NumericSlot {
  readonly kind: 'numeric';
  readonly size: number;
  values: Float64Array;
  missing: Uint8Array | null;
}

interface TextSlot {
  readonly kind: 'text';
  values: (string | null)[];
}

export class BatchBuilder {
  /** Rows in the batch at hand. */
  rows = 0;
  private firstRow = 0;
  private nextRow = 0;
  /** Of the rows at hand, once they are not consecutive. */
  private rowNumbers: Float64Array | null = null;
  private readonly columns: readonly Column[];
  private readonly batchSize: number;
  private readonly slots: (NumericSlot | TextSlot)[];

  constructor(columns: readonly Column[], batchSize: number) {
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new RangeError(`batch size ${batchSize}`);
    this.columns = columns;
    this.batchSize = batchSize;
    this.slots = columns.map((column) =>
      isNumericKind(column)
        ? { kind: 'numeric', size: cellSize(column), values: new Float64Array(0), missing: null }
        : { kind: 'text', values: [] },
    );
    this.renew();
  }

  /** A scalar of a numeric column; null is missing. */
  number(index: number, value: number | null): void {
    const slot = this.slots[index];
    if (slot?.kind !== 'numeric') throw new TypeError(`column ${index} is not numeric`);
    if (value === null) this.noNumber(slot);
    else slot.values[this.rows] = value;
  }

  /** A cell of several numbers in row-major order; null is missing. */
  numbers(index: number, values: ArrayLike<number> | null): void {
    const slot = this.slots[index];
    if (slot?.kind !== 'numeric') throw new TypeError(`column ${index} is not numeric`);
    if (values === null) this.noNumber(slot);
    else slot.values.set(values, this.rows * slot.size);
  }

  text(index: number, value: string | null): void {
    const slot = this.slots[index];
    if (slot?.kind !== 'text') throw new TypeError(`column ${index} is not text`);
    slot.values[this.rows] = value;
  }

  /** Ends the row, whose number is that after the last unless it is given; the batch when it is full. */
  endRow(row = this.nextRow): Batch | undefined {
    if (this.rows === 0) this.firstRow = row;
    else if (row !== this.nextRow) {
      this.rowNumbers ??= Float64Array.from({ length: this.batchSize }, (_, index) => this.firstRow + index);
    }
    if (this.rowNumbers !== null) this.rowNumbers[this.rows] = row;
    this.nextRow = row + 1;
    this.rows += 1;
    return this.rows === this.batchSize ? this.flush() : undefined;
  }

  /** What was collected, if anything. */
  flush(): Batch | undefined {
    if (this.rows === 0) return undefined;
    const { rows, firstRow } = this;
    const rowNumbers = this.rowNumbers?.subarray(0, rows) ?? null;
    const columns = new Map<string, ColumnBatch>();
    for (const [index, slot] of this.slots.entries()) {
      const name = (this.columns[index] as Column).name;
      if (slot.kind === 'text') columns.set(name, { kind: 'text', values: slot.values });
      else {
        const values = slot.values.subarray(0, rows * slot.size);
        columns.set(name, { kind: 'numeric', values, missing: slot.missing?.subarray(0, rows) ?? null });
      }
    }
    this.rows = 0;
    this.rowNumbers = null;
    this.renew();
    return { firstRow, rowNumbers, rows, columns };
  }

  private noNumber(slot: NumericSlot): void {
    slot.missing ??= new Uint8Array(this.batchSize);
    slot.missing[this.rows] = 1;
    slot.values.fill(Number.NaN, this.rows * slot.size, (this.rows + 1) * slot.size);
  }

  private renew(): void {
    for (const slot of this.slots) {
      if (slot.kind === 'text') slot.values = [];
      else {
        slot.values = new Float64Array(this.batchSize * slot.size);
        slot.missing = null;
      }
    }
  }
}
