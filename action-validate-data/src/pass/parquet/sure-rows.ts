/**
 * A row plan as SQL over the cells of a Parquet file: where the condition holds the row is surely valid. Sound as the
 * plan is: what SQL cannot tell for certain makes the condition hold less, and ajv judges the row.
 */

import type { ParquetColumn } from '../../../../core/tables/index.ts';
import type { RowPlan, ValuePlan } from '../../schema/index.ts';
import { type StoredCell, storedCell } from './stored-cell.ts';
import { sureNumber } from './sure-numbers.ts';
import { type EngineExpression, sureText } from './sure-texts.ts';

export interface SureOptions {
  readonly plan: RowPlan;
  readonly columns: readonly ParquetColumn[];
  /** Whether a missing cell is null rather than an absent key. */
  readonly isNullable: (column: string) => boolean;
  /** An expression of the schema as the engine runs it; null: it cannot. */
  readonly expressionOf: EngineExpression;
}

/** SQL of a boolean that is never NULL; null: no row is surely valid. */
export function sureRow({ plan, columns, isNullable, expressionOf }: SureOptions): string | null {
  if (!plan.usable) return null;
  const names = new Set(columns.map(({ name }) => name));
  for (const name of plan.required) if (!names.has(name)) return null;
  const parts: string[] = [];
  for (const { name, ref, type } of columns) {
    const own = plan.column(name);
    const sure = sureCell(own, storedCell(type, ref), ref, expressionOf);
    const sureNull = isNullable(name) ? own.nullValue : !plan.required.has(name);
    if (sure === 'true' && sureNull) continue;
    if (sure === 'false' && !sureNull) return null;
    // A comparison may be NULL only where the cell is.
    parts.push(
      sureNull
        ? `(${ref} IS NULL OR coalesce(${sure}, false))`
        : `(${ref} IS NOT NULL AND coalesce(${sure}, false))`,
    );
  }
  return parts.length === 0 ? 'true' : parts.join(' AND ');
}

/** SQL of whether a cell that is there is surely valid. */
function sureCell(plan: ValuePlan, cell: StoredCell, ref: string, expressionOf: EngineExpression): string {
  switch (cell.kind) {
    case 'number':
      return plan.number === null ? 'false' : sureNumber(plan.number, cell);
    case 'boolean':
      return sureBoolean(plan.boolean?.allowed ?? [], ref);
    case 'text':
      return plan.string === null ? 'false' : sureText(plan.string, cell, expressionOf);
    case 'array':
    case 'object':
      return plan.arrayOrObject ? 'true' : 'false';
    case 'unknown':
      return 'false';
  }
}

function sureBoolean(allowed: readonly boolean[], ref: string): string {
  if (allowed.length === 0) return 'false';
  if (allowed.includes(true) && allowed.includes(false)) return 'true';
  return allowed.includes(true) ? ref : `NOT ${ref}`;
}
