/** A CSV file and what is known of how it is written. */

import type { CsvOptions } from './options.ts';
import type { CellSink } from './sink.ts';

export interface CsvFile {
  readonly path: string;
  readonly gzip: boolean;
  /** Undefined: detected. */
  readonly delimiter: string | undefined;
  /** Byte around quoted fields; -1: no field is quoted. */
  readonly quote: number;
  /** False: the first line is data. */
  readonly header: boolean;
  readonly nulls: readonly string[];
  readonly encoding: string;
  /** Rows with too many or too few fields: an error, or left out. */
  readonly ragged: 'error' | 'skip';
  /** Whether the user has the input `csv-options`, so that messages may name it. */
  readonly hasOptions: boolean;
  readonly textColumns: ReadonlySet<string>;
  /** What was decided before, to stand first in the notes of the table. */
  readonly notes: readonly string[];
  readonly sink: CellSink | undefined;
}

/** As `CsvFile.quote`. */
export function quoteByte(options: CsvOptions | undefined): number {
  const quote = options?.quote === undefined ? '"' : options.quote;
  return quote === null ? -1 : quote.charCodeAt(0);
}

export function csvFile(
  base: Pick<CsvFile, 'path' | 'gzip' | 'textColumns' | 'notes' | 'ragged' | 'sink'>,
  format: 'csv' | 'tsv',
  options: CsvOptions | undefined,
): CsvFile {
  return {
    ...base,
    delimiter: options?.delimiter ?? (format === 'tsv' ? '\t' : undefined),
    quote: quoteByte(options),
    header: options?.header ?? true,
    nulls: options?.nulls ?? [],
    encoding: options?.encoding ?? 'utf-8',
    hasOptions: options !== undefined,
  };
}
