/** Whether a day is dear for its weekday, by numbers that one odd week does not move. */

import { type Charges, costsOf } from './charges.ts';
import { addDays, type Day } from './days.ts';

export type Anomaly =
  | {
      readonly kind: 'score';
      readonly currency: string;
      readonly score: number;
      /** Median of the same weekday. */
      readonly median: number;
    }
  | { readonly kind: 'unknown'; readonly currency: string; readonly reason: 'too_little_history' };

/** With fewer, the median is one of two or three days, and their deviation says nothing. */
export const leastWeeks = 4;

/** Against the same weekday of the last `weeks` weeks, as far as AWS has given those days; by currency. */
export function anomaliesOf(charges: Charges, day: Day, weeks: number): readonly Anomaly[] {
  const former = Array.from({ length: weeks }, (_, index) =>
    costsOf(charges, addDays(day, -7 * (index + 1))),
  );
  return costsOf(charges, day).map(({ currency, cost }) => {
    const history = former.flatMap((costs) => costs.filter((each) => each.currency === currency));
    if (history.length < leastWeeks) return { kind: 'unknown', currency, reason: 'too_little_history' };
    const values = history.map((each) => each.cost);
    return { kind: 'score', currency, score: robustScore(cost, values), median: medianOf(values) };
  });
}

/**
 * The modified z-score of Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): the distance from the median in median
 * absolute deviations, scaled to be a standard score where values are normal. When more than half of the values are the same, that
 * deviation is 0, and the mean absolute deviation takes its place, as in SPSS. When all are the same, any other value is infinitely
 * far away: whoever alerts on it must want a least difference, too.
 */
export function robustScore(value: number, history: readonly number[]): number {
  const median = medianOf(history);
  const deviations = history.map((each) => Math.abs(each - median));
  // 1 / Φ⁻¹(3/4), and √(π/2).
  const scale =
    1.482602218505602 * medianOf(deviations) ||
    1.2533141373155003 * (deviations.reduce((sum, each) => sum + each, 0) / deviations.length);
  const distance = value - median;
  return distance === 0 ? 0 : distance / scale;
}

/** Of at least one value. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
