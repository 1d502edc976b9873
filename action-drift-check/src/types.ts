/** The words of the drift check: what stands in `details` of its result document. */

import type { ColumnDrift } from '../../core/drift/types.ts';
import type { Estimate } from '../../core/gate/types.ts';

/** One metric of the model, on both sides. */
export interface PerformanceMetric {
  /** As thresholds spell it: `accuracy`, `f1(macro)`, `rmse`. */
  readonly metric: string;
  readonly reference: Estimate;
  readonly current: Estimate;
  /** Current minus reference, of independent rows. */
  readonly change: Estimate;
  /** Two-sided, of no change; null where it is undefined. */
  readonly p: number | null;
  readonly adjusted_p: number | null;
  /** It got worse, by more than its bound and significantly. */
  readonly worse: boolean;
  readonly sentence: string;
}

export interface DriftDetails {
  readonly mode: 'check' | 'profile';
  /** Of the reference; a profile is read in its place where it was given. */
  readonly reference: {
    readonly kind: 'data' | 'profile';
    readonly rows: number;
    readonly files: readonly string[];
  };
  readonly current: { readonly rows: number; readonly files: readonly string[] };
  readonly alpha: number;
  readonly minRows: number;
  /** Farthest over its threshold first. */
  readonly columns: readonly ColumnDrift[];
  /** Only in the current data. */
  readonly newColumns: readonly string[];
  /** Columns of role `feature` that drifted over those that were judged; null: none was. */
  readonly share_drifted: number | null;
  /** Every drifted column, the farthest over its threshold first. */
  readonly drifted: readonly string[];
  readonly performance: readonly PerformanceMetric[];
  /** `mode: profile` */
  readonly profile: { readonly path: string; readonly bytes: number } | null;
  /** The file of Prometheus metrics, relative to the workspace. */
  readonly metricsPath: string | null;
}
