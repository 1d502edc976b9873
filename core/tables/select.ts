/** Looking up columns by name. */

import { nearest } from '../gate/index.ts';
import { RunError } from '../inputs/errors.ts';
import type { Column } from './types.ts';

/** Indices of the named columns; an unknown name is an error with the nearest that exists. */
export function selectColumns(path: string, columns: readonly Column[], names: readonly string[]): number[] {
  const places = new Map(columns.map((column, index) => [column.name, index]));
  return names.map((name) => {
    const place = places.get(name);
    if (place !== undefined) return place;
    const near = nearest(name, places.keys());
    const hint =
      near === undefined ? `it has ${listNames(columns)}` : `did you mean ${JSON.stringify(near)}?`;
    throw new RunError(`${path}: no column ${JSON.stringify(name)}; ${hint}`);
  });
}

function listNames(columns: readonly Column[]): string {
  const shown = columns.slice(0, 20).map((column) => JSON.stringify(column.name));
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}
