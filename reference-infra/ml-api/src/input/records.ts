/** Rows as objects, and columns as arrays: both become rows of cells. */

import { nearest } from '../../../../core/gate/nearest.ts';
import { invalid, shown } from '../errors.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Layout } from './layout.ts';
import type { Table } from './rows.ts';

/** @throws RequestError when a row lacks a column of the model, or has others and those are not ignored. */
export function recordsTable(rows: readonly unknown[], layout: Layout, ignoreExtra: boolean): Table {
  const [first] = rows;
  const known = layout.named ? (layout.features ?? []).map((feature) => feature.name ?? '') : null;
  const columns = known ?? (isObject(first) ? Object.keys(first) : []);
  return {
    columns,
    rows: rows.map((row, i) => {
      if (!isObject(row)) {
        throw invalid(`Row ${i} is ${shown(row)}, and row 0 an object: all rows must have the same form.`, {
          row: i,
          expected: 'an object',
        });
      }
      return cellsOf(row, i, columns, known === null || !ignoreExtra);
    }),
  };
}

function cellsOf(row: JsonObject, i: number, columns: readonly string[], refuseExtra: boolean): unknown[] {
  let found = 0;
  const cells = columns.map((name) => {
    if (!Object.hasOwn(row, name)) {
      const near = nearest(name, extraOf(row, columns));
      const hint = near === undefined ? '' : ` Is \`${near}\` meant?`;
      throw invalid(`Row ${i} lacks the column \`${name}\`; the model takes ${list(columns)}.${hint}`, {
        row: i,
        column: name,
        expected: columns.join(', '),
      });
    }
    found++;
    return row[name];
  });
  if (refuseExtra && Object.keys(row).length > found) {
    const [extra = ''] = extraOf(row, columns);
    throw invalid(
      `Row ${i} has the column \`${extra.slice(0, 60)}\`, which the model does not take; it takes ${list(columns)}.`,
      { row: i, column: extra.slice(0, 60), expected: columns.join(', ') },
    );
  }
  return cells;
}

/** Columns by name, each an array of the values of all rows; single values are one row. @throws RequestError */
export function columnsTable(given: JsonObject): Table {
  const columns = Object.keys(given);
  const values = columns.map((name) => {
    const value = given[name];
    return Array.isArray(value) ? value : [value];
  });
  const rows = values[0]?.length ?? 0;
  const uneven = values.findIndex((column) => column.length !== rows);
  if (uneven >= 0) {
    throw invalid(
      `The column \`${columns[uneven]}\` has ${values[uneven]?.length} values, and \`${columns[0]}\` ${rows}.`,
      { column: columns[uneven] ?? '', expected: `${rows} values` },
    );
  }
  return { columns, rows: Array.from({ length: rows }, (_, row) => values.map((column) => column[row])) };
}

function extraOf(row: JsonObject, columns: readonly string[]): string[] {
  return Object.keys(row).filter((name) => !columns.includes(name));
}

function list(names: readonly string[]): string {
  const quoted = names.slice(0, 20).map((name) => `\`${name.slice(0, 60)}\``);
  return names.length > 20 ? `${quoted.join(', ')} and ${names.length - 20} more` : quoted.join(', ');
}
