/** Files whose cells are values already, as Parquet and Arrow, as blocks. */

import {
  openTable,
  type RowBatch,
  type RowOptions,
  readArrowCells,
  readRows,
} from '../../../core/tables/index.ts';
import type { BlockFile, BlockOptions, RawBlock } from './blocks.ts';

export async function openValueBlocks(
  { path, sniffed: { format } }: BlockOptions,
  notes: readonly string[],
): Promise<BlockFile> {
  const table = await openTable(path, { format });
  try {
    const columns = table.columns.map(({ name }) => name);
    return {
      layout: { kind: 'values', columns, profiled: true },
      columns,
      notes: [...notes, ...table.notes],
      rowGroups: await table.rowGroups(),
      rows: null,
      blocks: format === 'arrow' ? cellBlocks(path) : valueBlocks(path, { format }, columns),
    };
  } finally {
    await table.close();
  }
}

async function* cellBlocks(path: string): AsyncGenerator<RawBlock> {
  for await (const batch of readArrowCells(path)) yield { kind: 'columns', ...batch };
}

async function* valueBlocks(
  path: string,
  options: RowOptions,
  columns: readonly string[],
): AsyncGenerator<RawBlock> {
  for await (const batch of readRows(path, options)) yield valueBlock(batch, columns);
}

export function valueBlock(
  { rows, exact }: RowBatch,
  columns: readonly string[],
): Extract<RawBlock, { kind: 'values' }> {
  return {
    kind: 'values',
    rows,
    numbers: null,
    exact: exact === undefined ? new Map() : digitsOf(exact, rows.length, columns),
  };
}

/** A function cannot cross threads. */
function digitsOf(
  exact: NonNullable<RowBatch['exact']>,
  rows: number,
  columns: readonly string[],
): Map<number, Map<string, string>> {
  const found = new Map<number, Map<string, string>>();
  for (let row = 0; row < rows; row += 1) {
    const digits = columns.flatMap((column): [string, string][] => {
      const text = exact(row, column);
      return text === undefined ? [] : [[column, text]];
    });
    if (digits.length > 0) found.set(row, new Map(digits));
  }
  return found;
}
