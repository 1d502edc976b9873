/** Rows of the simple form and of TensorFlow's `instances`: objects, arrays or single values. */

import { invalid, malformed, shown } from '../errors.ts';
import { fits, shapeOfNested } from './fill.ts';
import { isObject } from './json.ts';
import type { Layout } from './layout.ts';
import { recordsTable } from './records.ts';
import type { Table } from './rows.ts';

/** @throws RequestError when they have no form that the model takes. */
export function instancesTable(instances: unknown, layout: Layout, ignoreExtra: boolean): Table {
  if (!Array.isArray(instances))
    throw malformed(`\`instances\` is ${shown(instances)}; an array of rows is wanted.`);
  const [first] = instances;
  if (!isObject(first)) return { columns: null, rows: instances.map((row, i) => arrayRow(row, i, layout)) };
  const { vector } = layout;
  // The whole row under the name of the one input that holds it.
  const whole = vector !== null && Object.keys(first).length === 1 && Array.isArray(first[vector.name]);
  if (!whole) return recordsTable(instances, layout, ignoreExtra);
  return {
    columns: null,
    rows: instances.map((row, i) => {
      const cells = isObject(row) && Object.keys(row).length === 1 ? row[vector.name] : undefined;
      if (Array.isArray(cells)) return cells;
      throw invalid(
        `Row ${i} is ${shown(row)}; {${JSON.stringify(vector.name)}: [values]} is wanted, as in row 0.`,
        {
          row: i,
        },
      );
    }),
  };
}

function arrayRow(row: unknown, i: number, layout: Layout): readonly unknown[] {
  const only = layout.features?.length === 1 ? layout.features[0] : undefined;
  if (only !== undefined && only.cellShape.length > 0) {
    // The one cell of the row, or the row that holds it.
    const [cell] = Array.isArray(row) && row.length === 1 ? row : [undefined];
    return fits(shapeOfNested(cell), only.cellShape) ? [cell] : [row];
  }
  if (only !== undefined && !Array.isArray(row)) return [row];
  if (Array.isArray(row)) return row;
  throw invalid(`Row ${i} is ${shown(row)}; an object of columns or an array of values is wanted.`, {
    row: i,
    expected: 'an object or an array',
  });
}
