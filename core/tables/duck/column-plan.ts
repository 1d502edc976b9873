/** How each type of the engine becomes a column: its kind, and the expression that reads it. */

import type { DuckDBType } from '@duckdb/node-api';
import { maxWhole } from '../csv/cell.ts';
import type { Column, ColumnKind } from '../types.ts';

/** A column as it is in the file, under the name `ref` in our queries. */
export interface FileColumn {
  readonly name: string;
  readonly ref: string;
  readonly type: DuckDBType;
}

export interface ColumnPlan {
  readonly column: Column;
  /** SQL that gives a DOUBLE, a DOUBLE[] or a VARCHAR. */
  readonly select: string;
  readonly note: string | undefined;
}

const smallIntegers = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT', 'UINTEGER']);
const wideIntegers = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT']);
const floats = new Set(['FLOAT', 'DOUBLE']);
const texts = new Set(['VARCHAR', 'ENUM', 'UUID']);

/** Name of a type without its parameters: `DECIMAL(18,3)` is DECIMAL, `INTEGER[]` is LIST. */
function family(type: DuckDBType): string {
  const text = String(type);
  if (/\]$/.test(text)) return 'LIST';
  return /^[A-Z_ ]+/.exec(text)?.[0].trim() ?? text;
}

function scaleOf(type: DuckDBType): number {
  return 'scale' in type ? type.scale : 0;
}

function isNumeric(type: DuckDBType): boolean {
  const name = family(type);
  return smallIntegers.has(name) || wideIntegers.has(name) || floats.has(name) || name === 'DECIMAL';
}

/** Levels of lists and the type at the bottom. */
function unlist(type: DuckDBType): { depth: number; bottom: DuckDBType } {
  let depth = 0;
  let bottom = type;
  while ('valueType' in bottom && family(bottom) === 'LIST') {
    bottom = bottom.valueType;
    depth += 1;
  }
  return { depth, bottom };
}

/** The aggregates that must be known before the column can be planned; none for most types. */
export function surveyOf({ ref, type }: FileColumn): readonly string[] {
  const name = family(type);
  if (wideIntegers.has(name) || (name === 'DECIMAL' && scaleOf(type) === 0)) {
    return [`coalesce(max(${ref}) <= ${maxWhole} AND min(${ref}) >= -${maxWhole}, true)`];
  }
  const { depth, bottom } = unlist(type);
  if (depth === 0 || !isNumeric(bottom)) return [];
  const lengths = Array.from({ length: depth }, (_, level) => {
    if (level === 0) return [`min(len(${ref}))`, `max(len(${ref}))`];
    const inner = `list_transform(${flatten(ref, level - 1)}, lambda x: len(x))`;
    return [`min(list_min(${inner}))`, `max(list_max(${inner}))`];
  });
  const cells = flatten(ref, depth - 1);
  const holes = `coalesce(bool_or(len(list_filter(${cells}, lambda x: x IS NULL)) > 0), false)`;
  const full = `min(len(${cells}))`;
  return [holes, full, ...lengths.flat()];
}

/** Arrays of fixed length are lists to us: `flatten` takes lists only. */
export function asList({ type }: FileColumn, ref: string): string {
  const { depth } = unlist(type);
  return depth === 0 ? ref : `CAST(${ref} AS ${String(unlist(type).bottom)}${'[]'.repeat(depth)})`;
}

function flatten(ref: string, levels: number): string {
  return levels <= 0 ? ref : `flatten(${flatten(ref, levels - 1)})`;
}

/** The plan, from the type and the values of `surveyOf`. */
export function planColumn(file: FileColumn, survey: readonly unknown[], asText: boolean): ColumnPlan {
  const { name, ref, type } = file;
  const kindAndSelect = (kind: ColumnKind, select: string, note?: string): ColumnPlan => ({
    column: { name, kind, cellShape: [] },
    select,
    note: note === undefined ? undefined : `column ${JSON.stringify(name)} ${note}`,
  });
  const number = `CAST(${ref} AS DOUBLE)`;
  const text = `CAST(${ref} AS VARCHAR)`;
  const family_ = family(type);
  if (asText && family_ !== 'LIST') return kindAndSelect('string', text);
  if (family_ === 'BOOLEAN') return kindAndSelect('boolean', number);
  if (texts.has(family_)) return kindAndSelect('string', text);
  if (smallIntegers.has(family_)) return kindAndSelect('integer', number);
  if (floats.has(family_)) return kindAndSelect('number', number);
  if (wideIntegers.has(family_) || (family_ === 'DECIMAL' && scaleOf(type) === 0)) {
    return survey[0] === false ? kindAndSelect('bigint', text) : kindAndSelect('integer', number);
  }
  if (family_ === 'DECIMAL') {
    const wide = 'width' in type && type.width > 15;
    return kindAndSelect(
      'number',
      number,
      wide ? `is ${String(type)}; it is read as doubles, to 15 digits` : undefined,
    );
  }
  const shape = fixedShape(survey);
  const { depth, bottom } = unlist(type);
  if (shape !== undefined) {
    return {
      column: { name, kind: smallIntegers.has(family(bottom)) ? 'integer' : 'number', cellShape: shape },
      select: `CAST(${flatten(ref, depth - 1)} AS DOUBLE[])`,
      note: undefined,
    };
  }
  if (depth > 0 || family_ === 'STRUCT' || family_ === 'MAP') {
    return kindAndSelect(
      'other',
      `CAST(to_json(${ref}) AS VARCHAR)`,
      `is ${String(type)}; it is read as JSON text`,
    );
  }
  return kindAndSelect('other', text);
}

/** The common shape of all lists of a column, if they have one and no holes. */
function fixedShape([holes, full, ...lengths]: readonly unknown[]): number[] | undefined {
  if (holes !== false || lengths.length === 0) return undefined;
  const shape: number[] = [];
  for (let i = 0; i < lengths.length; i += 2) {
    if (lengths[i] === null || lengths[i] !== lengths[i + 1]) return undefined;
    shape.push(Number(lengths[i]));
  }
  const size = shape.reduce((product, length) => product * length, 1);
  return size > 0 && Number(full) === size ? shape : undefined;
}
