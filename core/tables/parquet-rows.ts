/** The rows of a Parquet file as JSON values. */

import type { DuckDBDataChunk, DuckDBType, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { decimalText } from './arrow/value-text.ts';
import type { FileColumn } from './duck/column-plan.ts';
import { parquetChunks } from './duck/parquet.ts';
import { clockText, dayText, instantText } from './instant.ts';
import { type RowBatch, RowBuilder, RowCollector, setCell } from './row-collector.ts';
import type { JsonValue } from './types.ts';

export async function* parquetRows(path: string): AsyncGenerator<RowBatch> {
  const collector = new RowCollector(false);
  let number = 0;
  for await (const { chunk, columns } of parquetChunks(path)) {
    const first = number;
    collectRows(collector, chunk, columns, 0, (row) => first + row);
    number += chunk.rowCount;
    yield* collector.take();
  }
  yield* collector.take(true);
}

/** Adds the rows of a chunk; the file's columns begin at the chunk's column `from`. */
export function collectRows(
  collector: RowCollector,
  chunk: DuckDBDataChunk,
  columns: readonly FileColumn[],
  from: number,
  numberOf: (row: number) => number,
): void {
  const setters = columns.map((column, index) => cellSetter(column, chunk.getColumnVector(from + index)));
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const builder = new RowBuilder();
    for (const set of setters) set(builder, row);
    collector.add(builder.row, numberOf(row), 0, builder.exact);
  }
}

/** Sets the cell of one row, unless it is null. */
function cellSetter(
  { name, type }: FileColumn,
  vector: DuckDBVector,
): (builder: RowBuilder, row: number) => void {
  const convert = converterOf(type);
  return (builder, row) => {
    const value = vector.getItem(row);
    if (value === null) return;
    const digits = digitsOf(value);
    if (digits === undefined) builder.set(name, convert(value));
    else builder.setDigits(name, digits);
  };
}

/** Of 64-bit and longer integers and of decimals. */
function digitsOf(value: DuckDBValue): string | undefined {
  if (typeof value === 'bigint') return String(value);
  const isDecimal = value !== null && typeof value === 'object' && 'scale' in value;
  return isDecimal ? decimalText(String(value.value), value.scale) : undefined;
}

export type Convert = (value: DuckDBValue) => JsonValue;

/** Of a value that is not null. */
export function converterOf(type: DuckDBType): Convert {
  const name = String(type);
  if (name.endsWith(']') && 'valueType' in type) {
    const item = nullable(converterOf(type.valueType));
    return (value) => (hasKey(value, 'items') ? (value.items as DuckDBValue[]).map(item) : String(value));
  }
  if (name.startsWith('STRUCT(') && 'entryTypes' in type)
    return structConverter(type.entryNames, type.entryTypes);
  if (name.startsWith('MAP(') && 'keyType' in type) {
    const convert = nullable(converterOf(type.valueType));
    return (value) => {
      const row: Record<string, JsonValue> = {};
      if (!hasKey(value, 'entries')) return row;
      for (const entry of value.entries as { key: DuckDBValue; value: DuckDBValue }[])
        setCell(row, String(entry.key), convert(entry.value));
      return row;
    };
  }
  return scalarConverter(name);
}

function structConverter(names: readonly string[], types: readonly DuckDBType[]): Convert {
  const converters = types.map((type) => nullable(converterOf(type)));
  return (value) => {
    const row: Record<string, JsonValue> = {};
    if (!hasKey(value, 'entries')) return row;
    const entries = value.entries as Readonly<Record<string, DuckDBValue>>;
    for (const [index, name] of names.entries())
      setCell(row, name, (converters[index] as Convert)(entries[name] ?? null));
    return row;
  };
}

/** Timestamps count from 1970 in the unit of their type, under the name of that unit. */
const timestamps: Readonly<Record<string, readonly [key: string, perSecond: bigint]>> = {
  TIMESTAMP: ['micros', 1_000_000n],
  'TIMESTAMP WITH TIME ZONE': ['micros', 1_000_000n],
  TIMESTAMP_S: ['seconds', 1n],
  TIMESTAMP_MS: ['millis', 1_000n],
  TIMESTAMP_NS: ['nanos', 1_000_000_000n],
};
const clocks: typeof timestamps = { TIME: ['micros', 1_000_000n], TIME_NS: ['nanos', 1_000_000_000n] };

function scalarConverter(type: string): Convert {
  const timestamp = timestamps[type];
  if (timestamp !== undefined) return (value) => instantText(unitsIn(value, timestamp[0]), timestamp[1]);
  const clock = clocks[type];
  if (clock !== undefined) return (value) => clockText(unitsIn(value, clock[0]), clock[1]);
  return (value) => {
    if (
      value === null ||
      typeof value === 'boolean' ||
      typeof value === 'number' ||
      typeof value === 'string'
    )
      return value;
    if (hasKey(value, 'bytes')) return Buffer.from(value.bytes as Uint8Array).toString('base64');
    if (type === 'DATE' && hasKey(value, 'days')) return dayText(value.days as number);
    const digits = digitsOf(value);
    return digits === undefined ? String(value) : Number(digits);
  };
}

function unitsIn(value: DuckDBValue, key: string): bigint {
  return hasKey(value, key) ? BigInt(value[key] as bigint) : 0n;
}

function hasKey<Key extends string>(
  value: DuckDBValue,
  key: Key,
): value is DuckDBValue & Record<Key, unknown> {
  return value !== null && typeof value === 'object' && key in value;
}

function nullable(convert: Convert): Convert {
  return (value) => (value === null ? null : convert(value));
}
