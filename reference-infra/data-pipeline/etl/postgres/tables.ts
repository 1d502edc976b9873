/** Tables of PostgreSQL: their columns, and which types of the engine stand for theirs. */

import { nearest } from '../../../../core/gate/index.ts';
import { RunError } from '../../../../core/inputs/index.ts';
import { type TableName, tableText } from '../config/types.ts';
import { ident } from '../engine/sql.ts';
import type { Database } from './database.ts';

export interface TableColumn {
  readonly name: string;
  /** As PostgreSQL writes it, such as `character varying(10)`. */
  readonly type: string;
}

export function tableSql({ schema, table }: TableName): string {
  return schema === null ? ident(table) : `${ident(schema)}.${ident(table)}`;
}

/** Null: there is no such table. Generated columns are among them. */
export async function columnsOf(database: Database, table: TableName): Promise<TableColumn[] | null> {
  const [found] = await database.query('SELECT to_regclass($1) IS NOT NULL AS found', [tableSql(table)]);
  if (found?.found !== true) return null;
  const rows = await database.query(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [tableSql(table)],
  );
  return rows.map(({ name, type }) => ({ name: String(name), type: String(type) }));
}

/** @throws RunError with the nearest name that there is. */
export async function requireColumns(
  database: Database,
  table: TableName,
  where: string,
): Promise<TableColumn[]> {
  const columns = await columnsOf(database, table);
  if (columns !== null) return columns;
  const rows = await database.query(
    "SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
  );
  const names = rows.map(({ schema, name }) =>
    table.schema === null ? String(name) : `${String(schema)}.${String(name)}`,
  );
  const near = nearest(tableText(table), names);
  const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
  throw new RunError(`${where}: there is no table ${JSON.stringify(tableText(table))}${hint}`);
}

/** The engine's type for a column that is read. What has none is read as text, which SQL can cast. */
export function engineType(type: string): string {
  const numeric = /^numeric\((\d+),(-?\d+)\)$/.exec(type);
  if (numeric !== null) {
    const [precision, scale] = [Number(numeric[1]), Number(numeric[2])];
    const fits = precision <= 38 && scale >= 0 && scale <= precision;
    return fits ? `DECIMAL(${precision},${scale})` : 'VARCHAR';
  }
  const plain = type.replace(/\(\d+\)/, '');
  switch (plain) {
    case 'smallint':
    case 'integer':
      return 'INTEGER';
    case 'bigint':
      return 'BIGINT';
    case 'boolean':
      return 'BOOLEAN';
    case 'real':
      return 'FLOAT';
    case 'double precision':
      return 'DOUBLE';
    case 'date':
      return 'DATE';
    case 'timestamp without time zone':
      return 'TIMESTAMP';
    case 'timestamp with time zone':
      return 'TIMESTAMP WITH TIME ZONE';
    default:
      return 'VARCHAR';
  }
}

/** The type of a column that is made for a column of the engine; null: there is none. */
export function postgresType(type: string): string | null {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
  if (decimal !== null) return `numeric(${decimal[1]},${decimal[2]})`;
  switch (type) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'UTINYINT':
      return 'smallint';
    case 'INTEGER':
    case 'USMALLINT':
      return 'integer';
    case 'BIGINT':
    case 'UINTEGER':
      return 'bigint';
    case 'UBIGINT':
      return 'numeric(20,0)';
    case 'BOOLEAN':
      return 'boolean';
    case 'FLOAT':
      return 'real';
    case 'DOUBLE':
      return 'double precision';
    case 'VARCHAR':
      return 'text';
    case 'DATE':
      return 'date';
    case 'TIME':
      return 'time';
    case 'TIMESTAMP':
      return 'timestamp';
    case 'TIMESTAMP WITH TIME ZONE':
      return 'timestamptz';
    case 'UUID':
      return 'uuid';
    case 'JSON':
      return 'jsonb';
    default:
      return null;
  }
}
