/** Reads blocks of CSV: every cell into the profile, and those rows that are not surely valid before the schema. */

import { CsvScanner, cell, fieldText } from '../../../core/tables/csv/index.ts';
import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import type { CellTypes } from '../schema/index.ts';
import { cellValue } from './cell-value.ts';
import { ColumnReader, kindOfField, type Shared, sharedOf } from './column-reader.ts';
import type { Block, BlockReading, FileSetup, JudgeSetup } from './protocol.ts';
import type { JudgedRow, RowJudge } from './row-judge.ts';

type CsvLayout = Extract<FileSetup['layout'], { kind: 'csv' }>;

const anyType: CellTypes = { number: true, boolean: true, string: true, null: false, any: true };

export class CsvJudge {
  private readonly layout: CsvLayout;
  private readonly judge: RowJudge;
  private readonly types: readonly CellTypes[];
  private readonly readers: readonly ColumnReader[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly shared: Shared;
  /** False: every row goes before the schema. */
  private readonly usable: boolean;
  /** Of rows that go before the schema, and of those that are none. */
  private readonly scanner: CsvScanner;
  private bytes: Buffer = Buffer.alloc(0);
  private row = 0;
  private blankLines = 0;

  constructor(setup: FileSetup, layout: CsvLayout, judge: RowJudge, profile: Profile, { nulls }: JudgeSetup) {
    const { columns, delimiter, quote } = layout;
    const { schema } = judge;
    this.layout = layout;
    this.places = new Map(columns.map((name, index) => [name, index]));
    this.judge = judge;
    this.shared = sharedOf(delimiter, quote, nulls);
    this.types = columns.map((name) => schema?.cellTypes(name) ?? anyType);
    const plan = schema?.plan ?? null;
    this.usable =
      plan === null || (plan.usable && [...plan.required].every((name) => columns.includes(name)));
    this.readers = columns.map((name, index) => {
      const own = plan?.usable === true ? plan.column(name) : null;
      const required = plan?.required.has(name) ?? false;
      const types = this.types[index] ?? anyType;
      return new ColumnReader({ plan: own, types, required }, profile.column(name), this.shared);
    });
    this.scanner = new CsvScanner(setup.shown, delimiter, () => this.record(), 1, quote);
  }

  read(block: Extract<Block, { kind: 'text' }>): BlockReading {
    const { readers, shared, usable } = this;
    const { delimiter } = shared;
    const { watch } = this.judge;
    const bytes = Buffer.from(block.bytes, 0, block.length);
    const last = readers.length - 1;
    let { line } = block;
    this.bytes = bytes;
    this.row = 0;
    this.blankLines = 0;
    let at = 0;
    while (at < bytes.length) {
      const start = at;
      const first = bytes[at];
      if ((first === 10 || first === 13) && last > 0) {
        at = behindLineEnd(bytes, at);
        line += 1;
        this.blankLines += 1;
        continue;
      }
      shared.draw = drawOf(block.id, this.row);
      shared.inner = 0;
      watch.at(line);
      let sure = usable;
      let column = 0;
      for (; ; column += 1) {
        let end = (readers[column] as ColumnReader).csv(bytes, at);
        if (end < 0) {
          sure = false;
          end = ~end;
        }
        at = end;
        if (bytes[end] !== delimiter || column === last) break;
        at += 1;
      }
      if (column !== last || bytes[at] === delimiter) {
        // Too few fields, or more to come: the scanner says how many.
        this.scanner.line = line;
        at = this.scanner.scan(bytes, start, this.endOfRecord(start, line), true);
        line = this.scanner.line;
        continue;
      }
      at = Math.min(behindLineEnd(bytes, at), bytes.length);
      if (sure) this.row += 1;
      else {
        this.scanner.line = line;
        this.scanner.scan(bytes, start, at, true);
      }
      line += 1 + shared.inner;
    }
    return { rows: this.row, blankLines: this.blankLines };
  }

  /** The end of the record that starts there, whatever its fields. */
  private endOfRecord(start: number, line: number): number {
    const { delimiter, quote } = this.layout;
    let end = this.bytes.length;
    let records = 0;
    const scanner: CsvScanner = new CsvScanner(
      '',
      delimiter,
      () => {
        records += 1;
        if (records === 1) return;
        end = scanner.recordStart;
        throw enough;
      },
      line,
      quote,
    );
    try {
      scanner.scan(this.bytes, start, this.bytes.length, true);
    } catch (error) {
      if (error !== enough) throw error;
    }
    return end;
  }

  /** One record as the scanner found it: not surely valid, or not of the header's width. */
  private record(): void {
    const { scanner, layout } = this;
    const width = layout.columns.length;
    if (scanner.count !== width) {
      const fields = scanner.count === 1 ? '1 field' : `${scanner.count} fields`;
      this.judge.break(
        this.judged([]),
        'fields',
        `the row has ${fields}, the header has ${width} (fields); is a delimiter missing, or a quote?`,
      );
    } else this.ask();
    this.row += 1;
  }

  private ask(): void {
    const { scanner, bytes, layout, shared } = this;
    const { starts, ends, forms } = scanner;
    const kinds: number[] = [];
    const row: Record<string, unknown> = {};
    for (const [index, name] of layout.columns.entries()) {
      const [start, end, form] = [starts[index] as number, ends[index] as number, forms[index] as number];
      const kind = kindOfField(bytes, start, end, form, shared.nulls);
      kinds.push(kind);
      const value = cellValue(bytes, { start, end, form }, kind, this.types[index] ?? anyType, layout.quote);
      if (value !== undefined) setOwn(row, name, value);
    }
    this.judge.judge(row, this.judged(kinds));
  }

  private judged(kinds: readonly number[]): JudgedRow {
    const { scanner, bytes, layout, row } = this;
    const final = scanner.count - 1;
    const end = (scanner.ends[final] as number) + (scanner.forms[final] === 0 ? 0 : 1);
    const place = (column: string): number => this.places.get(column) ?? -1;
    const text = (index: number): string | null => {
      const start = scanner.starts[index] as number;
      const stop = scanner.ends[index] as number;
      return index < scanner.count && start < stop
        ? fieldText(bytes, start, stop, scanner.forms[index] as number, layout.quote)
        : null;
    };
    return {
      row,
      line: scanner.recordLine,
      content: bytes.subarray(scanner.recordStart, end),
      columns: layout.columns,
      place,
      text: (column: string) => text(place(column)),
      exact: (column: string) => {
        const index = place(column);
        return kinds[index] === cell.wideDigits ? (text(index) ?? undefined) : undefined;
      },
    };
  }
}

function behindLineEnd(bytes: Buffer, at: number): number {
  return bytes[at] === 13 && bytes[at + 1] === 10 ? at + 2 : at + 1;
}

/** Ends a scan that has what it wants. */
const enough = new Error('enough');

/** Also for a key such as `__proto__`. */
export function setOwn(row: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(row, key, { value, enumerable: true, writable: true, configurable: true });
  } else row[key] = value;
}
