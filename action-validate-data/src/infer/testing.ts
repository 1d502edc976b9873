/** For the tests of this folder: rows made from a fixed seed, and schemas of them. */

import { inferSchema } from './infer-schema.ts';
import type { RowSource } from './types.ts';

type Row = Readonly<Record<string, unknown>>;

export function textSource(rows: readonly Row[], columns?: readonly string[]): RowSource {
  return {
    cells: 'text',
    columns: columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))],
    batches: batchesOf(rows),
  };
}

export function valueSource(rows: readonly Row[], columns: readonly string[] | null = null): RowSource {
  return { cells: 'values', columns, batches: batchesOf(rows) };
}

async function* batchesOf(rows: readonly Row[]) {
  for (let from = 0; from < rows.length; from += 100) yield { rows: rows.slice(from, from + 100) };
}

/** What is said of a single column of such cells or values; undefined is a missing one. */
export async function columnOf(source: typeof textSource, name: string, values: readonly unknown[]) {
  const rows = values.map((value) => (value === undefined ? {} : { [name]: value }));
  const { schema, notes } = await inferSchema([source(rows, [name])], { title: 'test' });
  const properties = schema.properties as Record<string, object>;
  return { column: properties[name], notes };
}

/** A number from 0 to below 1 for each call, the same in every run (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
