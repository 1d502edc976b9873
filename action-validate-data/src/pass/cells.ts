/** Cells as reports show them. */

import { shorten } from '../../../core/report/index.ts';
import type { Example, Value } from '../types.ts';

const before = 2;
const most = 7;
const cellLimit = 80;
const valueLimit = 1000;
/** Items and members of a value in all, however deep. */
const itemLimit = 100;
const deepestShown = 6;

/**
 * The column with those beside it, in the order of the file; without a column the first ones. `at`: its place among the
 * columns, -1 when it is none of them.
 */
export function neighbours(
  columns: readonly string[],
  column: string | null,
  at: number,
  read: (column: string) => string | null,
): Example['cells'] {
  const place = Math.max(0, at);
  const from = Math.max(0, Math.min(place - before, columns.length - most));
  const chosen = columns.slice(from, from + most);
  if (column !== null && at === -1) chosen.push(column);
  return chosen.map((name) => {
    const text = read(name);
    return { column: shownColumn(name), text: text === null ? null : shorten(text, cellLimit) };
  });
}

/** Longest name of a column in violations and profiles. */
const nameLimit = 1000;

/** The name of a column as reports and the violations file have it: as it is, but for a hostile length. */
export function shownColumn(name: string): string {
  // Cut as short as reports cut, which then leave it alone.
  return name.length <= nameLimit ? name : shorten(name, 60);
}

/** A value for the violations file: long texts and lists are cut, and say so. */
export function shownValue(value: unknown): Value {
  return new Shortened().value(value, 0);
}

/** A value cut to some hundred items and a thousand characters. */
class Shortened {
  private items = itemLimit;
  private characters = valueLimit;

  value(value: unknown, depth: number): Value {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'boolean') return value;
    if (typeof value !== 'object') return this.text(String(value));
    if (depth === deepestShown) return Array.isArray(value) ? '[…]' : '{…}';
    return Array.isArray(value) ? this.list(value, depth) : this.object(value, depth);
  }

  private text(text: string): string {
    const limit = Math.max(cellLimit, this.characters);
    const shown = shorten(text.toWellFormed(), limit);
    this.characters -= shown.length;
    return shown;
  }

  private list(list: readonly unknown[], depth: number): Value {
    const shown: Value[] = [];
    for (const item of list) {
      if (this.items === 0) return [...shown, `… ${list.length - shown.length} more`];
      this.items -= 1;
      shown.push(this.value(item, depth + 1));
    }
    return shown;
  }

  private object(object: object, depth: number): Value {
    const shown: [string, Value][] = [];
    const entries = Object.entries(object);
    for (const [key, item] of entries) {
      if (this.items === 0) {
        shown.push(['…', `${entries.length - shown.length} more`]);
        break;
      }
      this.items -= 1;
      shown.push([this.text(key), this.value(item, depth + 1)]);
    }
    return Object.fromEntries(shown);
  }
}
