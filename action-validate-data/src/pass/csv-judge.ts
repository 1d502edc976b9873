/** Reads blocks of CSV: every cell into the profile, and those rows that are not surely valid before the schema. */

import {
  CsvScanner,
  cell,
  classifyCell,
  fieldForm,
  fieldText,
  parseNumber,
} from '../../../core/tables/csv/index.ts';
import type { ColumnAccumulator } from '../profile/column.ts';
import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import type { CellTypes } from '../schema/index.ts';
import { type CellTest, cellTest } from './cell-tests.ts';
import { cellValue } from './cell-value.ts';
import type { Block, BlockReading, FileSetup, JudgeSetup } from './protocol.ts';
import type { RowJudge } from './row-judge.ts';

type CsvLayout = Extract<FileSetup['layout'], { kind: 'csv' }>;

export class CsvJudge {
  private readonly layout: CsvLayout;
  private readonly judge: RowJudge;
  private readonly accumulators: readonly (ColumnAccumulator | null)[];
  private readonly types: readonly CellTypes[];
  /** Null: every row goes before the schema. */
  private readonly tests: readonly CellTest[] | null;
  private readonly nulls: readonly Buffer[];
  private kinds: Uint8Array;
  private bytes: Buffer = Buffer.alloc(0);
  private block = 0;
  private row = 0;
  private blankLines = 0;
  private readonly scanner: CsvScanner;

  constructor(setup: FileSetup, layout: CsvLayout, judge: RowJudge, profile: Profile, { nulls }: JudgeSetup) {
    const { columns } = layout;
    const { schema, watch } = judge;
    this.layout = layout;
    this.judge = judge;
    this.accumulators = columns.map((name) => profile.column(name));
    this.types = columns.map((name) => schema?.cellTypes(name) ?? anyType);
    const plan = schema?.plan;
    const complete = plan !== undefined && [...plan.required].every((name) => columns.includes(name));
    this.tests =
      plan === undefined
        ? columns.map(() => () => true)
        : plan.usable && complete
          ? columns.map((name, index) =>
              cellTest(plan.column(name), this.types[index] as CellTypes, plan.required.has(name), watch),
            )
          : null;
    this.nulls = nulls.map((text) => Buffer.from(text));
    this.kinds = new Uint8Array(columns.length);
    this.scanner = new CsvScanner(setup.shown, layout.delimiter, () => this.record(), 1, layout.quote);
  }

  read(block: Extract<Block, { kind: 'text' }>): BlockReading {
    this.bytes = Buffer.from(block.bytes);
    this.block = block.id;
    this.row = 0;
    this.blankLines = 0;
    this.scanner.line = block.line;
    this.scanner.scan(this.bytes, 0, this.bytes.length, true);
    return { rows: this.row, blankLines: this.blankLines };
  }

  private record(): void {
    const { scanner, layout, bytes, kinds, tests } = this;
    const width = layout.columns.length;
    if (scanner.count !== width || (width > 1 && scanner.isBlank)) {
      if (scanner.isBlank) {
        this.blankLines += 1;
        return;
      }
      this.ragged(width);
      return;
    }
    const { starts, ends, forms } = scanner;
    const draw = drawOf(this.block, this.row);
    this.judge.watch.at(scanner.recordLine);
    const surely = tests ?? [];
    let sure = tests !== null;
    for (let i = 0; i < width; i += 1) {
      const start = starts[i] as number;
      const end = ends[i] as number;
      const form = forms[i] as number;
      const kind = this.classify(bytes, start, end, form);
      kinds[i] = kind;
      const isNumber = kind !== cell.missing && kind < cell.boolean;
      const value = isNumber ? parseNumber(bytes, start, end) : 0;
      const accumulator = this.accumulators[i];
      if (accumulator != null) {
        if (isNumber) accumulator.addNumber(value, kind !== cell.fraction, draw);
        else if (kind === cell.missing) accumulator.addMissing();
        else if (kind === cell.boolean) accumulator.addBoolean(end - start === 4);
        else accumulator.addText(bytes, start, end, form === fieldForm.escaped);
      }
      if (sure) sure = (surely[i] as CellTest)(bytes, start, end, form, kind, value);
    }
    if (!sure) this.ask();
    this.row += 1;
  }

  private classify(bytes: Buffer, start: number, end: number, form: number): number {
    if (form === fieldForm.escaped) return cell.text;
    if (this.nulls.length > 0 && this.isNull(bytes, start, end)) return cell.missing;
    return classifyCell(bytes, start, end);
  }

  private isNull(bytes: Buffer, start: number, end: number): boolean {
    return this.nulls.some(
      (text) => text.length === end - start && bytes.compare(text, 0, text.length, start, end) === 0,
    );
  }

  private ask(): void {
    const { columns } = this.layout;
    const { starts, ends, forms } = this.scanner;
    const row: Record<string, unknown> = {};
    for (const [index, name] of columns.entries()) {
      const value = cellValue(
        this.bytes,
        starts[index] as number,
        ends[index] as number,
        forms[index] as number,
        this.kinds[index] as number,
        this.types[index] as CellTypes,
      );
      if (value !== undefined) setOwn(row, name, value);
    }
    this.judge.judge(row, this.judged());
  }

  private ragged(width: number): void {
    const { count } = this.scanner;
    const fields = count === 1 ? '1 field' : `${count} fields`;
    this.judge.break(
      this.judged(),
      'fields',
      `the row has ${fields}, the header has ${width} (fields); is a delimiter missing, or a quote?`,
    );
    this.row += 1;
  }

  private judged() {
    const { scanner, bytes, layout, row, kinds } = this;
    const end =
      (scanner.ends[scanner.count - 1] as number) + (scanner.forms[scanner.count - 1] === 0 ? 0 : 1);
    const place = (column: string): number => layout.columns.indexOf(column);
    const text = (index: number): string | null => {
      const start = scanner.starts[index] as number;
      const stop = scanner.ends[index] as number;
      return index < scanner.count && start < stop
        ? fieldText(bytes, start, stop, scanner.forms[index] as number)
        : null;
    };
    return {
      row,
      line: scanner.recordLine,
      content: bytes.subarray(scanner.recordStart, end),
      columns: layout.columns,
      text: (column: string) => text(place(column)),
      exact: (column: string) => {
        const index = place(column);
        return kinds[index] === cell.wideDigits ? (text(index) ?? undefined) : undefined;
      },
    };
  }
}

const anyType: CellTypes = { number: true, boolean: true, string: true, null: false, any: true };

/** Also for a key such as `__proto__`. */
export function setOwn(row: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(row, key, { value, enumerable: true, writable: true, configurable: true });
  } else row[key] = value;
}
