/** Metrics for Prometheus: as text, as a file, and pushed to a Pushgateway. */

export { writeMetricsFile } from './file.ts';
export { type Fetch, type PushOptions, type PushTarget, pushMetrics, pushProblem } from './push.ts';
export { basicLogin, describeFailure, describeStatus, isTimeout, wordsOf } from './push-failure.ts';
export { renderMetrics, samplesOf } from './text.ts';
export type { Labels, Metric, MetricSamples, Sample } from './types.ts';
