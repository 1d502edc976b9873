/** The record batches of an Arrow file as columns of cells. */

import { isUtf8 } from 'node:buffer';
import { type Data, DataType, type Field, type Vector } from 'apache-arrow';
import type { CellBatch, CellColumn } from '../cells/index.ts';
import { RowBuilder } from '../row-collector.ts';
import type { JsonValue } from '../types.ts';
import { guard, recordBatches, refuseDuplicates } from './batches.ts';
import { cellSetter } from './rows.ts';

const rowsPerBatch = 8192;

export async function* arrowCells(path: string): AsyncGenerator<CellBatch> {
  let fields: readonly Field[] = [];
  const batches = recordBatches(path, (schema) => {
    refuseDuplicates(path, schema);
    fields = schema;
  });
  for await (const batch of batches) {
    const readers = guard(path, () =>
      fields.map((field, index) => readerOf(field, batch.getChildAt(index) as Vector)),
    );
    for (let first = 0; first < batch.numRows; first += rowsPerBatch) {
      const end = Math.min(batch.numRows, first + rowsPerBatch);
      yield { rows: end - first, columns: guard(path, () => readers.map((read) => read(first, end))) };
    }
  }
}

/** Reads the cells from a row of the batch to another. */
type Reader = (first: number, end: number) => CellColumn;

function readerOf(field: Field, vector: Vector): Reader {
  const { type } = vector;
  const [data] = vector.data;
  const byValues = valuesReader(field, vector);
  // What is sliced or in pieces is read cell by cell.
  if (vector.data.length !== 1 || data === undefined || data.offset !== 0) return byValues;
  if (DataType.isUtf8(type)) return textsReader(data, byValues);
  if (DataType.isInt(type) && type.bitWidth === 64) return wideReader(data, type.isSigned);
  if (DataType.isInt(type) || (DataType.isFloat(type) && type.precision > 0)) return numbersReader(data);
  return byValues;
}

type Numbers =
  | (Int8Array | Int16Array | Int32Array)
  | (Uint8Array | Uint16Array | Uint32Array)
  | (Float32Array | Float64Array);

function numbersReader(data: Data): Reader {
  const values = data.values as Numbers;
  requireLength(values, data.length);
  return (first, end) => ({
    kind: 'numbers',
    values: new Float64Array(values.subarray(first, end)),
    exact: null,
    missing: missingOf(data, first, end),
  });
}

/** Integers of 64 bits, by their halves: making a bigint of each takes longer than all else. */
function wideReader(data: Data, signed: boolean): Reader {
  const stored = data.values as BigInt64Array;
  requireLength(stored, data.length);
  const low = new Uint32Array(stored.buffer, stored.byteOffset, stored.length * 2);
  const high = signed ? new Int32Array(stored.buffer, stored.byteOffset, stored.length * 2) : low;
  return (first, end) => {
    const values = new Float64Array(end - first);
    const missing = missingOf(data, first, end);
    const exact = new Map<number, string>();
    for (let row = first; row < end; row += 1) {
      const value = (high[row * 2 + 1] as number) * 2 ** 32 + (low[row * 2] as number);
      const at = row - first;
      if (Number.isSafeInteger(value)) values[at] = value;
      else if (missing?.[at] !== 1) {
        const digits = String(stored[row]);
        values[at] = Number(digits);
        exact.set(at, digits);
      }
    }
    return { kind: 'numbers', values, exact: exact.size === 0 ? null : exact, missing };
  };
}

function textsReader(data: Data, otherwise: Reader): Reader {
  const offsets = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  requireLength(offsets, data.length + 1);
  return (first, end) => {
    const start = offsets[first] as number;
    const stop = offsets[end] as number;
    if (start < 0 || stop < start || stop > bytes.length) throw new Error('a text is longer than its column');
    const own = new Uint8Array(bytes.subarray(start, stop));
    const places = new Int32Array(offsets.subarray(first, end + 1));
    let isWhole = isUtf8(own);
    for (let i = 0, before = start; i < places.length; i += 1) {
      const at = places[i] as number;
      if (at < before || at > stop) throw new Error('texts end before they begin');
      places[i] = at - start;
      before = at;
      if (isContinuation(own[at - start])) isWhole = false;
    }
    // Text that is no UTF-8 is read as the library decodes it.
    if (!isWhole) return otherwise(first, end);
    return { kind: 'texts', bytes: own, offsets: places, missing: missingOf(data, first, end) };
  };
}

/** Whether a cell that begins here begins within a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function valuesReader(field: Field, vector: Vector): Reader {
  const set = cellSetter(field, vector, 'cell');
  return (first, end) => {
    const values: JsonValue[] = [];
    const missing = new Uint8Array(end - first);
    const exact = new Map<number, string>();
    for (let row = first; row < end; row += 1) {
      const builder = new RowBuilder();
      set(builder, row);
      const value = builder.row.cell;
      if (value === undefined) missing[row - first] = 1;
      values.push(value ?? null);
      const digits = builder.exact?.get('cell');
      if (digits !== undefined) exact.set(row - first, digits);
    }
    return { kind: 'values', values, exact: exact.size === 0 ? null : exact, missing };
  };
}

/** A bit for each row, 1 where there is a value; empty: all have one. */
function missingOf(
  { nullBitmap, nullCount }: Data,
  first: number,
  end: number,
): Uint8Array<ArrayBuffer> | null {
  if (nullCount === 0 || nullBitmap.length === 0) return null;
  if (nullBitmap.length * 8 < end) throw new Error('a column is shorter than its batch');
  const missing = new Uint8Array(end - first);
  for (let row = first; row < end; row += 1) {
    missing[row - first] = (((nullBitmap[row >> 3] as number) >> (row & 7)) & 1) ^ 1;
  }
  return missing;
}

function requireLength(values: ArrayLike<unknown>, length: number): void {
  if (values.length < length) throw new Error('a column is shorter than its batch');
}
