/** Columns of cells as they are stored: they cost a fraction of rows of values. Threads know these and no more. */

import type { JsonValue } from '../types.ts';

/** Cells of one column. */
export type CellColumn = {
  /** 1 where the cell is missing; null: none is. */
  readonly missing: Uint8Array<ArrayBuffer> | null;
} & (
  | {
      readonly kind: 'numbers';
      readonly values: Float64Array<ArrayBuffer>;
      /** Digits of those that a double changes, by row. */
      readonly exact: ReadonlyMap<number, string> | null;
    }
  | {
      readonly kind: 'texts';
      /** Valid UTF-8, cell for cell. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** Cell i is from `offsets[i]` to `offsets[i + 1]`. */
      readonly offsets: Int32Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'values';
      readonly values: readonly JsonValue[];
      readonly exact: ReadonlyMap<number, string> | null;
    }
);

/** Some rows in file order; columns in the order of the file. */
export interface CellBatch {
  readonly rows: number;
  readonly columns: readonly CellColumn[];
}

/** A cell as `readRows` gives it; undefined: missing. */
export function cellAt(column: CellColumn, row: number): JsonValue | undefined {
  if (column.missing?.[row] === 1) return undefined;
  if (column.kind !== 'texts') return column.values[row];
  const { bytes, offsets } = column;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    'utf8',
    offsets[row],
    offsets[row + 1],
  );
}
