/** Values of JSON cells: their class, and their text. */

import { RunError } from '../../inputs/errors.ts';
import { cell, kindOfCells, maxWhole } from '../csv/cell.ts';
import type { ColumnKind, JsonValue } from '../types.ts';
import { deepestRow, isTooDeep } from './depth.ts';

/** An array or object inside a cell; continues the bits of `cell`. */
export const nested = 128;

/** A number kept as written, because a double would not hold it; JSON.stringify writes its digits. */
interface RawNumber {
  readonly rawJSON: string;
}

/** ECMAScript's JSON.parse source text access; TypeScript's library does not know it yet. */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const json = JSON as unknown as JsonWithSource;

/** Only such texts can hold a number that a double would change: a long whole part, or a large exponent. */
const mayHoldWideNumber = /(?<![\d.])\d{16}|\d[eE]\+?\d{3}/;

/** Parses one object; numbers beyond a double keep their digits. @throws RunError with the line */
export function parseObject(path: string, line: number, text: string): Record<string, unknown> {
  if (isTooDeep(text)) throw new RunError(`${path}:${line}: nested deeper than ${deepestRow} levels`);
  let value: unknown;
  try {
    value = mayHoldWideNumber.test(text) ? json.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : '';
    throw new RunError(`${path}:${line}: not valid JSON: ${reason}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || json.isRawJSON(value)) {
    throw new RunError(
      `${path}:${line}: not a JSON object; a row is an object such as {"age": 41, "label": 1}`,
    );
  }
  return value as Record<string, unknown>;
}

/**
 * One object as JSON.parse gives it; `exact` has the digits of those of its numbers that a double changes, by key.
 */
export function parseRow(
  path: string,
  line: number,
  text: string,
): { readonly row: Record<string, JsonValue>; readonly exact: ReadonlyMap<string, string> | undefined } {
  const object = parseObject(path, line, text);
  if (!mayHoldWideNumber.test(text)) return { row: object as Record<string, JsonValue>, exact: undefined };
  const exact = new Map<string, string>();
  for (const [key, value] of Object.entries(object)) {
    if (json.isRawJSON(value)) exact.set(key, value.rawJSON);
  }
  return { row: JSON.parse(text) as Record<string, JsonValue>, exact: exact.size === 0 ? undefined : exact };
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  const tooWide = !Number.isFinite(value) || Math.abs(value) >= maxWhole;
  return tooWide && (!Number.isFinite(value) || isWideDigits(context.source))
    ? json.rawJSON(context.source)
    : value;
}

function isWideDigits(source: string): boolean {
  const digits = source.replace('-', '');
  return /^\d+$/.test(digits) && (digits.length > 16 || digits > String(maxWhole));
}

export function classifyJson(value: unknown): number {
  if (value === null || value === undefined) return cell.missing;
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return cell.fraction;
    return Math.abs(value) <= maxWhole ? cell.wholeDigits : cell.wideDecimal;
  }
  if (typeof value === 'string') return cell.text;
  if (typeof value === 'boolean') return cell.boolean;
  if (!json.isRawJSON(value)) return nested;
  return Number.isFinite(Number(value.rawJSON)) ? cell.wideDigits : cell.text;
}

export function kindOfJson(seen: number): ColumnKind {
  return (seen & nested) !== 0 ? 'other' : kindOfCells(seen);
}

/** The number of a cell in a numeric column; null is missing. */
export function jsonNumber(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  return json.isRawJSON(value) ? Number(value.rawJSON) : Number(value);
}

/** The text of a cell; in columns of kind `other` as JSON. */
export function jsonText(value: unknown, kind: ColumnKind): string | null {
  if (value === null || value === undefined) return null;
  if (kind === 'other') return JSON.stringify(value);
  if (json.isRawJSON(value)) return value.rawJSON;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
