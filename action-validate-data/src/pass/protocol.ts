/** What the main thread and the threads that judge rows say to each other. */

import type { CellColumn } from '../../../core/tables/cells/index.ts';
import type { ColumnState } from '../profile/column.ts';
import type { Value } from '../types.ts';

/** Given to a thread when it has started. */
export interface JudgeSetup {
  /** Text of the JSON Schema; null: there is none, rows are only read. */
  readonly schema: { readonly text: string; readonly shown: string } | null;
  /** Texts that are missing in CSV cells, beside the empty one. */
  readonly nulls: readonly string[];
}

/** A file as the threads must know it before its first block. */
export interface FileSetup {
  readonly file: number;
  readonly shown: string;
  readonly layout:
    | {
        readonly kind: 'csv';
        readonly columns: readonly string[];
        readonly delimiter: number;
        readonly quote: number;
      }
    | { readonly kind: 'json' }
    | {
        readonly kind: 'values';
        readonly columns: readonly string[];
        /** False: another way describes the columns, and rows that need not be judged are in no block. */
        readonly profiled: boolean;
      };
}

/** Whole records of one file. */
export type Block = {
  /** In the order of the data, over all files. */
  readonly id: number;
  readonly file: number;
} & (
  | {
      readonly kind: 'text';
      readonly bytes: ArrayBuffer;
      /** Bytes of the buffer that are the block's. */
      readonly length: number;
      /** Physical line of the first byte. */
      readonly line: number;
    }
  | {
      readonly kind: 'spans';
      readonly bytes: ArrayBuffer;
      readonly length: number;
      /** Each object of a JSON array: where it starts and ends in `bytes`, and its line. */
      readonly starts: Int32Array;
      readonly ends: Int32Array;
      readonly lines: Float64Array;
    }
  | {
      readonly kind: 'values';
      readonly rows: readonly Readonly<Record<string, unknown>>[];
      /** Number of each row in the file, from 0, where rows were left out; null: every row is in a block. */
      readonly numbers: Float64Array | null;
      /** By row of the block: digits of numbers that a double would change, by column. */
      readonly exact: ReadonlyMap<number, ReadonlyMap<string, string>>;
    }
  | {
      readonly kind: 'columns';
      readonly rows: number;
      /** In the order of the layout's. */
      readonly columns: readonly CellColumn[];
    }
);

export type ToJudge =
  | { readonly kind: 'setup'; readonly setup: JudgeSetup }
  | { readonly kind: 'file'; readonly setup: FileSetup }
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'finish' };

/** A violation as a thread knows it: rows count from 0 in the block, or in the file where the block numbers them. */
export interface Found {
  readonly row: number;
  readonly line: number | null;
  readonly column: string | null;
  readonly rule: string;
  readonly origin: 'schema' | 'structure';
  readonly value: Value;
  readonly message: string;
  readonly fingerprint: string;
  /** Only for the first few of each rule and column that the thread has seen. */
  readonly cells: readonly { readonly column: string; readonly text: string | null }[] | null;
}

/** Records of a block, broken ones included, 0 where it numbers them; and lines without anything on them. */
export interface BlockReading {
  readonly rows: number;
  readonly blankLines: number;
}

export type FromJudge =
  /** Violations of a block that is still at work, in the order of rows: so many do not wait for its end in memory. */
  | { readonly kind: 'found'; readonly id: number; readonly found: readonly Found[] }
  | {
      readonly kind: 'judged';
      readonly id: number;
      /** Records in the block, broken ones included; 0 where it numbers them. */
      readonly rows: number;
      /** In the order of rows, those that were sent before aside. */
      readonly found: readonly Found[];
      /** Row of the block, ascending, of each record that a rule over the table cannot read. */
      readonly broken: readonly number[];
      /** The block's memory, to be used again. */
      readonly bytes: ArrayBuffer | null;
      /** Lines without anything on them: skipped, and said so. */
      readonly blankLines: number;
    }
  | {
      readonly kind: 'finished';
      readonly columns: readonly (readonly [string, ColumnState])[];
      readonly columnsLeft: number;
    }
  /** The run cannot go on: a message for the user, or a defect of ours with its stack. */
  | { readonly kind: 'failed'; readonly message: string; readonly defect: string | null };
