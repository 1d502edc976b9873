/** An Arrow IPC file or stream as a table, read by the apache-arrow library. */

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  type Field,
  type RecordBatch,
  RecordBatchReader,
} from 'apache-arrow';
import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table } from '../types.ts';
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
import { decodeLz4Frame } from './lz4.ts';

export async function openArrow(path: string, textColumns: ReadonlySet<string>): Promise<Table> {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zstdDecompressSync(data) });
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
  const twice = fields.find(
    (field, index) => fields.findIndex((other) => other.name === field.name) !== index,
  );
  if (twice !== undefined)
    throw new RunError(`${path}: two columns are called ${JSON.stringify(twice.name)}`);
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

/** Values are decoded when they are read, so damage shows there, too. */
function guard<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw damaged(path, error);
  }
}

function damaged(path: string, error: unknown): RunError {
  if (error instanceof RunError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new RunError(`${path} cannot be read as Arrow, it is damaged or truncated: ${reason}`);
}

/** The record batches one after the other; the schema is given before the first. */
async function* recordBatches(
  path: string,
  onSchema: (fields: readonly Field[]) => void,
): AsyncGenerator<RecordBatch> {
  const file = await open(path);
  const reading = readBatches(path, file, onSchema);
  try {
    for (;;) {
      const next = await reading.next().catch((error: unknown) => {
        throw damaged(path, error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await reading.return();
    await file.close().catch(() => undefined);
  }
}

/** The file format is read by its footer, and so can be found truncated; the stream format as it comes. */
async function* readBatches(
  path: string,
  file: FileHandle,
  onSchema: (fields: readonly Field[]) => void,
): AsyncGenerator<RecordBatch, void> {
  const { size } = await file.stat();
  const [head, tail] = [Buffer.alloc(6), Buffer.alloc(6)];
  await file.read(head, 0, 6, 0);
  await file.read(tail, 0, 6, Math.max(0, size - 6));
  const isFile = head.toString('latin1') === 'ARROW1';
  if (isFile && tail.toString('latin1') !== 'ARROW1') throw new Error('it does not end with ARROW1');
  const stream = isFile ? undefined : createReadStream(path);
  try {
    const reader =
      stream === undefined ? await RecordBatchReader.from(file) : await RecordBatchReader.from(stream);
    await reader.open();
    onSchema(reader.schema.fields);
    for await (const batch of reader) yield batch;
  } finally {
    stream?.destroy();
  }
}
