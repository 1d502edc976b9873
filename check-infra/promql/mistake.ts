/** What the lint says of an expression. */

export const mistakeNames = [
  'promql-syntax',
  'promql-type',
  'promql-unknown-metric',
  'promql-unknown-label',
  'promql-unknown-bucket',
  'promql-unknown-job',
  'promql-unknown-variable',
  'promql-quantile-on-histogram',
  'promql-quantile-range',
  'promql-quantile-without-rate',
  'promql-quantile-without-le',
  'promql-average-of-quantile',
  'promql-rate-of-gauge',
  'promql-delta-of-counter',
  'promql-sum-before-rate',
  'promql-short-range',
  'promql-buckets-added',
  'promql-raw-counter',
  'promql-never-true',
  'promql-unmatched-vectors',
  'promql-ambiguous-vectors',
  'promql-label-not-in-result',
  'promql-rule-refused',
] as const;

export type MistakeName = (typeof mistakeNames)[number];

export interface Mistake {
  readonly name: MistakeName;
  /** The part of the expression, as it is written. */
  readonly part: string;
  readonly message: string;
  readonly mend: string;
}
