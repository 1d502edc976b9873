/** The rows of an Arrow file as JSON values. */

import { DataType, type Field, type Vector } from 'apache-arrow';
import { clockText, dayText, instantText } from '../instant.ts';
import { type RowBatch, RowBuilder, RowCollector, setCell } from '../row-collector.ts';
import type { JsonValue } from '../types.ts';
import { guard, recordBatches, refuseDuplicates } from './batches.ts';
import { cellType, isText } from './column-plan.ts';
import { decimalText } from './value-text.ts';

export async function* arrowRows(path: string): AsyncGenerator<RowBatch> {
  const collector = new RowCollector(false);
  let fields: readonly Field[] = [];
  let number = 0;
  const batches = recordBatches(path, (schema) => {
    refuseDuplicates(path, schema);
    fields = schema;
  });
  for await (const batch of batches) {
    const setters = guard(path, () =>
      fields.map((field, index) => cellSetter(field, batch.getChildAt(index) as Vector)),
    );
    for (let row = 0; row < batch.numRows; row += 1) {
      const builder = new RowBuilder();
      guard(path, () => {
        for (const set of setters) set(builder, row);
      });
      collector.add(builder.row, number, 0, builder.exact);
      number += 1;
    }
    yield* collector.take();
  }
  yield* collector.take(true);
}

/** Sets the cell of one row under `name`, unless it is null. */
export function cellSetter(
  field: Field,
  vector: Vector,
  name = field.name,
): (builder: RowBuilder, row: number) => void {
  const type = cellType(field);
  const digits = digitsOf(type);
  if (digits !== undefined) {
    return (builder, row) => {
      const value: unknown = vector.get(row);
      if (value !== null) builder.setDigits(name, digits(value));
    };
  }
  if (DataType.isTimestamp(type) && !DataType.isDictionary(vector.type)) {
    // `get` gives milliseconds; the values themselves keep what is finer.
    const values = vector.data.flatMap((data) => Array.from(data.values as BigInt64Array));
    const unit = unitsPerSecond[type.unit] ?? 1n;
    return (builder, row) => {
      if (vector.get(row) !== null) builder.set(name, instantText(values[row] as bigint, unit));
    };
  }
  const convert = converterOf(type);
  return (builder, row) => {
    const value: unknown = vector.get(row);
    if (value !== null) builder.set(name, convert(value));
  };
}

const unitsPerSecond = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const;

/** The digits of a value of types that a double may not hold. */
function digitsOf(type: DataType): ((value: unknown) => string) | undefined {
  if (DataType.isDecimal(type)) return (value) => decimalText(String(value), type.scale);
  return DataType.isInt(type) && type.bitWidth === 64 ? String : undefined;
}

/** Of a value that is not null. */
function converterOf(type: DataType): (value: unknown) => JsonValue {
  if (isText(type)) return String;
  if (DataType.isBool(type)) return Boolean;
  const digits = digitsOf(type);
  if (digits !== undefined) return (value) => Number(digits(value));
  if (DataType.isInt(type) || DataType.isFloat(type)) return Number;
  if (DataType.isDate(type)) return (value) => dayText(Number(value) / 86_400_000);
  if (DataType.isTimestamp(type)) {
    return (value) => instantText(BigInt(Math.round(Number(value) * 1000)), 1_000_000n);
  }
  if (DataType.isTime(type))
    return (value) => clockText(BigInt(value as bigint), unitsPerSecond[type.unit] ?? 1n);
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type)) {
    return (value) => Buffer.from(value as Uint8Array).toString('base64');
  }
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const item = nullable(converterOf(cellType(type.children[0] as Field)));
    return (value) => Array.from(value as Iterable<unknown>, item);
  }
  if (DataType.isStruct(type)) {
    const children = type.children as readonly Field[];
    const parts = children.map((child) => nullable(converterOf(cellType(child))));
    return (value) => {
      const row: Record<string, JsonValue> = {};
      for (const [index, part] of [...(value as Iterable<readonly [string, unknown]>)].entries()) {
        setCell(row, part[0], (parts[index] ?? String)(part[1]));
      }
      return row;
    };
  }
  if (DataType.isMap(type)) {
    const entries = cellType(type.children[0] as Field).children as readonly Field[];
    const convert = nullable(converterOf(cellType(entries[1] as Field)));
    return (value) => {
      const row: Record<string, JsonValue> = {};
      for (const [key, item] of value as Iterable<readonly [unknown, unknown]>)
        setCell(row, String(key), convert(item));
      return row;
    };
  }
  return String;
}

function nullable(convert: (value: unknown) => JsonValue): (value: unknown) => JsonValue {
  return (value) => (value === null || value === undefined ? null : convert(value));
}
