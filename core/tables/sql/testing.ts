/** Helpers of the tests of this folder. */

import { afterAll, beforeAll } from 'vitest';
import { loadDuckDb } from '../../native/index.ts';
import { type OpenOptions, openTable } from '../open.ts';
import type { Table } from '../types.ts';
import { SqlEngine } from './engine.ts';
import type { SqlRelation, SqlRow } from './types.ts';

/** Writes the result of a query to a Parquet file, by an engine without locks. */
export async function writeParquet(path: string, sql: string, rowGroup = 2048): Promise<string> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

/** One engine for the tests of a file; tables are closed at its end. */
export function useEngine() {
  let engine: SqlEngine | undefined;
  const tables: Table[] = [];
  beforeAll(async () => {
    engine = await SqlEngine.open();
  });
  afterAll(async () => {
    await engine?.close();
    for (const table of tables) await table.close();
  });
  const get = (): SqlEngine => {
    if (engine === undefined) throw new Error('no engine');
    return engine;
  };
  const open = async (path: string, options: OpenOptions = {}): Promise<Table> => {
    const table = await openTable(path, options);
    tables.push(table);
    return table;
  };
  return {
    get,
    open,
    load: async (paths: readonly string[], columns: readonly string[]): Promise<SqlRelation> =>
      get().load(await Promise.all(paths.map((path) => open(path))), columns),
  };
}

/** `name: kind TYPE` of each column. */
export function columnsOf({ columns }: SqlRelation): string[] {
  return [...columns.values()].map(({ name, kind, type }) => `${name}: ${kind} ${type}`);
}

/** All rows in the order of the files: file, row, cells. */
export async function allRows(engine: SqlEngine, { from, columns }: SqlRelation): Promise<readonly SqlRow[]> {
  const refs = [...columns.values()].map(({ ref }) => `, ${ref}`).join('');
  return engine.rows(`SELECT file, row${refs} FROM ${from} ORDER BY file, row`);
}
