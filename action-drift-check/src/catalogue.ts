/** What thresholds of the drift check may name. */

import { driftColumnMetrics, driftTableMetrics } from '../../core/drift/index.ts';
import type { MetricCatalogue, MetricDefinition } from '../../core/gate/types.ts';
import { classificationMetrics, regressionMetrics } from '../../core/metrics/index.ts';

/** Of the model gate, on the rows that have both label and prediction. */
const performanceMetrics = [...classificationMetrics.values(), ...regressionMetrics.values()];

export const driftCatalogue: MetricCatalogue = new Map(
  [...driftColumnMetrics, ...driftTableMetrics, ...performanceMetrics].map(
    (metric): [string, MetricDefinition] => [metric.name, metric],
  ),
);

export const isPerformance = (metric: string): boolean =>
  performanceMetrics.some(({ name }) => name === metric);
