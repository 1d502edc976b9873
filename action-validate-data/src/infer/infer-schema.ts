/** `mode: infer`: a JSON Schema of one row that a person would have written, and that the same data satisfy. */

import { RunError } from '../../../core/inputs/errors.ts';
import { counted, formatCount } from '../../../core/report/index.ts';
import { Members, mostColumns, roomOfTable } from './members.ts';
import { Notes } from './notes.ts';
import { membersSchema } from './object-schema.ts';
import type { Inferred, RowSource } from './types.ts';
import { ValueFacts } from './value-facts.ts';
import { fewestValues } from './value-schema.ts';

/**
 * One schema for all sources, in one pass, in memory that does not grow with the rows.
 *
 * - Types by the rule for CSV cells, and as JSON has them; null only where it occurs. Nested to a depth of five.
 * - `required`: columns without a missing value.
 * - `additionalProperties: false` when all sources name their columns (CSV, TSV, Parquet, Arrow): there, a new column
 *   is a change that people want to know of. Not for JSON, where a rare key may just not have been seen, and never for
 *   nested objects.
 * - Formats at any number of values; lists, ranges and patterns from 30 values on, by `enumRule`, `rangeOf` and
 *   `TextShape`.
 *
 * @throws RunError when there are no rows
 */
export async function inferSchema(
  sources: readonly RowSource[],
  options: { readonly title: string },
): Promise<Inferred> {
  const members = new Members(0, { left: roomOfTable }, ValueFacts.make);
  for (const source of sources) await addSource(members, source);
  const rows = members.count;
  if (rows === 0) throw new RunError(`${options.title} has no rows: there is nothing to infer a schema from`);
  const notes = new Notes();
  if (rows < fewestValues) {
    notes.add(
      `only ${counted(rows, 'row')}: ranges, lists of values and patterns are inferred from ${fewestValues} rows on`,
    );
  }
  if (members.overflow) {
    notes.add(
      `the rows have more than ${formatCount(mostColumns)} different keys; the schema has those that came first`,
    );
  }
  const files = sources.length === 1 ? '' : ` in ${counted(sources.length, 'file')}`;
  const closed = sources.every(({ columns }) => columns !== null) && !members.overflow;
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: options.title,
    description: `Inferred from ${counted(rows, 'row')}${files}; ranges are rounded outwards.`,
    type: 'object',
    ...membersSchema(members, '', notes),
    ...(closed ? { additionalProperties: false } : {}),
  };
  return { schema, rows, notes: notes.list() };
}

async function addSource(members: Members, { cells, columns, batches }: RowSource): Promise<void> {
  if (columns !== null) members.declare(columns);
  for await (const { rows } of batches) {
    if (cells === 'text') for (const row of rows) members.addCells(row);
    else for (const row of rows) members.add(row);
  }
}
