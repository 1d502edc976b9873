/** Columns and relations of the SQL engine. */

import type { ColumnKind } from '../types.ts';

/** Timestamps, dates and times of Parquet stay what they are; those of other formats are text. */
export type SqlKind = ColumnKind | 'timestamp' | 'date' | 'time';

export interface SqlColumn {
  readonly name: string;
  /** Identifier in queries: c0, c1, … */
  readonly ref: string;
  readonly kind: SqlKind;
  /** DuckDB's type, such as `BIGINT` or `DECIMAL(10,2)`. */
  readonly type: string;
}

export interface SqlRelation {
  /** FROM item: a name. It has the columns below, `file` (INTEGER, index into the tables) and `row` (BIGINT, from 0 in its file). */
  readonly from: string;
  /** By name, in the order in which they were asked for. */
  readonly columns: ReadonlyMap<string, SqlColumn>;
  readonly rows: number;
  /** What was decided where the files disagree, in words. */
  readonly notes: readonly string[];
}

/** Null, boolean, number (DOUBLE, FLOAT and integers of up to 32 bits), bigint (wider integers, so every `count(*)`), else text: decimals with all digits, timestamps and dates as DuckDB writes them. Lists are arrays. */
export type SqlValue = null | boolean | number | bigint | string | readonly SqlValue[];
export type SqlRow = readonly SqlValue[];
