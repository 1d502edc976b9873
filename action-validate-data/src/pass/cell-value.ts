/** A CSV cell as the JSON value that the schema judges. */

import { cell, fieldText } from '../../../core/tables/csv/index.ts';
import type { CellTypes } from '../schema/index.ts';

/**
 * A number or boolean where the column's schema admits one and the cell is one, else text. Undefined: the key is
 * absent, as for a missing cell; null only where the schema names null.
 */
export function cellValue(
  bytes: Buffer,
  { start, end, form }: { readonly start: number; readonly end: number; readonly form: number },
  kind: number,
  types: CellTypes,
  quote: number,
): number | boolean | string | null | undefined {
  if (kind === cell.missing) return types.null ? null : undefined;
  if (kind === cell.text) return fieldText(bytes, start, end, form, quote);
  if (kind === cell.boolean) return types.boolean ? end - start === 4 : bytes.toString('latin1', start, end);
  const text = bytes.toString('latin1', start, end);
  return types.number ? Number(text) : text;
}
