/**
 * The sink of a table of PostgreSQL: all rows of a run and its line in the ledger in one transaction. A run that is killed
 * before the commit has written nothing; one that is killed after it finds its line.
 */

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../../../core/gate/index.ts';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import { type Sink, tableText } from '../config/types.ts';
import type { EngineColumn } from '../engine/engine.ts';
import { ident, idents } from '../engine/sql.ts';
import type { Database } from '../postgres/database.ts';
import { columnsOf, postgresType, tableSql } from '../postgres/tables.ts';
import type { RunContext } from '../run/context.ts';
import type { OutputRecord, TableRecord } from '../run/records.ts';
import { requireKeys } from './keys.ts';

type PostgresSink = Extract<Sink, { kind: 'postgres' }>;
type PostgresOutput = Extract<OutputRecord, { format: 'postgres' }>;

export const ledgerTable = 'data_pipeline_runs';

/** "data-pipeline", its first letters: runs of several pipelines take turns to make the ledger. */
const lockKey = 0x64_61_74_61_70_69;

/** @throws RunError for columns that the table has not, or of a type that it cannot have. Before any work. */
export async function checkPostgres(
  database: Database,
  sink: PostgresSink,
  columns: readonly EngineColumn[],
): Promise<void> {
  const table = quote(tableText(sink.table));
  const there = await columnsOf(database, sink.table);
  const names = there?.map(({ name }) => name) ?? [];
  for (const { name, type } of columns) {
    if (there === null && postgresType(type) === null)
      throw new RunError(
        `sink: column ${quote(name)} is ${type}, for which PostgreSQL has no type; cast it to VARCHAR or JSON in SQL`,
      );
    if (there === null || names.includes(name)) continue;
    const near = nearest(name, names);
    const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
    throw new RunError(`sink: table ${table} has no column ${quote(name)}${hint}`);
  }
  if (there !== null && !(await hasUniqueKey(database, sink)))
    throw new RunError(
      `sink: table ${table} has no unique index on ${sink.key.join(', ')}, by which rows could be told apart; ` +
        `CREATE UNIQUE INDEX ON ${tableSql(sink.table)} (${idents(sink.key)})`,
    );
}

async function hasUniqueKey(database: Database, { table, key }: PostgresSink): Promise<boolean> {
  const rows = await database.query(
    `SELECT array_agg(a.attname::text ORDER BY a.attname::text) AS names
     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
     GROUP BY i.indexrelid`,
    [tableSql(table)],
  );
  const wanted = JSON.stringify([...key].sort());
  return rows.some(({ names }) => Array.isArray(names) && JSON.stringify([...names].sort()) === wanted);
}

/** What the ledger says of a run; null: it has not been committed. */
export async function findInLedger(
  database: Database,
  pipeline: string,
  runId: string,
  table: string,
): Promise<PostgresOutput | null> {
  const [found] = await database.query('SELECT to_regclass($1) IS NOT NULL AS found', [ledgerTable]);
  if (found?.found !== true) return null;
  const [row] = await database.query(
    `SELECT row_count, inserted, updated FROM ${ledgerTable} WHERE pipeline = $1 AND run_id = $2 AND target = $3`,
    [pipeline, runId, table],
  );
  if (row === undefined) return null;
  return {
    format: 'postgres',
    table,
    rows: Number(row.row_count),
    inserted: Number(row.inserted),
    updated: Number(row.updated),
  };
}

export async function loadPostgres(
  context: RunContext,
  sink: PostgresSink,
  input: TableRecord,
  columns: readonly EngineColumn[],
): Promise<PostgresOutput> {
  const { engine, folder, progress, pipeline, runId, durable } = context;
  const table = tableText(sink.table);
  const database = await context.database(sink.urlVariable);
  const done = await findInLedger(database, pipeline.name, runId, table);
  if (done !== null) return done;
  progress.begin(`sink ${table}`, input.rows.out);
  const names = columns.map(({ name }) => name);
  const file = 'work/load.csv';
  await engine.run(
    `COPY (SELECT ${idents(names)} FROM read_parquet(${engine.own(input.file)})) TO ${engine.own(file)} (FORMAT csv, HEADER false, FORCE_QUOTE *)`,
  );
  const path = join(folder, file);
  const bytesOfRow = Math.max(1, statSync(path).size / Math.max(1, input.rows.out));
  durable.point('before the transaction');
  const output = await database.transaction(async (): Promise<PostgresOutput> => {
    await makeTables(database, sink, columns);
    await database.query(
      `CREATE TEMPORARY TABLE _pipeline_rows ON COMMIT DROP AS SELECT ${idents(names)} FROM ${tableSql(sink.table)} WITH NO DATA`,
    );
    const target = `_pipeline_rows (${idents(names)})`;
    await database.copyIn(target, 'FORMAT csv', path, (bytes) => progress.add(bytes / bytesOfRow));
    durable.point('rows are copied');
    const [said] = await database.query(upsert(sink, names));
    const [inserted, updated] = [Number(said?.inserted), Number(said?.updated)];
    if (inserted + updated !== input.rows.out) {
      throw new Error(`${input.rows.out} rows were to be written, ${inserted} and ${updated} were`);
    }
    await database.query(
      `INSERT INTO ${ledgerTable} (pipeline, run_id, target, row_count, inserted, updated) VALUES ($1, $2, $3, $4, $5, $6)`,
      [pipeline.name, runId, table, input.rows.out, inserted, updated],
    );
    durable.point('before the commit');
    return { format: 'postgres', table, rows: input.rows.out, inserted, updated };
  });
  durable.point('after the commit');
  rmSync(path, { force: true });
  progress.end(
    `${output.inserted.toLocaleString('en')} rows new, ${output.updated.toLocaleString('en')} updated`,
  );
  return output;
}

/** Makes the keys of the run certain, before the transaction. */
export async function checkKeys(context: RunContext, sink: PostgresSink, input: TableRecord): Promise<void> {
  const { engine } = context;
  await requireKeys(engine, `read_parquet(${engine.own(input.file)})`, sink.input, sink.key);
}

async function makeTables(
  database: Database,
  sink: PostgresSink,
  columns: readonly EngineColumn[],
): Promise<void> {
  await database.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
  const [ledger] = await database.query('SELECT to_regclass($1) IS NOT NULL AS found', [ledgerTable]);
  if (ledger?.found !== true) {
    await database.query(
      `CREATE TABLE ${ledgerTable} (pipeline text, run_id text, target text, row_count bigint NOT NULL,
         inserted bigint NOT NULL, updated bigint NOT NULL, committed_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (pipeline, run_id, target))`,
    );
  }
  if ((await columnsOf(database, sink.table)) !== null) return;
  const defined = columns.map(({ name, type }) => `${ident(name)} ${postgresType(type)}`);
  await database.query(
    `CREATE TABLE ${tableSql(sink.table)} (${defined.join(', ')}, PRIMARY KEY (${idents(sink.key)}))`,
  );
}

/** `xmax` is 0 in a row that this statement has inserted, and the updating transaction's in one that was there. */
function upsert({ table, key }: PostgresSink, names: readonly string[]): string {
  const others = names.filter((name) => !key.includes(name));
  const set = (others.length > 0 ? others : key).map((name) => `${ident(name)} = EXCLUDED.${ident(name)}`);
  return (
    `WITH written AS (INSERT INTO ${tableSql(table)} (${idents(names)}) SELECT ${idents(names)} FROM _pipeline_rows ` +
    `ON CONFLICT (${idents(key)}) DO UPDATE SET ${set.join(', ')} RETURNING (xmax = 0) AS is_new) ` +
    'SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated FROM written'
  );
}
