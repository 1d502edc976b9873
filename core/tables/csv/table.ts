/** A CSV or TSV file as a table. */

import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { ByteSource } from '../byte-source.ts';
import { RowLines } from '../row-lines.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table, TableFormat } from '../types.ts';
import type { CsvFile } from './file.ts';
import { nullTest } from './nulls.ts';
import { parseNumber } from './number.ts';
import type { OnRow } from './pass.ts';
import { CsvScanner, fieldText } from './scanner.ts';
import { type CsvSurvey, surveyCsv } from './survey.ts';

/**
 * Opens the file with one pass over all of it (structure, kinds, row places), so that nothing is found out
 * half way through.
 */
export async function openCsv(file: CsvFile, format: TableFormat): Promise<Table> {
  return new CsvTable(file, format, await surveyCsv(file));
}

class CsvTable implements Table {
  readonly path: string;
  readonly format: TableFormat;
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  private readonly file: CsvFile;
  private readonly survey: CsvSurvey;

  constructor(file: CsvFile, format: TableFormat, survey: CsvSurvey) {
    this.path = file.path;
    this.format = format;
    this.columns = survey.columns;
    this.notes = survey.notes;
    this.file = file;
    this.survey = survey;
  }

  async countRows(): Promise<number> {
    return this.survey.rows;
  }

  async *batches(names: readonly string[], batchSize: number): AsyncGenerator<Batch> {
    const places = selectColumns(this.path, this.columns, [...new Set(names)]);
    const chosen = places.map((place) => this.columns[place] as Column);
    const builder = new BatchBuilder(chosen, batchSize);
    const ready: Batch[] = [];
    const readCells = chosen.map((column, slot) => this.cellReader(builder, column, slot));
    const rows = this.rows(0, (scanner, bytes, row) => {
      const { starts, ends, forms } = scanner;
      for (let slot = 0; slot < places.length; slot += 1) {
        const place = places[slot] as number;
        const read = readCells[slot] as CellReader;
        read(bytes, starts[place] as number, ends[place] as number, forms[place] as number);
      }
      const batch = builder.endRow(row);
      if (batch !== undefined) ready.push(batch);
    });
    for await (const _ of rows) yield* ready.splice(0);
    const rest = builder.flush();
    if (rest !== undefined) yield rest;
  }

  async locate(row: number): Promise<string> {
    const wanted = new RowLines(Float64Array.of(row));
    await this.find(row, wanted);
    return wanted.isDone ? `${this.path}:${wanted.lines[0]}` : `${this.path} row ${row + 1}`;
  }

  async locateRows(rows: Float64Array): Promise<{ readonly lines: Float64Array }> {
    const wanted = new RowLines(rows);
    await this.find(rows[0] ?? 0, wanted);
    return wanted.finish(this.path);
  }

  async rowGroups(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}

  private async find(from: number, wanted: RowLines): Promise<void> {
    if (wanted.isDone) return;
    const add: OnRow = (scanner, _bytes, row) => wanted.add(row, scanner.recordLine);
    for await (const _ of this.rows(from, add, add)) if (wanted.isDone) break;
  }

  /**
   * Calls `onRow` for every row from the last indexed place at or before `from` on, and `onRagged` for those that
   * have too many or too few fields; yields after each window.
   */
  private async *rows(from: number, onRow: OnRow, onRagged: OnRow = () => undefined): AsyncGenerator<void> {
    const { survey, path, file } = this;
    if (survey.records === 0) return;
    const place = survey.index.before(from);
    const source = new ByteSource(path, file.gzip, place.offset, file.encoding);
    const width = this.columns.length;
    let row = place.row;
    const record = (): void => {
      if (scanner.count === width) onRow(scanner, source.bytes, row);
      else if (scanner.isBlank) return;
      else if (file.ragged === 'skip') onRagged(scanner, source.bytes, row);
      else throw changed(path);
      row += 1;
    };
    const scanner: CsvScanner = new CsvScanner(path, survey.delimiter, record, place.line, file.quote);
    try {
      while (await source.fill()) {
        source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
        yield;
      }
      if (row !== survey.records) throw changed(path);
    } finally {
      await source.close();
    }
  }

  private cellReader(builder: BatchBuilder, column: Column, slot: number): CellReader {
    const read = presentCellReader(builder, column, slot, this.file.quote);
    const isNull = nullTest(this.file.nulls, this.file.quote);
    const missing = isNumericKind(column)
      ? (): void => builder.number(slot, null)
      : (): void => builder.text(slot, null);
    if (isNull === undefined) {
      return (bytes, start, end, form) => (start === end ? missing() : read(bytes, start, end, form));
    }
    return (bytes, start, end, form) =>
      start === end || isNull(bytes, start, end, form) ? missing() : read(bytes, start, end, form);
  }
}

type CellReader = (bytes: Buffer, start: number, end: number, form: number) => void;

function presentCellReader(builder: BatchBuilder, column: Column, slot: number, quote: number): CellReader {
  if (!isNumericKind(column)) {
    return (bytes, start, end, form) => builder.text(slot, fieldText(bytes, start, end, form, quote));
  }
  if (column.kind === 'boolean') {
    // Only `true` and `false` are in such a column; their lengths tell them apart.
    return (_bytes, start, end) => builder.number(slot, end - start === 4 ? 1 : 0);
  }
  return (bytes, start, end) => builder.number(slot, parseNumber(bytes, start, end));
}

function changed(path: string): RunError {
  return new RunError(`${path}: the file changed while it was read`);
}
