/** Tables read a column at a time. */

import { makeScratch, removeScratch } from '../duck/scratch.ts';
import { openTable } from '../open.ts';
import { sniffFormat } from '../sniff.ts';
import type { Table } from '../types.ts';
import { openParquetColumns } from './parquet.ts';
import { type CollectedRows, type CollectOptions, type CollectRequest, collectRows } from './rows.ts';
import { StoredColumns } from './stored-columns.ts';
import type { ColumnReader } from './types.ts';

export { type CollectedRows, type CollectOptions, type CollectRequest, collectRows } from './rows.ts';
export * from './types.ts';

/**
 * Opens files as one table, by column name. Parquet is read where it stands, a column at a time; the rest by rows, once,
 * with numbers set aside in a temporary file (8 bytes each).
 * @param collect reads rows, perhaps in a thread. Default: here
 * @throws RunError as `openTable`
 */
export async function openColumns(
  paths: readonly string[],
  options: CollectOptions = {},
  collect: (request: CollectRequest) => Promise<CollectedRows> = collectRows,
): Promise<ColumnReader> {
  if (await areParquet(paths, options)) return await openParquet(paths, options);
  const folder = await makeScratch();
  try {
    return new StoredColumns(await collect({ paths, options, folder }), folder);
  } catch (error) {
    await removeScratch(folder);
    throw error;
  }
}

async function areParquet(paths: readonly string[], { format = 'auto' }: CollectOptions): Promise<boolean> {
  for (const path of paths) if ((await sniffFormat(path, format)).format !== 'parquet') return false;
  return true;
}

async function openParquet(paths: readonly string[], options: CollectOptions): Promise<ColumnReader> {
  const tables: Table[] = [];
  try {
    for (const path of paths) tables.push(await openTable(path, options));
    return await openParquetColumns(tables);
  } finally {
    for (const table of tables) await table.close();
  }
}
