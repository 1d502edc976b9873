/** Rules by what they are computed from. */

/** Over the numbers of a column. */
export const numericMetrics: ReadonlySet<string> = new Set([
  'min',
  'max',
  'mean',
  'stddev',
  'median',
  'quantile',
  'correlation',
]);
