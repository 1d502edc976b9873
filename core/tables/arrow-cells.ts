/** Reading Arrow by columns. */

import type { CellBatch } from './cells/index.ts';

/** The cells of an Arrow file; the values are those of `readRows`. @throws RunError for a damaged file */
export async function* readArrowCells(path: string): AsyncGenerator<CellBatch> {
  // The library is large; other formats need not wait for it.
  const { arrowCells } = await import('./arrow/cells.ts');
  yield* arrowCells(path);
}
