/** JSONL, and JSON with one array of objects, as a table. */

import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { cell } from '../csv/cell.ts';
import { RowIndex } from '../row-index.ts';
import { RowLines } from '../row-lines.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table } from '../types.ts';
import { BrokenLines, type JsonFile, readObjects } from './objects.ts';
import { classifyJson, jsonNumber, jsonText, kindOfJson, nested, parseObject } from './value.ts';

interface JsonSurvey {
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  /** Objects. */
  readonly rows: number;
  readonly index: RowIndex;
}

/** Opens the file with one pass over all of it: every object is parsed, every column's kind decided. */
export async function openJson(file: JsonFile): Promise<Table> {
  return new JsonTable(file, await surveyJson(file));
}

async function surveyJson(file: JsonFile): Promise<JsonSurvey> {
  const { path } = file;
  const index = new RowIndex();
  const seen = new Map<string, number>();
  const broken = new BrokenLines(file);
  let rows = 0;
  const read = readObjects(file, undefined, (text, line, offset, row) => {
    index.add(row, offset, line);
    const object = broken.read(parseObject, line, text);
    if (object === undefined) return;
    rows += 1;
    for (const key of Object.keys(object)) seen.set(key, (seen.get(key) ?? 0) | classifyJson(object[key]));
  });
  let blankLines = 0;
  for await (const scanner of read) blankLines = scanner.blankLines;
  if (rows === 0) throw new RunError(`${path}: the file holds no objects, so it has no columns`);
  const notes = [...file.notes];
  if (blankLines > 0) notes.push(`blank lines skipped: ${blankLines}`);
  notes.push(...broken.notes);
  const columns = Array.from(seen, ([name, classes]): Column => {
    const kind = file.textColumns.has(name) ? 'string' : kindOfJson(classes);
    notes.push(...describe(name, classes));
    return { name, kind, cellShape: [] };
  });
  return { columns, notes, rows, index };
}

function describe(name: string, classes: number): string[] {
  const shown = JSON.stringify(name);
  if (classes === cell.missing) return [`column ${shown} has no values; it is read as text`];
  if ((classes & nested) !== 0) return [`column ${shown} holds arrays or objects; it is read as JSON text`];
  const numbers = classes & ~(cell.text | cell.boolean);
  const families = [numbers, classes & cell.boolean, classes & cell.text].filter((bits) => bits !== 0);
  if (families.length > 1) return [`column ${shown} mixes types; it is read as text`];
  if ((classes & cell.fraction) !== 0 && (classes & cell.wideDigits) !== 0) {
    return [`column ${shown} mixes fractions with whole numbers beyond 2^53, which are rounded`];
  }
  return [];
}

class JsonTable implements Table {
  readonly path: string;
  readonly format: 'json' | 'jsonl';
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  private readonly file: JsonFile;
  private readonly survey: JsonSurvey;

  constructor(file: JsonFile, survey: JsonSurvey) {
    this.path = file.path;
    this.format = file.format;
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
    const broken = new BrokenLines(this.file);
    let rows = 0;
    const read = readObjects(this.file, undefined, (text, line, _offset, row) => {
      const object = broken.read(parseObject, line, text);
      if (object === undefined) return;
      for (const [slot, column] of chosen.entries()) {
        const value = Object.hasOwn(object, column.name) ? object[column.name] : null;
        if (isNumericKind(column)) builder.number(slot, jsonNumber(value));
        else builder.text(slot, jsonText(value, column.kind));
      }
      rows += 1;
      const batch = builder.endRow(row);
      if (batch !== undefined) ready.push(batch);
    });
    for await (const _ of read) yield* ready.splice(0);
    const rest = builder.flush();
    if (rest !== undefined) yield rest;
    if (rows !== this.survey.rows) throw new RunError(`${this.path}: the file changed while it was read`);
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
    const place = this.survey.index.before(from);
    const read = readObjects(this.file, place, (_text, line, _offset, row) => wanted.add(row, line));
    for await (const _ of read) if (wanted.isDone) break;
  }
}
