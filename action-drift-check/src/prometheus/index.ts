export { type MetricsConfig, metricsInputs, readMetricsConfig } from './inputs.ts';
export type { MeasuredDrift } from './samples.ts';
export { type MetricsWritten, writeMetrics } from './write.ts';
