/**
 * Splits bytes into records and fields by RFC 4180, strictly: what readers are known to read differently (a quote
 * after a blank, text after a closing quote, an unclosed quote) is an error with its physical line. Line ends
 * are LF, CRLF or CR, mixed as they come. A quote inside an unquoted field is text.
 */

import { RunError } from '../../inputs/errors.ts';

const lineFeed = 10;
const carriageReturn = 13;
const doubleQuote = 34;

/** How a field stands in the bytes: `escaped` holds doubled quotes. */
export const fieldForm = { plain: 0, quoted: 1, escaped: 2 } as const;

export class CsvScanner {
  /** Fields of the record at hand: `bytes[starts[i], ends[i])`, without the outer quotes. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  forms = new Uint8Array(64);
  count = 0;
  /** Where the record at hand starts: index into the bytes, physical line from 1. */
  recordStart = 0;
  recordLine = 1;
  /** Line of the next record. */
  line: number;
  private readonly path: string;
  private readonly delimiter: number;
  private readonly quote: number;
  private readonly special = new Uint8Array(256);
  private readonly onRecord: () => void;

  /** `quote`: the byte around quoted fields; -1: no field is quoted. */
  constructor(path: string, delimiter: number, onRecord: () => void, line = 1, quote = doubleQuote) {
    this.path = path;
    this.delimiter = delimiter;
    this.quote = quote;
    this.onRecord = onRecord;
    this.line = line;
    for (const byte of [delimiter, lineFeed, carriageReturn, 0]) this.special[byte] = 1;
    if (quote !== -1) this.special[quote] = 1;
  }

  /** A line without anything on it. */
  get isBlank(): boolean {
    return this.count === 1 && this.starts[0] === this.ends[0] && this.forms[0] === fieldForm.plain;
  }

  /** Calls `onRecord` for every whole record in `bytes[from, to)`; returns where the first unfinished one starts. */
  scan(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    let at = from;
    while (at < to) {
      const next = this.record(bytes, at, to, last);
      if (next === -1) return at;
      at = next;
    }
    return at;
  }

  /** Reads one record; returns the start of the next, or -1 when the bytes end first. */
  private record(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    const { special, delimiter, quote } = this;
    const highest = Math.max(delimiter, quote, carriageReturn);
    let at = from;
    let line = this.line;
    this.count = 0;
    for (;;) {
      let start = at;
      let form: number = fieldForm.plain;
      let end: number;
      if (at < to && bytes[at] === quote) {
        const openLine = line;
        start = at + 1;
        form = fieldForm.quoted;
        for (at = start; ; at += 1) {
          if (at >= to) {
            if (!last) return -1;
            throw this.error(openLine, 'the quote that opens here is never closed');
          }
          const byte = bytes[at];
          if (byte === quote) {
            if (at + 1 >= to && !last) return -1;
            if (at + 1 >= to || bytes[at + 1] !== quote) break;
            form = fieldForm.escaped;
            at += 1;
          } else if (byte === lineFeed) line += 1;
          else if (byte === carriageReturn) {
            if (at + 1 >= to && !last) return -1;
            if (bytes[at + 1] !== lineFeed || at + 1 >= to) line += 1;
          } else if (byte === 0) throw this.nulError(line);
        }
        end = at;
        at += 1;
      } else {
        for (;;) {
          // Most bytes are digits and letters, above every special byte: one comparison tells.
          for (; at < to; at += 1) {
            const byte = bytes[at] as number;
            if (byte <= highest && special[byte] === 1) break;
          }
          if (at >= to || bytes[at] !== quote) break;
          if (isBlankText(bytes, start, at))
            throw this.error(line, 'a quote stands after a blank; write it right after the delimiter');
          at += 1;
        }
        end = at;
      }
      if (at >= to && !last) return -1;
      this.field(start, end, form);
      if (at >= to) {
        this.emit(from, line);
        return at;
      }
      const byte = bytes[at] as number;
      at += 1;
      if (byte === delimiter) continue;
      if (byte === carriageReturn) {
        if (at >= to && !last) return -1;
        if (at < to && bytes[at] === lineFeed) at += 1;
      } else if (byte !== lineFeed) {
        if (byte === 0) throw this.nulError(line);
        throw this.error(
          line,
          `text follows the closing quote of field ${this.count}; a quote inside is written twice`,
        );
      }
      this.emit(from, line + 1);
      return at;
    }
  }

  private field(start: number, end: number, form: number): void {
    const index = this.count;
    if (index === this.starts.length) this.widen();
    this.starts[index] = start;
    this.ends[index] = end;
    this.forms[index] = form;
    this.count = index + 1;
  }

  private emit(start: number, nextLine: number): void {
    this.recordStart = start;
    this.recordLine = this.line;
    this.line = nextLine;
    this.onRecord();
  }

  private widen(): void {
    const size = this.starts.length * 2;
    const grown = { starts: new Int32Array(size), ends: new Int32Array(size), forms: new Uint8Array(size) };
    grown.starts.set(this.starts);
    grown.ends.set(this.ends);
    grown.forms.set(this.forms);
    Object.assign(this, grown);
  }

  private nulError(line: number): RunError {
    return this.error(line, 'a NUL byte; the file is damaged, or not UTF-8 text');
  }

  error(line: number, message: string): RunError {
    return new RunError(`${this.path}:${line}: ${message}`);
  }
}

function isBlankText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i] !== 32 && bytes[i] !== 9) return false;
  return end > start;
}

/** The text of a field: UTF-8, doubled quotes made single. */
export function fieldText(
  bytes: Buffer,
  start: number,
  end: number,
  form: number,
  quote = doubleQuote,
): string {
  if (form !== fieldForm.escaped) return bytes.toString('utf8', start, end);
  // On bytes: replacing in a text of 100 MB takes twenty times as long and more than 1 GiB.
  const single = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    single[length] = byte;
    length += 1;
    if (byte === quote && bytes[at + 1] === quote) at += 1;
  }
  return single.toString('utf8', 0, length);
}
