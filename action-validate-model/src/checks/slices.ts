/** Slices: the rows that share a value of one column, or of several crossed. */

import type { Coded } from '../predictions/codes.ts';
import { rowsByCode } from '../predictions/codes.ts';

export interface Slice {
  /** `region=EU` or `region=EU, sex=f`. */
  readonly name: string;
  readonly rows: Int32Array;
}

/** All slices of a column set that have rows, in the order in which they first appear. */
export function slicesOf(columns: readonly string[], groups: ReadonlyMap<string, Coded>): Slice[] {
  const crossed = columns
    .map((column) => named(column, groups))
    .reduce<Coded | null>((left, right) => (left === null ? right : cross(left, right)), null);
  if (crossed === null) return [];
  const rows = rowsByCode(crossed);
  return crossed.names.map((name, code) => ({ name, rows: rows[code] as Int32Array }));
}

/** Slices that can be judged, and those below the minimum size: listed apart. */
export function bySize(slices: readonly Slice[], minSliceSize: number): { large: Slice[]; small: Slice[] } {
  return {
    large: slices.filter(({ rows }) => rows.length >= minSliceSize),
    small: slices.filter(({ rows }) => rows.length < minSliceSize),
  };
}

/** The rows where every column has its value; empty when there are none. */
export function rowsWhere(
  wanted: readonly { readonly column: string; readonly value: string }[],
  groups: ReadonlyMap<string, Coded>,
): Int32Array {
  const tests = wanted.map(({ column, value }) => {
    const coded = groupOf(column, groups);
    return { codes: coded.codes, code: coded.names.indexOf(value) };
  });
  const rows: number[] = [];
  const total = tests[0]?.codes.length ?? 0;
  for (let row = 0; row < total; row++) {
    if (tests.every(({ codes, code }) => codes[row] === code)) rows.push(row);
  }
  return Int32Array.from(rows);
}

function named(column: string, groups: ReadonlyMap<string, Coded>): Coded {
  const coded = groupOf(column, groups);
  return { names: coded.names.map((value) => `${column}=${value}`), codes: coded.codes };
}

function groupOf(column: string, groups: ReadonlyMap<string, Coded>): Coded {
  const coded = groups.get(column);
  if (coded === undefined) throw new Error(`slice column ${column} was not read`);
  return coded;
}

function cross(left: Coded, right: Coded): Coded {
  const index = new Map<number, number>();
  const names: string[] = [];
  const codes = left.codes.map((code, row) => {
    const other = right.codes[row] as number;
    const key = code * right.names.length + other;
    const known = index.get(key);
    if (known !== undefined) return known;
    index.set(key, names.length);
    names.push(`${left.names[code]}, ${right.names[other]}`);
    return names.length - 1;
  });
  return { names, codes };
}
