/** Numbers as reports and reasons show them: sensibly rounded, in the metric's unit, never rounded together. */

import type { Unit } from './types.ts';

const usualDigits = 4;

interface Step {
  readonly size: number;
  readonly suffix: string;
}

const timeSteps = (millisecond: number): readonly Step[] => [
  { size: millisecond, suffix: ' ms' },
  { size: 1000 * millisecond, suffix: ' s' },
  { size: 60_000 * millisecond, suffix: ' min' },
  { size: 3_600_000 * millisecond, suffix: ' h' },
  { size: 86_400_000 * millisecond, suffix: ' d' },
];

const steps: Readonly<Record<Unit, readonly Step[]>> = {
  ratio: [{ size: 1, suffix: '' }],
  number: [{ size: 1, suffix: '' }],
  count: [{ size: 1, suffix: '' }],
  milliseconds: timeSteps(1),
  seconds: timeSteps(1 / 1000),
  bytes: [
    { size: 1, suffix: ' B' },
    { size: 1e3, suffix: ' KB' },
    { size: 1e6, suffix: ' MB' },
    { size: 1e9, suffix: ' GB' },
    { size: 1e12, suffix: ' TB' },
  ],
  'per-second': [{ size: 1, suffix: '/s' }],
};

/** A value in the metric's unit, rounded to four significant digits: `0.9123`, `182.4 ms`, `1.5 GB`, `1,240/s`. */
export function formatValue(value: number, unit: Unit): string {
  return write(value, stepFor(value, unit), usualDigits);
}

/**
 * Values that are read side by side. Different numbers get different texts: 0.8499 beside 0.85 is not `0.85`,
 * whatever number of digits that takes.
 */
export function formatApart(values: readonly number[], unit: Unit): string[] {
  const sizes = values.filter((value) => value !== 0 && Number.isFinite(value)).map(Math.abs);
  const largest = Math.max(...sizes, 0);
  // Neighbours share a unit, so that `999.99 ms` is not compared with `1 s`; 3 s and 24 h keep their own.
  const shared = largest / Math.min(...sizes) < 1000 ? stepFor(largest, unit) : null;
  for (let digits = usualDigits; ; digits++) {
    const texts = values.map((value) => write(value, shared ?? stepFor(value, unit), digits));
    if (digits >= 17 || new Set(texts).size >= new Set(values.map((value) => value + 0)).size) return texts;
  }
}

/** Made once: `toLocaleString` makes one a call, some 30 µs. */
const wholeNumbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Whole numbers of samples with thousands separators. */
export function formatCount(count: number): string {
  return wholeNumbers.format(count);
}

function stepFor(value: number, unit: Unit): Step {
  const ladder = steps[unit];
  return ladder.findLast((step) => Math.abs(value) >= step.size) ?? (ladder[0] as Step);
}

function write(value: number, step: Step, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  const scaled = value / step.size;
  const magnitude = Math.abs(scaled);
  if (magnitude !== 0 && (magnitude >= 1e15 || magnitude < 1e-4)) {
    return Number(scaled.toPrecision(digits)).toExponential() + step.suffix;
  }
  // All digits before the point are kept: 123,456 rows are not 123,500 rows.
  const whole = magnitude >= 1 ? Math.floor(Math.log10(magnitude)) + 1 : 0;
  const text = formatterFor(Math.min(17, Math.max(digits, whole))).format(scaled);
  return (text === '-0' ? '0' : text) + step.suffix;
}

/** Making a formatter takes 50 times as long as using one, and a report writes thousands of numbers. */
const formatters = new Map<number, Intl.NumberFormat>();

function formatterFor(significantDigits: number): Intl.NumberFormat {
  const known = formatters.get(significantDigits);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat('en-US', { maximumSignificantDigits: significantDigits });
  formatters.set(significantDigits, made);
  return made;
}
