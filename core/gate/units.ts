/** Units of thresholds and their conversion to a metric's base unit. */

import { visible } from './excerpt.ts';
import { nearest } from './nearest.ts';
import type { Unit } from './types.ts';

/** value = text * 10^shift * factor; the power of ten is applied to the decimal text, so `12.3%` is 0.123 exactly. */
interface Scale {
  readonly shift: number;
  readonly factor: number;
}

const decimal = (shift: number): Scale => ({ shift, factor: 1 });
const times = (factor: number): Scale => ({ shift: 0, factor });

const secondScales: [string, Scale][] = [
  ['s', decimal(0)],
  ['m', times(60)],
  ['h', times(3600)],
  ['d', times(86_400)],
];
const byteScales: [string, Scale][] = [
  ['B', decimal(0)],
  ['KB', decimal(3)],
  ['MB', decimal(6)],
  ['GB', decimal(9)],
  ['TB', decimal(12)],
  ['KiB', times(2 ** 10)],
  ['MiB', times(2 ** 20)],
  ['GiB', times(2 ** 30)],
  ['TiB', times(2 ** 40)],
];

/** The first spelling is the one for a bare number, where one is allowed. */
const scales: Readonly<Record<Unit, ReadonlyMap<string, Scale>>> = {
  ratio: new Map([
    ['', decimal(0)],
    ['%', decimal(-2)],
  ]),
  number: new Map([['', decimal(0)]]),
  count: new Map([['', decimal(0)]]),
  milliseconds: new Map([
    ['ms', decimal(0)],
    ...secondScales.map(([name, { shift, factor }]): [string, Scale] => [name, { shift: shift + 3, factor }]),
  ]),
  seconds: new Map([['ms', decimal(-3)], ...secondScales]),
  bytes: new Map(byteScales),
  'per-second': new Map([['/s', decimal(0)]]),
};

const unitNames: Readonly<Record<Unit, string>> = {
  ratio: 'a ratio',
  number: 'a plain number',
  count: 'a count',
  milliseconds: 'a time',
  seconds: 'a time',
  bytes: 'a size in bytes',
  'per-second': 'a rate per second',
};

/** What people write for the units of the grammar. */
const usualSpellings: Readonly<Record<string, string>> = {
  msec: 'ms',
  millis: 'ms',
  milliseconds: 'ms',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hr: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
  bytes: 'B',
  percent: '%',
  pct: '%',
  '/sec': '/s',
  '/second': '/s',
};

export type Quantity =
  | { readonly ok: true; readonly value: number; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly allowed?: string; readonly nearest?: string };

/**
 * A magnitude and its unit in the metric's base unit. `magnitude` is canonical (`String(number)`), `unit` as
 * written, empty for a bare number. `metric` names the metric in messages.
 */
export function convert(magnitude: string, unit: string, target: Unit, metric: string): Quantity {
  const known = scales[target];
  const spelling = unit === 'kB' ? 'KB' : unit;
  const bare = spelling === '';
  // One unit only, so a bare number is not ambiguous.
  const name = bare && target === 'per-second' ? '/s' : spelling;
  const scale = known.get(name);
  if (scale !== undefined) {
    const value = shifted(magnitude, scale.shift) * scale.factor;
    if (!Number.isFinite(value)) return { ok: false, message: `\`${magnitude}${unit}\` is too large` };
    return { ok: true, value, text: magnitude + name };
  }
  const allowed = [...known.keys()].filter((each) => each !== '');
  if (bare) {
    if (Number(magnitude) === 0) return { ok: true, value: 0, text: '0' };
    return {
      ok: false,
      message: `\`${metric}\` is ${unitNames[target]}: \`${magnitude}\` needs a unit`,
      allowed: allowed.map((each) => `${magnitude}${each}`).join(', '),
    };
  }
  const usual = usualSpellings[unit.toLowerCase()];
  const guess = usual !== undefined && known.has(usual) ? usual : nearest(unit, allowed);
  return {
    ok: false,
    message: `\`${metric}\` is ${unitNames[target]} and does not take the unit \`${visible(unit)}\``,
    allowed:
      allowed.length > 0
        ? [...known.keys()].map((each) => each || 'a bare number').join(', ')
        : 'a bare number',
    ...(guess === undefined ? {} : { nearest: `${magnitude}${guess}` }),
  };
}

/** decimalText * 10^shift, rounded once. */
export function shifted(decimalText: string, shift: number): number {
  const [mantissa = '', exponent = '0'] = decimalText.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(exponent) + shift}`);
}

/** Confidence levels are kept to so many digits, so that their percentages read back as the same number. */
export const levelDigits = 12;

/** 0.95 as `95%`. */
export function percentText(fraction: number): string {
  return `${Number(shifted(String(fraction), 2).toPrecision(levelDigits))}%`;
}
