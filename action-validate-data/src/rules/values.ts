/** Cells of a query as values of violations, and in words. */

import { visible } from '../../../core/gate/index.ts';
import type { SqlColumn } from '../../../core/tables/index.ts';
import type { Value } from '../types.ts';

const longest = 80;

/** Integer types whose values the engine gives as numbers or bigints. */
export const integerTypes = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'UHUGEINT',
]);
export const floatTypes = new Set(['FLOAT', 'DOUBLE']);

export const isDecimal = ({ type }: Pick<SqlColumn, 'type'>): boolean => type.startsWith('DECIMAL');
export const isText = ({ type }: Pick<SqlColumn, 'type'>): boolean => type === 'VARCHAR';

/** Whether a column's cells are text, of which some may be no numbers. */
export const mayHoldOthers = (column: Pick<SqlColumn, 'type' | 'kind'>): boolean =>
  isText(column) && column.kind !== 'bigint';

/** Numbers, or booleans as 0 and 1. Whole numbers of any length may come as text: kind `bigint`. */
export function isNumeric({ kind }: Pick<SqlColumn, 'kind'>): boolean {
  return kind === 'number' || kind === 'integer' || kind === 'bigint' || kind === 'boolean';
}

/** SQL of a cell that comes back as a number, bigint, boolean or text. */
export function plainCell({ type }: SqlColumn, ref: string): string {
  const plain = type === 'VARCHAR' || type === 'BOOLEAN' || integerTypes.has(type) || floatTypes.has(type);
  return plain ? ref : `CAST(${ref} AS VARCHAR)`;
}

/** A cell of `plainCell`; whole numbers that a double would change stay texts of their digits. */
export function cellValue(cell: unknown, column: SqlColumn): Value {
  switch (typeof cell) {
    case 'bigint':
      return BigInt(Number(cell)) === cell ? Number(cell) : String(cell);
    case 'string':
      return isDecimal(column) && cell.length <= 16 ? Number(cell) : cell;
    case 'number':
    case 'boolean':
      return cell;
    default:
      return null;
  }
}

/** `"A12"`, `17`, `missing`; invisible characters are shown, long texts are cut. */
export function inWords(value: Value, column: Pick<SqlColumn, 'kind'> | undefined): string {
  if (value === null) return 'missing';
  if (typeof value === 'string') {
    const text = visible(value, longest);
    return column?.kind === 'string' ? `"${text}"` : text;
  }
  return String(value);
}

/** One value for a single column, else the values of all in their order. */
export function keyValue(values: readonly Value[]): Value {
  return values.length === 1 ? (values[0] ?? null) : values;
}
