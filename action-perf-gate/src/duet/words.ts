/** What a duet found, in words. */

import { formatApart, formatValue } from '../../../core/gate/index.ts';
import type { Change } from './compare.ts';
import type { Detectable } from './detectable.ts';
import { type DuetMetric, definitionOf, isLatency } from './metrics.ts';

interface Found {
  readonly metric: DuetMetric;
  readonly baseline: number;
  readonly candidate: number;
  readonly change: Change;
}

/**
 * `p95 is 11% slower (3.2 to 19), 14.1 ms against 12.7 ms`; where the interval holds no change at all,
 * `p95 shows no change: 1.2% slower (-3.1 to 5.6), 12.9 ms against 12.7 ms; 8.1% slower would have been seen`.
 */
export function sentenceOf({ metric, baseline, candidate, change }: Found): string {
  const { interval, value } = change;
  const { unit } = definitionOf(metric);
  const values = (
    unit === 'ratio'
      ? [candidate, baseline].map((share) => `${digits(100 * share)}%`)
      : formatApart([candidate, baseline], unit)
  ).join(' against ');
  const told = `${amount(metric, change.scale, value)} (${range(change)}), ${values}`;
  if (interval.low > 0 || interval.high < 0) return `${metric} is ${told}`;
  return `${metric} shows no change: ${told}; ${detectableText(metric, change.detectable)} would have been seen`;
}

/** `8.1% slower`, `0.21 points higher`, `3.1 ms slower`. */
export function detectableText(metric: DuetMetric, { scale, change }: Detectable): string {
  return amount(metric, scale, definitionOf(metric).direction === 'higher' ? -change : change);
}

/** `the smallest change that this run could see is 8.1% slower (80% power)`. */
export function smallestChange(metric: DuetMetric, detectable: Detectable): string {
  return `the smallest change that this run could see is ${detectableText(metric, detectable)} (${100 * detectable.power}% power)`;
}

function amount(metric: DuetMetric, scale: Change['scale'], value: number): string {
  const [more, less] = wordsFor(metric);
  if (value === 0) return 'the same';
  return `${size(metric, scale, Math.abs(value))} ${value < 0 ? less : more}`;
}

function size(metric: DuetMetric, scale: Change['scale'], value: number): string {
  if (scale === 'ratio') return `${digits(100 * value)}%`;
  const { unit } = definitionOf(metric);
  return unit === 'ratio' ? `${digits(100 * value)} points` : formatValue(value, unit);
}

function wordsFor(metric: DuetMetric): readonly [more: string, less: string] {
  if (isLatency(metric)) return ['slower', 'faster'];
  return metric === 'cpu_per_request' || metric === 'memory_peak' ? ['more', 'less'] : ['higher', 'lower'];
}

/** The ends as the value is told: a change for less is told as less. */
function range({ scale, value, interval }: Change): string {
  const sign = value < 0 ? -1 : 1;
  const factor = scale === 'ratio' || interval.high <= 1 ? 100 : 1;
  const ends = [interval.low, interval.high].map((end) => sign * factor * end).sort((a, b) => a - b);
  return ends.map(digits).join(' to ');
}

/** Two significant digits, and no digits after the point from 10 on. */
function digits(value: number): string {
  const rounded = Math.abs(value) >= 10 ? Math.round(value) : Number(value.toPrecision(2));
  return Math.abs(value) < 1e-9 ? '0' : String(rounded).replace('-', '−');
}
