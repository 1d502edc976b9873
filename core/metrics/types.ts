/** Predictions beside labels, and what can be measured on them. Typed arrays throughout: rows are many. */

import type { Estimate } from '../gate/types.ts';

/** `classes` are sorted as scikit-learn sorts them: numbers by value when all are numbers, else by code point. */
export interface ClassPredictions {
  readonly task: 'binary' | 'multiclass';
  readonly classes: readonly string[];
  /** Index into classes, length n. */
  readonly actual: Int32Array;
  /** Index into classes, length n. */
  readonly predicted: Int32Array;
  /**
   * Binary: score of the positive class, length n. Multiclass: row-major n x classes.
   * Null: the source gives labels only.
   */
  readonly scores: Float64Array | null;
  /** Scores are probabilities (in [0, 1], rows sum to 1): log loss, Brier and ECE need that. Else the reason why not. */
  readonly probabilities: true | string;
  /** Binary: index of the positive class. */
  readonly positive: number | null;
}

export interface NumberPredictions {
  readonly task: 'regression';
  /** Length n, finite. */
  readonly actual: Float64Array;
  /** Length n, finite. */
  readonly predicted: Float64Array;
}

export type Predictions = ClassPredictions | NumberPredictions;

/** Which average or class of a classification metric. */
export type Variant =
  | { readonly kind: 'default' }
  | { readonly kind: 'average'; readonly average: 'macro' | 'micro' | 'weighted' }
  | { readonly kind: 'class'; readonly index: number };

/** One number to estimate. */
export interface MetricRequest {
  readonly metric: string;
  readonly variant: Variant;
  /** Rows to use (indices), null for all: a slice. */
  readonly rows: Int32Array | null;
  /** For fairness metrics: the group of each row (index into `groupNames`), over all rows; -1: left out. */
  readonly groups?: { readonly index: Int32Array; readonly names: readonly string[] };
  /** Level of the interval, e.g. 0.95. */
  readonly level: number;
  /** With a baseline: also estimate candidate - factor * baseline. */
  readonly contrastFactor?: number;
}

export interface MetricEstimate {
  readonly estimate: Estimate;
  /** Null without a baseline. */
  readonly baseline: Estimate | null;
  /** Null unless `contrastFactor` was asked for and a baseline is there. */
  readonly contrast: Estimate | null;
  /** E.g. `precision of class "b" is 0 by convention: the model never predicts it`. */
  readonly notes: readonly string[];
}

export interface EstimateOptions {
  /** Bootstrap draws; 2,000 unless told. */
  readonly draws: number;
  readonly seed: number;
  /** Predictions of the baseline on the same rows, in the same order, with the same classes. */
  readonly baseline: Predictions | null;
}

/** What the report draws. Every array is bounded in length, whatever n is. */
export interface Evaluation {
  /** Rows: actual; columns: predicted. Null for regression. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** Binary: one. Multiclass: one per class (one-vs-rest). At most 200 points each, ends included. */
  readonly roc: readonly {
    readonly className: string;
    readonly auc: number | null;
    /** [false positive rate, true positive rate] */
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly precisionRecall: readonly {
    readonly className: string;
    readonly averagePrecision: number | null;
    /** [recall, precision] */
    readonly points: readonly (readonly [number, number])[];
  }[];
  /** Ten equal-width bins; binary: of the positive score, multiclass: of the top score. Empty bins are left out. */
  readonly calibration: readonly {
    readonly low: number;
    readonly high: number;
    readonly n: number;
    readonly meanScore: number;
    readonly observed: number;
  }[];
  /** Regression only. */
  readonly residuals: {
    readonly histogram: readonly { readonly low: number; readonly high: number; readonly count: number }[];
    /** At most 500 rows, chosen evenly: [predicted, actual]. */
    readonly sample: readonly (readonly [number, number])[];
  } | null;
}
