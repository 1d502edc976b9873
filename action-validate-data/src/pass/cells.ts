/** Cells as reports show them. */

import { shorten } from '../../../core/report/index.ts';
import type { Example, Value } from '../types.ts';

const before = 2;
const most = 7;
const cellLimit = 80;
const valueLimit = 1000;
const itemLimit = 100;

/** The column with those beside it, in the order of the file; without a column the first ones. */
export function neighbours(
  columns: readonly string[],
  column: string | null,
  read: (column: string) => string | null,
): Example['cells'] {
  const place = column === null ? 0 : Math.max(0, columns.indexOf(column));
  const from = Math.max(0, Math.min(place - before, columns.length - most));
  const chosen = columns.slice(from, from + most);
  if (column !== null && !columns.includes(column)) chosen.push(column);
  return chosen.map((name) => {
    const text = read(name);
    return { column: name, text: text === null ? null : shorten(text, cellLimit) };
  });
}

/** A value for the violations file: long texts and lists are cut, and say so. */
export function shownValue(value: unknown, depth = 0): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return shorten(value.toWellFormed(), valueLimit);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || depth === 6) return shorten(String(value), valueLimit);
  if (Array.isArray(value)) return value.slice(0, itemLimit).map((item) => shownValue(item, depth + 1));
  const entries = Object.entries(value).slice(0, itemLimit);
  return Object.fromEntries(
    entries.map(([key, item]) => [shorten(key, valueLimit), shownValue(item, depth + 1)]),
  );
}
