/** The plan of a column as functions over bytes: true is "surely valid", false is "ask the schema". */

import { cell, fieldForm, fieldText } from '../../../core/tables/csv/index.ts';
import {
  type CellTypes,
  formatCheck,
  multipleTest,
  type NumberPlan,
  type StringPlan,
  type ValuePlan,
} from '../schema/index.ts';
import { bytePattern } from './byte-pattern.ts';

export type NumberTest = (value: number) => boolean;
export type TextTest = (bytes: Buffer, start: number, end: number, form: number) => boolean;
/** A CSV cell of the class that `classifyCell` gave; `value` is that of a number. */
export type CellTest = (
  bytes: Buffer,
  start: number,
  end: number,
  form: number,
  kind: number,
  value: number,
) => boolean;

const never = (): boolean => false;
const always = (): boolean => true;

export function numberTest(plan: NumberPlan | null): NumberTest {
  if (plan === null) return never;
  const { whole, minimum, minimumExclusive, maximum, maximumExclusive, multipleOf, among } = plan;
  const multiples = multipleOf.map(multipleTest);
  const rest =
    among === null && multipleOf.length === 0
      ? null
      : (value: number): boolean =>
          (among === null || among.includes(value)) && multiples.every((test) => test(value));
  return (value) => {
    if (!Number.isFinite(value) || (whole && !Number.isInteger(value))) return false;
    if (minimumExclusive ? value <= minimum : value < minimum) return false;
    if (maximumExclusive ? value >= maximum : value > maximum) return false;
    return rest === null || rest(value);
  };
}

export function textTest(plan: StringPlan | null): TextTest {
  if (plan === null) return never;
  const { minLength, maxLength, patterns, formats, among } = plan;
  const bounded = minLength > 0 || maxLength < Number.POSITIVE_INFINITY;
  const known = among === null ? null : amongTest(among);
  const onText = stringTests(patterns, formats);
  if (!bounded && known === null && onText === null) return always;
  return (bytes, start, end, form) => {
    if (known !== null && !known(bytes, start, end, form)) return false;
    if (bounded && !hasLength(bytes, start, end, form, minLength, maxLength)) return false;
    return onText === null || onText(bytes, start, end, form);
  };
}

/** Bytes are compared with the bytes of the values; a cell with doubled quotes is left to the schema. */
function amongTest(values: readonly string[]): TextTest {
  const byLength = new Map<number, Buffer[]>();
  for (const value of values) {
    const bytes = Buffer.from(value);
    // Lone surrogates have no bytes of their own.
    if (bytes.toString() !== value) continue;
    byLength.set(bytes.length, [...(byLength.get(bytes.length) ?? []), bytes]);
  }
  return (bytes, start, end, form) => {
    if (form === fieldForm.escaped) return false;
    const candidates = byLength.get(end - start);
    return candidates?.some((candidate) => equal(candidate, bytes, start)) ?? false;
  };
}

function equal(candidate: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < candidate.length; i += 1) if (candidate[i] !== bytes[start + i]) return false;
  return true;
}

/** Lengths in code points, as JSON Schema counts them. */
function hasLength(
  bytes: Buffer,
  start: number,
  end: number,
  form: number,
  least: number,
  most: number,
): boolean {
  let length = end - start;
  // A character has four bytes at most, and a doubled quote is one: mostly the bytes alone tell.
  if (length <= most && length >= least * 4) return true;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if ((byte & 0xc0) === 0x80) length -= 1;
    else if (byte === 34 && form === fieldForm.escaped) {
      length -= 1;
      i += 1;
    }
  }
  return length >= least && length <= most;
}

function stringTests(patterns: StringPlan['patterns'], formats: readonly string[]): TextTest | null {
  if (patterns.length === 0 && formats.length === 0) return null;
  const matches = patterns.map((pattern) => patternTest(pattern));
  const checks = formats.map(formatTest);
  const tests = [...matches, ...checks];
  return (bytes, start, end, form) => {
    for (const test of tests) if (!test(bytes, start, end, form)) return false;
    return true;
  };
}

/** What bytes do not show, as with text beyond ASCII, the expression itself decides. */
function patternTest(pattern: StringPlan['patterns'][number]): TextTest {
  const match = bytePattern(pattern.source);
  return (bytes, start, end, form) =>
    (match !== null && form !== fieldForm.escaped && match(bytes, start, end)) ||
    pattern.test(fieldText(bytes, start, end, form));
}

function formatTest(name: string): TextTest {
  const check = formatCheck(name);
  const isDate = name === 'date';
  return (bytes, start, end, form) =>
    (isDate && isPlainDate(bytes, start, end)) || check(fieldText(bytes, start, end, form));
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2024-05-31`; the 29th of February takes the long way. */
function isPlainDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return false;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if ((byte < 48 || byte > 57) && i !== start + 4 && i !== start + 7) return false;
  }
  const day = twoDigits(bytes, start + 8);
  return day >= 1 && day <= (daysOfMonth[twoDigits(bytes, start + 5) - 1] ?? 0);
}

function twoDigits(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) - 48) * 10 + (bytes[at + 1] as number) - 48;
}

/** `required`: a missing cell is left to the schema. */
export function cellTest(plan: ValuePlan, types: CellTypes, required: boolean): CellTest {
  const number = numberTest(plan.number);
  const text = textTest(plan.string);
  const booleans = plan.boolean?.allowed ?? [];
  const missing = types.null ? plan.nullValue : !required;
  return (bytes, start, end, form, kind, value) => {
    if (kind === cell.missing) return missing;
    if (kind === cell.text) return text(bytes, start, end, form);
    if (kind === cell.boolean) {
      return types.boolean ? booleans.includes(end - start === 4) : text(bytes, start, end, form);
    }
    return types.number ? number(value) : text(bytes, start, end, form);
  };
}
