/** Where a column that should hold numbers first holds something else: the line that a user must mend. */

import { RunError } from '../../../core/inputs/errors.ts';
import type { Table } from '../../../core/tables/types.ts';

/** RFC 8259, section 6: what the tables read as a number. */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

const batchSize = 65_536;

/** `data.csv:8: column `age` holds "NaN", not a number`; null when every cell is a number or empty. */
export async function describeTextCell(table: Table, column: string): Promise<string | null> {
  for await (const batch of table.batches([column], batchSize)) {
    const cells = batch.columns.get(column);
    if (cells?.kind !== 'text') return null;
    const at = cells.values.findIndex((value) => value !== null && !isFiniteNumber(value));
    if (at < 0) continue;
    const cell = (cells.values[at] ?? '').slice(0, 60);
    return `${await table.locate(batch.firstRow + at)}: column \`${column}\` holds ${JSON.stringify(cell)}, not a number`;
  }
  return null;
}

export function isFiniteNumber(text: string): boolean {
  return jsonNumber.test(text) && Number.isFinite(Number(text));
}

/** The error for a column that must hold numbers: with the first cell that is none. */
export async function notNumbers(table: Table, column: string, advice: string): Promise<RunError> {
  const where = await describeTextCell(table, column);
  return new RunError(
    where === null
      ? `column \`${column}\` of ${table.path} holds no numbers; ${advice}`
      : `${where}; ${advice}`,
  );
}
