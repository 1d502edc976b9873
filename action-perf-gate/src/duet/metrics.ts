/** What a duet compares, and each service's own value of it. */

import type { MetricDefinition } from '../../../core/gate/index.ts';
import { sampleQuantile } from '../../../core/stats/index.ts';
import { perfCatalogue, quantiles } from '../catalogue.ts';
import type { ArmReading } from './reading.ts';

export const duetMetrics = [
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'p999',
  'max',
  'mean',
  'error_rate',
  'throughput',
  'cpu_per_request',
  'memory_peak',
] as const;
export type DuetMetric = (typeof duetMetrics)[number];

export const isDuetMetric = (name: string): name is DuetMetric =>
  (duetMetrics as readonly string[]).includes(name);

/** Unit and direction of each. */
export function definitionOf(metric: DuetMetric): MetricDefinition {
  const definition = perfCatalogue.get(metric);
  if (definition === undefined) throw new RangeError(`the catalogue has no ${metric}`);
  return definition;
}

/** Of a quantile of the latency: 0.95 of p95; else null. */
export const quantileOf = (metric: DuetMetric): number | null => quantiles[metric] ?? null;

export const isLatency = (metric: DuetMetric): boolean =>
  metric === 'max' || metric === 'mean' || quantileOf(metric) !== null;

/** The value of one service, over one life or several pooled; null where it has none. */
export function metricValue(metric: DuetMetric, arm: ArmReading): number | null {
  switch (metric) {
    case 'error_rate':
      return arm.failed.length === 0 ? null : countFailed(arm) / arm.failed.length;
    case 'throughput':
      return arm.seconds > 0 ? arm.completed / arm.seconds : null;
    case 'cpu_per_request':
      return arm.cpuMs === null || arm.answered === 0 ? null : arm.cpuMs / arm.answered;
    case 'memory_peak':
      return arm.peakBytes;
    default:
      return ofTimes(metric, arm.ascendingMs);
  }
}

/** A metric of latency without the generator's own lateness in taking requests up; null for other metrics. */
export const promptValue = (metric: DuetMetric, { promptMs }: ArmReading): number | null =>
  isLatency(metric) ? ofTimes(metric, promptMs) : null;

function ofTimes(metric: DuetMetric, ascendingMs: Float64Array): number | null {
  if (ascendingMs.length === 0) return null;
  if (metric === 'max') return ascendingMs.at(-1) ?? null;
  const quantile = quantileOf(metric);
  if (quantile !== null) return sampleQuantile(ascendingMs, quantile);
  return ascendingMs.reduce((sum, ms) => sum + ms, 0) / ascendingMs.length;
}

export const countFailed = ({ failed }: ArmReading): number => failed.reduce((sum, each) => sum + each, 0);

/** How many values stand behind it. */
export function metricCount(metric: DuetMetric, arm: ArmReading): number {
  switch (metric) {
    case 'error_rate':
      return arm.failed.length;
    case 'throughput':
      return arm.completed;
    case 'cpu_per_request':
    case 'memory_peak':
      return arm.answered;
    default:
      return arm.latencyMs.length;
  }
}
