/**
 * The interval of `candidate - factor * baseline`, from lives.
 *
 * Latencies, throughput, processor time and memory: the centre over lives of ln(candidate / baseline), by Hodges and
 * Lehmann, with the interval of the signed-rank test. Noise on a shared machine multiplies, so the logarithms of ratios are
 * near to symmetric where differences are not, and whatever slows both services of a life cancels within it. What hits only
 * one of them, as a stall that falls on more of its requests, makes an outlier of that life: one life of twelve whose p95 was
 * 19 times as high, seen on a busy machine, gave Student's interval 55% on each side; the signed-rank one had 5%. For services
 * that are equal the interval is exact, as each life is as likely to favour the one as the other; the order of starting is
 * drawn. For a bound with an offset (`baseline + 5ms`) the differences themselves. Error rates may be 0, where a ratio says
 * nothing: see `errorContrast`.
 *
 * simulation.test.ts holds how often these intervals are right.
 */

import { type Interval, percentText } from '../../../core/gate/index.ts';
import {
  criticalValue,
  fewestForSignedRank,
  hodgesLehmann,
  meanWithError,
  moverDifference,
  studentCriticalValue,
  wilson,
} from '../../../core/stats/index.ts';
import { deadLife, groupsFor } from './groups.ts';
import { generatorShare, mostOfGenerator, undiluted } from './lateness.ts';
import { countFailed, type DuetMetric, isLatency, metricValue, promptValue } from './metrics.ts';
import { type ArmReading, type LifeReading, poolArm } from './reading.ts';

/** The power that a detectable change is stated at. */
export const power = 0.8;

/** A bound of `factor * baseline + offset`. */
export interface BaselineBound {
  readonly factor: number;
  readonly offset: number;
}

export interface ContrastOptions {
  /** Whether the readings are lives, or parts of one. */
  readonly restarts: boolean;
  /** Level of the interval, e.g. 0.95. */
  readonly level: number;
  /**
   * How coarse readings of processor time are: 10 for `/proc/PID/stat`, which counts clock ticks, next to 0 for the
   * nanoseconds of `/proc/PID/schedstat`.
   */
  readonly cpuGrainMs: number;
}

/**
 * `ratio`: of ln(candidate / baseline); `difference`: of candidate - factor * baseline. Value, interval and detectable
 * change are on that scale.
 */
export interface Contrast {
  readonly scale: 'ratio' | 'difference';
  readonly value: number;
  readonly interval: Interval;
  /** How far from the value a truth must be for `power` of the runs like this one to see it. */
  readonly detectable: number;
}

export type ContrastReading = Contrast | { readonly missing: string };

export function contrastOf(
  metric: DuetMetric,
  bound: BaselineBound,
  readings: readonly LifeReading[],
  options: ContrastOptions,
): ContrastReading {
  if (metric === 'error_rate') return errorContrast(readings, bound.factor, options.level);
  const dead = isLatency(metric) ? deadLife(readings) : null;
  if (dead !== null) return { missing: withoutValue(metric, dead.index, dead.side, options) };
  const groups = groupsFor(metric, readings, options.level);
  if ('missing' in groups) return groups;
  const scale = bound.offset === 0 && bound.factor > 0 ? 'ratio' : 'difference';
  const values: number[] = [];
  for (const [index, [baseline, candidate]] of groups.entries()) {
    const [before, after] = [comparedValue(metric, baseline), comparedValue(metric, candidate)];
    if (!before || !after) return { missing: withoutValue(metric, index, before ? 1 : 0, options) };
    values.push(scale === 'ratio' ? Math.log(after / before) : after - bound.factor * before);
  }
  const unit = scale === 'ratio' ? 1 : (metricValue(metric, poolArm(readings, 0)) ?? 0);
  const floors = {
    life: options.restarts ? 0 : unit * lifeSpread(metric),
    grain: unit * grainOf(metric, groups, options.cpuGrainMs),
  };
  const centre = centreOverLives(values, floors, options.level);
  if (centre === null) return { missing: tooFewLives(metric, values.length, options) };
  const share = generatorShare(metric, groups);
  if (share > mostOfGenerator) {
    const part = `some ${Math.round(100 * share)}% of it is the lateness of the generator itself, which found no core in time`;
    return { missing: `${metric} cannot be compared: ${part}` };
  }
  return { scale, ...(scale === 'ratio' ? undiluted(centre, share) : centre) };
}

/** A latency counts from when the generator took the request up: its lateness is none of the services'. */
const comparedValue = (metric: DuetMetric, arm: ArmReading): number | null =>
  isLatency(metric) ? promptValue(metric, arm) : metricValue(metric, arm);

/** What lives could not tell, on the scale of the values. */
interface Floors {
  /** Standard deviation of what the one life may carry; 0 where there were several. */
  readonly life: number;
  /** Standard error that the grain of the readings leaves, though they were all equal. */
  readonly grain: number;
}

function centreOverLives(
  values: readonly number[],
  floors: Floors,
  level: number,
): Omit<Contrast, 'scale'> | null {
  const { value, interval } = hodgesLehmann(values, level);
  if (interval === null) return null;
  const freedom = values.length - 1;
  const t = studentCriticalValue(level, freedom);
  const z = criticalValue(level);
  const end = (distance: number): number => Math.hypot(Math.max(distance, t * floors.grain), z * floors.life);
  const below = end(value - interval.low);
  const above = end(interval.high - value);
  const half = (below + above) / 2;
  return {
    value,
    interval: { level, low: value - below, high: value + above, method: 'signed-rank-over-lives' },
    // The two-sided level 2 power - 1 has `power` below its upper end.
    detectable: half * (1 + studentCriticalValue(2 * power - 1, freedom) / t),
  };
}

/**
 * The standard deviation of ln(candidate / baseline) that one life of each is taken to carry from where and when its
 * process was started: 5% a service for latency, 3% for processor time.
 */
export function lifeSpread(metric: DuetMetric): number {
  if (metric === 'cpu_per_request') return 0.03 * Math.SQRT2;
  return isLatency(metric) ? 0.05 * Math.SQRT2 : 0;
}

/** The standard error of the mean of ln(candidate / baseline) from rounding at both ends of each life. */
function grainOf(metric: DuetMetric, groups: readonly LifeReading[], cpuGrainMs: number): number {
  const share = (arm: ArmReading): number => {
    if (metric === 'throughput') return 1 / arm.completed;
    return metric === 'cpu_per_request' ? cpuGrainMs / (arm.cpuMs ?? 1) : 0;
  };
  // A rounding is uniform, of variance 1/12; two of them in each of two services.
  const variance = groups.reduce((sum, life) => sum + (share(life[0]) ** 2 + share(life[1]) ** 2) / 6, 0);
  return Math.sqrt(variance) / groups.length;
}

function tooFewLives(metric: DuetMetric, count: number, { level, restarts }: ContrastOptions): string {
  const unit = restarts ? 'lives' : 'parts of the run';
  return `${metric} cannot be compared: a ${percentText(level)} interval needs ${fewestForSignedRank(level)} ${unit}, and there were ${count}`;
}

function withoutValue(metric: DuetMetric, index: number, side: 0 | 1, { restarts }: ContrastOptions): string {
  const service = side === 0 ? 'the baseline' : 'the candidate';
  return `${metric} cannot be compared: ${service} has none in ${restarts ? 'life' : 'part'} ${index + 1}`;
}

/**
 * MOVER (Zou and Donner 2008) of two Wilson intervals, and Student's interval of the differences of lives: whichever reaches
 * further. The first is what so many independent requests cannot exclude though none failed; the second knows of bursts of
 * failures, and that those which both services share cancel.
 */
function errorContrast(readings: readonly LifeReading[], factor: number, level: number): ContrastReading {
  const rate = (side: 0 | 1) => {
    const arm = poolArm(readings, side);
    return {
      value: metricValue('error_rate', arm),
      interval: wilson(countFailed(arm), arm.failed.length, level),
    };
  };
  const [baseline, candidate] = [rate(0), rate(1)];
  if (baseline.value === null || candidate.value === null)
    return { missing: 'error_rate cannot be compared: no request was due' };
  const value = candidate.value - factor * baseline.value;
  const { low, high } = moverDifference(
    { ...candidate, value: candidate.value },
    { ...baseline, value: baseline.value },
    factor,
  );
  const differences = readings.flatMap(([before, after]): number[] => {
    const [was, is] = [metricValue('error_rate', before), metricValue('error_rate', after)];
    return was === null || is === null ? [] : [is - factor * was];
  });
  const reach = differences.length < 2 ? 0 : studentHalf(differences, level);
  const interval = { level, low: Math.min(low, value - reach), high: Math.max(high, value + reach) };
  return {
    scale: 'difference',
    value,
    interval: { ...interval, method: 'mover-over-lives' },
    detectable: (interval.high - value) * (1 + criticalValue(2 * power - 1) / criticalValue(level)),
  };
}

function studentHalf(values: readonly number[], level: number): number {
  const { error, freedom } = meanWithError(values);
  return studentCriticalValue(level, freedom) * error;
}
