/** On which rows candidate and baseline differ in being right: what McNemar's test looks at. */

import type { Predictions } from '../../../core/metrics/types.ts';
import { mcnemar } from '../../../core/stats/index.ts';

export interface PairedRows {
  readonly bothRight: number;
  readonly onlyCandidateRight: number;
  readonly onlyBaselineRight: number;
  readonly neitherRight: number;
  /** Exact two-sided p-value, and the mid-p, which keeps its level without being conservative (Fagerland 2013). */
  readonly mcnemar: { readonly exact: number; readonly midP: number };
}

/** Null for regression, and without a baseline on the same rows. */
export function comparePairs(candidate: Predictions, baseline: Predictions | null): PairedRows | null {
  if (baseline === null || candidate.task === 'regression' || baseline.task === 'regression') return null;
  const counts = [0, 0, 0, 0];
  candidate.actual.forEach((actual, row) => {
    const cell = (candidate.predicted[row] === actual ? 0 : 2) + (baseline.predicted[row] === actual ? 0 : 1);
    counts[cell] = (counts[cell] as number) + 1;
  });
  const [bothRight = 0, onlyCandidateRight = 0, onlyBaselineRight = 0, neitherRight = 0] = counts;
  return {
    bothRight,
    onlyCandidateRight,
    onlyBaselineRight,
    neitherRight,
    mcnemar: mcnemar(onlyCandidateRight, onlyBaselineRight),
  };
}
