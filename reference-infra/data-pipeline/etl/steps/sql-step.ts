/** A table from a SELECT over the tables before it. */

import { RunError } from '../../../../core/inputs/index.ts';
import type { Step } from '../config/types.ts';
import { type Engine, type EngineColumn, EngineError } from '../engine/engine.ts';
import { tablesOf, wordsOf } from '../engine/queries.ts';
import { ident } from '../engine/sql.ts';
import { keep, type RunContext } from '../run/context.ts';
import type { StepRecord, TableRecord } from '../run/records.ts';

type SqlStep = Extract<Step, { kind: 'sql' }>;

/** Types as they are once a table was written and read again: Parquet has no whole number of 128 bits, no ENUM. */
export function storedType(type: string): string {
  if (type === 'HUGEINT' || type === 'UHUGEINT') return 'BIGINT';
  if (type.startsWith('ENUM')) return 'VARCHAR';
  if (/^TIMESTAMP_(S|MS|NS)$/.test(type)) return 'TIMESTAMP';
  return type;
}

/** SELECT items that make each column what `storedType` says; sums of BIGINT are HUGEINT, and a double would round them. */
export function storedItems(columns: readonly EngineColumn[]): string {
  return columns
    .map(({ name, type }) => {
      const stored = storedType(type);
      return stored === type ? ident(name) : `CAST(${ident(name)} AS ${stored}) AS ${ident(name)}`;
    })
    .join(', ');
}

export async function runSqlStep(
  context: RunContext,
  step: SqlStep,
  tables: ReadonlyMap<string, TableRecord>,
): Promise<StepRecord> {
  const { engine, progress } = context;
  const { name } = step;
  const started = context.now();
  progress.begin(`step ${name}`);
  const ticking = setInterval(() => progress.tick(), 500);
  const query = `_query_${name}`;
  const target = `work/${name}.parquet`;
  let columns: readonly EngineColumn[];
  try {
    await engine.run(`CREATE VIEW ${query} AS ${step.sql.text}`);
    columns = await engine.describe(`SELECT * FROM ${query}`);
    await engine.run(
      `COPY (SELECT ${storedItems(columns)} FROM ${query}) TO ${engine.own(target)} (FORMAT parquet)`,
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Lines are those of the statement that it is part of here, and would mislead.
    throw new RunError(`${step.sql.shown}: ${wordsOf(error.message)}`, { cause: error });
  } finally {
    clearInterval(ticking);
  }
  const out = await engine.count(`SELECT count(*) FROM read_parquet(${engine.own(target)})`);
  const inputs = await inputsOf(engine, step, tables);
  progress.end(`${out.toLocaleString('en')} rows`);
  return {
    kind: 'table',
    table: 'sql',
    name,
    columns: columns.map((column) => ({ name: column.name, type: storedType(column.type) })),
    ...(await keep(context, target, `stage/${name}.parquet`)),
    rejected: null,
    seconds: context.now() - started,
    notes: [],
    inputs,
    rows: { in: Object.values(inputs).reduce((sum, rows) => sum + rows, 0), out, rejected: 0 },
  };
}

async function inputsOf(
  engine: Engine,
  step: SqlStep,
  tables: ReadonlyMap<string, TableRecord>,
): Promise<Record<string, number>> {
  const named = await tablesOf(engine, step.sql.text);
  return Object.fromEntries(
    [...tables].filter(([name]) => named.has(name)).map(([name, record]) => [name, record.rows.out]),
  );
}
