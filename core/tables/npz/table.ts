/** An NPZ archive as a table: one array a column, the first axis is the row. */

import { open } from 'node:fs/promises';
import { RunError } from '../../inputs/errors.ts';
import { maxWhole } from '../csv/cell.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, ColumnBatch, ColumnKind, Table } from '../types.ts';
import { type NpyArray, numberAt, parseNpy, textAt } from './npy.ts';
import { listEntries, readEntry } from './zip.ts';

interface NpzColumn {
  readonly column: Column;
  readonly array: NpyArray;
  readonly note: string | undefined;
}

/** Holds the arrays in memory as they lie in the file. */
export async function openNpz(path: string, textColumns: ReadonlySet<string>): Promise<Table> {
  const file = await open(path);
  try {
    const columns: NpzColumn[] = [];
    for (const entry of await listEntries(path, file)) {
      if (!entry.name.endsWith('.npy'))
        throw new RunError(`${path}: ${entry.name} is not a NumPy array (.npy)`);
      const name = entry.name.slice(0, -'.npy'.length);
      const where = `${path}: array ${JSON.stringify(name)}`;
      if (columns.some(({ column }) => column.name === name))
        throw new RunError(`${where} stands there twice`);
      const array = parseNpy(where, await readEntry(path, file, entry));
      if (array.shape.length === 0) throw new RunError(`${where} is a single value, not one per row`);
      columns.push(planColumn(name, array, textColumns.has(name)));
    }
    return new NpzTable(path, columns, commonLength(path, columns));
  } finally {
    await file.close();
  }
}

function commonLength(path: string, columns: readonly NpzColumn[]): number {
  const [first] = columns;
  if (first === undefined) throw new RunError(`${path} holds no arrays`);
  const rows = first.array.shape[0] as number;
  const other = columns.find(({ array }) => array.shape[0] !== rows);
  if (other === undefined) return rows;
  const describe = ({ column, array }: NpzColumn): string =>
    `${JSON.stringify(column.name)} has ${array.shape[0]}`;
  throw new RunError(
    `${path}: the arrays differ in their number of rows: ${describe(first)}, ${describe(other)}`,
  );
}

function planColumn(name: string, array: NpyArray, asText: boolean): NpzColumn {
  const cellShape = array.shape.slice(1);
  const scalar = cellShape.length === 0;
  const plan = (kind: ColumnKind, note?: string): NpzColumn => ({
    column: { name, kind, cellShape: kind === 'other' || kind === 'string' ? [] : cellShape },
    array,
    note: note === undefined ? undefined : `column ${JSON.stringify(name)} ${note}`,
  });
  if (array.kind === 'U' || array.kind === 'S') {
    return scalar ? plan('string') : plan('other', 'holds several texts a row; it is read as JSON text');
  }
  if (asText && scalar) return plan('string');
  if (array.kind === 'b') return plan('boolean');
  if (array.kind === 'f') return plan('number');
  if (array.itemSize < 8 || !isWide(array)) return plan('integer');
  return scalar ? plan('bigint') : plan('number', 'holds whole numbers beyond 2^53, which are rounded');
}

function isWide(array: NpyArray): boolean {
  const read = numberAt(array);
  const size = array.data.length / array.itemSize;
  const text = textAt(array);
  for (let index = 0; index < size; index += 1) {
    const value = Math.abs(read(index));
    // 2^53 + 1 reads as 2^53: there the digits decide.
    if (value > maxWhole || (value === maxWhole && !text(index).endsWith(String(maxWhole)))) return true;
  }
  return false;
}

class NpzTable implements Table {
  readonly path: string;
  readonly format = 'npz';
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  private readonly plans: readonly NpzColumn[];
  private readonly rows: number;

  constructor(path: string, plans: readonly NpzColumn[], rows: number) {
    this.path = path;
    this.columns = plans.map((plan) => plan.column);
    this.notes = plans.flatMap((plan) => plan.note ?? []);
    this.plans = plans;
    this.rows = rows;
  }

  async countRows(): Promise<number> {
    return this.rows;
  }

  async *batches(names: readonly string[], batchSize: number): AsyncGenerator<Batch> {
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new RangeError(`batch size ${batchSize}`);
    const places = selectColumns(this.path, this.columns, [...new Set(names)]);
    const readers = places.map((place) => {
      const plan = this.plans[place] as NpzColumn;
      return { name: plan.column.name, read: rowsReader(plan) };
    });
    for (let firstRow = 0; firstRow < this.rows; firstRow += batchSize) {
      const rows = Math.min(batchSize, this.rows - firstRow);
      yield {
        firstRow,
        rows,
        columns: new Map(readers.map(({ name, read }) => [name, read(firstRow, rows)])),
      };
    }
  }

  async locate(row: number): Promise<string> {
    return `${this.path} row ${row + 1}`;
  }

  async locateRows(): Promise<null> {
    return null;
  }

  async rowGroups(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}
}

type RowsReader = (firstRow: number, rows: number) => ColumnBatch;

function rowsReader({ column, array }: NpzColumn): RowsReader {
  const size = array.shape.slice(1).reduce((product, length) => product * length, 1);
  const place = elementPlace(array, size);
  if (column.kind === 'number' || column.kind === 'integer' || column.kind === 'boolean') {
    const read = numberAt(array);
    return (firstRow, rows) => {
      const values = new Float64Array(rows * size);
      for (let row = 0; row < rows; row += 1) {
        for (let item = 0; item < size; item += 1)
          values[row * size + item] = read(place(firstRow + row, item));
      }
      return { kind: 'numeric', values, missing: null };
    };
  }
  const read = textAt(array);
  const cellText = (row: number): string =>
    column.kind === 'other'
      ? JSON.stringify(Array.from({ length: size }, (_, item) => read(place(row, item))))
      : read(place(row, 0));
  return (firstRow, rows) => ({
    kind: 'text',
    values: Array.from({ length: rows }, (_, row) => cellText(firstRow + row)),
  });
}

/** Where the item (in row-major order of the cell) of a row lies in the file. */
function elementPlace(array: NpyArray, size: number): (row: number, item: number) => number {
  if (!array.fortranOrder) return (row, item) => row * size + item;
  const [rows = 0, ...cell] = array.shape;
  const places = Array.from({ length: size }, (_, item) => {
    let rest = item;
    const indices = cell.map(() => 0);
    for (let axis = cell.length - 1; axis >= 0; axis -= 1) {
      indices[axis] = rest % (cell[axis] as number);
      rest = Math.floor(rest / (cell[axis] as number));
    }
    let place = 0;
    for (let axis = cell.length - 1; axis >= 0; axis -= 1) {
      place = place * (cell[axis] as number) + (indices[axis] as number);
    }
    return place * rows;
  });
  return (row, item) => (places[item] as number) + row;
}
