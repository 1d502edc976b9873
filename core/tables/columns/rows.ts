/**
 * Columns of files that are read row by row (CSV, JSON lines, Arrow, NPZ, and Parquet beside them): one pass sets
 * numbers aside, column by column, and counts the different values of the rest.
 */

import { hasValue } from '../has-value.ts';
import type { ColumnBatch, ColumnKind, Table } from '../types.ts';
import { SpilledNumbers, SpillFile } from './spill.ts';
import {
  type CategoryCells,
  type ColumnFamily,
  type ColumnInfo,
  type ColumnReader,
  mostCategories,
  type NumberCells,
  type TakeNumbers,
} from './types.ts';

const batchRows = 8192;

/** Opens a table's file again with some columns as text. */
export type ReopenAsText = (table: Table, columns: readonly string[]) => Promise<Table>;

export async function openRowColumns(tables: readonly Table[], reopen: ReopenAsText): Promise<ColumnReader> {
  const spill = await SpillFile.open();
  try {
    const plans = await planColumns(tables);
    const columns = new Map(plans.map(({ name, family }) => [name, newColumn(family, spill)]));
    let rows = 0;
    for (const table of tables) {
      const asText = plans.filter((plan) => plan.asText.has(table)).map(({ name }) => name);
      const opened = asText.length === 0 ? table : await reopen(table, asText);
      try {
        rows += await readTable(opened, columns);
      } finally {
        if (opened !== table) await opened.close();
      }
    }
    const infos = plans.map(({ name, family, whole }): [string, ColumnInfo] => {
      const empty = columns.get(name)?.missing === rows;
      return [name, { name, family: empty ? 'empty' : family, whole }];
    });
    const notes = [...tables.flatMap((table) => table.notes), ...plans.flatMap(({ notes }) => notes)];
    return new RowColumns(spill, columns, new Map(infos), rows, notes);
  } catch (error) {
    await spill.close();
    throw error;
  }
}

interface Plan {
  readonly name: string;
  readonly family: Exclude<ColumnFamily, 'empty' | 'time'>;
  readonly whole: boolean;
  /** Tables whose cells of the column are read as text, since another one has text there. */
  readonly asText: ReadonlySet<Table>;
  readonly notes: readonly string[];
}

/** What the files make of each column together. A text column without any value has no say. */
async function planColumns(tables: readonly Table[]): Promise<Plan[]> {
  const names = [...new Set(tables.flatMap((table) => table.columns.map(({ name }) => name)))];
  const plans: Plan[] = [];
  for (const name of names) {
    const found = tables.flatMap((table) => {
      const column = table.columns.find((each) => each.name === name);
      return column === undefined ? [] : [{ table, column, family: familyOf(column.kind, column.cellShape) }];
    });
    let seen = found;
    if (new Set(found.map(({ family }) => family)).size > 1) {
      const kept: typeof found = [];
      for (const each of found) {
        if (each.family !== 'text' || (await hasValue(each.table, name))) kept.push(each);
      }
      seen = kept;
    }
    const families = new Set(seen.map(({ family }) => family));
    const [first = 'text'] = families;
    const mixed = families.size > 1;
    const family = mixed ? (families.has('other') ? 'other' : 'text') : first;
    const where = tables.length - found.length;
    plans.push({
      name,
      family,
      whole: seen.every(({ column }) => column.kind === 'integer' || column.kind === 'bigint'),
      asText: new Set(
        family === 'text' && mixed
          ? seen.filter((each) => each.family !== 'text').map(({ table }) => table)
          : [],
      ),
      notes: [
        ...(mixed
          ? [
              `column ${JSON.stringify(name)} is ${[...families].join(' in some files and ')} in others; it is read as text`,
            ]
          : []),
        ...(where > 0
          ? [`column ${JSON.stringify(name)} is missing in ${where} of ${tables.length} files`]
          : []),
      ],
    });
  }
  return plans;
}

function familyOf(kind: ColumnKind, cellShape: readonly number[]): Plan['family'] {
  if (cellShape.length > 0) return 'other';
  switch (kind) {
    case 'number':
    case 'integer':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    case 'other':
      return 'other';
  }
}

async function readTable(table: Table, columns: ReadonlyMap<string, CollectedColumn>): Promise<number> {
  const own = new Map(table.columns.map((column) => [column.name, column]));
  const wanted = [...columns].filter(([name]) => own.has(name));
  const names = wanted.map(([name]) => name);
  let rows = 0;
  for await (const batch of table.batches(names, batchRows)) {
    for (const [name, column] of wanted) {
      const size = own.get(name)?.cellShape.reduce((product, length) => product * length, 1) ?? 1;
      const cells = batch.columns.get(name);
      if (cells !== undefined) column.add(cells, batch.rows, size);
    }
    rows += batch.rows;
  }
  for (const [name, column] of columns) if (!own.has(name)) column.missing += rows;
  return rows;
}

interface CollectedColumn {
  missing: number;
  /** `size`: numbers in a cell. */
  add(cells: ColumnBatch, rows: number, size: number): void;
}

const newColumn = (family: Plan['family'], spill: SpillFile): CollectedColumn =>
  family === 'number' ? new NumberColumn(spill) : new CategoryColumn(family === 'boolean');

class NumberColumn implements CollectedColumn {
  missing = 0;
  infinite = 0;
  readonly values: SpilledNumbers;

  constructor(spill: SpillFile) {
    this.values = new SpilledNumbers(spill);
  }

  add(cells: ColumnBatch, rows: number): void {
    if (cells.kind === 'text') {
      // Whole numbers that no double holds; or a file in which the column has no value.
      for (let row = 0; row < rows; row += 1) this.take(Number(cells.values[row] ?? Number.NaN));
      return;
    }
    const { values } = cells;
    for (let row = 0; row < rows; row += 1) this.take(values[row] as number);
  }

  private take(value: number): void {
    if (value - value === 0) this.values.add(value);
    else if (Number.isNaN(value)) this.missing += 1;
    else this.infinite += 1;
  }
}

class CategoryColumn implements CollectedColumn {
  missing = 0;
  rest = 0;
  readonly counts = new Map<string, number>();
  private readonly isBoolean: boolean;

  constructor(isBoolean: boolean) {
    this.isBoolean = isBoolean;
  }

  add(cells: ColumnBatch, rows: number, size: number): void {
    for (let row = 0; row < rows; row += 1) {
      if (cells.kind === 'text') this.take(cells.values[row] ?? null);
      else if (cells.missing?.[row] === 1) this.missing += 1;
      else if (this.isBoolean) this.take(cells.values[row] === 1 ? 'true' : 'false');
      else this.take(cells.values.subarray(row * size, (row + 1) * size).join(', '));
    }
  }

  private take(value: string | null): void {
    if (value === null) {
      this.missing += 1;
      return;
    }
    const count = this.counts.get(value);
    if (count !== undefined) this.counts.set(value, count + 1);
    else if (this.counts.size < mostCategories) this.counts.set(value, 1);
    else this.rest += 1;
  }
}

class RowColumns implements ColumnReader {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  readonly notes: readonly string[];
  private readonly spill: SpillFile;
  private readonly collected: ReadonlyMap<string, CollectedColumn>;

  constructor(
    spill: SpillFile,
    collected: ReadonlyMap<string, CollectedColumn>,
    columns: ReadonlyMap<string, ColumnInfo>,
    rows: number,
    notes: readonly string[],
  ) {
    this.rows = rows;
    this.columns = columns;
    this.notes = notes;
    this.spill = spill;
    this.collected = collected;
  }

  async numbers(name: string, take?: TakeNumbers): Promise<NumberCells> {
    const column = this.collected.get(name);
    if (!(column instanceof NumberColumn)) throw new RangeError(`no numbers in column ${name}`);
    return { values: column.values.all(take), missing: column.missing, infinite: column.infinite };
  }

  async categories(name: string): Promise<CategoryCells> {
    const column = this.collected.get(name);
    if (!(column instanceof CategoryColumn)) throw new RangeError(`no categories in column ${name}`);
    return { counts: column.counts, rest: column.rest, missing: column.missing };
  }

  async close(): Promise<void> {
    await this.spill.close();
  }
}
