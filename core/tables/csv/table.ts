/** A CSV or TSV file as a table. */

import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { ByteSource } from '../byte-source.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table, TableFormat } from '../types.ts';
import { parseNumber } from './number.ts';
import { CsvScanner, fieldText } from './scanner.ts';
import { type CsvFile, type CsvSurvey, surveyCsv } from './survey.ts';

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
    const readCells = chosen.map((column, slot) => cellReader(builder, column, slot));
    const rows = this.rows(0, (scanner, bytes) => {
      const { starts, ends, forms } = scanner;
      for (let slot = 0; slot < places.length; slot += 1) {
        const place = places[slot] as number;
        const read = readCells[slot] as CellReader;
        read(bytes, starts[place] as number, ends[place] as number, forms[place] as number);
      }
      const batch = builder.endRow();
      if (batch !== undefined) ready.push(batch);
    });
    for await (const _ of rows) yield* ready.splice(0);
    const rest = builder.flush();
    if (rest !== undefined) yield rest;
  }

  async locate(row: number): Promise<string> {
    let line: number | undefined;
    let at = this.survey.index.before(row).row;
    const windows = this.rows(row, (scanner) => {
      if (at === row) line = scanner.recordLine;
      at += 1;
    });
    for await (const _ of windows) if (line !== undefined) break;
    return line === undefined ? `${this.path} row ${row + 1}` : `${this.path}:${line}`;
  }

  async close(): Promise<void> {}

  /** Calls `onRow` for every row from the last indexed place at or before `from` on; yields after each window. */
  private async *rows(
    from: number,
    onRow: (scanner: CsvScanner, bytes: Buffer) => void,
  ): AsyncGenerator<void> {
    const { survey, path } = this;
    if (survey.rows === 0) return;
    const place = survey.index.before(from);
    const source = new ByteSource(path, this.file.gzip, place.offset);
    const width = this.columns.length;
    let row = place.row;
    const record = (): void => {
      if (scanner.count !== width) {
        if (scanner.isBlank) return;
        throw changed(path);
      }
      row += 1;
      onRow(scanner, source.bytes);
    };
    const scanner = new CsvScanner(path, survey.delimiter, record, place.line);
    try {
      while (await source.fill()) {
        source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
        yield;
      }
      if (row !== survey.rows) throw changed(path);
    } finally {
      await source.close();
    }
  }
}

type CellReader = (bytes: Buffer, start: number, end: number, form: number) => void;

function cellReader(builder: BatchBuilder, column: Column, slot: number): CellReader {
  if (!isNumericKind(column)) {
    return (bytes, start, end, form) =>
      builder.text(slot, start === end ? null : fieldText(bytes, start, end, form));
  }
  if (column.kind === 'boolean') {
    // Only `true` and `false` are in such a column; their lengths tell them apart.
    return (_bytes, start, end) => builder.number(slot, start === end ? null : end - start === 4 ? 1 : 0);
  }
  return (bytes, start, end) => builder.number(slot, start === end ? null : parseNumber(bytes, start, end));
}

function changed(path: string): RunError {
  return new RunError(`${path}: the file changed while it was read`);
}
