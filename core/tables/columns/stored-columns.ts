/** Columns that were collected before, read from where they were set aside. */

import { removeScratch } from '../duck/scratch.ts';
import type { CollectedRows } from './rows.ts';
import { lengthOf, SpillFile } from './spill.ts';
import type { CategoryCells, ColumnInfo, ColumnReader, NumberCells, TakeNumbers } from './types.ts';

export class StoredColumns implements ColumnReader {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  readonly notes: readonly string[];
  private readonly cells: CollectedRows['cells'];
  private readonly folder: string;
  private readonly spill: SpillFile;

  /** @param folder of the numbers, which is removed at the end */
  constructor({ rows, columns, notes, cells }: CollectedRows, folder: string) {
    this.rows = rows;
    this.columns = new Map(columns.map((column) => [column.name, column]));
    this.notes = notes;
    this.cells = cells;
    this.folder = folder;
    this.spill = new SpillFile(folder, 'open');
  }

  async numbers(
    name: string,
    take: TakeNumbers = (length) => new Float64Array(length),
  ): Promise<NumberCells> {
    const column = this.cells.get(name);
    if (column?.kind !== 'numbers') throw new RangeError(`no numbers in column ${name}`);
    const { parts, missing, infinite } = column;
    // All columns take as much, so that the memory of one serves the next.
    const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
    const values = take(this.rows).subarray(0, length);
    this.spill.readAll(parts, values);
    return { values, missing, infinite };
  }

  async categories(name: string): Promise<CategoryCells> {
    const column = this.cells.get(name);
    if (column?.kind !== 'categories') throw new RangeError(`no categories in column ${name}`);
    const { counts, rest, missing } = column;
    return { counts, rest, missing };
  }

  async close(): Promise<void> {
    this.spill.close();
    await removeScratch(this.folder);
  }
}
