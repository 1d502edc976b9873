/** The head of a CSV file, and where its bytes may be cut between records. */

import { RunError } from '../../../core/inputs/index.ts';
import { CsvScanner, detectDelimiter, fieldText, readHeader } from '../../../core/tables/csv/index.ts';
import { ByteSource, type CsvOptions, skipByteOrderMark } from '../../../core/tables/index.ts';

export interface CsvHead {
  readonly columns: readonly string[];
  readonly delimiter: number;
  /** -1: no field is quoted. */
  readonly quote: number;
  readonly notes: readonly string[];
  /** Open, its window standing behind the header. */
  readonly source: ByteSource;
  /** Physical line of the window's first byte. */
  readonly line: number;
}

/** Reads up to the header, or to the first row when there is none. @throws RunError when there is neither. */
export async function readCsvHead(path: string, gzip: boolean, options: CsvOptions): Promise<CsvHead> {
  const source = new ByteSource(path, gzip, 0, options.encoding);
  try {
    await source.fill();
    source.start = skipByteOrderMark(path, source.bytes, source.end);
    if (source.last && source.start === source.end) {
      throw new RunError(`${path}: the file is empty; a header line is required`);
    }
    const quote =
      options.quote === undefined ? 34 : options.quote === null ? -1 : options.quote.charCodeAt(0);
    const dialect =
      options.delimiter === undefined
        ? detectDelimiter(source.bytes.subarray(source.start), source.end - source.start, source.last, quote)
        : { delimiter: options.delimiter, note: undefined };
    const delimiter = dialect.delimiter.charCodeAt(0);
    const first = await firstRecord(path, source, delimiter, quote);
    const named = options.header !== false;
    const header = named
      ? readHeader(path, first.line, first.cells)
      : { names: first.cells.map((_, index) => `column_${index + 1}`), notes: [] };
    if (named) source.start = first.next;
    return {
      columns: header.names,
      delimiter,
      quote,
      notes: [...(dialect.note === undefined ? [] : [dialect.note]), ...header.notes],
      source,
      line: named ? first.nextLine : first.line,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** The first record that is no blank line, and where the next one starts. */
async function firstRecord(path: string, source: ByteSource, delimiter: number, quote: number) {
  let found: { cells: string[]; line: number; start: number } | null = null;
  let next: { at: number; line: number } | null = null;
  for (;;) {
    const { bytes, start, end, last } = source;
    const scanner: CsvScanner = new CsvScanner(
      path,
      delimiter,
      () => {
        if (found !== null) next ??= { at: scanner.recordStart, line: scanner.recordLine };
        else if (!scanner.isBlank)
          found = {
            cells: cellsOf(scanner, bytes, quote),
            line: scanner.recordLine,
            start: scanner.recordStart,
          };
        if (next !== null) throw enough;
      },
      1,
      quote,
    );
    let stop = start;
    try {
      stop = scanner.scan(bytes, start, end, last);
    } catch (error) {
      if (error !== enough) throw error;
    }
    const record = found as { cells: string[]; line: number; start: number } | null;
    const following = next as { at: number; line: number } | null;
    if (record !== null) {
      return {
        ...record,
        next: following?.at ?? stop,
        nextLine: following?.line ?? scanner.line,
      };
    }
    if (last) throw new RunError(`${path}: the file holds only blank lines; a header line is required`);
    await source.fill();
  }
}

/** Ends a scan that has what it wants. */
const enough = new Error('enough');

function cellsOf(scanner: CsvScanner, bytes: Buffer, quote: number): string[] {
  return Array.from({ length: scanner.count }, (_, index) =>
    fieldText(
      bytes,
      scanner.starts[index] as number,
      scanner.ends[index] as number,
      scanner.forms[index] as number,
      quote,
    ),
  );
}

/** Finds where a window may be cut, and counts its lines; damage is an error with its line. */
export class CsvSplitter {
  /** Physical line of the next byte. */
  line: number;
  private readonly quote: number;
  private readonly delimiter: number;
  private readonly scanner: CsvScanner;

  constructor(path: string, { delimiter, quote, line }: Pick<CsvHead, 'delimiter' | 'quote' | 'line'>) {
    this.quote = quote;
    this.delimiter = delimiter;
    this.line = line;
    this.scanner = new CsvScanner(path, delimiter, () => {}, line, quote);
  }

  /** The end of the last whole record in `bytes[start, end)`; `start` when there is none. */
  cut(bytes: Buffer, start: number, end: number, last: boolean): number {
    const window = bytes.subarray(0, end);
    // Carriage returns may be line ends of their own; a NUL is for the scanner to refuse.
    const isPlain = window.indexOf(13, start) === -1 && window.indexOf(0, start) === -1;
    const cut = isPlain ? this.cutByQuotes(window, start, last) : null;
    if (cut !== null) {
      this.line += countLineFeeds(bytes, start, cut);
      return cut;
    }
    this.scanner.line = this.line;
    const found = this.scanner.scan(bytes, start, end, last);
    this.line = this.scanner.line;
    return found;
  }

  /**
   * Goes from quote to quote: between fields in quotes every line feed ends a record. Null where the scanner must look:
   * quotes are many, or do not stand as they should.
   */
  private cutByQuotes(window: Buffer, start: number, last: boolean): number | null {
    const { quote, delimiter } = this;
    const end = window.length;
    let cut = start;
    let at = start;
    let left = (end - start) >> 6;
    for (let next = this.nextQuote(window, at); next !== -1; next = this.nextQuote(window, at)) {
      left -= 1;
      if (left < 0) return null;
      const feed = window.lastIndexOf(10, next - 1);
      if (feed >= at && next > at) cut = feed + 1;
      const before = next === start ? 10 : window[next - 1];
      if (before !== delimiter && before !== 10) {
        // Inside of an unquoted field it is text; after a blank it may be a mistake.
        if (before === 32 || before === 9 || before === quote) return null;
        at = next + 1;
        continue;
      }
      let close = window.indexOf(quote, next + 1);
      while (close !== -1 && window[close + 1] === quote) close = window.indexOf(quote, close + 2);
      // Not closed here, or closed by the last byte, which may be the first of two.
      if (close === -1 || close + 1 >= end) return last ? null : cut;
      if (window[close + 1] !== delimiter && window[close + 1] !== 10) return null;
      at = close + 1;
    }
    if (last) return end;
    const feed = window.lastIndexOf(10);
    return feed >= at ? feed + 1 : cut;
  }

  private nextQuote(window: Buffer, from: number): number {
    return this.quote === -1 ? -1 : window.indexOf(this.quote, from);
  }
}

export function countLineFeeds(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10, start); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
