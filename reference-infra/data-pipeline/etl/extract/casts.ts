/** Declared types: the SQL that gives a column its type, and that says which cells do not have it. */

import { ident, text } from '../engine/sql.ts';

/**
 * SQL of the cell in its type, NULL where the text is none. DuckDB's own cast rounds 12.7 to 13 and cuts digits off
 * decimals: what would change is none of the type.
 */
export function castTo(type: string, cell: string): string {
  const plain = `TRY_CAST(${cell} AS ${type})`;
  if (type === 'BIGINT' || type === 'INTEGER' || type === 'DECIMAL(38,0)') {
    const digits = `CAST(${cell} AS VARCHAR)`;
    const whole = `regexp_full_match(${digits}, '\\s*[+-]?[0-9]+(\\.0*)?\\s*')`;
    return `CASE WHEN ${whole} THEN TRY_CAST(regexp_replace(${digits}, '\\.0*\\s*$', '') AS ${type}) END`;
  }
  if (type.startsWith('DECIMAL')) {
    const exact = `TRY_CAST(${cell} AS DECIMAL(38,18)) IS NOT DISTINCT FROM TRY_CAST(${plain} AS DECIMAL(38,18))`;
    return `CASE WHEN ${exact} THEN ${plain} END`;
  }
  return plain;
}

export interface CastColumn {
  readonly name: string;
  /** Of the cell as it was read. */
  readonly cell: string;
  readonly stored: string;
  /** What it is to be. */
  readonly type: string;
}

/** SELECT items: the columns under their names, then `_bad`: JSON of the reasons, NULL for a row that has none. */
export function castItems(columns: readonly CastColumn[]): string {
  const items = columns.map(
    ({ name, cell, stored, type }) => `${stored === type ? cell : castTo(type, cell)} AS ${ident(name)}`,
  );
  const reasons = columns
    .filter(({ stored, type }) => stored !== type)
    .map(({ name, cell, type }) => {
      const shown = `concat(${text(`${name}: `)}, to_json(left(CAST(${cell} AS VARCHAR), 200)), ${text(` is no ${type} (type)`)})`;
      const reason = `{'column': ${text(name)}, 'rule': 'type', 'message': ${shown}}`;
      return `CASE WHEN ${cell} IS NOT NULL AND (${castTo(type, cell)}) IS NULL THEN ${reason} END`;
    });
  if (reasons.length === 0) return [...items, 'CAST(NULL AS VARCHAR) AS _bad'].join(', ');
  const found = `list_filter([${reasons.join(', ')}], lambda each: each IS NOT NULL)`;
  return [...items, `CASE WHEN len(${found}) > 0 THEN CAST(to_json(${found}) AS VARCHAR) END AS _bad`].join(
    ', ',
  );
}
