/** Batches of a table into a table of the engine, through vectors of doubles and of text; the engine casts them to its types. */

import type { DuckDBAppender, DuckDBDoubleVector, DuckDBVarCharVector, DuckDBVector } from '@duckdb/node-api';
import type { Batch, ColumnBatch } from '../types.ts';
import type { Wanted } from './native.ts';

type DuckDb = typeof import('@duckdb/node-api');

/** A whole number that no HUGEINT holds: the column must be text. */
export class TooWideError extends Error {
  override readonly name = 'TooWideError';
  readonly column: string;

  constructor(column: string) {
    super(column);
    this.column = column;
  }
}

/** Rows of the engine's own chunks. */
export const chunkRows = 2048;

interface Source {
  readonly type: 'DOUBLE' | 'VARCHAR';
  /** Fills rows [from, from + count) of a batch into a vector. */
  readonly fill: (vector: DuckDBVector, from: number, count: number) => void;
}

/** Appends the rows of a batch; `shapes` has the cell shape of columns that hold several numbers in a cell. */
export function appendBatch(
  duck: DuckDb,
  appender: DuckDBAppender,
  file: number,
  batch: Batch,
  wanted: readonly Wanted[],
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const numbers = batch.rowNumbers ?? null;
  const sources: Source[] = [
    doubles(() => file),
    doubles((row) => numbers?.[row] ?? batch.firstRow + row),
    ...wanted.map((column) => {
      const cells = batch.columns.get(column.name);
      return cells === undefined ? absent : source(column, cells, shapes.get(column.name) ?? []);
    }),
  ];
  const types = sources.map(({ type }) => duck[type]);
  for (let from = 0; from < batch.rows; from += chunkRows) {
    const count = Math.min(chunkRows, batch.rows - from);
    const chunk = duck.DuckDBDataChunk.create(types, count);
    for (const [index, { fill }] of sources.entries()) {
      const vector = chunk.getColumnVector(index);
      fill(vector, from, count);
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
}

function doubles(value: (row: number) => number | null): Source {
  return {
    type: 'DOUBLE',
    fill: (vector, from, count) => {
      const items = vector as DuckDBDoubleVector;
      for (let i = 0; i < count; i += 1) items.setItem(i, value(from + i));
    },
  };
}

const absent = doubles(() => null);

function texts(value: (row: number) => string | null): Source {
  return {
    type: 'VARCHAR',
    fill: (vector, from, count) => {
      const items = vector as DuckDBVarCharVector;
      for (let i = 0; i < count; i += 1) items.setItem(i, value(from + i));
    },
  };
}

function source(column: Wanted, cells: ColumnBatch, shape: readonly number[]): Source {
  if (cells.kind === 'text') {
    const { values } = cells;
    if (column.type === 'HUGEINT') return texts((row) => hugeDigits(column.name, values[row] ?? null));
    if (column.kind === 'bigint') return texts((row) => wholeDigits(values[row] ?? null));
    if (column.type !== 'DOUBLE') return texts((row) => values[row] ?? null);
    return doubles((row) => {
      const text = values[row] ?? null;
      return text === null ? null : Number(text);
    });
  }
  const { values, missing } = cells;
  if (shape.length > 0) return texts((row) => (missing?.[row] === 1 ? null : listText(values, shape, row)));
  if (column.type === 'VARCHAR') {
    return texts((row) => (missing?.[row] === 1 ? null : String(values[row])));
  }
  if (missing === null) return doubles((row) => values[row] as number);
  return doubles((row) => (missing[row] === 1 ? null : (values[row] as number)));
}

const hugest = 2n ** 127n - 1n;

function hugeDigits(column: string, text: string | null): string | null {
  if (text === null || /^-?\d{1,38}$/.test(text)) return text;
  const digits = wholeDigits(text) ?? '0';
  const value = BigInt(digits);
  if (value > hugest || value < -hugest) throw new TooWideError(column);
  return digits;
}

/** The plain digits of a whole JSON number, which may be written as `3.0` or `1e20`. */
function wholeDigits(text: string | null): string | null {
  if (text === null || /^-?\d+$/.test(text)) return text;
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [before = '', after = ''] = mantissa.split('.');
  const shift = Number(exponent) - after.length;
  const digits = before + after;
  return BigInt(shift < 0 ? digits.slice(0, shift) || '0' : digits + '0'.repeat(shift)).toString();
}

/** The cell as JSON, in the nesting of its shape. */
function listText(values: Float64Array, shape: readonly number[], row: number): string {
  const size = shape.reduce((product, length) => product * length, 1);
  let at = row * size;
  const nest = (level: number): unknown =>
    level === shape.length
      ? values[at++]
      : Array.from({ length: shape[level] as number }, () => nest(level + 1));
  return JSON.stringify(nest(0));
}
