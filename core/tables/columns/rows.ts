/**
 * Columns of files that are read row by row (CSV, JSON lines, Arrow, NPZ, and Parquet beside them): numbers are set aside
 * on disk, column by column, and the different values of the rest counted. CSV is collected while it is opened; only what
 * its first cells did not show, and other formats, need a pass of their own.
 */

import { quoteByte } from '../csv/file.ts';
import { hasValue } from '../has-value.ts';
import { type OpenOptions, openTable } from '../open.ts';
import type { ColumnBatch, ColumnKind, Table } from '../types.ts';
import { CsvCollector, type FileColumn } from './collect-csv.ts';
import { CategoryColumn, NumberColumn, type StoredColumn } from './collected.ts';
import { SpillFile } from './spill.ts';
import type { CategoryCells, ColumnFamily, ColumnInfo } from './types.ts';

const batchRows = 8192;

/** Plain data, which a thread may hand over; numbers stand in a file of the folder that was given. */
export interface CollectedRows {
  readonly rows: number;
  readonly columns: readonly ColumnInfo[];
  readonly notes: readonly string[];
  readonly cells: ReadonlyMap<string, StoredColumn | (CategoryCells & { readonly kind: 'categories' })>;
}

export type CollectOptions = Pick<OpenOptions, 'format' | 'csv'>;

/** Plain data, which a thread may be given. */
export interface CollectRequest {
  readonly paths: readonly string[];
  readonly options: CollectOptions;
  /** Empty, for the numbers; the caller's to remove. */
  readonly folder: string;
}

/** @throws RunError as `openTable` */
export async function collectRows({ paths, options, folder }: CollectRequest): Promise<CollectedRows> {
  const spill = new SpillFile(folder);
  const files: OpenFile[] = [];
  try {
    for (const path of paths) files.push(await openFile(path, options, spill));
    const plans = await planColumns(files.map(({ table }) => table));
    const columns = new Map(plans.map(({ name, family }) => [name, newColumn(family, spill)]));
    let rows = 0;
    for (const file of files) rows += await addFile(file, plans, columns, options);
    return {
      rows,
      columns: plans.map(({ name, family, whole }) => {
        const empty = columns.get(name)?.missing === rows;
        return { name, family: empty ? 'empty' : family, whole };
      }),
      notes: [...files.flatMap(({ table }) => table.notes), ...plans.flatMap(({ notes }) => notes)],
      cells: new Map([...columns].map(([name, column]) => [name, column.stored()])),
    };
  } finally {
    for (const { table } of files) await table.close();
    spill.close();
  }
}

interface OpenFile {
  readonly table: Table;
  /** By name; of a CSV file only. */
  readonly collected: ReadonlyMap<string, FileColumn>;
}

async function openFile(path: string, options: CollectOptions, spill: SpillFile): Promise<OpenFile> {
  const collector = new CsvCollector(spill, quoteByte(options.csv));
  const table = await openTable(path, { ...options, sink: collector });
  const isCsv = table.format === 'csv' || table.format === 'tsv';
  const names = isCsv ? table.columns.map(({ name }) => name) : [];
  return { table, collected: new Map(names.map((name, place) => [name, collector.column(place)])) };
}

/** Adds the rows of a file to the columns, and says how many they are. */
async function addFile(
  { table, collected }: OpenFile,
  plans: readonly Plan[],
  columns: ReadonlyMap<string, Column>,
  options: CollectOptions,
): Promise<number> {
  const rows = await table.countRows();
  const own = new Set(table.columns.map(({ name }) => name));
  const left: Plan[] = [];
  for (const plan of plans) {
    const column = columns.get(plan.name) as Column;
    if (!own.has(plan.name)) column.missing += rows;
    else if (!adopt(column, collected.get(plan.name), plan.family)) left.push(plan);
  }
  if (left.length === 0) return rows;
  const textColumns = left.filter((plan) => plan.asText.has(table)).map(({ name }) => name);
  if (textColumns.length === 0) {
    await readTable(table, left, columns);
    return rows;
  }
  const again = await openTable(table.path, { ...options, format: table.format, textColumns });
  try {
    await readTable(again, left, columns);
  } finally {
    await again.close();
  }
  return rows;
}

/** Whether what was collected is all that the column needs. */
function adopt(column: Column, file: FileColumn | undefined, family: Plan['family']): boolean {
  if (file === undefined || file.kind === 'lost') return false;
  if (file.kind === 'empty') {
    column.missing += file.missing;
    return true;
  }
  if (file.kind === 'numbers' && family === 'number' && column instanceof NumberColumn) {
    column.join(file);
    return true;
  }
  if (file.kind === 'texts' && column instanceof CategoryColumn) {
    column.join(file.counts, file.missing);
    return true;
  }
  return false;
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

async function readTable(
  table: Table,
  plans: readonly Plan[],
  columns: ReadonlyMap<string, Column>,
): Promise<void> {
  const shapes = new Map(table.columns.map(({ name, cellShape }) => [name, cellShape]));
  const names = plans.map(({ name }) => name);
  for await (const batch of table.batches(names, batchRows)) {
    for (const { name, family } of plans) {
      const cells = batch.columns.get(name);
      const column = columns.get(name);
      if (cells === undefined) continue;
      if (column instanceof NumberColumn) addNumbers(column, cells, batch.rows);
      else if (column !== undefined) {
        const size = (shapes.get(name) ?? []).reduce((product, length) => product * length, 1);
        addCategories(column, cells, batch.rows, size, family === 'boolean');
      }
    }
  }
}

type Column = NumberColumn | CategoryColumn;

const newColumn = (family: Plan['family'], spill: SpillFile): Column =>
  family === 'number' ? new NumberColumn(spill) : new CategoryColumn();

function addNumbers(column: NumberColumn, cells: ColumnBatch, rows: number): void {
  const { values } = cells;
  // As text: whole numbers that no double holds; or a file in which the column has no value.
  for (let row = 0; row < rows; row += 1) column.add(Number(values[row] ?? Number.NaN));
}

/** @param size numbers in a cell */
function addCategories(
  column: CategoryColumn,
  cells: ColumnBatch,
  rows: number,
  size: number,
  isBoolean: boolean,
): void {
  for (let row = 0; row < rows; row += 1) {
    if (cells.kind === 'text') {
      const value = cells.values[row] ?? null;
      if (value === null) column.missing += 1;
      else column.add(value);
    } else if (cells.missing?.[row] === 1) column.missing += 1;
    else if (isBoolean) column.add(cells.values[row] === 1 ? 'true' : 'false');
    else column.add(cells.values.subarray(row * size, (row + 1) * size).join(', '));
  }
}
