/** A table is a thing with columns, types and rows, whatever file it came from. */

export const tableFormats = ['csv', 'tsv', 'jsonl', 'json', 'parquet', 'arrow', 'npz'] as const;
export type TableFormat = (typeof tableFormats)[number];

/**
 * `integer`: whole numbers that a double holds exactly; `bigint`: whole numbers beyond 2^53, kept digit by digit
 * as strings; `number`: doubles; `boolean`; `string`; `other`: anything else, as text.
 */
export type ColumnKind = 'number' | 'integer' | 'bigint' | 'boolean' | 'string' | 'other';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Shape of one cell: [] for a scalar, [3, 32, 32] for an NPZ array of images, [8] for a fixed-size list. */
  readonly cellShape: readonly number[];
}

/** A value as JSON has it; numbers may be NaN or infinite where a file holds such. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Some rows of some columns. Rows are numbered as they stand in the file, from 0, those left out included. */
export interface Batch {
  readonly firstRow: number;
  /** Number of each row, where some between them were left out (`ragged: 'skip'`); null: they are consecutive. */
  readonly rowNumbers?: Float64Array | null;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnBatch>;
}

export type ColumnBatch =
  /** number, integer, boolean (0 or 1). Length rows x product of cellShape. A missing cell is NaN and has its bit in `missing`. */
  | {
      readonly kind: 'numeric';
      readonly values: Float64Array /** 1 where missing; null: none is */;
      readonly missing: Uint8Array | null;
    }
  /** string, bigint, other: text; null where missing. */
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

export interface Table {
  readonly path: string;
  readonly format: TableFormat;
  readonly columns: readonly Column[];
  /** What the reader had to guess or decide (delimiter, header, types), in words. */
  readonly notes: readonly string[];
  /** Rows that the batches give. */
  countRows(): Promise<number>;
  /** Rows in file order, streamed: memory holds a few batches, not the table. */
  batches(columns: readonly string[], batchSize: number): AsyncIterable<Batch>;
  /** Where a row stands in the file, for messages: `data.csv:934`; row from 0. */
  locate(row: number): Promise<string>;
  /**
   * Physical line, from 1, on which each of the rows starts, found in one pass; null for formats without lines.
   * `rows`: from 0, ascending. @throws RangeError for a row that is not there.
   */
  locateRows(rows: Float64Array): Promise<{ readonly lines: Float64Array } | null>;
  /** First row of each Parquet row group or Arrow record batch, from 0; null for other formats. */
  rowGroups(): Promise<Float64Array | null>;
  close(): Promise<void>;
}
