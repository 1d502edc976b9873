/** Loading files as one relation: which columns, of which types, and the rows of what is not read in place. */

import type { DuckDBConnection } from '@duckdb/node-api';
import { nearest } from '../../gate/index.ts';
import { RunError } from '../../inputs/errors.ts';
import { loadDuckDb } from '../../native/index.ts';
import { hasValue } from '../has-value.ts';
import type { Table } from '../types.ts';
import { appendBatch, TooWideError } from './append.ts';
import { type CellType, isText, mergeTypes, typeOfKind } from './kinds.ts';
import { describeNative, type NativeFile, selectNative, type Wanted } from './native.ts';
import { describeDisagreement, describeLack } from './notes.ts';
import type { SqlColumn, SqlRelation } from './types.ts';

/** The same data with these columns as text, as it is written in the file. */
export type Reopen = (table: Table, textColumns: readonly string[]) => Promise<Table>;

export interface LoadHost {
  connect(): Promise<DuckDBConnection>;
  /** Makes files readable by the engine; their plain names, in order. */
  allow(paths: readonly string[]): Promise<readonly string[]>;
  readonly reopen: Reopen;
}

const batchRows = 8192;

/** Loads tables as the relation `name`. @throws RunError for a column that no table has, and what reading throws. */
export async function loadRelation(
  host: LoadHost,
  name: string,
  tables: readonly Table[],
  columns: readonly string[],
): Promise<SqlRelation> {
  const names = [...new Set(columns)];
  refuseUnknown(tables, names);
  const sources = await host.allow(tables.flatMap((table) => (isNative(table) ? [table.path] : [])));
  const connection = await host.connect();
  try {
    const natives = await describeNatives(connection, tables, sources);
    const tooWide = new Set<string>();
    for (;;) {
      const plan = await planColumns(tables, natives, names, tooWide);
      try {
        return await build(connection, host.reopen, name, tables, natives, plan);
      } catch (error) {
        await connection.run(`DROP TABLE IF EXISTS ${name}_rows`);
        if (!(error instanceof TooWideError)) throw error;
        tooWide.add(error.column);
      }
    }
  } finally {
    connection.closeSync();
  }
}

const isNative = (table: Table): boolean => table.format === 'parquet';

function refuseUnknown(tables: readonly Table[], names: readonly string[]): void {
  const known = new Set(tables.flatMap((table) => table.columns.map((column) => column.name)));
  const where = tables.length === 1 ? (tables[0] as Table).path : `any of the ${tables.length} files`;
  for (const name of names) {
    if (known.has(name)) continue;
    const near = nearest(name, known);
    const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
    throw new RunError(`no column ${JSON.stringify(name)} in ${where}${hint}`);
  }
}

async function describeNatives(
  connection: DuckDBConnection,
  tables: readonly Table[],
  sources: readonly string[],
): Promise<ReadonlyMap<number, NativeFile>> {
  const natives = new Map<number, NativeFile>();
  for (const [file, table] of tables.entries()) {
    if (!isNative(table)) continue;
    natives.set(file, await describeNative(connection, table, file, sources[natives.size] as string));
  }
  return natives;
}

interface ColumnPlan {
  readonly column: SqlColumn;
  /** Indices of tables whose cells must be read anew, as text. */
  readonly asText: readonly number[];
  readonly notes: readonly string[];
}

async function planColumns(
  tables: readonly Table[],
  natives: ReadonlyMap<number, NativeFile>,
  names: readonly string[],
  tooWide: ReadonlySet<string>,
): Promise<ColumnPlan[]> {
  const plans: ColumnPlan[] = [];
  for (const [index, name] of names.entries()) {
    const seen = tables.map((table, file) => cellType(table, natives.get(file), name, tooWide));
    const lacking = tables.filter((_, file) => seen[file] === undefined);
    await leaveOutEmpty(tables, seen, name);
    const types = seen.filter((type) => type !== undefined);
    const merged = mergeTypes(types);
    const asText = isText(merged)
      ? tables.flatMap((table, file) => {
          const type = seen[file];
          const written = type === undefined || isText(type) || type.kind === 'bigint';
          return written || isNative(table) ? [] : [file];
        })
      : [];
    const notes = [
      describeLack(name, lacking, tables.length),
      describeDisagreement(name, tables, seen, merged),
      tooWide.has(name)
        ? `column ${JSON.stringify(name)} holds whole numbers of more than 38 digits; they are compared as text`
        : undefined,
    ].filter((note) => note !== undefined);
    plans.push({ column: { name, ref: `c${index}`, ...merged }, asText, notes });
  }
  return plans;
}

function cellType(
  table: Table,
  native: NativeFile | undefined,
  name: string,
  tooWide: ReadonlySet<string>,
): CellType | undefined {
  if (native !== undefined) {
    const column = native.columns.find((each) => each.name === name);
    return column === undefined ? undefined : { kind: column.kind, type: column.type };
  }
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined) return undefined;
  if (column.cellShape.length > 0) return { kind: 'other', type: 'VARCHAR' };
  const { kind } = column;
  return { kind, type: kind === 'bigint' && tooWide.has(name) ? 'VARCHAR' : typeOfKind(kind) };
}

/** A column without any value is text to its reader; beside files with values it has no say. */
async function leaveOutEmpty(
  tables: readonly Table[],
  seen: (CellType | undefined)[],
  name: string,
): Promise<void> {
  if (!seen.some((type) => type !== undefined && !isText(type))) return;
  for (const [file, table] of tables.entries()) {
    if (isNative(table) || seen[file]?.kind !== 'string') continue;
    if (!(await hasValue(table, name))) seen[file] = undefined;
  }
}

async function build(
  connection: DuckDBConnection,
  reopen: Reopen,
  name: string,
  tables: readonly Table[],
  natives: ReadonlyMap<number, NativeFile>,
  plans: readonly ColumnPlan[],
): Promise<SqlRelation> {
  const wanted = plans.map(({ column }) => column);
  const selects = selectNative([...natives.values()], wanted);
  let rows = 0;
  if (natives.size < tables.length || tables.length === 0) {
    const definitions = wanted.map(({ ref, type }) => `${ref} ${type}`);
    await connection.run(
      `CREATE TABLE ${name}_rows (${['file INTEGER', 'row BIGINT', ...definitions].join(', ')})`,
    );
    rows += await fill(connection, reopen, `${name}_rows`, tables, natives, plans);
    const refs = wanted.map(({ ref }) => `, ${ref}`).join('');
    selects.push(`SELECT file, row${refs} FROM ${name}_rows`);
  }
  await connection.run(`CREATE VIEW ${name} AS ${selects.join(' UNION ALL ')}`);
  for (const [file] of natives) rows += await (tables[file] as Table).countRows();
  await checkCount(connection, name, tables, rows);
  return {
    from: name,
    columns: new Map(wanted.map((column) => [column.name, column])),
    rows,
    notes: plans.flatMap(({ notes }) => notes),
  };
}

async function fill(
  connection: DuckDBConnection,
  reopen: Reopen,
  target: string,
  tables: readonly Table[],
  natives: ReadonlyMap<number, NativeFile>,
  plans: readonly ColumnPlan[],
): Promise<number> {
  const duck = await loadDuckDb();
  const appender = await connection.createAppender(target);
  let rows = 0;
  try {
    for (const [file, table] of tables.entries()) {
      if (natives.has(file)) continue;
      const texts = plans.filter(({ asText }) => asText.includes(file)).map(({ column }) => column.name);
      const opened = texts.length === 0 ? table : await reopen(table, texts);
      try {
        const own = new Set(opened.columns.map((column) => column.name));
        const wanted: Wanted[] = plans.map(({ column }) => column);
        const shapes = new Map(opened.columns.map((column) => [column.name, column.cellShape]));
        const names = wanted.flatMap((column) => (own.has(column.name) ? [column.name] : []));
        for await (const batch of opened.batches(names, batchRows)) {
          appendBatch(duck, appender, file, batch, wanted, shapes);
          rows += batch.rows;
        }
      } finally {
        if (opened !== table) await opened.close();
      }
    }
  } catch (error) {
    appender.clear();
    throw error;
  } finally {
    appender.closeSync();
  }
  return rows;
}

/** Parquet is read in place: its engine and this one must see the same file. */
async function checkCount(
  connection: DuckDBConnection,
  name: string,
  tables: readonly Table[],
  rows: number,
): Promise<void> {
  const [[count] = []] = (await connection.runAndReadAll(`SELECT count(*) FROM ${name}`)).getRows();
  if (Number(count) === rows) return;
  const paths = tables.map(({ path }) => path).join(', ');
  throw new RunError(`${paths}: ${tables.length === 1 ? 'the file' : 'a file'} changed while it was read`);
}
