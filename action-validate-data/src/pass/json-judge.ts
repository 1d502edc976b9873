/** Reads blocks of JSON objects: every field into the profile, and those rows that are not surely valid before the schema. */

import { cell, parseNumber } from '../../../core/tables/csv/index.ts';
import { LineScanner, parseObject } from '../../../core/tables/json/index.ts';
import type { ColumnAccumulator } from '../profile/column.ts';
import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import type { RowPlan } from '../schema/index.ts';
import { type NumberTest, numberTest, type TextTest, textTest } from './cell-tests.ts';
import type { Block, BlockReading, FileSetup } from './protocol.ts';
import { RowFields, token } from './row-fields.ts';
import type { RowJudge } from './row-judge.ts';

interface FieldTests {
  readonly number: NumberTest;
  readonly text: TextTest;
  readonly true: boolean;
  readonly false: boolean;
  readonly null: boolean;
  readonly required: boolean;
}

interface FieldColumn {
  readonly accumulator: ColumnAccumulator | null;
  readonly tests: FieldTests;
}

const noTests: FieldTests = {
  ...{ number: () => true, text: () => true, true: true, false: true, null: true, required: false },
};

export class JsonJudge {
  private readonly judge: RowJudge;
  private readonly profile: Profile;
  private readonly setup: FileSetup;
  private readonly fields = new RowFields();
  private readonly columns: FieldColumn[] = [];
  private readonly plan: RowPlan | null;

  constructor(setup: FileSetup, judge: RowJudge, profile: Profile) {
    this.setup = setup;
    this.judge = judge;
    this.profile = profile;
    this.plan = judge.schema?.plan ?? null;
    // Keys that must be there are known from the start: the schema's order is mostly that of the rows.
    for (const name of this.plan?.required ?? []) this.fields.place(name);
  }

  read(block: Extract<Block, { kind: 'text' | 'spans' }>): BlockReading {
    const bytes = Buffer.from(block.bytes);
    let row = 0;
    const onObject = (start: number, end: number, line: number): void => {
      this.object(bytes, start, end, line, row, block.id);
      row += 1;
    };
    if (block.kind === 'text') {
      const scanner = new LineScanner(onObject, block.line);
      scanner.scan(bytes, 0, bytes.length, true);
      return { rows: row, blankLines: scanner.blankLines };
    }
    for (let i = 0; i < block.starts.length; i += 1) {
      onObject(block.starts[i] as number, block.ends[i] as number, block.lines[i] as number);
    }
    return { rows: row, blankLines: 0 };
  }

  private object(bytes: Buffer, start: number, end: number, line: number, row: number, block: number): void {
    const draw = drawOf(block, row);
    this.judge.watch.at(line);
    if (!this.fields.read(bytes, start, end)) this.parsed(bytes, start, end, line, row, draw);
    else if (!this.scan(bytes, draw)) this.ask(bytes, start, end, line, row);
  }

  /** Every field into the profile; false when the schema must be asked. */
  private scan(bytes: Buffer, draw: number): boolean {
    const { fields, columns } = this;
    const { names, tokens, starts, ends, kinds } = fields;
    for (let i = columns.length; i < names.length; i += 1) columns.push(this.columnOf(names[i] as string));
    let sure = this.plan === null || this.plan.usable;
    for (let i = 0; i < columns.length; i += 1) {
      const { accumulator, tests } = columns[i] as FieldColumn;
      const start = starts[i] as number;
      const end = ends[i] as number;
      switch (tokens[i]) {
        case token.absent:
          sure &&= !tests.required;
          break;
        case token.string:
          accumulator?.addText(bytes, start, end);
          sure &&= tests.text(bytes, start, end, 0);
          break;
        case token.number: {
          const value = parseNumber(bytes, start, end);
          accumulator?.addNumber(value, kinds[i] !== cell.fraction, draw);
          sure &&= tests.number(value);
          break;
        }
        case token.true:
          accumulator?.addBoolean(true);
          sure &&= tests.true;
          break;
        case token.false:
          accumulator?.addBoolean(false);
          sure &&= tests.false;
          break;
        case token.null:
          accumulator?.addMissing();
          sure &&= tests.null;
          break;
        default: {
          const text = decode(bytes, start, end);
          accumulator?.addValue(text, draw);
          sure &&= isSureText(text, tests.text);
        }
      }
    }
    return sure;
  }

  private columnOf(name: string): FieldColumn {
    const accumulator = this.profile.column(name);
    return { accumulator, tests: this.plan === null ? noTests : this.testsOf(this.plan, name) };
  }

  private testsOf(plan: RowPlan, name: string): FieldTests {
    const column = plan.column(name);
    return {
      number: numberTest(column.number),
      text: textTest(column.string, this.judge.watch),
      true: column.boolean?.allowed.includes(true) ?? false,
      false: column.boolean?.allowed.includes(false) ?? false,
      null: column.nullValue,
      required: plan.required.has(name),
    };
  }

  /** What is not plain is parsed; what cannot be parsed is no row. */
  private parsed(bytes: Buffer, start: number, end: number, line: number, row: number, draw: number): void {
    const text = bytes.toString('utf8', start, end);
    const content = bytes.subarray(start, end);
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(text) as Record<string, unknown>;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError();
    } catch (error) {
      const columns = this.fields.names.slice(0, 0);
      const blank = { text: () => null, exact: () => undefined };
      this.judge.break({ row, line, content, columns, ...blank }, 'json', whyNoObject(error, text));
      return;
    }
    for (const [name, item] of Object.entries(value)) this.profile.column(name)?.addValue(item, draw);
    if (this.plan !== null) this.judge.judge(value, this.judged(value, text, content, line, row));
  }

  private ask(bytes: Buffer, start: number, end: number, line: number, row: number): void {
    const text = bytes.toString('utf8', start, end);
    const value = JSON.parse(text) as Record<string, unknown>;
    this.judge.judge(value, this.judged(value, text, bytes.subarray(start, end), line, row));
  }

  private judged(value: Record<string, unknown>, text: string, content: Buffer, line: number, row: number) {
    let digits: Record<string, unknown> | null = null;
    const shown = this.setup.shown;
    return {
      row,
      line,
      content,
      columns: Object.keys(value),
      text: (column: string) => textOf(value, column),
      exact: (column: string): string | undefined => {
        const number = Object.hasOwn(value, column) ? value[column] : undefined;
        if (typeof number !== 'number' || Math.abs(number) < 2 ** 53) return undefined;
        digits ??= parseObject(shown, line, text);
        const raw = digits[column];
        return typeof raw === 'object' && raw !== null && 'rawJSON' in raw ? String(raw.rawJSON) : undefined;
      },
    };
  }
}

/** A string that was written with escapes. */
function isSureText(text: string, test: TextTest): boolean {
  // Half of a surrogate pair has no bytes of its own.
  if (!text.isWellFormed()) return false;
  const decoded = Buffer.from(text);
  return test(decoded, 0, decoded.length, 0);
}

function decode(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
}

export function textOf(value: Readonly<Record<string, unknown>>, column: string): string | null {
  const item = Object.hasOwn(value, column) ? value[column] : undefined;
  if (item === null || item === undefined) return null;
  return typeof item === 'object' ? JSON.stringify(item) : String(item);
}

function whyNoObject(error: unknown, text: string): string {
  if (error instanceof TypeError) {
    return 'not a JSON object (json); a row is an object such as {"age": 41, "label": 1}';
  }
  const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : '';
  return `not valid JSON (json): ${text.length > 200 ? reason.replace(/, ".*$/s, '') : reason}`;
}
