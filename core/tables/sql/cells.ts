/** What a cell is as a number or as a time, by the strict rules of the interface and not by the engine's lax casts. */

import { sqlText } from '../duck/start.ts';
import type { SqlColumn } from './types.ts';

/** RFC 8259, section 6. */
const jsonNumber = '-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?';

const clock = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?';
const day = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const offset = '([Zz]|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)';
const timestamp = `${day}([Tt ]${clock}${offset}?)?`;

/** Doubles hold this many digits of a decimal exactly: a DECIMAL of more is rounded once, through its text. */
const exactDigits = 15;

/**
 * SQL that gives the DOUBLE of a cell, NULL where it is missing or no number. Text is a number when it is a JSON
 * number that a double can hold (`1_000`, ` 41`, `+5`, `0x10`, `NaN`, `1e400` are none); booleans are 0 and 1; times
 * are NULL; NaN and infinities of a DOUBLE column stay.
 */
export function numberOf({ ref, kind, type }: SqlColumn): string {
  if (type === 'VARCHAR') {
    const value = `TRY_CAST(${ref} AS DOUBLE)`;
    return `CASE WHEN regexp_full_match(${ref}, ${sqlText(jsonNumber)}) AND isfinite(${value}) THEN ${value} END`;
  }
  if (kind === 'timestamp' || kind === 'date' || kind === 'time') return 'CAST(NULL AS DOUBLE)';
  return needsText(type) ? `CAST(CAST(${ref} AS VARCHAR) AS DOUBLE)` : `CAST(${ref} AS DOUBLE)`;
}

/** The engine's own cast of these rounds twice. */
function needsText(type: string): boolean {
  const width = /^DECIMAL\((\d+),/.exec(type)?.[1];
  return type === 'HUGEINT' || (width !== undefined && Number(width) > exactDigits);
}

/**
 * SQL that gives the TIMESTAMP of a cell in UTC, to the microsecond, NULL where it is missing or no time. Text is a
 * time when it is a date or a date with a time as ISO 8601 and RFC 3339 write them (`2024-02-29`,
 * `2024-02-29T12:00`, `2024-02-29 12:00:00.5+02:00`); days that no calendar has, `2024-1-1`, `24:00` and a leap
 * second are none. Without an offset it is read as UTC. Numbers are no times.
 */
export function timestampOf({ ref, kind, type }: SqlColumn): string {
  if (kind === 'timestamp' || kind === 'date') return `CAST(${ref} AS TIMESTAMP)`;
  if (type !== 'VARCHAR' || kind === 'bigint') return 'CAST(NULL AS TIMESTAMP)';
  // The cast of text to TIMESTAMP drops the offset, the one to TIMESTAMPTZ converts by it (the zone is UTC). It wants
  // capitals, seconds, and a colon in the offset.
  const withSeconds = `regexp_replace(upper(${ref}), '([ T][0-9]{2}:[0-9]{2})([Z+-]|$)', '\\1:00\\2')`;
  const full = `regexp_replace(${withSeconds}, '([+-][0-9]{2})([0-9]{2})$', '\\1:\\2')`;
  return `CASE WHEN regexp_full_match(${ref}, ${sqlText(timestamp)}) THEN CAST(TRY_CAST(${full} AS TIMESTAMPTZ) AS TIMESTAMP) END`;
}
