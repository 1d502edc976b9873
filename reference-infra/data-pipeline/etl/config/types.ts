/** What a pipeline is, once `pipeline.yaml` has been read: nothing past here is a raw string. */

import type { CsvOptions } from '../../../../core/tables/index.ts';

export const fileFormats = ['csv', 'tsv', 'jsonl', 'json', 'parquet'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** How many rejected rows a run may go on with. */
export type Rejects =
  | { readonly kind: 'rows'; readonly most: number; readonly text: string }
  /** `most` is a share of the rows that were judged, 0 to 1. */
  | { readonly kind: 'share'; readonly most: number; readonly text: string };

/** A file of the pipeline's folder, as it is opened and as messages name it. */
export interface PipelineFile {
  /** Absolute. */
  readonly path: string;
  /** As it stands in `pipeline.yaml`. */
  readonly shown: string;
  readonly text: string;
}

export interface Watermark {
  readonly column: string;
  /**
   * How far below the highest value rows may still come: a number, or an interval such as `2 days`; null: only rows of
   * exactly the highest value are looked for again.
   */
  readonly lateness: string | null;
}

interface SourceBase {
  readonly name: string;
  /** Types that columns are given, by column; the values are checked names of DuckDB types. */
  readonly columns: ReadonlyMap<string, string>;
  /** Rows that it rejects are set aside; null: none. */
  readonly schema: PipelineFile | null;
  readonly maxRejected: Rejects;
  readonly watermark: Watermark | null;
  /** Whether the table has `_source_file` and `_source_row`. */
  readonly lineage: boolean;
  /** Line of `pipeline.yaml`. */
  readonly line: number;
}

export interface FileSource extends SourceBase {
  readonly kind: 'files';
  readonly format: FileFormat;
  /** Paths and patterns, relative to the pipeline's folder. */
  readonly paths: readonly string[];
  readonly csv: CsvOptions;
}

/** `name` or `schema.name`, as the database has them. */
export interface TableName {
  readonly schema: string | null;
  readonly table: string;
}

export interface PostgresSource extends SourceBase {
  readonly kind: 'postgres';
  readonly table: TableName;
  /** Name of the environment variable with the URL. */
  readonly urlVariable: string;
}

export type Source = FileSource | PostgresSource;

export type Step =
  | { readonly kind: 'sql'; readonly name: string; readonly sql: PipelineFile; readonly line: number }
  | {
      readonly kind: 'validate';
      readonly name: string;
      readonly schema: PipelineFile;
      /** The table that is judged: a source or an earlier step. */
      readonly input: string;
      readonly maxRejected: Rejects;
      readonly line: number;
    };

export type ParquetMode = 'replace' | 'append' | 'upsert';

export type Sink =
  | {
      readonly kind: 'parquet';
      /** Absolute folder. */
      readonly path: string;
      readonly shown: string;
      readonly input: string;
      readonly mode: ParquetMode;
      readonly partitionBy: readonly string[];
      /** Columns that say which rows are the same row; empty unless the mode is `upsert`. */
      readonly key: readonly string[];
      readonly line: number;
    }
  | {
      readonly kind: 'postgres';
      readonly table: TableName;
      readonly urlVariable: string;
      readonly input: string;
      readonly key: readonly string[];
      readonly line: number;
    };

export interface Pipeline {
  readonly name: string;
  /** Absolute folder that holds `pipeline.yaml`. */
  readonly folder: string;
  readonly sources: readonly Source[];
  readonly steps: readonly Step[];
  readonly sink: Sink;
  readonly limits: { readonly memoryMebibytes: number; readonly threads: number };
  /** SHA-256 over `pipeline.yaml`, the SQL files and the schemas. */
  readonly digest: string;
}

export function tableText({ schema, table }: TableName): string {
  return schema === null ? table : `${schema}.${table}`;
}
