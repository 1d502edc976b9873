/** From a contrast to what `judge` takes for a check over the baseline. */

import {
  type Check,
  contrastFactor,
  type Estimate,
  judge,
  type Measurement,
} from '../../../core/gate/index.ts';
import type { BaselineBound, Contrast, ContrastReading } from './contrast.ts';
import { asksTooMuch, detectableOf } from './detectable.ts';
import { type DuetMetric, definitionOf } from './metrics.ts';
import { smallestChange } from './words.ts';

export interface Compared {
  readonly metric: DuetMetric;
  readonly baseline: Estimate;
  readonly candidate: Estimate;
  /** For the bound of the check. */
  readonly contrast: ContrastReading;
}

export interface MeasurementOptions {
  /** Of checks that name none. */
  readonly level: number;
  /** Why no longer run would settle what is inconclusive; null: one would. */
  readonly limit: string | null;
}

/** The bound over the baseline that a check has; null: none. */
export function boundOf({ condition }: Check): BaselineBound | null {
  const factor = contrastFactor(condition);
  if (factor === null || condition.kind === 'holds') return null;
  const bounds = condition.kind === 'compare' ? [condition.bound] : [condition.low, condition.high];
  // Any offset asks for differences; which of two does not matter, as `judge` compares with each.
  const offsets = bounds.map((bound) => (bound.kind === 'baseline' ? Math.abs(bound.offset) : 0));
  return { factor, offset: Math.max(...offsets) };
}

/** A check that asks for less than the run could have seen never passes by luck: see `asksTooMuch`. */
export function measurementOf(
  check: Check,
  { metric, baseline, candidate, contrast }: Compared,
  { level, limit }: MeasurementOptions,
): Measurement {
  const measured = { metric, selector: check.selector, estimate: candidate, baseline };
  const bound = boundOf(check);
  if (bound === null || !baseline.defined) return { ...measured, contrast: null };
  if ('missing' in contrast) {
    return { ...measured, contrast: { defined: false, reason: contrast.missing, n: candidate.n } };
  }
  const { unit, direction } = definitionOf(metric);
  const note = smallestChange(metric, detectableOf(contrast, direction === 'higher' ? 'down' : 'up'));
  const measurement: Measurement = {
    ...measured,
    contrast: inUnits(contrast, bound.factor, baseline.value, candidate.n),
    notes: [note],
  };
  const samples = 'requests of each service';
  const { verdict, reason } = judge(check, measurement, { confidence: level, samples, unit });
  if (verdict === 'pass' && asksTooMuch(check, contrast, baseline.value)) {
    return { ...measurement, inconclusive: `\`${check.id}\` asks for less than can be told: ${note}` };
  }
  if (verdict === 'inconclusive' && limit !== null) {
    // The judge's own reason ends in how many requests would settle it, and none would.
    const seen = reason.split(';')[0] ?? reason;
    return { ...measurement, inconclusive: `${seen}; ${limit}` };
  }
  return measurement;
}

/** The sign of candidate - factor * baseline is that of ln(candidate / baseline) - ln factor: a ratio times the baseline's value. */
function inUnits(contrast: Contrast, factor: number, baseline: number, n: number): Estimate {
  const { scale, value, interval } = contrast;
  const units = (end: number): number => (scale === 'ratio' ? baseline * (Math.exp(end) - factor) : end);
  return {
    defined: true,
    value: units(value),
    interval: { ...interval, low: units(interval.low), high: units(interval.high) },
    n,
  };
}
