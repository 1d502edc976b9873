/**
 * Reads blocks of JSON objects: every field into the profile, and those rows that are not surely valid before the schema.
 * Most rows are judged on their bytes; what is not plain (nested values, escapes, a key twice) or not JSON is left to
 * JSON.parse.
 */

import { deepestRow, isTooDeep, LineScanner, parseObject } from '../../../core/tables/json/index.ts';
import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import type { CellTypes, RowPlan } from '../schema/index.ts';
import { ColumnReader, notPlain, type Shared, sharedOf, startsWith } from './column-reader.ts';
import type { Block, BlockReading, FileSetup } from './protocol.ts';
import type { RowJudge } from './row-judge.ts';

interface Key {
  readonly name: string;
  /** With its quotes. */
  readonly bytes: Buffer;
  readonly reader: ColumnReader;
  readonly required: boolean;
  /** In `keys`. */
  readonly place: number;
  /** The row in which it was last seen. */
  stamp: number;
}

const anyType: CellTypes = { number: true, boolean: true, string: true, null: true, any: true };

/** Keys of a table are few; where every row has others, rows with keys beyond these are parsed one by one. */
const mostKeys = 20_000;

export class JsonJudge {
  private readonly judge: RowJudge;
  private readonly profile: Profile;
  private readonly setup: FileSetup;
  private readonly plan: RowPlan | null;
  private readonly shared: Shared = sharedOf(44, -1, []);
  /** In the order in which they were first seen: mostly that of every row. */
  private readonly keys: Key[] = [];
  private readonly byName = new Map<string, Key>();
  private stamp = 0;
  private sure = true;

  constructor(setup: FileSetup, judge: RowJudge, profile: Profile) {
    this.setup = setup;
    this.judge = judge;
    this.profile = profile;
    this.plan = judge.schema?.plan ?? null;
  }

  read(block: Extract<Block, { kind: 'text' | 'spans' }>): BlockReading {
    const bytes = Buffer.from(block.bytes, 0, block.length);
    let row = 0;
    const onObject = (start: number, end: number, line: number): void => {
      this.object(bytes, start, end, line, row, block.id);
      row += 1;
    };
    if (block.kind === 'text') {
      const scanner = new LineScanner(onObject, block.line);
      scanner.scan(bytes, 0, bytes.length, true);
      return { rows: row, blankLines: scanner.blankLines };
    }
    for (let i = 0; i < block.starts.length; i += 1) {
      onObject(block.starts[i] as number, block.ends[i] as number, block.lines[i] as number);
    }
    return { rows: row, blankLines: 0 };
  }

  private object(bytes: Buffer, start: number, end: number, line: number, row: number, block: number): void {
    this.shared.draw = drawOf(block, row);
    this.judge.watch.at(line);
    this.sure = this.plan === null || this.plan.usable;
    if (!this.scan(bytes, start, end)) this.parsed(bytes, start, end, line, row);
    else if (!this.sure) this.ask(bytes, start, end, line, row);
  }

  /** Every field into the profile; false when the object is not plain: then some of its fields are entered already. */
  private scan(bytes: Buffer, start: number, end: number): boolean {
    const { keys, plan } = this;
    this.stamp += 1;
    let required = plan?.required.size ?? 0;
    let at = skipSpace(bytes, start);
    if (bytes[at] !== 123) return false;
    at = skipSpace(bytes, at + 1);
    if (at >= end) return false;
    let expected = 0;
    if (bytes[at] === 125) {
      if (required > 0) this.sure = false;
      return skipSpace(bytes, at + 1) >= end;
    }
    for (;;) {
      let key = keys[expected];
      if (key === undefined || !startsWith(bytes, at, key.bytes)) {
        const found = this.keyAt(bytes, at, end);
        if (found === null) return false;
        key = found;
        expected = key.place;
      }
      expected += 1;
      at = skipSpace(bytes, at + key.bytes.length);
      if (bytes[at] !== 58 || key.stamp === this.stamp) return false;
      const next = readValue(bytes, skipSpace(bytes, at + 1), key.reader);
      if (next === notPlain) return false;
      key.stamp = this.stamp;
      if (key.required) required -= 1;
      at = next;
      if (next < 0) {
        this.sure = false;
        at = ~next;
      }
      at = skipSpace(bytes, at);
      const byte = bytes[at];
      if (at >= end) return false;
      if (byte === 125) {
        if (required > 0) this.sure = false;
        return skipSpace(bytes, at + 1) >= end;
      }
      if (byte !== 44) return false;
      at = skipSpace(bytes, at + 1);
    }
  }

  /** The key that stands there, known or new; null when it is not plain. */
  private keyAt(bytes: Buffer, at: number, end: number): Key | null {
    if (bytes[at] !== 34) return null;
    let close = at + 1;
    for (; close < end && bytes[close] !== 34; close += 1) {
      if (bytes[close] === 92 || (bytes[close] as number) < 32) return null;
    }
    return close >= end ? null : this.key(bytes.toString('utf8', at + 1, close));
  }

  /** Null: there are too many already. */
  private key(name: string): Key | null {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const place = this.keys.length;
    if (place >= mostKeys) {
      this.profile.column(name);
      return null;
    }
    const { plan } = this;
    const required = plan?.required.has(name) ?? false;
    const own = plan?.usable === true ? plan.column(name) : null;
    const reader = new ColumnReader(
      { plan: own, types: anyType, required },
      this.profile.column(name),
      this.shared,
    );
    const key = { name, bytes: Buffer.from(`"${name}"`), reader, required, place, stamp: 0 };
    this.keys.push(key);
    this.byName.set(name, key);
    return key;
  }

  /** What is not plain is parsed; what cannot be parsed is no row. */
  private parsed(bytes: Buffer, start: number, end: number, line: number, row: number): void {
    const text = bytes.toString('utf8', start, end);
    const content = bytes.subarray(start, end);
    let value: Record<string, unknown>;
    try {
      if (isTooDeep(text)) throw new RangeError();
      value = JSON.parse(text) as Record<string, unknown>;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError();
    } catch (error) {
      const blank = { columns: [], place: () => -1, text: () => null, exact: () => undefined };
      this.judge.break({ row, line, content, ...blank }, 'json', whyNoObject(error, text));
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const key = this.key(name);
      if (key !== null && key.stamp !== this.stamp) key.reader.value(item);
    }
    if (this.plan !== null) this.judge.judge(value, this.judged(value, text, content, line, row));
  }

  private ask(bytes: Buffer, start: number, end: number, line: number, row: number): void {
    const text = bytes.toString('utf8', start, end);
    const value = JSON.parse(text) as Record<string, unknown>;
    this.judge.judge(value, this.judged(value, text, bytes.subarray(start, end), line, row));
  }

  private judged(value: Record<string, unknown>, text: string, content: Buffer, line: number, row: number) {
    let digits: Record<string, unknown> | null = null;
    const shown = this.setup.shown;
    const columns = Object.keys(value);
    let places: Map<string, number> | null = null;
    return {
      row,
      line,
      content,
      columns,
      place: (column: string): number => {
        places ??= new Map(columns.map((name, index) => [name, index]));
        return places.get(column) ?? -1;
      },
      text: (column: string) => textOf(value, column),
      exact: (column: string): string | undefined => {
        const number = Object.hasOwn(value, column) ? value[column] : undefined;
        if (typeof number !== 'number' || Math.abs(number) < 2 ** 53) return undefined;
        digits ??= parseObject(shown, line, text);
        const raw = digits[column];
        return typeof raw === 'object' && raw !== null && 'rawJSON' in raw ? String(raw.rawJSON) : undefined;
      },
    };
  }
}

/** The place behind the value, complemented when it is not surely valid; `notPlain` for what must be parsed. */
function readValue(bytes: Buffer, at: number, reader: ColumnReader): number {
  const byte = bytes[at] as number;
  if (byte === 34) return reader.jsonText(bytes, at + 1);
  if ((byte >= 48 && byte <= 57) || byte === 45) return reader.jsonNumber(bytes, at);
  if (byte === 116) return startsWith(bytes, at, words.true) ? reader.jsonBoolean(true, at + 4) : notPlain;
  if (byte === 102) return startsWith(bytes, at, words.false) ? reader.jsonBoolean(false, at + 5) : notPlain;
  if (byte === 110) return startsWith(bytes, at, words.null) ? reader.jsonNull(at + 4) : notPlain;
  return notPlain;
}

const words = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 32 || byte === 10 || byte === 13 || byte === 9; byte = bytes[at])
    at += 1;
  return at;
}

export function textOf(value: Readonly<Record<string, unknown>>, column: string): string | null {
  const item = Object.hasOwn(value, column) ? value[column] : undefined;
  if (item === null || item === undefined) return null;
  return typeof item === 'object' ? JSON.stringify(item) : String(item);
}

function whyNoObject(error: unknown, text: string): string {
  if (error instanceof TypeError) {
    return 'not a JSON object (json); a row is an object such as {"age": 41, "label": 1}';
  }
  if (error instanceof RangeError)
    return `nested deeper than ${deepestRow.toLocaleString('en-US')} levels (json)`;
  const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : '';
  return `not valid JSON (json): ${text.length > 200 ? reason.replace(/, ".*$/s, '') : reason}`;
}
