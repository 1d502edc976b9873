/** What a run writes down of itself: lines of its journal while it runs, from which its manifest is made at the end. */

import type { ParquetMode } from '../config/types.ts';
import type { EngineColumn } from '../engine/engine.ts';

export interface InputFile {
  readonly source: string;
  /** Relative to the folder of the data. */
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

export interface BeginRecord {
  readonly kind: 'begin';
  readonly version: 1;
  readonly runId: string;
  readonly pipeline: { readonly name: string; readonly digest: string };
  readonly inputs: readonly InputFile[];
  /** The run before, whose watermarks this one goes on from. */
  readonly parent: string | null;
  readonly startedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}

interface TableBase {
  readonly kind: 'table';
  readonly name: string;
  readonly columns: readonly EngineColumn[];
  /** In the run's folder. */
  readonly file: string;
  readonly digest: string;
  /** Rows that were set aside, in the run's folder; null: none were. */
  readonly rejected: { readonly file: string; readonly digest: string } | null;
  readonly seconds: number;
  readonly notes: readonly string[];
}

export interface SourceRecord extends TableBase {
  readonly table: 'source';
  readonly format: string;
  /** `read` = `earlier` + `rejected` + `out`; `earlier`: taken by an earlier run. */
  readonly rows: {
    readonly read: number;
    readonly earlier: number;
    readonly rejected: number;
    readonly out: number;
  };
  /** Of what PostgreSQL sent; null: of files, whose digests are with the inputs. */
  readonly exportDigest: string | null;
  readonly watermark: {
    readonly column: string;
    readonly type: string;
    /** Where the run before had come to; null: there was none. */
    readonly low: string | null;
    readonly high: string | null;
    /** In the run's folder; null while there is no value. */
    readonly seen: string | null;
    /** Rows without a value that were set aside, for the next run to know; as `seen`. */
    readonly unplaced: string | null;
  } | null;
}

export interface StepRecord extends TableBase {
  readonly table: 'sql' | 'validate';
  /** The tables that it reads, with their rows. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Of `validate`: `in` = `out` + `rejected`. Of `sql` `in` is all rows that it reads, and `rejected` 0. */
  readonly rows: { readonly in: number; readonly out: number; readonly rejected: number };
}

export type TableRecord = SourceRecord | StepRecord;

export interface OutputFile {
  /** Relative to the dataset's folder. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly digest: string;
  /** Values of the partition columns as text; null: missing. */
  readonly partition: Readonly<Record<string, string | null>>;
  /** The run that wrote it. */
  readonly runId: string;
}

/** `_dataset.json`: the files that are the dataset, and nothing else. */
export interface Dataset {
  readonly version: 1;
  readonly pipeline: string;
  readonly runId: string;
  readonly columns: readonly EngineColumn[];
  readonly partitionBy: readonly string[];
  readonly key: readonly string[];
  readonly rows: number;
  readonly files: readonly OutputFile[];
}

export type PublishRecord =
  | {
      readonly kind: 'publish';
      readonly sink: 'parquet';
      readonly mode: ParquetMode;
      /** Absolute. */
      readonly folder: string;
      /** As `pipeline.yaml` has it. */
      readonly shown: string;
      /** Rows of the run. */
      readonly rows: number;
      /** Rows of earlier runs that these replace. */
      readonly replaced: number;
      /** Files of the run's folder, by where they go. */
      readonly moves: Readonly<Record<string, string>>;
      /** Files that are no longer part of the dataset. */
      readonly removes: readonly string[];
      readonly dataset: Dataset;
    }
  | {
      readonly kind: 'publish';
      readonly sink: 'postgres';
      readonly table: string;
      readonly urlVariable: string;
      readonly rows: number;
    };

export type JournalRecord = BeginRecord | TableRecord | PublishRecord;

/** What is known of the output once it is there. */
export type OutputRecord =
  | {
      readonly format: 'parquet';
      readonly mode: ParquetMode;
      readonly path: string;
      readonly rows: number;
      readonly replaced: number;
      readonly totalRows: number;
      readonly columns: readonly EngineColumn[];
    }
  | {
      readonly format: 'postgres';
      readonly table: string;
      readonly rows: number;
      readonly inserted: number;
      readonly updated: number;
    };

export interface Manifest {
  readonly version: 1;
  readonly runId: string;
  readonly pipeline: BeginRecord['pipeline'];
  readonly parent: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly versions: BeginRecord['versions'];
  readonly inputs: readonly InputFile[];
  readonly sources: readonly Omit<SourceRecord, 'kind' | 'file'>[];
  readonly steps: readonly Omit<StepRecord, 'kind' | 'file'>[];
  readonly output: OutputRecord;
  /** All files of the dataset after the run, those of earlier runs among them; of PostgreSQL none. */
  readonly outputs: readonly OutputFile[];
}
