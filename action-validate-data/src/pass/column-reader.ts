/**
 * Reads the cells of one column: finds where a cell ends, judges it and enters it into the profile, in one go over its
 * bytes. Positions that are returned are complemented (`~position`) when the cell is not surely valid.
 */

import { cell, classifyCell, fieldForm, fieldText, parseNumber } from '../../../core/tables/csv/index.ts';
import { ColumnAccumulator } from '../profile/column.ts';
import { finalizeHash, hashPrime, hashSeed } from '../profile/hashing.ts';
import type { CellTypes, ValuePlan } from '../schema/index.ts';
import {
  type CellTest,
  cellTest,
  type NumberTest,
  numberTest,
  type TextTest,
  textTest,
} from './cell-tests.ts';

/** What the readers of a file share. */
export interface Shared {
  readonly delimiter: number;
  /** -1: no field is quoted. */
  readonly quote: number;
  /** 1 for bytes that end plain text: delimiter, line ends, quote, NUL. */
  readonly special: Uint8Array;
  readonly nulls: readonly Buffer[];
  /** Draw of the row at hand, for samples. */
  draw: number;
  /** Line ends inside of quoted fields of the row at hand. */
  inner: number;
}

export interface ColumnPlan {
  /** Null: there is no schema, every cell is valid. */
  readonly plan: ValuePlan | null;
  readonly types: CellTypes;
  readonly required: boolean;
}

/** JSON: what stands here is not plain, the row must be parsed. No position is 0: a brace stands before every value. */
export const notPlain = 0;

const doubleQuote = 34;
const powers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Digits that a double holds whatever they are. */
const exactDigits = 15;
/** The number that `scanNumber` found. */
const found = new Float64Array(1);

/** Reads a number of few digits without exponent; returns the place behind it, or -1. */
function scanNumber(bytes: Buffer, start: number): number {
  let at = start;
  let byte = bytes[at] as number;
  const negative = byte === 45;
  if (negative) byte = bytes[++at] as number;
  if (!(byte >= 48 && byte <= 57)) return -1;
  const first = at;
  const leadingZero = byte === 48;
  let value = byte - 48;
  for (byte = bytes[++at] as number; byte >= 48 && byte <= 57; byte = bytes[++at] as number) {
    value = value * 10 + (byte - 48);
  }
  let digits = at - first;
  if (leadingZero && digits > 1) return -1;
  if (byte === 46) {
    const point = at;
    for (byte = bytes[++at] as number; byte >= 48 && byte <= 57; byte = bytes[++at] as number) {
      value = value * 10 + (byte - 48);
    }
    const places = at - point - 1;
    digits += places;
    if (places === 0 || digits > exactDigits) return -1;
    // Both are exact, so the quotient is the nearest double (Clinger 1990).
    value /= powers[places] as number;
  }
  if (digits > exactDigits) return -1;
  found[0] = negative ? -value : value;
  return at;
}

/** Of columns beyond those that are described: what it collects is thrown away. */
const discarded = new ColumnAccumulator();

export class ColumnReader {
  private readonly shared: Shared;
  private readonly accumulator: ColumnAccumulator;
  private readonly number: NumberTest;
  private readonly text: TextTest;
  private readonly cell: CellTest;
  private readonly missing: boolean;
  private readonly nullValue: boolean;
  private readonly trueValue: boolean;
  private readonly falseValue: boolean;
  /** Numbers first: the schema admits them. */
  private readonly mayBeNumber: boolean;
  /** Text whatever it looks like. */
  private readonly isText: boolean;
  private readonly isBoolean: boolean;
  /** Bounds that most numbers are judged by; `number` does the rest. */
  private readonly plainNumbers: boolean;
  private readonly whole: boolean;
  private readonly minimum: number;
  private readonly maximum: number;

  constructor({ plan, types, required }: ColumnPlan, accumulator: ColumnAccumulator | null, shared: Shared) {
    this.shared = shared;
    this.accumulator = accumulator ?? discarded;
    this.number = plan === null ? () => true : numberTest(plan.number);
    this.text = plan === null ? () => true : textTest(plan.string);
    this.cell = plan === null ? () => true : cellTest(plan, types, required);
    this.missing = plan === null || (types.null ? plan.nullValue : !required);
    this.nullValue = plan === null || plan.nullValue;
    this.trueValue = plan === null || (plan.boolean?.allowed.includes(true) ?? false);
    this.falseValue = plan === null || (plan.boolean?.allowed.includes(false) ?? false);
    this.mayBeNumber = types.number;
    this.isText = !types.number && !types.boolean;
    this.isBoolean = types.boolean && !types.number;
    const numbers = plan?.number ?? null;
    this.plainNumbers =
      numbers !== null &&
      !numbers.minimumExclusive &&
      !numbers.maximumExclusive &&
      numbers.multipleOf.length === 0 &&
      numbers.among === null;
    this.whole = numbers?.whole ?? false;
    this.minimum = numbers?.minimum ?? 0;
    this.maximum = numbers?.maximum ?? 0;
  }

  /** A CSV cell that starts at `start`; the place of the byte that ends it. */
  csv(bytes: Buffer, start: number): number {
    const { special } = this.shared;
    if (this.mayBeNumber && this.shared.nulls.length === 0) {
      const end = scanNumber(bytes, start);
      if (end !== -1 && special[bytes[end] as number] !== 0) {
        const byte = bytes[end] as number;
        if (byte !== this.shared.quote && byte !== 0) {
          return this.isSureNumber(found[0] as number) ? end : ~end;
        }
      }
    }
    let hash = hashSeed;
    let bits = 0;
    let at = start;
    let byte = bytes[at] as number;
    while (special[byte] === 0) {
      hash = Math.imul(hash ^ byte, hashPrime);
      bits |= byte;
      byte = bytes[++at] as number;
    }
    if (byte === this.shared.quote || byte === 0) return this.slow(bytes, start);
    if (at === start) {
      this.accumulator.addMissing();
      return this.missing ? at : ~at;
    }
    if (this.isBoolean && this.shared.nulls.length === 0) {
      const isTrue = at - start === 4 && startsWith(bytes, start, trueBytes);
      if (isTrue || (at - start === 5 && startsWith(bytes, start, falseBytes))) {
        this.accumulator.addBoolean(isTrue);
        return (isTrue ? this.trueValue : this.falseValue) ? at : ~at;
      }
    }
    if (this.isText && this.shared.nulls.length === 0) {
      this.accumulator.addHashedText(bytes, start, at, finalizeHash(hash ^ (at - start)), bits < 128);
      return this.text(bytes, start, at, fieldForm.plain) ? at : ~at;
    }
    return this.field(bytes, start, at, fieldForm.plain) ? at : ~at;
  }

  /** A JSON string whose first byte stands at `start`; the place behind its closing quote. */
  jsonText(bytes: Buffer, start: number): number {
    let hash = hashSeed;
    let bits = 0;
    let at = start;
    let byte = bytes[at] as number;
    while (byte !== 34) {
      if (byte === 92) return this.jsonEscaped(bytes, start);
      // What JSON does not allow; undefined at the end of the bytes.
      if (!(byte >= 32)) return notPlain;
      hash = Math.imul(hash ^ byte, hashPrime);
      bits |= byte;
      byte = bytes[++at] as number;
    }
    this.accumulator.addHashedText(bytes, start, at, finalizeHash(hash ^ (at - start)), bits < 128);
    return this.text(bytes, start, at, fieldForm.plain) ? at + 1 : ~(at + 1);
  }

  /** A string with escapes, decoded by JSON.parse. */
  private jsonEscaped(bytes: Buffer, start: number): number {
    let end = start;
    for (let byte = bytes[end] as number; byte !== 34; byte = bytes[end] as number) {
      if (!(byte >= 32)) return notPlain;
      end += byte === 92 ? 2 : 1;
    }
    let text: string;
    try {
      text = JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
    } catch {
      return notPlain;
    }
    // Half of a surrogate pair has no bytes of its own.
    if (!text.isWellFormed()) return notPlain;
    const decoded = Buffer.from(text);
    this.accumulator.addText(decoded, 0, decoded.length);
    return this.text(decoded, 0, decoded.length, fieldForm.plain) ? end + 1 : ~(end + 1);
  }

  jsonNumber(bytes: Buffer, start: number): number {
    const end = scanNumber(bytes, start);
    const next = end === -1 ? -1 : (bytes[end] as number);
    if (next === 44 || next === 125 || next === 32 || next === 10 || next === 13) {
      return this.isSureNumber(found[0] as number) ? end : ~end;
    }
    let at = start;
    for (let byte = bytes[at] as number; isNumberByte(byte); byte = bytes[at] as number) at += 1;
    const kind = classifyCell(bytes, start, at);
    // What overflows a double is text in a cell; JSON.parse says infinity.
    if (kind === cell.missing || kind >= cell.boolean) return notPlain;
    const value = parseNumber(bytes, start, at);
    this.accumulator.addNumber(value, kind !== cell.fraction, this.shared.draw);
    return this.number(value) ? at : ~at;
  }

  jsonBoolean(value: boolean, end: number): number {
    this.accumulator.addBoolean(value);
    return (value ? this.trueValue : this.falseValue) ? end : ~end;
  }

  jsonNull(end: number): number {
    this.accumulator.addMissing();
    return this.nullValue ? end : ~end;
  }

  /** A value that JSON.parse gave; it is not judged here. */
  value(value: unknown): void {
    this.accumulator.addValue(value, this.shared.draw);
  }

  private isSureNumber(value: number): boolean {
    const whole = Number.isInteger(value);
    this.accumulator.addNumber(value, whole, this.shared.draw);
    if (this.plainNumbers) return value >= this.minimum && value <= this.maximum && (whole || !this.whole);
    return this.number(value);
  }

  /** A field that holds a quote, or begins with one; the structure was checked before. */
  private slow(bytes: Buffer, start: number): number {
    const { shared } = this;
    const { special, quote } = shared;
    let at = start;
    if (bytes[at] !== quote) {
      // A quote inside of an unquoted field is text.
      while (special[bytes[at] as number] === 0 || bytes[at] === quote || bytes[at] === 0) at += 1;
      return this.field(bytes, start, at, fieldForm.plain) ? at : ~at;
    }
    let form: number = fieldForm.quoted;
    for (at += 1; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        if (bytes[at + 1] !== quote) break;
        form = fieldForm.escaped;
        at += 1;
      } else if (byte === 10 || (byte === 13 && bytes[at + 1] !== 10)) shared.inner += 1;
    }
    return this.field(bytes, start + 1, at, form) ? at + 1 : ~(at + 1);
  }

  /** Any field by the rule for cells. */
  private field(bytes: Buffer, start: number, end: number, form: number): boolean {
    const { accumulator, shared } = this;
    if (form === fieldForm.escaped) {
      accumulator.addValue(fieldText(bytes, start, end, form, shared.quote), shared.draw);
      // The tests on bytes know `"` alone.
      return shared.quote === doubleQuote && this.cell(bytes, start, end, form, cell.text, 0);
    }
    const kind = kindOfField(bytes, start, end, form, shared.nulls);
    let value = 0;
    if (kind === cell.missing) accumulator.addMissing();
    else if (kind === cell.text) accumulator.addText(bytes, start, end);
    else if (kind === cell.boolean) accumulator.addBoolean(end - start === 4);
    else {
      value = parseNumber(bytes, start, end);
      accumulator.addNumber(value, kind !== cell.fraction, shared.draw);
    }
    return this.cell(bytes, start, end, form, kind, value);
  }
}

/** The class of a CSV field. */
export function kindOfField(
  bytes: Buffer,
  start: number,
  end: number,
  form: number,
  nulls: readonly Buffer[],
): number {
  if (form === fieldForm.escaped) return cell.text;
  const isNull = nulls.some(
    (text) => text.length === end - start && bytes.compare(text, 0, text.length, start, end) === 0,
  );
  return isNull ? cell.missing : classifyCell(bytes, start, end);
}

/** Digits, signs, point and exponent. */
function isNumberByte(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === 45 || byte === 46 || byte === 43 || (byte | 32) === 101;
}

const trueBytes = Buffer.from('true');
const falseBytes = Buffer.from('false');

export function startsWith(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text[i]) return false;
  return true;
}

export function sharedOf(delimiter: number, quote: number, nulls: readonly string[]): Shared {
  const special = new Uint8Array(256);
  for (const byte of [delimiter, 10, 13, 0]) special[byte] = 1;
  if (quote !== -1) special[quote] = 1;
  return { delimiter, quote, special, nulls: nulls.map((text) => Buffer.from(text)), draw: 0, inner: 0 };
}
