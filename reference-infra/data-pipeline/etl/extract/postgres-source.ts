/** A table of PostgreSQL: copied out as CSV by the server, then read as Parquet. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PostgresSource, tableText } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import { ident, text } from '../engine/sql.ts';
import type { Database } from '../postgres/database.ts';
import { engineType, requireColumns, tableSql } from '../postgres/tables.ts';
import { castItems } from './casts.ts';
import { refuseReserved, requireDeclared } from './columns.ts';
import type { OpenedSource } from './types.ts';

export interface OpenedTable extends OpenedSource {
  /** SHA-256 of what the server sent; null before it was loaded. */
  readonly digest: () => string | null;
  /** The table as a file of the engine, once it was loaded: absolute. */
  readonly exported: string;
}

/**
 * @param folder for the table's copy; emptied by whoever made it
 * @param bound the lowest value of the watermark that is wanted, as text; null: all rows
 */
export async function openPostgres(
  engine: Engine,
  source: PostgresSource,
  types: ReadonlyMap<string, string>,
  given: { readonly database: Database; readonly folder: string; readonly bound: string | null },
): Promise<OpenedTable> {
  const where = `pipeline.yaml:${source.line}: source ${source.name}`;
  const stored = await requireColumns(given.database, source.table, where);
  const names = stored.map(({ name }) => name);
  refuseReserved(source, names);
  requireDeclared(source, names);
  const columns = stored.map(({ name, type }) => ({ name, type: types.get(name) ?? engineType(type) }));
  const exported = join(given.folder, `work/table-${source.name}.parquet`);
  let digest: string | null = null;
  return {
    files: [{ path: exported, shown: `table ${tableText(source.table)}` }],
    columns,
    notes: [],
    hasBroken: false,
    exported,
    digest: () => digest,
    load: async (onRows) => {
      const csv = `work/table-${source.name}.csv`;
      const options = `FORMAT csv, FORCE_QUOTE (${names.map(ident).join(', ')})`;
      const written = await given.database.copyOut(
        select(source, stored, given.bound),
        options,
        join(given.folder, csv),
      );
      digest = written.digest;
      await engine.run(
        `COPY (${readCsv(engine.own(csv), stored)}) TO ${engine.own(`work/table-${source.name}.parquet`)} (FORMAT parquet)`,
      );
      rmSync(join(given.folder, csv));
      const from = `read_parquet(${engine.own(`work/table-${source.name}.parquet`)}) AS t`;
      const items = castItems(
        stored.map(({ name, type }) => ({
          name,
          cell: `t.${ident(name)}`,
          stored: engineType(type),
          type: types.get(name) ?? engineType(type),
        })),
      );
      const view = `_typed_${source.name}`;
      await engine.run(
        `CREATE VIEW ${view} AS SELECT 0 AS _file, t.file_row_number AS _row, ${items} FROM ${from}`,
      );
      onRows(await engine.count(`SELECT count(*) FROM ${view}`));
      return view;
    },
    linesOf: async () => null,
    close: async () => {},
  };
}

/** The 1 in front: a row of one missing value would be an empty line, which readers skip. */
function select(
  { table, watermark }: PostgresSource,
  stored: readonly { readonly name: string; readonly type: string }[],
  bound: string | null,
): string {
  const items = stored.map(({ name }) => ident(name)).join(', ');
  const all = `SELECT 1, ${items} FROM ${tableSql(table)}`;
  if (bound === null || watermark === null) return all;
  const column = ident(watermark.column);
  const type = stored.find(({ name }) => name === watermark.column)?.type ?? 'text';
  return `${all} WHERE ${column} >= CAST(${text(bound)} AS ${type}) OR ${column} IS NULL`;
}

/** All that is not missing is quoted, so that an empty text and a missing one are told apart. */
function readCsv(file: string, stored: readonly { readonly name: string; readonly type: string }[]): string {
  const types = [
    `'_one': 'INTEGER'`,
    ...stored.map(({ name, type }) => `${text(name)}: ${text(engineType(type))}`),
  ];
  return (
    `SELECT * EXCLUDE (_one) FROM read_csv(${file}, columns = {${types.join(', ')}}, header = false, ` +
    `auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, parallel = false)`
  );
}
