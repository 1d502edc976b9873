/** Reading data files row by row, each row as a JSON value, as a JSON Schema sees it. */

import { csvFile } from './csv/file.ts';
import { csvRows } from './csv/rows.ts';
import { jsonRows } from './json/rows.ts';
import { npzRows } from './npz/rows.ts';
import type { OpenOptions } from './open.ts';
import { parquetRows } from './parquet-rows.ts';
import type { RowBatch } from './row-collector.ts';
import { sniffFormat } from './sniff.ts';

export type { JsonRow, RowBatch } from './row-collector.ts';

export interface RowOptions extends OpenOptions {
  /** CSV and TSV: every cell that is there stays text. */
  readonly text?: boolean;
}

/**
 * The rows in file order, in batches of some thousand; memory holds a window of the file.
 *
 * - CSV, TSV: numbers, booleans and text by the rule for cells; missing cells are absent keys.
 * - JSON, JSONL: as JSON.parse gives it; null stays null.
 * - Parquet, Arrow, NPZ: numbers (NaN and infinities as they are), booleans, text; lists are arrays; structs and
 *   maps are objects; null cells are absent keys, but null inside a list or struct. Timestamps are RFC 3339 in UTC
 *   (`2024-01-02T03:04:05.123Z`), also those without a time zone, for JSON Schema's `date-time` demands one; so are
 *   times of day (`03:04:05Z`). Dates are `2024-01-02`, bytes are base64, the rest is the reader's own text.
 *   Whole numbers and decimals that a double does not hold are rounded; their digits are in `exact`.
 *
 * One pass, so what is no table is found when the rows reach it: openTable looks first.
 * @throws RunError for what openTable refuses.
 */
export async function* readRows(path: string, options: RowOptions = {}): AsyncGenerator<RowBatch> {
  const { format, gzip } = await sniffFormat(path, options.format ?? 'auto');
  const base = {
    path,
    gzip,
    textColumns: new Set(options.textColumns ?? []),
    notes: [],
    ragged: options.ragged ?? 'error',
    sink: undefined,
  };
  switch (format) {
    case 'csv':
    case 'tsv':
      yield* csvRows(csvFile(base, format, options.csv), options.text ?? false);
      return;
    case 'json':
    case 'jsonl':
      yield* jsonRows({ ...base, format });
      return;
    case 'parquet':
      yield* parquetRows(path);
      return;
    case 'arrow': {
      // The library is large; other formats need not wait for it.
      const { arrowRows } = await import('./arrow/rows.ts');
      yield* arrowRows(path);
      return;
    }
    case 'npz':
      yield* npzRows(path);
  }
}
