/** The model gate's metrics: what there is, what each is worth on some predictions, and how sure that is. */

export {
  classificationMetrics,
  fairnessMetrics,
  formatMetricName,
  metricLabel,
  modelCatalogue,
  operationalMetrics,
  parseMetricSelector,
  regressionMetrics,
  variantProblem,
} from './catalogue.ts';
export { estimate } from './estimate.ts';
export { evaluate } from './evaluation.ts';
export {
  type MetricSelector,
  readFairnessSelector,
  readMetricSelector,
  type SelectorResult,
  type SliceTerm,
  type VariantName,
  writeSelector,
} from './selector.ts';
export type * from './types.ts';
