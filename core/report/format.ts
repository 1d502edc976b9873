/** Numbers as reports show them. A dash stands for a number that is not there; nothing is ever shown as NaN. */

import { formatApart, formatCount, formatValue } from '../gate/index.ts';
import type { CheckRecord, Estimate, Interval, Unit } from '../gate/types.ts';

export { formatCount };

export const absent = '–';

export function valueText(value: number | null, unit: Unit): string {
  return value === null || !Number.isFinite(value) ? absent : formatValue(value, unit);
}

export function formatNumber(value: number): string {
  return valueText(value, 'number');
}

/** `1 check`, `2,000 checks`. */
export function counted(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** `95%`, `99.9%`. */
export function formatPercent(fraction: number): string {
  return `${valueText(fraction * 100, 'number')}%`;
}

/** `0.88 to 0.93`; the level stands in the column's heading. */
export function intervalText(interval: Interval | null, unit: Unit): string {
  if (interval === null) return absent;
  const [low, high] = [valueText(interval.low, unit), valueText(interval.high, unit)];
  return low === absent || high === absent ? absent : `${low} to ${high}`;
}

/** With its sign, so that a reader sees the direction: `+0.012`, `-0.03`, `0`. */
function signed(text: string, value: number): string {
  return value > 0 ? `+${text}` : text;
}

/**
 * `+0.012 (-0.004 to +0.03)`. `scale` is the size of the numbers that were subtracted: what is smaller than 1e-12
 * of it is the noise of doubles, and shown as 0.
 */
export function differenceText(value: number, interval: Interval | null, unit: Unit, scale: number): string {
  const shown = (number: number) => {
    const settled = Math.abs(number) < Math.abs(scale) * 1e-12 ? 0 : number;
    return signed(valueText(settled, unit), settled);
  };
  return interval === null
    ? shown(value)
    : `${shown(value)} (${shown(interval.low)} to ${shown(interval.high)})`;
}

export function estimateText(estimate: Estimate | null, unit: Unit): string {
  return estimate === null || !estimate.defined ? absent : valueText(estimate.value, unit);
}

const signs: Readonly<Record<string, string>> = {
  '>=': '≥',
  '<=': '≤',
  '>': '>',
  '<': '<',
  '==': '=',
  '!=': '≠',
};

/** The cells of one check. */
export interface CheckText {
  readonly value: string;
  readonly interval: string;
  readonly threshold: string;
  readonly baseline: string;
  readonly difference: string;
}

/**
 * Rounded so that each number can be told from the one it is judged against: a value of 0.84996 is not shown as
 * `0.85` beside `≥ 0.85`.
 */
export function checkText(check: CheckRecord): CheckText {
  const { unit, interval, value, threshold } = check;
  const judged = [value, interval?.low ?? null, interval?.high ?? null, threshold];
  const texts = apart(judged, unit);
  return {
    value: texts[0] ?? absent,
    interval: interval === null ? absent : `${texts[1] ?? absent} to ${texts[2] ?? absent}`,
    threshold: thresholdText(check, texts[3] ?? absent),
    baseline: valueText(check.baseline, unit),
    difference: checkDifference(check),
  };
}

/** The same length as `values`; numbers that differ get texts that differ. */
function apart(values: readonly (number | null)[], unit: Unit): readonly string[] {
  const present = values.filter((value) => value !== null && Number.isFinite(value));
  const texts = formatApart(present as number[], unit);
  return values.map((value) => (value === null ? absent : (texts[present.indexOf(value)] ?? absent)));
}

/** `≥ 0.85`; for what is no single bound, the condition as it was written: `between 20 and 60`. */
function thresholdText(check: CheckRecord, threshold: string): string {
  const operator = /^(>=|<=|==|!=|>|<)/.exec(check.condition)?.[0];
  if (check.threshold === null || operator === undefined) {
    return check.condition === '' ? absent : check.condition;
  }
  return `${signs[operator] ?? operator} ${threshold}`;
}

function checkDifference(check: CheckRecord): string {
  const { difference, value, threshold, unit } = check;
  if (difference === null) return absent;
  const offset = value === null || threshold === null ? null : difference.value - (value - threshold);
  // Twelve digits hide the noise of that subtraction, and no difference that a metric can have.
  const rounded = (number: number) => Number(number.toPrecision(12));
  const [text = absent] = apart([rounded(difference.value), offset === null ? null : rounded(offset)], unit);
  const shown = signed(text, difference.value);
  if (difference.interval === null) return shown;
  const bound = (end: number) => signed(valueText(end, unit), end);
  return `${shown} (${bound(difference.interval.low)} to ${bound(difference.interval.high)})`;
}
