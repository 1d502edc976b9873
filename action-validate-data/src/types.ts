/** The few types that the data gate is built from: files -> pass over the rows, rules over the table -> details. */

import type { ColumnDrift } from '../../core/drift/types.ts';

/** A value as JSON has it; numbers may be NaN or infinite where a file holds such. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** One bad cell, or one bad row: a line of the violations file. */
export interface Violation {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** Physical line from 1 where the row starts; null where the format has none. */
  readonly line: number | null;
  /** From 1 in its file; the header is no row. */
  readonly row: number;
  /** Parquet and Arrow: the row group or record batch, from 0. */
  readonly row_group?: number;
  /** Null: the row as a whole. */
  readonly column: string | null;
  /** The schema keyword (`minimum`), or the rule (`unique(id)`), or how a row is broken (`fields`, `json`). */
  readonly rule: string;
  /** Texts are cut at 1,000 characters; whole numbers that a double would change are texts of their digits. */
  readonly value: Value;
  /** `age: -3 is less than 0 (minimum)` */
  readonly message: string;
  /** 32 hexadecimal digits of the rule and the row's content, not of its place: the same after a line is inserted. */
  readonly fingerprint: string;
}

/** A violation with the row around it, for reports. */
export interface Example extends Violation {
  /** The bad cell with its neighbours in the order of the file, as text cut at 80 characters; null: missing. */
  readonly cells: readonly { readonly column: string; readonly text: string | null }[];
}

/** All violations of one rule on one column: what annotations, JUnit and the report speak of. */
export interface ViolationGroup {
  readonly column: string | null;
  readonly rule: string;
  /** Schema keywords: `schema`; rules of the `rules` input: `rule`; broken rows: `structure`. */
  readonly origin: 'schema' | 'rule' | 'structure';
  /** `warn` when only `warn:` rules found it. */
  readonly severity: 'fail' | 'warn';
  readonly rows: number;
  /** The first few in file order, at least one. */
  readonly examples: readonly Example[];
}

/** What the values of a column look like. */
export interface ColumnProfile {
  readonly name: string;
  /** What the data hold: `integer`, `number`, `boolean`, `string`, `array`, `object`, `timestamp`, `mixed`, `empty`. */
  readonly type: string;
  /** What the schema says, in words: `integer`, `string or null`; null: nothing. */
  readonly declared: string | null;
  readonly rows: number;
  readonly missing: number;
  /** Different values among those present; `exact: false` is an estimate with some 2% error. */
  readonly distinct: { readonly count: number; readonly exact: boolean };
  /** Of the numbers in the column; null where there are none. */
  readonly numbers: {
    readonly count: number;
    readonly minimum: number;
    readonly maximum: number;
    readonly mean: number;
    readonly stddev: number;
  } | null;
  /** Of the texts in the column, in characters; null where there are none. */
  readonly lengths: { readonly shortest: number; readonly longest: number } | null;
  /** Numbers in equal bins from minimum to maximum; `sampled` when counted on a part of the rows. */
  readonly histogram: {
    readonly low: number;
    readonly high: number;
    readonly counts: readonly number[];
    readonly sampled: boolean;
  } | null;
  /** The most frequent values where few recur, most frequent first; null where they do not. */
  readonly top: readonly { readonly value: string; readonly count: number }[] | null;
  /** Rows with a violation in this column. */
  readonly violations: number;
}

/** One data file as it was read. */
export interface FileSummary {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly format: string;
  readonly rows: number;
  /** 0 for JSON, whose rows have keys of their own. */
  readonly columns: number;
  readonly bytes: number;
  /** What the reader had to guess or decide, in words. */
  readonly notes: readonly string[];
}

/** `details` of the result document. */
export interface DataDetails {
  /** Each column against `reference-path`; null: none was given. */
  readonly drift: readonly ColumnDrift[] | null;
  readonly mode: 'validate' | 'infer';
  readonly files: readonly FileSummary[];
  readonly rows: number;
  /** Rows with at least one violation. */
  readonly invalidRows: number;
  readonly schema: {
    /** Relative to the workspace. */
    readonly path: string;
    readonly draft: '2020-12' | '2019-09' | 'draft-07';
    /** Rows that it rejects; those that are broken count as rejected. */
    readonly rejectedRows: number;
  } | null;
  readonly violations: {
    readonly total: number;
    /** Most rows first, at most `groupLimit`. */
    readonly groups: readonly ViolationGroup[];
    readonly groupsLeft: number;
  };
  /** In file order, at most `profileLimit`. */
  readonly columns: readonly ColumnProfile[];
  readonly columnsLeft: number;
  /** Files beside the document, relative to the workspace; null: not written. */
  readonly written: {
    readonly violations: string | null;
    readonly sarif: string | null;
    readonly junit: string | null;
    /** Of `mode: infer`. */
    readonly schema: string | null;
  };
}

export const groupLimit = 200;
export const profileLimit = 500;
export const examplesPerGroup = 5;
