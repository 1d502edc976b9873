/** JSONL, and JSON with one array of objects, as a table. */

import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { ByteSource } from '../byte-source.ts';
import { cell } from '../csv/cell.ts';
import { skipByteOrderMark } from '../csv/survey.ts';
import { RowIndex, type RowPlace } from '../row-index.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table } from '../types.ts';
import { checkUtf8 } from '../utf8.ts';
import { ArrayScanner, LineScanner, type ObjectScanner, type OnObject } from './scanner.ts';
import { classifyJson, jsonNumber, jsonText, kindOfJson, nested, parseObject } from './value.ts';

export interface JsonFile {
  readonly path: string;
  readonly gzip: boolean;
  readonly format: 'json' | 'jsonl';
  readonly textColumns: ReadonlySet<string>;
  /** What was decided before, to stand first in the notes of the table. */
  readonly notes: readonly string[];
}

interface JsonSurvey {
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
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
  let rows = 0;
  const read = readObjects(file, undefined, (text, line, offset) => {
    const object = parseObject(path, line, text);
    index.add(rows, offset, line);
    rows += 1;
    for (const key of Object.keys(object)) seen.set(key, (seen.get(key) ?? 0) | classifyJson(object[key]));
  });
  let blankLines = 0;
  for await (const scanner of read) blankLines = scanner.blankLines;
  if (rows === 0) throw new RunError(`${path}: the file holds no objects, so it has no columns`);
  const notes = [...file.notes];
  if (blankLines > 0) notes.push(`blank lines skipped: ${blankLines}`);
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
    let rows = 0;
    const read = readObjects(this.file, undefined, (text, line) => {
      const object = parseObject(this.path, line, text);
      for (const [slot, column] of chosen.entries()) {
        const value = Object.hasOwn(object, column.name) ? object[column.name] : null;
        if (isNumericKind(column)) builder.number(slot, jsonNumber(value));
        else builder.text(slot, jsonText(value, column.kind));
      }
      rows += 1;
      const batch = builder.endRow();
      if (batch !== undefined) ready.push(batch);
    });
    for await (const _ of read) yield* ready.splice(0);
    const rest = builder.flush();
    if (rest !== undefined) yield rest;
    if (rows !== this.survey.rows) throw new RunError(`${this.path}: the file changed while it was read`);
  }

  async locate(row: number): Promise<string> {
    const place = this.survey.index.before(row);
    let at = place.row;
    let found: number | undefined;
    const read = readObjects(this.file, place, (_text, line) => {
      if (at === row) found = line;
      at += 1;
    });
    for await (const _ of read) if (found !== undefined) break;
    return found === undefined ? `${this.path} row ${row + 1}` : `${this.path}:${found}`;
  }

  async close(): Promise<void> {}
}

/** Hands every object's text to `onText`, from the given place on; yields after each window of the file. */
async function* readObjects(
  file: JsonFile,
  place: RowPlace | undefined,
  onText: (text: string, line: number, offset: number) => void,
): AsyncGenerator<ObjectScanner> {
  const { path } = file;
  const source = new ByteSource(path, file.gzip, place?.offset ?? 0);
  const onObject: OnObject = (start, end, line) =>
    onText(source.bytes.toString('utf8', start, end), line, source.offset + start);
  const inside = place !== undefined;
  const scanner: ObjectScanner =
    file.format === 'jsonl'
      ? new LineScanner(onObject, place?.line)
      : new ArrayScanner(path, onObject, place?.line, inside);
  let begun = inside;
  try {
    while (await source.fill()) {
      if (!begun) source.start = skipByteOrderMark(path, source.bytes, source.end);
      begun = true;
      checkUtf8(path, source.bytes, source.start, source.end, source.last, scanner.line);
      source.start = scanner.scan(source.bytes, source.start, source.end, source.last);
      yield scanner;
    }
  } finally {
    await source.close();
  }
}
