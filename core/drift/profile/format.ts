/** The file of a reference profile: JSON, one line a column; `profile.schema.json` is its schema. */

import type { ColumnFamily } from '../../tables/index.ts';
import type { SketchError } from '../sides.ts';

export const profileFormat = 'ml-gates-drift-profile';
export const profileVersion = 1;

export interface ProfileFile {
  readonly format: typeof profileFormat;
  readonly version: typeof profileVersion;
  readonly rows: number;
  /** What it was made of; of very many files one entry for their list. */
  readonly sources: readonly { readonly name: string; readonly sha256: string }[];
  readonly columns: readonly ProfileColumn[];
}

export interface ProfileColumn {
  readonly name: string;
  readonly family: ColumnFamily;
  readonly whole: boolean;
  /** Rows without a value, null, NaN and infinite. */
  readonly missing: number;
  readonly numbers?: NumberSketch;
  readonly categories?: CategorySketch;
}

/**
 * Some points of a distribution with exact counts: `between[i]` rows lie above `values[i - 1]` and below `values[i]`,
 * `at[i]` rows equal `values[i]`. The first and the last value are minimum and maximum.
 */
export interface NumberSketch {
  readonly values: readonly number[];
  readonly between: readonly number[];
  readonly at: readonly number[];
  /** Standard deviation of those numbers, divided by n; absent where it overflows. */
  readonly deviation?: number;
  /** Distances between the numbers as the sketch gives them and those that it was made of. */
  readonly error: SketchError;
}

export interface CategorySketch {
  /** The most frequent first; identifiers, free text, addresses and times keep none. */
  readonly counts: readonly (readonly [string, number])[];
  /** Rows in further categories. */
  readonly rest: number;
  /** Different categories, those of the rest included. */
  readonly distinct: number;
  /** Rows of the largest category in the rest, or more; absent where there is no rest. */
  readonly largest?: number;
  /** The values are dates or times. */
  readonly time: boolean;
  /** The values are e-mail addresses. */
  readonly addresses?: boolean;
}
