/** Opening a data file as a table. */

import { openCsv } from './csv/table.ts';
import { openParquet } from './duck/parquet.ts';
import { openJson } from './json/table.ts';
import { openNpz } from './npz/table.ts';
import { sniffFormat } from './sniff.ts';
import type { Table, TableFormat } from './types.ts';

export interface OpenOptions {
  /** Default `auto`: by content and name. */
  readonly format?: TableFormat | 'auto';
  /** Columns read as text whatever they look like, such as ids and labels; names that do not exist are ignored. */
  readonly textColumns?: readonly string[];
}

/**
 * Opens a data file: CSV, TSV, JSONL and JSON (each also as .gz), Parquet, Arrow (file and stream), NPZ. Text
 * files are read once in full here, so that structure, kinds and row count are certain before the first batch.
 * @throws RunError for a file that is missing, damaged, no table, or of another format than its name says.
 */
export async function openTable(path: string, options: OpenOptions = {}): Promise<Table> {
  const { format, gzip, note } = await sniffFormat(path, options.format ?? 'auto');
  const textColumns = new Set(options.textColumns ?? []);
  const notes = note === undefined ? [] : [note];
  if (gzip && !/\.gz$/i.test(path)) notes.push('unpacked from gzip, though the name does not say so');
  switch (format) {
    case 'csv':
      return openCsv({ path, gzip, delimiter: undefined, textColumns, notes }, format);
    case 'tsv':
      return openCsv({ path, gzip, delimiter: '\t', textColumns, notes }, format);
    case 'json':
    case 'jsonl':
      return openJson({ path, gzip, format, textColumns, notes });
    case 'parquet':
      return openParquet(path, textColumns);
    case 'arrow': {
      // The library is large; other formats need not wait for it.
      const { openArrow } = await import('./arrow/table.ts');
      return openArrow(path, textColumns);
    }
    case 'npz':
      return openNpz(path, textColumns);
  }
}
