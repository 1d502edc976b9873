/** How each Arrow type becomes a column, and how its cells are read. */

import { DataType, type Field, type Vector } from 'apache-arrow';
import { maxWhole } from '../csv/cell.ts';
import type { Column, ColumnKind } from '../types.ts';
import { blobText, dateText, decimalText, nestedText, timestampText } from './value-text.ts';

/** What one pass over the data found about a column whose type does not settle its kind. */
export interface Seen {
  /** Some whole number is beyond 2^53. */
  wide: boolean;
  /** Length of every list so far; null: lengths differ or a list has a hole. */
  length: number | null | undefined;
}

export interface ArrowPlan {
  readonly column: Column;
  readonly note: string | undefined;
}

/** The type of the cells: that of the dictionary for an encoded column. */
export function cellType(field: Field): DataType {
  return DataType.isDictionary(field.type) ? field.type.dictionary : field.type;
}

export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
}

function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type);
}

function isList(type: DataType): boolean {
  return DataType.isList(type) || DataType.isFixedSizeList(type);
}

function isNumberList(type: DataType): boolean {
  return isList(type) && isNumber(type.children[0]?.type as DataType);
}

const maxWholeBig = BigInt(maxWhole);

function isWide(type: DataType): boolean {
  return (DataType.isInt(type) && type.bitWidth === 64) || (DataType.isDecimal(type) && type.scale <= 0);
}

/** Takes a batch's values into account, where the type alone does not settle the kind. */
export function survey(type: DataType, vector: Vector, seen: Seen): void {
  if (isWide(type) && !seen.wide) {
    for (const value of vector) {
      if (value === null) continue;
      const whole = typeof value === 'bigint' ? value : BigInt(String(value));
      if (whole > maxWholeBig || whole < -maxWholeBig) seen.wide = true;
    }
  } else if (isNumberList(type) && seen.length !== null) {
    for (const value of vector as Vector) {
      if (value === null) continue;
      const list = value as Vector;
      if (list.nullCount > 0 || (seen.length ?? list.length) !== list.length) seen.length = null;
      else seen.length = list.length;
      if (seen.length === null) return;
    }
  }
}

export function planColumn(field: Field, seen: Seen, asText: boolean): ArrowPlan {
  const type = cellType(field);
  const plan = (kind: ColumnKind, note?: string, cellShape: readonly number[] = []): ArrowPlan => ({
    column: { name: field.name, kind, cellShape },
    note: note === undefined ? undefined : `column ${JSON.stringify(field.name)} ${note}`,
  });
  if (isText(type)) return plan('string');
  if (asText && !isList(type)) return plan('string');
  if (DataType.isBool(type)) return plan('boolean');
  if (DataType.isFloat(type)) return plan('number');
  if (isWide(type)) return plan(seen.wide ? 'bigint' : 'integer');
  if (DataType.isInt(type)) return plan('integer');
  if (DataType.isDecimal(type)) {
    return plan(
      'number',
      type.precision > 15 ? `is ${type}; it is read as doubles, to 15 digits` : undefined,
    );
  }
  if (isNumberList(type) && typeof seen.length === 'number' && seen.length > 0) {
    const item = type.children[0]?.type as DataType;
    return plan(DataType.isInt(item) && item.bitWidth < 64 ? 'integer' : 'number', undefined, [seen.length]);
  }
  if (DataType.isNull(type)) return plan('string', 'has no values; it is read as text');
  if (isList(type) || DataType.isStruct(type) || DataType.isMap(type)) {
    return plan('other', `is ${type}; it is read as JSON text`);
  }
  return plan('other');
}

/** One cell of a numeric column as a number; null is missing. */
export function numberReader(type: DataType, vector: Vector): (row: number) => number | null {
  if (DataType.isDecimal(type)) {
    return (row) => {
      const value: unknown = vector.get(row);
      return value === null ? null : Number(decimalText(String(value), type.scale));
    };
  }
  const [data] = vector.data;
  const plain = DataType.isInt(vector.type) || (DataType.isFloat(vector.type) && vector.type.precision > 0);
  if (plain && vector.data.length === 1 && vector.nullCount === 0 && data !== undefined) {
    const values = data.values as ArrayLike<number | bigint>;
    if (values.length < vector.length) throw new Error('a column is shorter than its batch');
    return (row) => Number(values[row]);
  }
  return (row) => {
    const value: unknown = vector.get(row);
    return value === null ? null : Number(value);
  };
}

/** One cell of a column of fixed-length lists. */
export function numbersReader(type: DataType, vector: Vector): (row: number) => number[] | null {
  const item = type.children[0]?.type as DataType;
  const scale = DataType.isDecimal(item) ? item.scale : undefined;
  return (row) => {
    const value = vector.get(row) as Iterable<unknown> | null;
    if (value === null) return null;
    return Array.from(value, (part) => Number(scale === undefined ? part : decimalText(String(part), scale)));
  };
}

/** One cell as text; null is missing. */
export function textReader(type: DataType, vector: Vector): (row: number) => string | null {
  const toText = textOf(type, vector);
  return (row) => {
    const value: unknown = vector.get(row);
    return value === null ? null : toText(value, row);
  };
}

function textOf(type: DataType, vector: Vector): (value: unknown, row: number) => string {
  if (DataType.isDecimal(type)) return (value) => decimalText(String(value), type.scale);
  if (DataType.isDate(type)) return (value) => dateText(Number(value));
  if (DataType.isTimestamp(type) && !DataType.isDictionary(vector.type)) {
    // `get` gives milliseconds; the values themselves keep what is finer.
    const values = vector.data.flatMap((data) => Array.from(data.values as BigInt64Array));
    return (_value, row) => timestampText(values[row] as bigint, type.unit, type.timezone != null);
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type)) {
    return (value) => blobText(value as Uint8Array);
  }
  return (value) => (typeof value === 'object' ? nestedText(value) : String(value));
}
