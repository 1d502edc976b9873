/**
 * Splits one JSON object into the fields of its top level without making values: most rows are judged on their bytes.
 * What is not plain (nested values, a key twice, escapes in keys) or not JSON is left to JSON.parse.
 */

import { cell, classifyCell } from '../../../core/tables/csv/index.ts';

export const token = { absent: 0, string: 1, escaped: 2, number: 3, true: 4, false: 5, null: 6 } as const;

const quote = 34;
const backslash = 92;
/** Bytes that JSON allows between tokens. */
const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** Bytes that end a number. */
const endsNumber = new Uint8Array(256);
for (const byte of [32, 9, 10, 13, 44, 125]) endsNumber[byte] = 1;

export class RowFields {
  /** Keys in the order in which they were first seen. */
  readonly names: string[] = [];
  /** By key: its token, where the value stands (of strings without the quotes), the class of a number. */
  tokens = new Uint8Array(64);
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  kinds = new Uint8Array(64);
  private readonly keys: Buffer[] = [];
  private readonly places = new Map<string, number>();
  /** Row that a key was last seen in, to find one that stands there twice. */
  private stamps = new Int32Array(64);
  private stamp = 0;

  /** False when the object is not plain; then tokens say nothing. */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.stamp += 1;
    this.tokens.fill(token.absent, 0, this.names.length);
    let at = skipSpace(bytes, start, end);
    if (bytes[at] !== 123) return false;
    at = skipSpace(bytes, at + 1, end);
    let expected = 0;
    if (bytes[at] === 125) return skipSpace(bytes, at + 1, end) === end;
    for (;;) {
      const keyEnd = this.matchKey(bytes, at, end, expected);
      let place = expected;
      if (keyEnd === -1) {
        const close = endOfPlainKey(bytes, at, end);
        if (close === -1) return false;
        place = this.placeOf(bytes, at, close);
        at = close + 1;
      } else at = keyEnd;
      if (this.stamps[place] === this.stamp) return false;
      this.stamps[place] = this.stamp;
      expected = place + 1;
      at = skipSpace(bytes, at, end);
      if (bytes[at] !== 58) return false;
      at = this.readValue(bytes, skipSpace(bytes, at + 1, end), end, place);
      if (at === -1) return false;
      at = skipSpace(bytes, at, end);
      const byte = at < end ? bytes[at] : -1;
      if (byte === 125) return skipSpace(bytes, at + 1, end) === end;
      if (byte !== 44) return false;
      at = skipSpace(bytes, at + 1, end);
    }
  }

  /** Index of a key that may not have been seen yet. */
  place(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const place = this.names.length;
    this.names.push(name);
    this.keys.push(Buffer.from(`"${name}"`));
    this.places.set(name, place);
    if (place >= this.tokens.length) this.widen();
    return place;
  }

  /** End of the key, when it is the one that stood at this place in other rows; else -1. */
  private matchKey(bytes: Buffer, at: number, end: number, expected: number): number {
    const key = this.keys[expected];
    if (key === undefined || at + key.length > end) return -1;
    for (let i = 0; i < key.length; i += 1) if (bytes[at + i] !== key[i]) return -1;
    return at + key.length;
  }

  private placeOf(bytes: Buffer, open: number, close: number): number {
    return this.place(bytes.toString('utf8', open + 1, close));
  }

  /** Reads a scalar; returns the place behind it, or -1. */
  private readValue(bytes: Buffer, at: number, end: number, place: number): number {
    const byte = at < end ? (bytes[at] as number) : -1;
    if (byte === quote) return this.readString(bytes, at + 1, end, place);
    if (byte === 116) return this.readWord(bytes, at, end, place, 'true', token.true);
    if (byte === 102) return this.readWord(bytes, at, end, place, 'false', token.false);
    if (byte === 110) return this.readWord(bytes, at, end, place, 'null', token.null);
    if (byte !== 45 && !(byte >= 48 && byte <= 57)) return -1;
    let stop = at + 1;
    while (stop < end && endsNumber[bytes[stop] as number] === 0) stop += 1;
    const kind = classifyCell(bytes, at, stop);
    // What overflows a double is text in a cell; JSON.parse says infinity.
    if (kind === cell.text || kind === cell.missing || kind === cell.boolean) return -1;
    return this.keep(place, token.number, at, stop, kind, stop);
  }

  private readString(bytes: Buffer, start: number, end: number, place: number): number {
    let at = start;
    let kind: number = token.string;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === quote) return this.keep(place, kind, start, at, cell.text, at + 1);
      if (byte < 32) return -1;
      if (byte === backslash) {
        kind = token.escaped;
        at = endOfEscape(bytes, at + 1, end);
        if (at === -1) return -1;
      }
    }
    return -1;
  }

  private readWord(
    bytes: Buffer,
    at: number,
    end: number,
    place: number,
    word: string,
    kind: number,
  ): number {
    const stop = at + word.length;
    if (stop > end) return -1;
    for (let i = 0; i < word.length; i += 1) if (bytes[at + i] !== word.charCodeAt(i)) return -1;
    return this.keep(place, kind, at, stop, cell.boolean, stop);
  }

  private keep(
    place: number,
    kind: number,
    start: number,
    end: number,
    cellKind: number,
    next: number,
  ): number {
    this.tokens[place] = kind;
    this.starts[place] = start;
    this.ends[place] = end;
    this.kinds[place] = cellKind;
    return next;
  }

  private widen(): void {
    const size = this.tokens.length * 2;
    const wider = <T extends Uint8Array | Int32Array>(made: T, old: T): T => {
      made.set(old);
      return made;
    };
    this.tokens = wider(new Uint8Array(size), this.tokens);
    this.kinds = wider(new Uint8Array(size), this.kinds);
    this.starts = wider(new Int32Array(size), this.starts);
    this.ends = wider(new Int32Array(size), this.ends);
    this.stamps = wider(new Int32Array(size), this.stamps);
  }
}

function skipSpace(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && isSpace(bytes[at])) at += 1;
  return at;
}

/** Where a key without escapes closes; -1 for anything else. */
function endOfPlainKey(bytes: Buffer, open: number, end: number): number {
  if (open >= end || bytes[open] !== quote) return -1;
  for (let at = open + 1; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) return at;
    if (byte < 32 || byte === backslash) return -1;
  }
  return -1;
}

/** The last byte of an escape whose backslash stands before `at`; -1 when it is none. */
function endOfEscape(bytes: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  const byte = bytes[at] as number;
  // " \ / b f n r t
  if (byte === 34 || byte === 92 || byte === 47) return at;
  if (byte === 98 || byte === 102 || byte === 110 || byte === 114 || byte === 116) return at;
  if (byte !== 117 || at + 4 >= end) return -1;
  for (let i = at + 1; i <= at + 4; i += 1) {
    const digit = bytes[i] as number;
    const hex = (digit >= 48 && digit <= 57) || ((digit | 32) >= 97 && (digit | 32) <= 102);
    if (!hex) return -1;
  }
  return at + 4;
}
