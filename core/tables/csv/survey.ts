/** The first pass over a CSV file: its structure is checked, its rows counted, the kinds of its columns decided. */

import { RunError } from '../../inputs/errors.ts';
import { ByteSource } from '../byte-source.ts';
import { RowIndex } from '../row-index.ts';
import type { Column } from '../types.ts';
import { checkUtf8 } from '../utf8.ts';
import { cell, classifyCell, kindOfCells } from './cell.ts';
import { detectDelimiter, type Header, readHeader } from './dialect.ts';
import { CsvScanner, fieldForm, fieldText } from './scanner.ts';

export interface CsvSurvey {
  readonly delimiter: number;
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  readonly rows: number;
  readonly index: RowIndex;
}

export interface CsvFile {
  readonly path: string;
  readonly gzip: boolean;
  /** Undefined: detected. */
  readonly delimiter: string | undefined;
  readonly textColumns: ReadonlySet<string>;
  /** What was decided before, to stand first in the notes of the table. */
  readonly notes: readonly string[];
}

export async function surveyCsv(file: CsvFile): Promise<CsvSurvey> {
  const source = new ByteSource(file.path, file.gzip);
  try {
    await source.fill();
    source.start = skipByteOrderMark(file.path, source.bytes, source.end);
    if (source.last && source.start === source.end) {
      throw new RunError(`${file.path}: the file is empty; a header line is required`);
    }
    const dialect =
      file.delimiter === undefined
        ? detectDelimiter(source.bytes.subarray(source.start), source.end - source.start, source.last)
        : { delimiter: file.delimiter, note: undefined };
    const survey = new Survey(file.path, dialect.delimiter.charCodeAt(0), source);
    do survey.take();
    while (await source.fill());
    return survey.finish(file.textColumns, [
      ...file.notes,
      ...(dialect.note === undefined ? [] : [dialect.note]),
    ]);
  } finally {
    await source.close();
  }
}

class Survey {
  private readonly path: string;
  private readonly source: ByteSource;
  private readonly scanner: CsvScanner;
  private readonly index = new RowIndex();
  private readonly delimiter: number;
  private header: Header | undefined;
  private headerLine = 1;
  private seen = new Uint8Array(0);
  private rows = 0;
  private blankLines = 0;
  private firstBlank = 0;

  constructor(path: string, delimiter: number, source: ByteSource) {
    this.path = path;
    this.source = source;
    this.delimiter = delimiter;
    this.scanner = new CsvScanner(path, delimiter, () => this.record());
  }

  take(): void {
    const { source, scanner } = this;
    checkUtf8(this.path, source.bytes, source.start, source.end, source.last, scanner.line);
    source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
  }

  finish(textColumns: ReadonlySet<string>, notes: readonly string[]): CsvSurvey {
    if (this.header === undefined) {
      throw new RunError(`${this.path}: the file holds only blank lines; a header line is required`);
    }
    const all = [...notes, ...this.header.notes];
    if (this.blankLines > 0)
      all.push(`blank lines skipped: ${this.blankLines}, the first is line ${this.firstBlank}`);
    const columns = this.header.names.map((name, index): Column => {
      const seen = this.seen[index] as number;
      if (textColumns.has(name)) return { name, kind: 'string', cellShape: [] };
      const kind = kindOfCells(seen);
      const shown = JSON.stringify(name);
      if (seen === cell.missing && this.rows > 0)
        all.push(`column ${shown} has no values; it is read as text`);
      if (kind === 'number' && (seen & cell.wideDigits) !== 0) {
        all.push(`column ${shown} mixes fractions with whole numbers beyond 2^53, which are rounded`);
      }
      return { name, kind, cellShape: [] };
    });
    return { delimiter: this.delimiter, columns, notes: all, rows: this.rows, index: this.index };
  }

  private record(): void {
    const { scanner } = this;
    const { bytes } = this.source;
    const { header, seen } = this;
    if (scanner.isBlank && (header === undefined || seen.length > 1)) {
      this.blank();
      return;
    }
    if (header === undefined) {
      this.readHeader();
      return;
    }
    if (scanner.count !== seen.length) throw this.ragged(seen.length);
    this.index.add(this.rows, this.source.offset + scanner.recordStart, scanner.recordLine);
    this.rows += 1;
    const { starts, ends, forms } = scanner;
    for (let i = 0; i < seen.length; i += 1) {
      const known = seen[i] as number;
      if (known >= cell.text) continue;
      const kind =
        forms[i] === fieldForm.escaped
          ? cell.text
          : classifyCell(bytes, starts[i] as number, ends[i] as number);
      seen[i] = known | kind;
    }
  }

  private readHeader(): void {
    const { scanner } = this;
    const cells: string[] = [];
    for (let i = 0; i < scanner.count; i += 1) {
      const [start, end] = [scanner.starts[i] as number, scanner.ends[i] as number];
      cells.push(fieldText(this.source.bytes, start, end, scanner.forms[i] as number));
    }
    this.headerLine = scanner.recordLine;
    this.header = readHeader(this.path, this.headerLine, cells);
    this.seen = new Uint8Array(cells.length);
  }

  private blank(): void {
    if (this.blankLines === 0) this.firstBlank = this.scanner.recordLine;
    this.blankLines += 1;
  }

  private ragged(width: number): RunError {
    const { count, recordLine } = this.scanner;
    const fields = count === 1 ? '1 field' : `${count} fields`;
    return this.scanner.error(
      recordLine,
      `the row has ${fields}, the header (line ${this.headerLine}) has ${width}`,
    );
  }
}

/** Length of the UTF-8 byte order mark; UTF-16 and UTF-32 are refused by name. */
export function skipByteOrderMark(path: string, bytes: Buffer, end: number): number {
  const [first, second, third] = bytes.subarray(0, Math.min(end, 3));
  if (first === 0xef && second === 0xbb && third === 0xbf) return 3;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new RunError(`${path}: the file is UTF-16 text; save it as UTF-8`);
  }
  return 0;
}
