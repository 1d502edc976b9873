/** The one kind and type of a column that several files hold. */

import type { SqlKind } from './types.ts';

export interface CellType {
  readonly kind: SqlKind;
  /** DuckDB's type. */
  readonly type: string;
}

/** The type of a column as text formats, Arrow and NPZ hold it; Parquet has types of its own. */
export function typeOfKind(kind: SqlKind): string {
  switch (kind) {
    case 'integer':
      return 'BIGINT';
    case 'number':
      return 'DOUBLE';
    case 'bigint':
      return 'HUGEINT';
    case 'boolean':
      return 'BOOLEAN';
    case 'timestamp':
    case 'date':
    case 'time':
    case 'string':
    case 'other':
      return 'VARCHAR';
  }
}

const numeric: ReadonlySet<SqlKind> = new Set(['integer', 'bigint', 'number']);
const temporal: ReadonlySet<SqlKind> = new Set(['date', 'timestamp']);

export const isNumber = ({ kind }: CellType): boolean => numeric.has(kind);
export const isText = ({ kind }: CellType): boolean => kind === 'string' || kind === 'other';

/**
 * The common type: numbers with numbers stay numbers, dates with timestamps are timestamps, anything else becomes
 * text. `files` leaves out those that lack the column or have no value in it; with none left the column is text.
 */
export function mergeTypes(files: readonly CellType[]): CellType {
  const [first] = files;
  if (first === undefined) return { kind: 'string', type: 'VARCHAR' };
  const kinds = new Set(files.map(({ kind }) => kind));
  const types = [...new Set(files.map(({ type }) => type))];
  if (kinds.size === 1 && types.length === 1) return first;
  if (files.every(isNumber)) {
    const kind = kinds.has('number') ? 'number' : kinds.has('bigint') ? 'bigint' : 'integer';
    return { kind, type: numberType(types) };
  }
  if (files.every(({ kind }) => temporal.has(kind))) return { kind: 'timestamp', type: 'TIMESTAMP' };
  return { kind: kinds.size === 1 && first.kind === 'other' ? 'other' : 'string', type: 'VARCHAR' };
}

/** Digits before the point of whole types. */
const wholeDigits: ReadonlyMap<string, number> = new Map([
  ['TINYINT', 3],
  ['SMALLINT', 5],
  ['INTEGER', 10],
  ['UTINYINT', 3],
  ['USMALLINT', 5],
  ['UINTEGER', 10],
  ['BIGINT', 19],
  ['UBIGINT', 20],
  ['HUGEINT', 39],
]);

/** A type that holds the values of all, exactly where there is one; doubles otherwise. */
function numberType(types: readonly string[]): string {
  if (types.length === 1) return types[0] as string;
  const sizes = types.map((type) => {
    const whole = wholeDigits.get(type);
    if (whole !== undefined) return { whole, scale: 0 };
    const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
    return decimal === null
      ? undefined
      : { whole: Number(decimal[1]) - Number(decimal[2]), scale: Number(decimal[2]) };
  });
  let whole = 0;
  let scale = 0;
  for (const size of sizes) {
    if (size === undefined) return types.includes('VARCHAR') ? 'VARCHAR' : 'DOUBLE';
    whole = Math.max(whole, size.whole);
    scale = Math.max(scale, size.scale);
  }
  if (types.every((type) => wholeDigits.has(type))) return whole <= 19 ? 'BIGINT' : 'HUGEINT';
  return whole + scale <= 38 ? `DECIMAL(${whole + scale},${scale})` : 'DOUBLE';
}
