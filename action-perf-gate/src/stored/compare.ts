/**
 * A run compared with an earlier one of the same service, from its result document.
 *
 * The two intervals say how well each run knows its own numbers. They do not say how much runs of one and the same
 * service differ, on another machine of the kind and another day, and one earlier run cannot tell: that is assumed, as a
 * standard deviation of a run, so that such a comparison fails for what is much slower and does not cry wolf. What it
 * cannot tell is `inconclusive`; the duet can.
 */

import type { Check, Estimate, Measurement } from '../../../core/gate/index.ts';
import { metricKey } from '../../../core/gate/index.ts';
import { criticalValue } from '../../../core/stats/index.ts';
import {
  boundOf,
  type ContrastReading,
  type DuetMetric,
  isDuetMetric,
  measurementOf,
  power,
} from '../duet/index.ts';
import { type StoredEstimate, type StoredRun, storedLevel } from './record.ts';

/** Standard deviation of the logarithm of a metric from run to run of one service; assumed, not measured. */
function runSpread(metric: DuetMetric): number {
  if (metric === 'error_rate' || metric === 'throughput') return 0;
  return metric === 'cpu_per_request' ? 0.05 : 0.1;
}

export interface StoredOptions {
  /** Of checks that name none. */
  readonly level: number;
  /** This run's estimate of the metric of the check, at a level. */
  readonly estimate: (check: Check, level: number) => Estimate;
}

/** What `judge` needs for a check with a bound over the baseline; `run` is comparable. */
export function measureStored(check: Check, run: StoredRun, { level, estimate }: StoredOptions): Measurement {
  if (!isDuetMetric(check.metric)) throw new RangeError(`earlier runs are not compared by ${check.metric}`);
  const { metric } = check;
  const wanted = check.confidence ?? level;
  const candidate = estimate(check, wanted);
  const key = check.selector === null ? metric : metricKey(metric, check.selector);
  const stored = run.estimates.metrics[key];
  const baseline = baselineOf(key, stored);
  const contrast = contrastOf(check, { key, stored, current: estimate(check, storedLevel), level: wanted });
  const limit =
    runSpread(metric) === 0
      ? null
      : `runs of one service are taken to differ by ${100 * runSpread(metric)}% from one to the next, which no longer run changes; a baseline beside it (\`baseline-url\`, \`baseline-start-command\`) would`;
  return measurementOf(check, { metric, baseline, candidate, contrast }, { level, limit });
}

function baselineOf(key: string, stored: StoredEstimate | undefined): Estimate {
  if (stored === undefined) return { defined: false, reason: `the earlier run has no ${key}`, n: 0 };
  const { value, low, high, n } = stored;
  const interval = low === null || high === null ? null : { level: storedLevel, low, high, method: 'stored' };
  return { defined: true, value, interval, n };
}

interface Sides {
  readonly key: string;
  readonly stored: StoredEstimate | undefined;
  /** At `storedLevel`, as the other. */
  readonly current: Estimate;
  readonly level: number;
}

/** MOVER (Zou and Donner 2008), on logarithms unless the bound has an offset or a rate may be 0, with the run's spread. */
function contrastOf(check: Check, { key, stored, current, level }: Sides): ContrastReading {
  const bound = boundOf(check) ?? { factor: 1, offset: 0 };
  const metric = check.metric as DuetMetric;
  if (!current.defined) return { missing: current.reason };
  if (stored === undefined) return { missing: `the earlier run has no ${key}` };
  if (current.interval === null) return { missing: `${key} has no interval in this run` };
  if (stored.low === null || stored.high === null)
    return { missing: `${key} has no interval in the earlier run` };
  const isRatio =
    metric !== 'error_rate' &&
    bound.offset === 0 &&
    [current.value, stored.value].every((value) => value > 0);
  const scale = isRatio ? 'ratio' : 'difference';
  // The intervals are at `storedLevel`, distances in proportion to the critical value.
  const stretch = criticalValue(level) / criticalValue(storedLevel);
  const now = distances(current.value, current.interval, isRatio, stretch);
  const then = distances(
    stored.value,
    { low: stored.low, high: stored.high },
    isRatio,
    stretch * bound.factor ** (isRatio ? 0 : 1),
  );
  const unit = isRatio ? 1 : stored.value;
  const spread = unit * runSpread(metric) * Math.SQRT2;
  const width = (one: number, other: number, z: number): number => Math.hypot(one, other, z * spread);
  const z = criticalValue(level);
  const value = isRatio
    ? Math.log(current.value / stored.value)
    : current.value - bound.factor * stored.value;
  const below = width(now.below, then.above, z);
  const above = width(now.above, then.below, z);
  const half = (below + above) / 2;
  return {
    scale,
    value,
    interval: { level, low: value - below, high: value + above, method: 'mover-between-runs' },
    detectable: half * (1 + criticalValue(2 * power - 1) / z),
  };
}

function distances(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
  isRatio: boolean,
  stretch: number,
): { readonly below: number; readonly above: number } {
  if (!isRatio) return { below: stretch * (value - low), above: stretch * (high - value) };
  const above = Math.log(high / value);
  // An interval that reaches 0 has no logarithm there: as far down as up.
  const below = low > 0 ? Math.log(value / low) : above;
  return { below: stretch * below, above: stretch * above };
}
