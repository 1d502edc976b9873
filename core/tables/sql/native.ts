/** Parquet files as FROM items: typed as they are, not copied. */

import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { sqlText } from '../duck/start.ts';
import type { Table } from '../types.ts';
import type { CellType } from './kinds.ts';

/** A Parquet file under the plain name that the engine may open. */
export interface NativeFile {
  /** Index into the tables of the relation. */
  readonly file: number;
  readonly path: string;
  readonly source: string;
  /** All columns of the file, in its order. */
  readonly columns: readonly NativeColumn[];
}

export interface NativeColumn extends CellType {
  readonly name: string;
  /** The engine's type of the column in the file. */
  readonly stored: string;
  /** SQL of the cell, of type `type`, from the column's identifier. */
  readonly select: (ref: string) => string;
}

export async function describeNative(
  connection: DuckDBConnection,
  table: Table,
  file: number,
  source: string,
): Promise<NativeFile> {
  const result = await connection.run(`SELECT * FROM ${readParquet([source])} LIMIT 0`);
  if (result.columnCount !== table.columns.length) {
    throw new RunError(`${table.path}: the file changed while it was read`);
  }
  const columns = table.columns.map(({ name, kind }, index) => {
    const stored = String(result.columnType(index));
    // A table may have been opened with this column as text.
    const cell = kind === 'string' ? textCell('string') : nativeCell(result.columnType(index), kind);
    return { name, stored, ...cell };
  });
  return { file, path: table.path, source, columns };
}

type Cell = CellType & { readonly select: (ref: string) => string };

function textCell(kind: 'string' | 'other'): Cell {
  return { kind, type: 'VARCHAR', select: (ref) => `CAST(${ref} AS VARCHAR)` };
}

const same = (ref: string): string => ref;

function nativeCell(type: DuckDBType, kind: CellType['kind']): Cell {
  const stored = String(type);
  if (/\]$|^(STRUCT|MAP|UNION)\b/.test(stored)) {
    return { kind: 'other', type: 'VARCHAR', select: (ref) => `CAST(to_json(${ref}) AS VARCHAR)` };
  }
  if (stored.startsWith('TIMESTAMP')) return { kind: 'timestamp', type: stored, select: same };
  if (stored === 'DATE') return { kind: 'date', type: stored, select: same };
  if (stored.startsWith('TIME')) return { kind: 'time', type: stored, select: same };
  if (kind === 'string' || kind === 'other') return textCell(kind);
  return { kind, type: stored, select: same };
}

/** No pattern, no folder names as columns: the files named, by their own columns. */
function readParquet(sources: readonly string[]): string {
  const list = sources.map(sqlText).join(', ');
  return `read_parquet([${list}], hive_partitioning = false)`;
}

export interface Wanted extends CellType {
  readonly name: string;
  readonly ref: string;
}

/**
 * A SELECT for each set of files with equal columns: `file`, `row`, then the wanted columns. A file lists its own
 * columns under p0, p1, …, so that no name of it ever stands in SQL.
 */
export function selectNative(files: readonly NativeFile[], wanted: readonly Wanted[]): string[] {
  const sets = new Map<string, NativeFile[]>();
  for (const file of files) {
    const key = JSON.stringify(
      hasTwins(file) ? file.source : file.columns.map(({ name, stored, kind }) => [name, stored, kind]),
    );
    const set = sets.get(key);
    if (set === undefined) sets.set(key, [file]);
    else set.push(file);
  }
  return [...sets.values()].map((set) => selectSet(set, wanted));
}

/** Names that differ in case only are renamed by the engine, so columns of several files would not be matched. */
function hasTwins({ columns }: NativeFile): boolean {
  return new Set(columns.map(({ name }) => name.toLowerCase())).size < columns.length;
}

function selectSet(set: readonly NativeFile[], wanted: readonly Wanted[]): string {
  const columns = (set[0] as NativeFile).columns;
  const refs = columns.map((_, index) => `p${index}`);
  const cells = wanted.map(({ name, type, ref }) => {
    const place = columns.findIndex((column) => column.name === name);
    const column = columns[place];
    if (column === undefined) return `CAST(NULL AS ${type}) AS ${ref}`;
    const cell = column.select(`p${place}`);
    return `${column.type === type ? cell : `CAST(${cell} AS ${type})`} AS ${ref}`;
  });
  const select = [`CAST(${fileNumber(set)} AS INTEGER) AS file`, 't.file_row_number AS row', ...cells];
  const from = readParquet(set.map(({ source }) => source));
  return `SELECT ${select.join(', ')} FROM ${from} AS t(${refs.join(', ')})`;
}

/** `file_index` counts within the list of a read. */
function fileNumber(set: readonly NativeFile[]): string {
  const first = (set[0] as NativeFile).file;
  if (set.every(({ file }, index) => file === first + index)) return `t.file_index + ${first}`;
  return `[${set.map(({ file }) => file).join(', ')}][CAST(t.file_index AS BIGINT) + 1]`;
}
