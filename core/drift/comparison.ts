/** What comparing the two sides of a column gives, before anything is judged over all columns. Plain data. */

import type { ColumnKind, DriftMethod, DriftShape } from './types.ts';

export interface Comparison {
  readonly kind: ColumnKind;
  readonly method: DriftMethod | null;
  readonly unjudged: string | null;
  readonly value: number | null;
  readonly noiseFloor: number | null;
  readonly effect: number | null;
  /** The bound on the effect unless the user gives one. */
  readonly usualLimit: number | null;
  readonly test: { readonly name: string; readonly statistic: number; readonly p: number } | null;
  /** What a profile leaves open; null: nothing. */
  readonly open: {
    readonly effect: readonly [number, number];
    readonly p: readonly [number, number];
  } | null;
  readonly n: number;
  readonly m: number;
  readonly categories: CategoryChanges | null;
  readonly shape: DriftShape | null;
  readonly facts: Facts;
}

export interface CategoryChanges {
  /** All, the most frequent first; the lists hold at most 50. */
  readonly new: readonly string[];
  readonly newCount: number;
  readonly newShare: number;
  readonly newP: number | null;
  readonly vanished: readonly string[];
  readonly vanishedCount: number;
  readonly vanishedShare: number;
  readonly vanishedP: number | null;
}

/** What sentences are made of. */
export type Facts =
  | { readonly kind: 'numeric'; readonly reference: NumericFacts; readonly current: NumericFacts }
  | {
      readonly kind: 'categorical';
      /** The category whose share changed most; null: there is none. */
      readonly mover: {
        readonly category: string;
        readonly reference: number;
        readonly current: number;
      } | null;
    }
  | null;

export interface NumericFacts {
  readonly mean: number;
  /** Of the population: divided by n. */
  readonly deviation: number;
  /** 5%, 25%, 50%, 75%, 95% */
  readonly quantiles: readonly [number, number, number, number, number];
  readonly minimum: number;
  readonly maximum: number;
}
