/** Opening a data file as a table. */

import { csvFile } from './csv/file.ts';
import type { CsvOptions } from './csv/options.ts';
import type { CellSink } from './csv/sink.ts';
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
  /** How CSV and TSV are written. When given, also empty, messages name the input `csv-options`. */
  readonly csv?: CsvOptions;
  /**
   * CSV rows with too many or too few fields, and JSONL lines that are no JSON object: an error that names the
   * line, or left out of rows, batches and counts, which is noted. They keep their row number.
   */
  readonly ragged?: 'error' | 'skip';
  /** Told of every cell of a CSV or TSV file while it is opened. */
  readonly sink?: CellSink;
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
  const ragged = options.ragged ?? 'error';
  const { sink } = options;
  switch (format) {
    case 'csv':
    case 'tsv':
      return openCsv(csvFile({ path, gzip, textColumns, notes, ragged, sink }, format, options.csv), format);
    case 'json':
    case 'jsonl':
      return openJson({ path, gzip, format, textColumns, notes, ragged });
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
