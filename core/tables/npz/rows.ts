/** The rows of an NPZ archive as JSON values. */

import { type RowBatch, RowBuilder, RowCollector, rowsPerBatch } from '../row-collector.ts';
import type { Column, ColumnBatch, JsonValue } from '../types.ts';
import { openNpz } from './table.ts';

export async function* npzRows(path: string): AsyncGenerator<RowBatch> {
  const table = await openNpz(path, new Set());
  const collector = new RowCollector(false);
  const names = table.columns.map(({ name }) => name);
  for await (const batch of table.batches(names, rowsPerBatch)) {
    for (let row = 0; row < batch.rows; row += 1) {
      const builder = new RowBuilder();
      for (const column of table.columns) {
        const cells = batch.columns.get(column.name);
        if (cells !== undefined) setNpzCell(builder, column, cells, row);
      }
      collector.add(builder.row, batch.firstRow + row, 0, builder.exact);
    }
    yield* collector.take();
  }
  yield* collector.take(true);
}

function setNpzCell(builder: RowBuilder, column: Column, cells: ColumnBatch, row: number): void {
  const { name, kind, cellShape } = column;
  if (cells.kind === 'text') {
    const text = cells.values[row] ?? '';
    if (kind === 'bigint') builder.setDigits(name, text);
    else builder.set(name, kind === 'other' ? (JSON.parse(text) as JsonValue) : text);
    return;
  }
  const size = cellShape.reduce((product, length) => product * length, 1);
  const values = cells.values.subarray(row * size, (row + 1) * size);
  const items: JsonValue[] = Array.from(values, (value) => (kind === 'boolean' ? value === 1 : value));
  builder.set(name, nest(items, cellShape));
}

/** Row-major items as arrays in arrays; without a shape the one item. */
function nest(items: readonly JsonValue[], [length, ...inner]: readonly number[]): JsonValue {
  if (length === undefined) return items[0] ?? null;
  const size = items.length / Math.max(length, 1);
  return Array.from({ length }, (_, index) => nest(items.slice(index * size, (index + 1) * size), inner));
}
