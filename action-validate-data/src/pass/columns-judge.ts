/** Reads blocks of Arrow, column by column: cells become values only in rows that are not surely valid. */

import { type CellColumn, cellAt } from '../../../core/tables/cells/index.ts';
import { fieldForm } from '../../../core/tables/csv/index.ts';
import type { ColumnAccumulator } from '../profile/column.ts';
import { drawOf } from '../profile/hashing.ts';
import type { Profile } from '../profile/profile.ts';
import { isSureValue, type ValuePlan } from '../schema/index.ts';
import { type NumberTest, numberTest, type TextTest, textTest } from './cell-tests.ts';
import { setOwn } from './csv-judge.ts';
import { textOf } from './json-judge.ts';
import type { Block, FileSetup } from './protocol.ts';
import type { RowJudge } from './row-judge.ts';
import { noLine } from './watch.ts';

interface ColumnTests {
  readonly accumulator: ColumnAccumulator | null;
  readonly number: NumberTest;
  readonly text: TextTest;
  readonly value: (value: unknown) => boolean;
  readonly missing: boolean;
}

type ColumnsBlock = Extract<Block, { kind: 'columns' }>;

const always = (): boolean => true;

export class ColumnsJudge {
  private readonly judge: RowJudge;
  private readonly columns: readonly string[];
  private readonly places: ReadonlyMap<string, number>;
  /** Columns whose schema names null: there a missing cell is null, elsewhere the key is absent. */
  private readonly nullable: readonly string[];
  private readonly tests: readonly ColumnTests[];
  /** False: every row goes before the schema. */
  private readonly usable: boolean;

  constructor(layout: Extract<FileSetup['layout'], { kind: 'values' }>, judge: RowJudge, profile: Profile) {
    const { columns } = layout;
    const { schema } = judge;
    this.judge = judge;
    this.columns = columns;
    this.places = new Map(columns.map((name, index) => [name, index]));
    this.nullable = columns.filter((name) => schema?.cellTypes(name).null);
    const plan = schema?.plan ?? null;
    this.usable = plan === null || (plan.usable && [...plan.required].every((name) => this.places.has(name)));
    this.tests = columns.map((name) => {
      const isNullable = this.nullable.includes(name);
      const required = plan?.required.has(name) ?? false;
      const own = plan === null || !plan.usable ? null : plan.column(name);
      return testsOf(layout.profiled ? profile.column(name) : null, own, isNullable, required);
    });
  }

  /** Returns the number of rows. */
  read({ id, rows, columns }: ColumnsBlock): number {
    this.judge.watch.at(noLine);
    const draws = Float64Array.from({ length: rows }, (_, row) => drawOf(id, row));
    /** 1 where some cell is not surely valid. */
    const unsure = new Uint8Array(rows).fill(this.usable ? 0 : 1);
    for (const [index, column] of columns.entries()) {
      const tests = this.tests[index];
      if (tests === undefined) throw new Error(`no column ${index}`);
      this.readColumn(column, tests, draws, unsure);
    }
    if (this.judge.schema === null) return rows;
    for (let row = unsure.indexOf(1); row !== -1; row = unsure.indexOf(1, row + 1)) {
      this.judgeRow(columns, row);
    }
    return rows;
  }

  private readColumn(column: CellColumn, tests: ColumnTests, draws: Float64Array, unsure: Uint8Array): void {
    const { missing } = column;
    if (missing !== null && !tests.missing) {
      for (let row = 0; row < missing.length; row += 1) if (missing[row] === 1) unsure[row] = 1;
    }
    switch (column.kind) {
      case 'numbers':
        readNumbers(column.values, missing, tests, draws, unsure);
        break;
      case 'texts':
        readTexts(column, tests, unsure);
        break;
      case 'values':
        for (const [row, value] of column.values.entries()) {
          if (missing?.[row] === 1) continue;
          tests.accumulator?.addValue(value, draws[row] ?? 0);
          if (!tests.value(value)) unsure[row] = 1;
        }
    }
  }

  private judgeRow(columns: readonly CellColumn[], row: number): void {
    const value: Record<string, unknown> = {};
    for (const [index, name] of this.columns.entries()) {
      const column = columns[index];
      const cell = column === undefined ? undefined : cellAt(column, row);
      if (cell !== undefined) setOwn(value, name, cell);
    }
    for (const name of this.nullable) if (!Object.hasOwn(value, name)) setOwn(value, name, null);
    const place = (column: string): number => this.places.get(column) ?? -1;
    this.judge.judge(value, {
      row,
      line: null,
      content: JSON.stringify(value),
      columns: this.columns,
      place,
      text: (column) => textOf(value, column),
      exact: (name) => {
        const column = columns[place(name)];
        return column === undefined || column.kind === 'texts' ? undefined : column.exact?.get(row);
      },
    });
  }
}

function testsOf(
  accumulator: ColumnAccumulator | null,
  plan: ValuePlan | null,
  isNullable: boolean,
  required: boolean,
): ColumnTests {
  if (plan === null) return { accumulator, number: always, text: always, value: always, missing: true };
  return {
    accumulator,
    number: numberTest(plan.number),
    text: textTest(plan.string),
    value: (value) => isSureValue(plan, value),
    missing: isNullable ? plan.nullValue : !required,
  };
}

function readNumbers(
  values: Float64Array,
  missing: Uint8Array | null,
  { accumulator, number }: ColumnTests,
  draws: Float64Array,
  unsure: Uint8Array,
): void {
  for (let row = 0; row < values.length; row += 1) {
    if (missing !== null && missing[row] === 1) continue;
    const value = values[row] as number;
    accumulator?.addNumber(value, Number.isInteger(value), draws[row] as number);
    if (!number(value)) unsure[row] = 1;
  }
}

function readTexts(
  { bytes: all, offsets, missing }: Extract<CellColumn, { kind: 'texts' }>,
  { accumulator, text }: ColumnTests,
  unsure: Uint8Array,
): void {
  const bytes = Buffer.from(all.buffer, all.byteOffset, all.length);
  for (let row = 0; row + 1 < offsets.length; row += 1) {
    if (missing !== null && missing[row] === 1) continue;
    const start = offsets[row] as number;
    const end = offsets[row + 1] as number;
    accumulator?.addText(bytes, start, end);
    if (!text(bytes, start, end, fieldForm.plain)) unsure[row] = 1;
  }
}
