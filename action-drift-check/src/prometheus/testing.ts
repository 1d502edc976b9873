/** Runs and columns for the tests of the metrics. */

import type { ColumnDrift } from '../../../core/drift/types.ts';
import type { MeasuredDrift } from './samples.ts';

/** A numeric column in which nothing has changed, but for what is given. */
export function columnOf(column: string, given: Partial<ColumnDrift> = {}): ColumnDrift {
  return {
    column,
    role: 'feature',
    kind: 'numeric',
    method: 'wasserstein',
    unjudged: null,
    value: 0.01,
    noise_floor: 0.01,
    effect: 0,
    threshold: 0.1,
    test: { name: 'kolmogorov-smirnov', statistic: 0.01, p: 0.7, adjusted_p: 0.9 },
    n_reference: 5000,
    n_current: 1000,
    missing: { reference: 0, current: 0, p: null, adjusted_p: null },
    new_categories: [],
    vanished_categories: [],
    new_share: null,
    vanished_share: null,
    drifted: false,
    signals: [],
    inconclusive: null,
    score: 0,
    sentence: 'no change',
    shape: null,
    ...given,
  };
}

export function drifted(column: string, score: number, given: Partial<ColumnDrift> = {}): ColumnDrift {
  return columnOf(column, { drifted: true, signals: ['distribution'], score, ...given });
}

export function driftOf(
  columns: readonly ColumnDrift[],
  share_drifted: number | null = columns.filter((each) => each.drifted).length / columns.length,
): MeasuredDrift {
  return {
    columns,
    share_drifted,
    reference: { kind: 'data', rows: 5000, files: ['reference.parquet'] },
    current: { rows: 1000, files: ['current.csv'] },
  };
}
