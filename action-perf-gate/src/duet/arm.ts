/** One service of a duet by itself: its value over all lives, with an interval that knows of the lives. */

import type { Estimate, Interval } from '../../../core/gate/index.ts';
import {
  clusteredQuantileInterval,
  clusteredShareInterval,
  meanWithError,
  studentCriticalValue,
} from '../../../core/stats/index.ts';
import { type DuetMetric, metricCount, metricValue, quantileOf } from './metrics.ts';
import type { ArmReading } from './reading.ts';

/** `pooled` is the lives as one. */
export function armEstimate(
  metric: DuetMetric,
  lives: readonly ArmReading[],
  pooled: ArmReading,
  level: number,
): Estimate {
  const n = metricCount(metric, pooled);
  const value = metricValue(metric, pooled);
  if (value === null) return { defined: false, reason: `${metric} has no value: ${absence(metric)}`, n };
  return { defined: true, value, interval: intervalOf(metric, lives, pooled, value, level), n };
}

function intervalOf(
  metric: DuetMetric,
  lives: readonly ArmReading[],
  pooled: ArmReading,
  value: number,
  level: number,
): Interval | null {
  const quantile = quantileOf(metric);
  if (quantile !== null) {
    return clusteredQuantileInterval(pooled.latencyMs, pooled.ascendingMs, quantile, level).interval;
  }
  if (metric === 'error_rate') return errorInterval(pooled, level);
  // No interval of a maximum holds without a model of the tail.
  if (metric === 'max' || metric === 'memory_peak') return null;
  const values = lives.flatMap((life) => metricValue(metric, life) ?? []);
  if (values.length < 2) return null;
  const { error, freedom } = meanWithError(values);
  const half = studentCriticalValue(level, freedom) * error;
  return { level, low: value - half, high: value + half, method: 'student-t-over-lives' };
}

/** Wilson's interval on as many requests as would be independent: failures come in bursts. */
export function errorInterval({ failed }: ArmReading, level: number): Interval {
  return clusteredShareInterval(failed.length, (index) => failed[index] === 1, level).interval;
}

/** Why a service has no value of it. */
function absence(metric: DuetMetric): string {
  if (metric === 'error_rate') return 'no request was due';
  if (metric === 'throughput') return 'no time was measured';
  if (metric === 'memory_peak') return 'the memory of the service is not known';
  if (metric === 'cpu_per_request') return 'the processor time of the service is not known';
  return 'no response met every `expect`';
}
