/** `predicate.gate.details` of the model gate's result: all that its report draws. */

import type { Estimate } from '../../../core/gate/types.ts';
import type { Evaluation } from '../../../core/metrics/types.ts';
import type { ModelFacts } from '../../../core/models/types.ts';
import type { PairedRows } from '../predictions/paired-rows.ts';

export interface ModelDetails {
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly rows: number;
  /** The confidence level of all intervals that are shown, e.g. 0.95. */
  readonly confidence: number;
  readonly classes: readonly string[];
  readonly positiveClass: string | null;
  readonly data: { readonly name: string; readonly format: string } | null;
  readonly candidate: { readonly model: ModelFacts; readonly evaluation: Evaluation };
  readonly baseline: { readonly model: ModelFacts; readonly evaluation: Evaluation | null } | null;
  /** Candidate and baseline row by row; null for regression and without a baseline on the same rows. */
  readonly pairedRows: PairedRows | null;
  /** Beyond 100 classes, in place of the confusion matrices; absent below. */
  readonly confusedPairs?: {
    readonly candidate: ConfusedPairs | null;
    readonly baseline: ConfusedPairs | null;
  };
  /**
   * Every metric with its interval, in the catalogue's order; the baseline's on the same rows beside it. Beyond
   * 100 classes without those of single classes.
   */
  readonly metrics: readonly {
    readonly name: string;
    readonly label: string;
    readonly estimate: Estimate;
    readonly baseline: Estimate | null;
    /** Candidate minus baseline. */
    readonly difference: Estimate | null;
  }[];
  /** Slices of at least min-slice-size rows, worst first by the slice metric. */
  readonly slices: readonly SliceDetails[];
  /** Slices below min-slice-size: listed apart. */
  readonly smallSlices: readonly { readonly slice: string; readonly rows: number }[];
  readonly speed: {
    readonly batchSize: number;
    readonly batches: number;
    readonly latencyP50: number;
    readonly latencyP95: number | null;
    readonly rowsPerSecond: number;
  } | null;
}

export interface ConfusedPairs {
  /** How many pairs of classes are confused at all. */
  readonly pairs: number;
  /** The most frequent ones. `actual` and `predicted` index the classes; `total`: rows of the actual class. */
  readonly top: readonly {
    readonly actual: number;
    readonly predicted: number;
    readonly count: number;
    readonly total: number;
  }[];
}

export interface SliceDetails {
  /** `region=EU` or `region=EU, sex=f`. */
  readonly slice: string;
  readonly rows: number;
  /** The slice metric: accuracy, or rmse for regression. */
  readonly metric: string;
  readonly estimate: Estimate;
  readonly baseline: Estimate | null;
}
