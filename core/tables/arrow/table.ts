/** An Arrow IPC file or stream as a table, read by the apache-arrow library. */

import type { Field, RecordBatch } from 'apache-arrow';
import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table } from '../types.ts';
import { guard, recordBatches, refuseDuplicates } from './batches.ts';
import {
  type ArrowPlan,
  cellType,
  numberReader,
  numbersReader,
  planColumn,
  type Seen,
  survey,
  textReader,
} from './column-plan.ts';

export async function openArrow(path: string, textColumns: ReadonlySet<string>): Promise<Table> {
  let fields: readonly Field[] = [];
  let seen: Seen[] = [];
  let rows = 0;
  const starts: number[] = [];
  for await (const batch of recordBatches(path, (schema) => {
    fields = schema;
    seen = schema.map(() => ({ wide: false, length: undefined }));
  })) {
    starts.push(rows);
    rows += batch.numRows;
    for (const [index, field] of fields.entries()) {
      const vector = batch.getChildAt(index);
      if (vector !== null) guard(path, () => survey(cellType(field), vector, seen[index] as Seen));
    }
  }
  refuseDuplicates(path, fields);
  const plans = fields.map((field, index) =>
    planColumn(field, seen[index] as Seen, textColumns.has(field.name)),
  );
  return new ArrowTable(path, fields, plans, rows, Float64Array.from(starts));
}

class ArrowTable implements Table {
  readonly path: string;
  readonly format = 'arrow';
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  private readonly fields: readonly Field[];
  private readonly rows: number;
  /** First row of each record batch. */
  private readonly starts: Float64Array;

  constructor(
    path: string,
    fields: readonly Field[],
    plans: readonly ArrowPlan[],
    rows: number,
    starts: Float64Array,
  ) {
    this.path = path;
    this.columns = plans.map((plan) => plan.column);
    this.notes = plans.flatMap((plan) => plan.note ?? []);
    this.fields = fields;
    this.rows = rows;
    this.starts = starts;
  }

  async countRows(): Promise<number> {
    return this.rows;
  }

  async *batches(names: readonly string[], batchSize: number): AsyncGenerator<Batch> {
    const places = selectColumns(this.path, this.columns, [...new Set(names)]);
    const chosen = places.map((place) => this.columns[place] as Column);
    const builder = new BatchBuilder(chosen, batchSize);
    let rows = 0;
    for await (const batch of recordBatches(this.path, () => undefined)) {
      const copiers = guard(this.path, () =>
        places.map((place, slot) => this.copier(batch, place, slot, builder)),
      );
      for (let row = 0; row < batch.numRows; row += 1) {
        guard(this.path, () => {
          for (const copy of copiers) copy(row);
        });
        const full = builder.endRow();
        if (full !== undefined) yield full;
      }
      rows += batch.numRows;
    }
    const rest = builder.flush();
    if (rest !== undefined) yield rest;
    if (rows !== this.rows) throw new RunError(`${this.path}: the file changed while it was read`);
  }

  async locate(row: number): Promise<string> {
    return `${this.path} row ${row + 1}`;
  }

  async locateRows(): Promise<null> {
    return null;
  }

  async rowGroups(): Promise<Float64Array> {
    return this.starts;
  }

  async close(): Promise<void> {}

  private copier(
    batch: RecordBatch,
    place: number,
    slot: number,
    builder: BatchBuilder,
  ): (row: number) => void {
    const column = this.columns[place] as Column;
    const type = cellType(this.fields[place] as Field);
    const vector = batch.getChildAt(place);
    if (vector === null) throw new RunError(`${this.path}: the file changed while it was read`);
    if (!isNumericKind(column)) {
      const read = textReader(type, vector);
      return (row) => builder.text(slot, read(row));
    }
    if (column.cellShape.length > 0) {
      const read = numbersReader(type, vector);
      return (row) => builder.numbers(slot, read(row));
    }
    const read = numberReader(type, vector);
    return (row) => builder.number(slot, read(row));
  }
}
