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
  const fast = patterns.map(({ source }) => bytePattern(source));
  const onBytes = fast.flatMap((match) => match ?? []);
  const slow = patterns.filter((_, index) => fast[index] === null);
  const dates = formats.length === 1 && formats[0] === 'date' && slow.length === 0;
  const checks = formats.map(formatCheck);
  const needsText = slow.length > 0 || checks.length > 0;
  return (bytes, start, end, form) => {
    for (const match of onBytes) {
      if (form === fieldForm.escaped || !match(bytes, start, end)) return false;
    }
    if (!needsText || (dates && isPlainDate(bytes, start, end))) return true;
    const text = fieldText(bytes, start, end, form);
    for (const pattern of slow) if (!pattern.test(text)) return false;
    return checks.every((check) => check(text));
  };
}

/** `2024-05-28`: a date whatever the month's length; the last days of months take the long way. */
function isPlainDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return false;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if ((byte < 48 || byte > 57) && i !== start + 4 && i !== start + 7) return false;
  }
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  return month >= 1 && month <= 12 && day >= 1 && day <= 28;
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
