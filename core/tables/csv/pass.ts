/** One reading of a CSV file from its first byte to its last: the delimiter, the header, every row with its place. */

import { RunError } from '../../inputs/errors.ts';
import { ByteSource } from '../byte-source.ts';
import { RowIndex } from '../row-index.ts';
import { checkUtf8, skipByteOrderMark } from '../utf8.ts';
import { detectDelimiter, type Header, numberedHeader, readHeader, refuseSeparatorLine } from './dialect.ts';
import type { CsvFile } from './file.ts';
import { CsvScanner, fieldText } from './scanner.ts';

/**
 * Told of each row: its fields stand in the scanner, as places in the bytes. `row` counts all records from 0,
 * those with too many or too few fields included.
 */
export type OnRow = (scanner: CsvScanner, bytes: Buffer, row: number) => void;

export class CsvPass {
  /** Known after the window that holds it. */
  header: Header | undefined;
  delimiter = 0;
  /** Records after the header that are no blank lines. */
  records = 0;
  /** Those with as many fields as the header. */
  rows = 0;
  readonly index = new RowIndex();
  private readonly file: CsvFile;
  private readonly onRow: OnRow;
  private dialectNote: string | undefined;
  private headerLine = 1;
  private width = 0;
  private blankLines = 0;
  private firstBlank = 0;
  private raggedRows = 0;
  private firstRagged = 0;

  constructor(file: CsvFile, onRow: OnRow) {
    this.file = file;
    this.onRow = onRow;
  }

  /** Reads all of the file; yields after each window. @throws RunError naming the line, for what is no table. */
  async *windows(): AsyncGenerator<void> {
    const { path, gzip, encoding, hasOptions, quote, header } = this.file;
    const what = header ? '; a header line is required' : '';
    const source = new ByteSource(path, gzip, 0, encoding);
    try {
      await source.fill();
      source.start = skipByteOrderMark(path, source.bytes, source.end, hasOptions);
      if (source.last && source.start === source.end) throw new RunError(`${path}: the file is empty${what}`);
      const scanner: CsvScanner = new CsvScanner(
        path,
        this.decideDelimiter(source),
        () => this.record(scanner, source),
        1,
        quote,
      );
      do {
        checkUtf8(path, source.bytes, source.start, source.end, source.last, scanner.line, hasOptions);
        source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
        yield;
      } while (await source.fill());
      if (this.header === undefined) throw new RunError(`${path}: the file holds only blank lines${what}`);
    } finally {
      await source.close();
    }
  }

  /** What was guessed about the file, in words; complete after the last window. */
  get notes(): string[] {
    const notes = [...this.file.notes];
    if (this.dialectNote !== undefined) notes.push(this.dialectNote);
    notes.push(...(this.header?.notes ?? []));
    if (this.blankLines > 0)
      notes.push(`blank lines skipped: ${this.blankLines}, the first is line ${this.firstBlank}`);
    if (this.raggedRows > 0) {
      const first = this.file.header ? 'the header' : 'the first row';
      notes.push(
        `rows left out: ${this.raggedRows} with more or fewer fields than ${first}, first on line ${this.firstRagged}`,
      );
    }
    return notes;
  }

  private decideDelimiter(source: ByteSource): number {
    const { delimiter, quote } = this.file;
    const dialect =
      delimiter === undefined
        ? detectDelimiter(source.bytes.subarray(source.start), source.end - source.start, source.last, quote)
        : { delimiter, note: undefined };
    this.dialectNote = dialect.note;
    this.delimiter = dialect.delimiter.charCodeAt(0);
    return this.delimiter;
  }

  private record(scanner: CsvScanner, source: ByteSource): void {
    if (scanner.isBlank && this.width !== 1) {
      if (this.blankLines === 0) this.firstBlank = scanner.recordLine;
      this.blankLines += 1;
      return;
    }
    if (this.header === undefined) {
      this.readHeader(scanner, source.bytes);
      if (this.file.header) return;
    }
    const row = this.records;
    this.index.add(row, source.offset + scanner.recordStart, scanner.recordLine);
    this.records += 1;
    if (scanner.count === this.width) {
      this.rows += 1;
      this.onRow(scanner, source.bytes, row);
    } else this.ragged(scanner);
  }

  private readHeader(scanner: CsvScanner, bytes: Buffer): void {
    const { path, header, quote, hasOptions } = this.file;
    const cells = Array.from({ length: scanner.count }, (_, i) =>
      fieldText(
        bytes,
        scanner.starts[i] as number,
        scanner.ends[i] as number,
        scanner.forms[i] as number,
        quote,
      ),
    );
    this.headerLine = scanner.recordLine;
    this.width = cells.length;
    if (header) {
      this.header = readHeader(path, this.headerLine, cells, hasOptions);
      return;
    }
    refuseSeparatorLine(path, this.headerLine, cells, hasOptions);
    this.header = numberedHeader(cells.length);
  }

  private ragged(scanner: CsvScanner): void {
    const { count, recordLine } = scanner;
    if (this.file.ragged === 'error') {
      const fields = count === 1 ? '1 field' : `${count} fields`;
      const first = this.file.header ? 'the header' : 'the first row';
      throw scanner.error(
        recordLine,
        `the row has ${fields}, ${first} (line ${this.headerLine}) has ${this.width}`,
      );
    }
    if (this.raggedRows === 0) this.firstRagged = recordLine;
    this.raggedRows += 1;
  }
}
