/** The words of verdicts. */

import { formatApart, formatCount } from './format.ts';
import type { Comparison, Interval, Unit } from './types.ts';
import { percentText } from './units.ts';

export interface Wording {
  readonly unit: Unit;
  /** What n counts: `rows`. */
  readonly samples: string;
}

interface Side {
  readonly operator: Comparison;
  readonly limit: number;
}

/** What was seen, up to the verb, and the limits written with the same care for digits. */
export interface Lead {
  readonly text: string;
  readonly limits: readonly string[];
  readonly sides: readonly Side[];
}

export interface Pair {
  readonly value: number;
  readonly baseline: number;
  readonly factor: number;
  readonly difference: number;
}

const holds: Readonly<Record<Comparison, string>> = {
  '>=': 'is at least',
  '>': 'is above',
  '<=': 'is at most',
  '<': 'is below',
  '==': 'equals',
  '!=': 'differs from',
};
const fails: Readonly<Record<Comparison, string>> = {
  '>=': 'is below',
  '>': 'is not above',
  '<=': 'is above',
  '<': 'is not below',
  '==': 'differs from',
  '!=': 'equals',
};
const lies: Readonly<Record<Comparison, string>> = {
  '>=': 'lies at or above',
  '>': 'lies above',
  '<=': 'lies at or below',
  '<': 'lies below',
  '==': 'equals',
  '!=': 'differs from',
};
const opposite: Readonly<Record<Comparison, Comparison>> = {
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '<': '>=',
  '==': '!=',
  '!=': '==',
};

/** `0.91 is at least 0.85`, `70 is not between 20 and 60`. */
export function value(number: number, sides: readonly Side[], passes: boolean, { unit }: Wording): string {
  const [shown = '', ...limits] = formatApart([number, ...sides.map((side) => side.limit)], unit);
  return `${shown} ${claim(sides, limits, passes)}`;
}

/** `0.92 against the baseline's 0.93: the difference -0.01 is at least -0.02`. */
export function difference(pair: Pair, sides: readonly Side[], passes: boolean, { unit }: Wording): string {
  const [shown = '', ...limits] = formatApart([pair.difference, ...sides.map((side) => side.limit)], unit);
  return `${against(pair, unit)}: the difference ${shown} ${claim(sides, limits, passes)}`;
}

/** `95% interval [0.83, 0.88]`; the value stands in the report beside it. */
export function intervalOf(interval: Interval, sides: readonly Side[], { unit }: Wording): Lead {
  const { low, high, limits } = ends(interval, sides, unit);
  return { text: `${percentText(interval.level)} interval [${low}, ${high}]`, limits, sides };
}

/** `0.92 against the baseline's 0.93: 95% interval [-0.02, 0.001] of the difference`. */
export function intervalOfDifference(
  pair: Pair,
  interval: Interval,
  sides: readonly Side[],
  { unit }: Wording,
): Lead {
  const { low, high, limits } = ends(interval, sides, unit);
  const text = `${against(pair, unit)}: ${percentText(interval.level)} interval [${low}, ${high}] of the difference`;
  return { text, limits, sides };
}

export function intervalPasses(lead: Lead, sides: readonly Side[]): string {
  const [side] = sides;
  const [low = '', high = ''] = lead.limits;
  if (sides.length > 1) return `${lead.text} lies between ${low} and ${high}`;
  return `${lead.text} ${side === undefined ? '' : lies[side.operator]} ${low}`;
}

export function intervalFails(lead: Lead, sides: readonly Side[]): string {
  const [side] = sides;
  const [low = '', high = ''] = lead.limits;
  if (sides.length > 1) return `${lead.text} lies outside ${low} to ${high}`;
  return `${lead.text} ${side === undefined ? '' : lies[opposite[side.operator]]} ${low}`;
}

/** `… straddles 0.85; about 1,240 rows in total (740 more) would settle it`. */
export function straddles(
  lead: Lead,
  open: readonly Side[],
  seen: number,
  n: number,
  required: number | null,
  { samples }: Wording,
): string {
  const limits = open.map((side) => lead.limits[lead.sides.indexOf(side)] ?? '').join(' and ');
  const bound = `${lead.text} straddles ${limits}`;
  if (open.some((side) => side.limit === seen)) {
    return `${bound}, which the value equals: no number of ${samples} would settle it`;
  }
  if (required === null || required > 1e12)
    return `${bound}; no practical number of ${samples} would settle it`;
  return `${bound}; about ${formatCount(required)} ${samples} in total (${formatCount(required - n)} more) would settle it`;
}

/** `there is no 95% interval of p99 from 40 requests`. */
export function noInterval(level: number, what: string, n: number, { samples }: Wording): string {
  return `there is no ${percentText(level)} interval of ${what} from ${formatCount(n)} ${samples}`;
}

function claim(sides: readonly Side[], limits: readonly string[], passes: boolean): string {
  const [side] = sides;
  if (sides.length > 1) return `is ${passes ? '' : 'not '}between ${limits[0]} and ${limits[1]}`;
  return side === undefined ? '' : `${(passes ? holds : fails)[side.operator]} ${limits[0]}`;
}

function against(pair: Pair, unit: Unit): string {
  const [value = '', baseline = ''] = formatApart([pair.value, pair.baseline], unit);
  const factor = pair.factor === 1 ? '' : `${pair.factor} times `;
  return `${value} against ${factor}the baseline's ${baseline}`;
}

function ends(
  interval: Interval,
  sides: readonly Side[],
  unit: Unit,
): { low: string; high: string; limits: string[] } {
  const [low = '', high = '', ...limits] = formatApart(
    [interval.low, interval.high, ...sides.map((side) => side.limit)],
    unit,
  );
  return { low, high, limits };
}
