import type { Table } from './types.ts';

const batchRows = 8192;

/** Whether any row has a value in the column: one without any is text to its reader, and beside other files has no say. */
export async function hasValue(table: Table, name: string): Promise<boolean> {
  for await (const { columns } of table.batches([name], batchRows)) {
    const cells = columns.get(name);
    if (cells?.kind !== 'text' || cells.values.some((value) => value !== null)) return true;
  }
  return false;
}
