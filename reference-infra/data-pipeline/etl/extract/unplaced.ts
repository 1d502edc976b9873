/**
 * Rows that have no place among the watermarks, since they are broken or have no value there. They are set aside by the
 * first run that sees them; later runs know them by what they hold, or each of them would be reported for ever, and stop
 * an increment in which nothing is wrong.
 */

import type { Engine, EngineColumn } from '../engine/engine.ts';
import { jsonRow } from './set-aside.ts';

export interface UnplacedRows {
  readonly name: string;
  readonly columns: readonly EngineColumn[];
  /** Relation with the columns, `_file` and `_row`. */
  readonly from: string;
  /** Table with `_file`, `_row` and `_unplaced`. */
  readonly rejects: string;
  /** Absolute: what the last run has seen of them; null: nothing. */
  readonly seen: string | null;
}

/**
 * Takes those out of `rejects` that an earlier run has set aside, and writes all of them for the next run.
 * @param target in the run's folder
 * @returns how many were known
 */
export async function forgetKnown(engine: Engine, rows: UnplacedRows, target: string): Promise<number> {
  const { name, columns, from, rejects, seen } = rows;
  const keys = `_unplaced_${name}`;
  await engine.run(
    `CREATE TABLE ${keys} AS
       SELECT r._file, r._row, coalesce(l._text, CAST(${jsonRow(columns)} AS VARCHAR), '') AS key,
         row_number() OVER (PARTITION BY key ORDER BY r._file, r._row) AS number
       FROM ${rejects} r LEFT JOIN ${from} d ON d._file = r._file AND d._row = r._row
       LEFT JOIN _lines_${name} l ON l._file = r._file AND l._row = r._row
       WHERE r._unplaced`,
  );
  await engine.run(
    `COPY (SELECT key, count(*) AS times FROM ${keys} GROUP BY key ORDER BY key) TO ${engine.own(target)} (FORMAT parquet)`,
  );
  if (seen === null) return 0;
  const known = `SELECT u._file, u._row FROM ${keys} u JOIN read_parquet(${engine.reach(seen)}) s ON s.key = u.key WHERE u.number <= s.times`;
  const count = await engine.count(`SELECT count(*) FROM (${known})`);
  await engine.run(`DELETE FROM ${rejects} WHERE (_file, _row) IN (${known})`);
  return count;
}
