/**
 * What a CSV cell is. The rule (README, "CSV cells"): an empty cell is missing; a number is a JSON number that a
 * double can hold; a boolean is `true` or `false`; everything else is text. Nothing is trimmed.
 */

import type { ColumnKind } from '../types.ts';

/** One bit a class of cell, so that the classes seen in a column are the bitwise or of its cells. */
export const cell = {
  missing: 0,
  /** Plain digits, up to 2^53. */
  wholeDigits: 1,
  /** Plain digits beyond 2^53: a double would lose some. */
  wideDigits: 2,
  /** A whole value written with a fraction or an exponent, up to 2^53: `3.0`, `1e3`. */
  wholeDecimal: 4,
  /** A whole value beyond 2^53 written with a fraction or an exponent: `1e300`. */
  wideDecimal: 8,
  fraction: 16,
  boolean: 32,
  text: 64,
} as const;

export const maxWhole = 9007199254740992;
const maxWholeDigits = '9007199254740992';

/** The class of the cell in `bytes[start, end)`. */
export function classifyCell(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return cell.missing;
  let at = start;
  let byte = bytes[at] as number;
  const negative = byte === 45;
  if (negative) byte = ++at < end ? (bytes[at] as number) : 0;
  const firstDigit = at;
  if (byte === 48) at += 1;
  else if (byte >= 49 && byte <= 57) at = skipDigits(bytes, at, end);
  else return !negative && isBoolean(bytes, start, end) ? cell.boolean : cell.text;
  const digits = at - firstDigit;
  if (at === end) return digits < 16 ? cell.wholeDigits : classifyLongDigits(bytes, start, firstDigit, end);
  let whole = true;
  if (bytes[at] === 46) {
    const from = at + 1;
    at = skipDigits(bytes, from, end);
    if (at === from) return cell.text;
    for (let i = from; i < at && whole; i += 1) whole = bytes[i] === 48;
    if (at === end && digits < 16) return whole ? cell.wholeDecimal : cell.fraction;
  }
  if (at < end) {
    if (((bytes[at] as number) | 32) !== 101) return cell.text;
    at += 1;
    if (bytes[at] === 43 || bytes[at] === 45) at += 1;
    if (at >= end || skipDigits(bytes, at, end) !== end || at === end) return cell.text;
  }
  return classifyValue(Number(ascii(bytes, start, end)), exactlyWhole(bytes, start, end));
}

function classifyValue(value: number, whole: boolean): number {
  if (!Number.isFinite(value)) return cell.text;
  if (!whole) return cell.fraction;
  return Math.abs(value) <= maxWhole ? cell.wholeDecimal : cell.wideDecimal;
}

/** Whether the decimal is whole as written: `1.5e1` is, `1e-400` (a double reads 0) is not. */
function exactlyWhole(bytes: Uint8Array, start: number, end: number): boolean {
  const [mantissa = '', exponent = '0'] = ascii(bytes, start, end).toLowerCase().split('e');
  const [before = '', after = ''] = mantissa.replace('-', '').split('.');
  const digits = before + after;
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return true;
  return digits.length - significant.length + Number(exponent) - after.length >= 0;
}

function classifyLongDigits(bytes: Uint8Array, start: number, firstDigit: number, end: number): number {
  const digits = ascii(bytes, firstDigit, end);
  if (digits.length < 16 || (digits.length === 16 && digits <= maxWholeDigits)) return cell.wholeDigits;
  return Number.isFinite(Number(ascii(bytes, start, end))) ? cell.wideDigits : cell.text;
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at += 1;
  return at;
}

function isBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  const text = end - start === 4 || end - start === 5 ? ascii(bytes, start, end) : '';
  return text === 'true' || text === 'false';
}

/** Text of bytes that the caller knows to be ASCII, or compares with ASCII only. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i += 1) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/**
 * The kind of a column from the classes of its cells. A column without any value is `string`: there is nothing
 * to say that it is numeric.
 */
export function kindOfCells(seen: number): ColumnKind {
  if (seen === cell.missing || (seen & cell.text) !== 0) return 'string';
  if (seen === cell.boolean) return 'boolean';
  if ((seen & cell.boolean) !== 0) return 'string';
  if ((seen & cell.fraction) !== 0) return 'number';
  if ((seen & cell.wideDigits) !== 0) return 'bigint';
  return (seen & cell.wideDecimal) !== 0 ? 'number' : 'integer';
}
