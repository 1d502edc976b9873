/** The key of a sink: it must tell rows apart before any row is written. */

import { RunError } from '../../../../core/inputs/index.ts';
import type { Engine } from '../engine/engine.ts';
import { ident, idents } from '../engine/sql.ts';

/** @throws RunError for a key that is missing in a row, or that several rows have. */
export async function requireKeys(
  engine: Engine,
  from: string,
  table: string,
  key: readonly string[],
): Promise<void> {
  if (key.length === 0) return;
  const missing = key.map((column) => `${ident(column)} IS NULL`).join(' OR ');
  const without = await engine.count(`SELECT count(*) FROM ${from} WHERE ${missing}`);
  if (without > 0)
    throw new RunError(`sink: ${without} rows of ${table} have no value in the key ${key.join(', ')}`);
  const twice = `SELECT ${idents(key)}, count(*) AS times FROM ${from} GROUP BY ${idents(key)} HAVING count(*) > 1`;
  const keys = await engine.count(`SELECT count(*) FROM (${twice})`);
  if (keys === 0) return;
  const [first = []] = await engine.rows(`${twice} ORDER BY ${idents(key)} LIMIT 1`);
  const shown = key.map((column, index) => `${column} = ${JSON.stringify(first[index])}`).join(', ');
  throw new RunError(
    `sink: ${keys} keys stand in several rows of ${table}, first ${shown}; which of them is to stay? ` +
      `Say it in SQL, such as QUALIFY row_number() OVER (PARTITION BY ${key.join(', ')} ORDER BY …) = 1`,
  );
}
