/** Metrics of the order of the scores. */

import { argsort } from '../stats/index.ts';
import type { RowStatistic } from './row-statistics.ts';
import type { OneVsRest } from './samples.ts';

/**
 * Average precision, scikit-learn's definition: the sum over distinct scores, from the highest down, of the rise in
 * recall times the precision at that score. At least one row must be positive.
 *
 * As a function of row weights w it is sum over positives i of w_i precision(i) / P. A row's weight acts through its own
 * term (positives), through P (positives), and through the precision of every positive that does not score higher.
 */
export function averagePrecision(
  { scores, isPositive }: OneVsRest,
  order: Int32Array = argsort(scores),
): RowStatistic {
  const n = scores.length;
  // From the highest score down: row, whether positive, and whether a group of tied scores ends with it.
  const rows = new Int32Array(n);
  const positive = new Uint8Array(n);
  const ends = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const row = order[n - 1 - i] as number;
    rows[i] = row;
    positive[i] = isPositive[row] as number;
    ends[i] = i === n - 1 || scores[row] !== scores[order[n - 2 - i] as number] ? 1 : 0;
  }
  const compute = (weights: Uint8Array | null): number => {
    let hits = 0;
    // Not 0, so that 0 / seen is 0 until a row is seen; it vanishes in the first addition.
    let seen = Number.MIN_VALUE;
    let before = 0;
    let area = 0;
    // Without branches, which random weights would make the processor guess wrong: inside a tie the rise counts as 0.
    for (let i = 0; i < n; i++) {
      const weight = weights === null ? 1 : (weights[rows[i] as number] as number);
      seen += weight;
      hits += weight * (positive[i] as number);
      const rise = (hits - before) * (ends[i] as number);
      area += (rise * hits) / seen;
      before += rise;
    }
    return hits === 0 ? Number.NaN : area / hits;
  };
  const value = compute(null);
  return {
    value,
    draw: compute,
    influence() {
      const u = new Float64Array(n);
      const groupStart = new Int32Array(n);
      const hitsAt = new Float64Array(n);
      let hits = 0;
      let start = 0;
      for (let i = 0; i < n; i++) {
        groupStart[i] = start;
        hits += positive[i] as number;
        hitsAt[i] = hits;
        if (ends[i] === 1) {
          start = i + 1;
        }
      }
      const positives = hits;
      // What one more positive, or one more negative, adds to the precision of all positives not above it.
      let gain = 0;
      let loss = 0;
      for (let end = n - 1; end >= 0; ) {
        const first = groupStart[end] as number;
        const truePositives = hitsAt[end] as number;
        const predicted = end + 1;
        const tiedPositives = truePositives - (first === 0 ? 0 : (hitsAt[first - 1] as number));
        gain += (tiedPositives * (predicted - truePositives)) / (predicted * predicted);
        loss += (tiedPositives * truePositives) / (predicted * predicted);
        const ofPositive = (truePositives / predicted - value + gain) / positives;
        const ofNegative = -loss / positives;
        for (let i = first; i <= end; i++) {
          u[rows[i] as number] = positive[i] === 1 ? ofPositive : ofNegative;
        }
        end = first - 1;
      }
      return u;
    },
  };
}
