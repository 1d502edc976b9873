/** A duet judged: each metric's change with its interval, and the smallest change that the run could have seen. */

import type { Check, Estimate, Interval, Measurement } from '../../../core/gate/index.ts';
import { armEstimate } from './arm.ts';
import { type Contrast, type ContrastOptions, contrastOf, lifeSpread } from './contrast.ts';
import { type Detectable, detectableOf } from './detectable.ts';
import { boundOf, measurementOf } from './measurement.ts';
import { type DuetMetric, definitionOf, duetMetrics, isDuetMetric, metricValue } from './metrics.ts';
import { type LifeReading, poolArm } from './reading.ts';
import { sentenceOf } from './words.ts';

export interface DuetOptions {
  /** `plan.restarts`: whether the readings are lives, or parts of one. */
  readonly restarts: boolean;
  /** Level of the intervals where a check names none, e.g. 0.95. */
  readonly level: number;
  /**
   * How coarse readings of processor time are: 10 for `/proc/PID/stat`, which counts clock ticks (the default), next to
   * 0 for the nanoseconds of `/proc/PID/schedstat`.
   */
  readonly cpuGrainMs?: number;
}

/** How the candidate's value relates to the baseline's. */
export interface Change {
  /** `ratio`: candidate / baseline - 1. `difference`: candidate - baseline, of error rates. */
  readonly scale: Contrast['scale'];
  readonly value: number;
  readonly interval: Interval;
  readonly detectable: Detectable;
}

export interface ComparedMetric {
  readonly metric: DuetMetric;
  /** Of all lives pooled. */
  readonly baseline: Estimate;
  readonly candidate: Estimate;
  /** Null where it cannot be told; `sentence` then says why. */
  readonly change: Change | null;
  /** Baseline's and candidate's value in each life, for charts; null where a life has none. */
  readonly lives: readonly (readonly [baseline: number | null, candidate: number | null])[];
  readonly sentence: string;
}

export interface DuetComparison {
  readonly restarts: boolean;
  /** All that were measured, in the order of `duetMetrics`. */
  readonly metrics: readonly ComparedMetric[];
  /** What a reader must know of all of them; empty with restarts. */
  readonly notices: readonly string[];
}

/** All metrics of a duet; `readings` are those of `readLife`, of all lives in order. */
export function compareDuet(readings: readonly LifeReading[], options: DuetOptions): DuetComparison {
  const knows = (of: 'cpuMs' | 'peakBytes'): boolean =>
    readings.length > 0 && readings.every((life) => life.every((arm) => arm[of] !== null));
  const pooled = poolBoth(readings);
  const metrics = duetMetrics
    .filter((metric) => metric !== 'cpu_per_request' || knows('cpuMs'))
    .filter((metric) => metric !== 'memory_peak' || knows('peakBytes'))
    .map((metric) => compareMetric(metric, readings, pooled, options));
  return {
    restarts: options.restarts,
    metrics,
    notices: options.restarts ? [] : [singleLife(options.level)],
  };
}

function compareMetric(
  metric: DuetMetric,
  readings: readonly LifeReading[],
  pooled: LifeReading,
  options: DuetOptions,
): ComparedMetric {
  const [baseline, candidate] = estimates(metric, readings, pooled, options.level);
  const contrast = contrastOf(metric, { factor: 1, offset: 0 }, readings, contrastOptions(options));
  const lives = readings.map(
    ([before, after]) => [metricValue(metric, before), metricValue(metric, after)] as const,
  );
  const told = { metric, baseline, candidate, lives };
  if (!baseline.defined) return { ...told, change: null, sentence: `baseline: ${baseline.reason}` };
  if (!candidate.defined) return { ...told, change: null, sentence: candidate.reason };
  if ('missing' in contrast) return { ...told, change: null, sentence: contrast.missing };
  const change = changeOf(metric, contrast);
  const sentence = sentenceOf({ metric, baseline: baseline.value, candidate: candidate.value, change });
  return { ...told, change, sentence };
}

/** What `judge` needs for a check with a bound over the baseline, at the check's level. */
export function measureDuet(
  check: Check,
  readings: readonly LifeReading[],
  options: DuetOptions,
): Measurement {
  if (!isDuetMetric(check.metric)) throw new RangeError(`a duet does not compare ${check.metric}`);
  const { metric } = check;
  const level = check.confidence ?? options.level;
  const [baseline, candidate] = estimates(metric, readings, poolBoth(readings), level);
  const bound = boundOf(check) ?? { factor: 1, offset: 0 };
  const contrast = contrastOf(metric, bound, readings, contrastOptions({ ...options, level }));
  const limit = options.restarts || lifeSpread(metric) === 0 ? null : singleLife(level);
  return measurementOf(check, { metric, baseline, candidate, contrast }, { level: options.level, limit });
}

const contrastOptions = ({ restarts, level, cpuGrainMs = 10 }: DuetOptions): ContrastOptions => ({
  restarts,
  level,
  cpuGrainMs,
});

const poolBoth = (readings: readonly LifeReading[]): LifeReading => [
  poolArm(readings, 0),
  poolArm(readings, 1),
];

function estimates(
  metric: DuetMetric,
  readings: readonly LifeReading[],
  pooled: LifeReading,
  level: number,
): readonly [baseline: Estimate, candidate: Estimate] {
  const estimate = (side: 0 | 1): Estimate =>
    armEstimate(
      metric,
      readings.map((reading) => reading[side]),
      pooled[side],
      level,
    );
  return [estimate(0), estimate(1)];
}

function changeOf(metric: DuetMetric, contrast: Contrast): Change {
  const { scale, value, interval } = contrast;
  const detectable = detectableOf(contrast, definitionOf(metric).direction === 'higher' ? 'down' : 'up');
  if (scale === 'difference') return { scale, value, interval, detectable };
  const { low, high } = interval;
  return {
    scale,
    value: Math.expm1(value),
    interval: { ...interval, low: Math.expm1(low), high: Math.expm1(high) },
    detectable,
  };
}

function singleLife(level: number): string {
  const percent = Math.round(100 * level);
  return `the services were not started by this run, so that each was seen in one life only, and equal services differ by some 5% from life to life: the ${percent}% intervals allow for that, however long the run`;
}
