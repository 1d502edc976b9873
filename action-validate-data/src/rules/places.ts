/** A row of a relation as one number that sorts by file and row, and as a place in words. */

import type { RuleContext } from './context.ts';

/** The rows of one file are fewer than 2^40. */
const rowBits = 40n;

/** SQL of the position of a row of a relation, or of its `alias`. */
export function position(alias?: string): string {
  const of = alias === undefined ? '' : `${alias}.`;
  return `((CAST(${of}file AS BIGINT) << ${rowBits}) + ${of}row)`;
}

export interface RowPlace {
  readonly file: number;
  /** From 0. */
  readonly row: number;
}

/** From what the engine gives for `position`. */
export function placeOfPosition(cell: unknown): RowPlace {
  const position = BigInt(cell as bigint | string | number);
  return { file: Number(position >> rowBits), row: Number(position & ((1n << rowBits) - 1n)) };
}

/** `data.csv:17`, `data.parquet row 17`: with the path as it is shown. */
export async function showPlace({ tables, shown }: RuleContext, { file, row }: RowPlace): Promise<string> {
  const table = tables[file];
  if (table === undefined) throw new Error(`no file ${file}`);
  const place = await table.locate(row);
  const path = shown[file] ?? table.path;
  return place.startsWith(table.path) ? `${path}${place.slice(table.path.length)}` : place;
}

/** `row 17`, or `row 17 of b.csv` when it is another file's. */
export function showRow({ shown }: RuleContext, { file, row }: RowPlace, from: number): string {
  return file === from ? `row ${row + 1}` : `row ${row + 1} of ${shown[file] ?? ''}`;
}
