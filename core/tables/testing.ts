/** Helpers of the tests of this folder. */

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { OpenOptions } from './open.ts';
import { openTable } from './open.ts';

/** A folder for the files of one test file; `write` returns the path. */
export function useFolder() {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tables-test-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));
  return {
    path: (name: string): string => join(folder, name),
    write: async (name: string, content: string | Uint8Array): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}

/** The names that some work leaves in the folder for temporary files, which is one of its own: other tests use theirs. */
export async function leftBehind(work: () => Promise<void>): Promise<string[]> {
  const own = await mkdtemp(join(tmpdir(), 'tables-test-'));
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = own;
  try {
    await work();
    return await readdir(own);
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    await rm(own, { recursive: true });
  }
}

export interface ReadTable {
  readonly format: string;
  /** `name: kind`, with the cell's shape where it has one. */
  readonly columns: readonly string[];
  readonly notes: readonly string[];
  /** Cells by column; null where missing. */
  readonly cells: Readonly<Record<string, readonly unknown[]>>;
  readonly rows: number;
  /** Where each row stands, without the folder. */
  readonly places: readonly string[];
}

/** Reads the whole table in batches of two rows. */
export async function readAll(path: string, options: OpenOptions = {}): Promise<ReadTable> {
  const table = await openTable(path, options);
  try {
    const cells = new Map<string, unknown[]>(table.columns.map(({ name }) => [name, []]));
    const names = [...cells.keys()];
    const numbers: number[] = [];
    for await (const batch of table.batches(names, 2)) {
      for (let row = 0; row < batch.rows; row += 1)
        numbers.push(batch.rowNumbers?.[row] ?? batch.firstRow + row);
      for (const [name, column] of batch.columns) {
        const size = column.values.length / batch.rows;
        for (let row = 0; row < batch.rows; row += 1) {
          const missing = column.kind === 'numeric' && column.missing?.[row] === 1;
          const value: unknown =
            size === 1
              ? column.values[row]
              : Array.from(column.values as ArrayLike<unknown>).slice(row * size, (row + 1) * size);
          cells.get(name)?.push(missing ? null : value);
        }
      }
    }
    const rows = await table.countRows();
    const places = await Promise.all(numbers.map((row) => table.locate(row)));
    return {
      format: table.format,
      columns: table.columns.map(({ name, kind, cellShape }) =>
        cellShape.length === 0 ? `${name}: ${kind}` : `${name}: ${kind}[${cellShape}]`,
      ),
      notes: table.notes,
      cells: Object.fromEntries(cells),
      rows,
      places: places.map((place) => place.slice(place.lastIndexOf('/') + 1)),
    };
  } finally {
    await table.close();
  }
}
