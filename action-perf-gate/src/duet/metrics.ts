/** What a duet compares, and each service's own value of it. */

import type { Direction, Unit } from '../../../core/gate/index.ts';
import { sampleQuantile } from '../../../core/stats/index.ts';
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
] as const;
export type DuetMetric = (typeof duetMetrics)[number];

export const isDuetMetric = (name: string): name is DuetMetric =>
  (duetMetrics as readonly string[]).includes(name);

interface Definition {
  readonly unit: Unit;
  readonly better: Direction;
  /** Of a quantile of the latency: 0.95 of p95. */
  readonly quantile: number | null;
  /** The word for more of it. */
  readonly more: string;
  readonly less: string;
}

const time = { unit: 'milliseconds', better: 'lower', more: 'slower', less: 'faster' } as const;
const quantileOf = (quantile: number): Definition => ({ ...time, quantile });

export const definitions: Readonly<Record<DuetMetric, Definition>> = {
  p50: quantileOf(0.5),
  p75: quantileOf(0.75),
  p90: quantileOf(0.9),
  p95: quantileOf(0.95),
  p99: quantileOf(0.99),
  p999: quantileOf(0.999),
  max: { ...time, quantile: null },
  mean: { ...time, quantile: null },
  error_rate: { unit: 'ratio', better: 'lower', quantile: null, more: 'higher', less: 'lower' },
  throughput: { unit: 'per-second', better: 'higher', quantile: null, more: 'higher', less: 'lower' },
  cpu_per_request: { unit: 'milliseconds', better: 'lower', quantile: null, more: 'more', less: 'less' },
};

/** The value of one service, over one life or several pooled; null where it has none. */
export function metricValue(metric: DuetMetric, arm: ArmReading): number | null {
  const { ascendingMs } = arm;
  switch (metric) {
    case 'error_rate':
      return arm.failed.length === 0 ? null : countFailed(arm) / arm.failed.length;
    case 'throughput':
      return arm.seconds > 0 ? arm.completed / arm.seconds : null;
    case 'cpu_per_request':
      return arm.cpuMs === null || arm.answered === 0 ? null : arm.cpuMs / arm.answered;
    case 'max':
      return ascendingMs.at(-1) ?? null;
    case 'mean':
      return ascendingMs.length === 0
        ? null
        : ascendingMs.reduce((sum, ms) => sum + ms, 0) / ascendingMs.length;
    default: {
      const { quantile } = definitions[metric];
      return quantile === null || ascendingMs.length === 0 ? null : sampleQuantile(ascendingMs, quantile);
    }
  }
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
      return arm.answered;
    default:
      return arm.latencyMs.length;
  }
}
