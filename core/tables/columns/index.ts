/** Tables read a column at a time. */

import type { CsvOptions } from '../csv/options.ts';
import { openTable } from '../open.ts';
import type { Table, TableFormat } from '../types.ts';
import { openParquetColumns } from './parquet.ts';
import { openRowColumns } from './rows.ts';
import type { ColumnReader } from './types.ts';

export * from './types.ts';

export interface ColumnsOptions {
  readonly format?: TableFormat | 'auto';
  readonly csv?: CsvOptions;
}

/**
 * Opens files as one table, by column name. Parquet is read where it stands, a column at a time; the rest in one pass
 * here, with numbers set aside in a temporary file (8 bytes each).
 * @throws RunError as `openTable`
 */
export async function openColumns(
  paths: readonly string[],
  options: ColumnsOptions = {},
): Promise<ColumnReader> {
  const { format = 'auto', csv } = options;
  const common = { format, ...(csv === undefined ? {} : { csv }) };
  const tables: Table[] = [];
  try {
    for (const path of paths) tables.push(await openTable(path, common));
    if (tables.every((table) => table.format === 'parquet')) return await openParquetColumns(tables);
    return await openRowColumns(tables, (table, textColumns) =>
      openTable(table.path, { ...common, format: table.format, textColumns }),
    );
  } finally {
    for (const table of tables) await table.close();
  }
}
