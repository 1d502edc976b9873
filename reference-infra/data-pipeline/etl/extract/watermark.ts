/**
 * Increments: which rows of a source no earlier run has taken.
 *
 * `>` alone would lose a row that comes late with the same value as the last run's highest; `>=` alone would take those
 * rows twice, and only a key could tell. So a run keeps the rows from the highest value on (with `lateness`, from that far
 * below it), and the next run takes what lies there and is not among them: rows are compared whole, and as often as they
 * occur, so neither a key nor an order is needed. A row that was changed and not moved up is another row, and is taken.
 *
 * The highest value is that of the rows that were accepted: one rejected row of the year 2999 would hide all that follow.
 */

import { RunError } from '../../../../core/inputs/index.ts';
import type { Source, Watermark } from '../config/types.ts';
import type { Engine, EngineColumn } from '../engine/engine.ts';
import { ident, text } from '../engine/sql.ts';

const ordered =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL\(.*\)|DATE|TIMESTAMP\w*|TIMESTAMP WITH TIME ZONE)$/;

/** Where the last run has come to. */
export interface Mark {
  /** The highest value, as the engine writes it. */
  readonly high: string;
  /** Absolute: rows of that value, and from `lateness` below it on. */
  readonly seen: string;
  /** Absolute: rows without a value, as `forgetKnown` writes them. */
  readonly unplaced: string;
}

/** @throws RunError for a column whose values have no order in time. */
export function requireOrdered(source: Source, columns: readonly EngineColumn[]): void {
  const { watermark } = source;
  const type = columns.find(({ name }) => name === watermark?.column)?.type;
  if (watermark === null || type === undefined || ordered.test(type)) return;
  throw new RunError(
    `pipeline.yaml:${source.line}: source ${source.name}: the watermark ${JSON.stringify(watermark.column)} is ${type}, ` +
      'whose order is that of letters; declare what it is under columns, such as TIMESTAMP or BIGINT',
  );
}

/** The lowest value at which rows may still come, as text. */
export async function boundOf(
  engine: Engine,
  { lateness }: Watermark,
  high: string,
  type: string,
): Promise<string> {
  if (lateness === null) return high;
  const less = /^[\d.]+$/.test(lateness) ? lateness : `INTERVAL ${text(lateness)}`;
  const [[value] = []] = await engine.rows(
    `SELECT CAST(CAST(CAST(${text(high)} AS ${type}) - ${less} AS ${type}) AS VARCHAR)`,
  );
  return String(value);
}

/** Makes a view of the rows that no earlier run has taken; gives its name. Rows without a value are among them. */
export async function freshRows(
  engine: Engine,
  source: Source,
  columns: readonly EngineColumn[],
  typed: string,
  mark: Mark | null,
): Promise<string> {
  const { watermark, name } = source;
  if (watermark === null || mark === null) return typed;
  const type = typeOf(columns, watermark);
  const bound = text(await boundOf(engine, watermark, mark.high, type));
  const value = ident(watermark.column);
  const same = columns.map((each) => `t.${ident(each.name)} IS NOT DISTINCT FROM s.${ident(each.name)}`);
  const all = columns.map((each) => `t.${ident(each.name)}`).join(', ');
  const taken = `_taken_${name}`;
  // Numbered among their likes, so that of three equal rows of which two were seen one is new.
  await engine.run(
    `CREATE TABLE ${taken} AS SELECT _file, _row FROM (
       SELECT t._file, t._row, s.times, row_number() OVER (PARTITION BY ${all} ORDER BY t._file, t._row) AS number
       FROM ${typed} t
       JOIN (SELECT *, count(*) AS times FROM read_parquet(${engine.reach(mark.seen)}) GROUP BY ALL) s ON ${same.join(' AND ')}
       WHERE t.${value} >= CAST(${bound} AS ${type}))
     WHERE number <= times`,
  );
  const view = `_fresh_${name}`;
  await engine.run(
    `CREATE VIEW ${view} AS SELECT * FROM ${typed} t WHERE t.${value} IS NULL OR (t.${value} >= CAST(${bound} AS ${type})
       AND NOT EXISTS (SELECT 1 FROM ${taken} k WHERE k._file = t._file AND k._row = t._row))`,
  );
  return view;
}

/**
 * The next run's mark.
 * @param accepted relation of the rows that were not set aside
 * @returns null when there is no value yet
 */
export async function nextHigh(
  engine: Engine,
  { column }: Watermark,
  type: string,
  accepted: string,
  last: Mark | null,
): Promise<string | null> {
  const before = last === null ? '' : ` UNION ALL SELECT CAST(${text(last.high)} AS ${type}) AS value`;
  const [[value = null] = []] = await engine.rows(
    `SELECT CAST(max(value) AS VARCHAR) FROM (SELECT max(${ident(column)}) AS value FROM ${accepted}${before})`,
  );
  return value === null ? null : String(value);
}

/** Writes the rows that the next run compares with; `fresh` has those that were set aside, too. */
export async function writeSeen(
  engine: Engine,
  watermark: Watermark,
  columns: readonly EngineColumn[],
  given: {
    readonly fresh: string;
    readonly high: string;
    readonly last: Mark | null;
    readonly target: string;
  },
): Promise<void> {
  const type = typeOf(columns, watermark);
  const bound = text(await boundOf(engine, watermark, given.high, type));
  const names = columns.map(({ name }) => ident(name)).join(', ');
  const from = (relation: string): string =>
    `SELECT ${names} FROM ${relation} WHERE ${ident(watermark.column)} >= CAST(${bound} AS ${type})`;
  const parts = [from(given.fresh)];
  if (given.last !== null) parts.push(from(`read_parquet(${engine.reach(given.last.seen)})`));
  await engine.run(`COPY (${parts.join(' UNION ALL ')}) TO ${engine.own(given.target)} (FORMAT parquet)`);
}

export function typeOf(columns: readonly EngineColumn[], { column }: Watermark): string {
  return columns.find(({ name }) => name === column)?.type ?? 'VARCHAR';
}
