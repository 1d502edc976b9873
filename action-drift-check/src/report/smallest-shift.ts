/** What could have been seen at all: a check that is quiet about too few rows has shown nothing. */

import type { ColumnDrift, DriftMethod } from '../../../core/drift/types.ts';
import { normalQuantile } from '../../../core/stats/index.ts';
import type { DriftDetails } from '../types.ts';

export interface SmallestShift {
  /** Of a normal column's mean, in standard deviations; null: no numeric column is judged. */
  readonly numeric: number | null;
  /** Of the share of a category that half of the rows have; null: no categorical column is judged. */
  readonly share: number | null;
}

/** Density of the standard normal at 0: a small shift of d standard deviations moves its distribution by d / √(2π). */
const normalPeak = 1 / Math.sqrt(2 * Math.PI);

/**
 * The smallest shifts that would have been reported if a single column had them, about: the observed shift must be
 * over the lowest threshold and significant after Benjamini and Hochberg, which for the only one of K tests means
 * p < alpha / K. Numeric by the Kolmogorov-Smirnov test (Smirnov's limit: D = sqrt(-ln(p / 2) / 2 · (n + m) / nm)),
 * shares by the normal test of two proportions at 1/2. Null: there is nothing to test, or no rows.
 */
export function smallestShift({ reference, current, alpha, columns }: DriftDetails): SmallestShift | null {
  const judged = columns.filter(({ test }) => test !== null);
  const tests = judged.length + columns.filter(({ missing }) => missing.p !== null).length;
  const spread = 1 / reference.rows + 1 / current.rows;
  if (judged.length === 0 || !Number.isFinite(spread) || !(alpha > 0 && alpha < 1)) return null;
  const p = alpha / tests;
  const numeric = judged.filter(({ kind }) => kind === 'numeric');
  const categorical = judged.filter(({ kind }) => kind === 'categorical');
  return {
    numeric:
      numeric.length === 0
        ? null
        : Math.max(
            lowestThreshold(numeric, 'wasserstein'),
            Math.sqrt((-Math.log(p / 2) / 2) * spread) / normalPeak,
          ),
    share:
      categorical.length === 0
        ? null
        : Math.min(
            1,
            Math.max(
              lowestThreshold(categorical, 'total_variation'),
              normalQuantile(1 - p / 2) * 0.5 * Math.sqrt(spread),
            ),
          ),
  };
}

/** Of the columns judged by the method whose unit is that of the shift; 0: none is. */
function lowestThreshold(columns: readonly ColumnDrift[], method: DriftMethod): number {
  const thresholds = columns.flatMap((column) =>
    column.method === method && column.threshold !== null ? [column.threshold] : [],
  );
  return thresholds.length === 0 ? 0 : Math.min(...thresholds);
}
