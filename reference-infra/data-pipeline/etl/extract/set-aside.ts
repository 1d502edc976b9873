/** Rows that are not taken go into a file of their own, with where they stand, what they hold, and why. */

import { join } from 'node:path';
import type { RejectedRow } from '../../validation/judge-files.ts';
import { LineWriter } from '../../validation/line-writer.ts';
import type { Engine, EngineColumn } from '../engine/engine.ts';
import { ident, text } from '../engine/sql.ts';
import { readLines } from './raw-lines.ts';

/** Collects what the judge says of rows; afterwards it is a table of the engine: `_file, _row, _line, _broken, _reasons`. */
export class Verdicts {
  readonly table: string;
  brokenRows = 0;
  private readonly engine: Engine;
  private readonly file: string;
  private readonly writer: LineWriter;

  constructor(engine: Engine, folder: string, name: string) {
    this.engine = engine;
    this.table = `_verdicts_${name}`;
    this.file = `work/verdicts-${name}.jsonl`;
    this.writer = new LineWriter(join(folder, this.file));
  }

  readonly add = ({ file, row, line, isBroken, reasons }: RejectedRow): void => {
    this.writer.write({
      _file: file,
      _row: row,
      _line: line,
      _broken: isBroken,
      _reasons: JSON.stringify(few(reasons)),
    });
    if (isBroken) this.brokenRows += 1;
  };

  async finish(): Promise<void> {
    this.writer.close();
    await this.engine.run(
      `CREATE TABLE ${this.table} AS ${readJson(this.engine, this.file, "'_file': 'INTEGER', '_row': 'BIGINT', '_line': 'BIGINT', '_broken': 'BOOLEAN', '_reasons': 'VARCHAR'")}`,
    );
  }
}

const mostReasons = 100;

/** A row of thousands of columns may be wrong in each of them. */
function few(reasons: RejectedRow['reasons']): RejectedRow['reasons'] {
  if (reasons.length <= mostReasons) return reasons;
  const more = { column: null, rule: 'more', message: `and ${reasons.length - mostReasons} more reasons` };
  return [...reasons.slice(0, mostReasons), more];
}

function readJson(engine: Engine, file: string, columns: string): string {
  return `SELECT * FROM read_json(${engine.own(file)}, format = 'newline_delimited', columns = {${columns}}, maximum_object_size = 4194304)`;
}

export interface SetAside {
  /** Name of the source or step. */
  readonly name: string;
  /** As `_file` counts them. */
  readonly files: readonly { readonly path: string; readonly shown: string }[];
  readonly columns: readonly EngineColumn[];
  /** Relation with the columns, `_file` and `_row`. */
  readonly from: string;
  /** Table with `_file, _row, _line, _reasons` of the rows that are set aside. */
  readonly rejects: string;
  /** Whether the files have lines of text, which are written beside what was read of them. */
  readonly lines: boolean;
  readonly encoding: string | undefined;
  linesOf(file: number, rows: Float64Array): Promise<Float64Array | null>;
  /** SQL of the file and line, where rows carry where they come from; null: by `files` and `_line`. */
  readonly lineage: boolean;
}

/** Writes `work/rejected-NAME.jsonl`, once `addLines` has run, a row a line, in the order of files and rows. */
export async function writeRejected(engine: Engine, aside: SetAside): Promise<string> {
  const { name, files, columns, from, rejects, lineage } = aside;
  const shown = files.map((file) => text(file.shown)).join(', ');
  const file = lineage ? 'd._source_file' : `[${shown}][r._file + 1]`;
  const row = lineage ? 'd._source_row' : 'r._row + 1';
  const path = `work/rejected-${name}.jsonl`;
  await engine.run(
    `COPY (SELECT ${text(name)} AS "table", ${file} AS file, coalesce(r._line, l._line) AS line, ${row} AS row, ` +
      'CAST(r._reasons AS JSON) AS reasons, ' +
      `CASE WHEN d._row IS NOT NULL THEN ${jsonRow(columns)} END AS data, l._text AS text ` +
      `FROM ${rejects} r LEFT JOIN ${from} d ON d._file = r._file AND d._row = r._row ` +
      `LEFT JOIN _lines_${name} l ON l._file = r._file AND l._row = r._row ` +
      `ORDER BY r._file, r._row) TO ${engine.own(path)} (FORMAT json)`,
  );
  return path;
}

/** SQL of a row of `d` as a JSON object. */
export function jsonRow(columns: readonly EngineColumn[]): string {
  return `to_json({${columns.map((column) => `${text(column.name)}: ${jsonCell(column)}`).join(', ')}})`;
}

/** JSON has no NaN and no infinity: they are text. */
function jsonCell({ name, type }: EngineColumn): string {
  const cell = `d.${ident(name)}`;
  if (type !== 'DOUBLE' && type !== 'FLOAT') return cell;
  return `CASE WHEN isfinite(${cell}) THEN to_json(${cell}) WHEN ${cell} IS NOT NULL THEN to_json(CAST(${cell} AS VARCHAR)) END`;
}

/** `_lines_NAME`: the line of each rejected row, and the text that stands on it. */
export async function addLines(engine: Engine, folder: string, aside: SetAside): Promise<void> {
  const { name, files, lines, encoding } = aside;
  const path = `work/lines-${name}.jsonl`;
  const writer = new LineWriter(join(folder, path));
  try {
    for (const [file, { path: data }] of files.entries()) {
      const rows = await placesOf(aside, engine, file);
      if (!lines)
        for (const [row, line] of rows) writer.write({ _file: file, _row: row, _line: line, _text: null });
      const texts = lines
        ? readLines(
            data,
            rows.map(([, line]) => line),
            encoding,
          )
        : [];
      let index = 0;
      for await (const { text: line } of texts) {
        const [row, at] = rows[index] ?? [];
        writer.write({ _file: file, _row: row, _line: at, _text: line });
        index += 1;
      }
    }
  } finally {
    writer.close();
  }
  await engine.run(
    `CREATE TABLE _lines_${name} AS ${readJson(engine, path, "'_file': 'INTEGER', '_row': 'BIGINT', '_line': 'BIGINT', '_text': 'VARCHAR'")}`,
  );
}

/** Rows of a file with their lines, ascending; those of a format without lines are left out. */
async function placesOf(
  { rejects, linesOf }: SetAside,
  engine: Engine,
  file: number,
): Promise<[row: number, line: number][]> {
  const places: [number, number][] = [];
  const untold: number[] = [];
  const query = `SELECT _row, _line FROM ${rejects} WHERE _file = ${file} ORDER BY _row`;
  for await (const part of engine.stream(query)) {
    for (const [row, line] of part) {
      if (line === null || line === undefined) untold.push(Number(row));
      else places.push([Number(row), Number(line)]);
    }
  }
  const found = untold.length === 0 ? null : await linesOf(file, Float64Array.from(untold));
  if (found === null) return places;
  for (const [index, row] of untold.entries()) places.push([row, found[index] ?? 0]);
  return places.sort(([a], [b]) => a - b);
}
