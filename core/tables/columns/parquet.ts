/** Columns of Parquet files, where they stand: the engine reads and counts. */

import { numberOf, timestampOf } from '../sql/cells.ts';
import { SqlEngine } from '../sql/engine.ts';
import type { SqlColumn, SqlRelation } from '../sql/types.ts';
import type { Table } from '../types.ts';
import {
  type CategoryCells,
  type ColumnFamily,
  type ColumnInfo,
  type ColumnReader,
  mostCategories,
  type NumberCells,
  type TakeNumbers,
} from './types.ts';

export async function openParquetColumns(tables: readonly Table[]): Promise<ColumnReader> {
  const names = [...new Set(tables.flatMap((table) => table.columns.map(({ name }) => name)))];
  const engine = await SqlEngine.open();
  try {
    const relation = await engine.load(tables, names);
    const columns = await describe(engine, relation);
    return new ParquetColumns(engine, relation, columns, [
      ...tables.flatMap(({ notes }) => notes),
      ...relation.notes,
    ]);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

const isFloat = ({ type }: SqlColumn): boolean => type === 'DOUBLE' || type === 'FLOAT';
const isWhole = ({ kind }: SqlColumn): boolean => kind === 'integer' || kind === 'bigint';

/** Of most columns the first rows tell that they have a value. */
const firstRows = 2048;

async function describe(engine: SqlEngine, { from, columns }: SqlRelation): Promise<Map<string, ColumnInfo>> {
  const all = [...columns.values()];
  const unseen = await withoutValue(engine, `(SELECT * FROM ${from} LIMIT ${firstRows})`, all);
  const empty = new Set(await withoutValue(engine, from, unseen));
  return new Map(
    all.map((column) => {
      const family: ColumnFamily = empty.has(column) ? 'empty' : familyOf(column);
      return [column.name, { name: column.name, family, whole: isWhole(column) }];
    }),
  );
}

async function withoutValue(
  engine: SqlEngine,
  from: string,
  columns: readonly SqlColumn[],
): Promise<SqlColumn[]> {
  if (columns.length === 0) return [];
  const [row = []] = await engine.rows(
    `SELECT ${columns.map(({ ref }) => `count(${ref})`).join(', ')} FROM ${from}`,
  );
  return columns.filter((_, index) => Number(row[index]) === 0);
}

function familyOf({ kind }: SqlColumn): ColumnFamily {
  switch (kind) {
    case 'number':
    case 'integer':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'date':
    case 'timestamp':
      return 'time';
    case 'string':
      return 'text';
    case 'time':
    case 'other':
      return 'other';
  }
}

/** From so many rows on for each number that there can be. */
const rowsOfNumber = 8;

/** Those that are finite, moved to the front. */
function finiteOf(values: Float64Array): { readonly finite: Float64Array; readonly infinite: number } {
  let kept = 0;
  let infinite = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (value - value === 0) values[kept++] = value;
    else if (!Number.isNaN(value)) infinite += 1;
  }
  return { finite: values.subarray(0, kept), infinite };
}

class ParquetColumns implements ColumnReader {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  readonly notes: readonly string[];
  private readonly engine: SqlEngine;
  private readonly relation: SqlRelation;

  constructor(
    engine: SqlEngine,
    relation: SqlRelation,
    columns: ReadonlyMap<string, ColumnInfo>,
    notes: readonly string[],
  ) {
    this.rows = relation.rows;
    this.columns = columns;
    this.notes = notes;
    this.engine = engine;
    this.relation = relation;
  }

  async numbers(
    name: string,
    take: TakeNumbers = (length) => new Float64Array(length),
  ): Promise<NumberCells> {
    const column = this.column(name);
    const { from } = this.relation;
    const isTime = column.kind === 'timestamp' || column.kind === 'date';
    const value = isTime ? `epoch(${timestampOf(column)})` : numberOf(column);
    const present = `(SELECT ${value} AS v FROM ${from}) WHERE v IS NOT NULL`;
    const values =
      (isWhole(column) ? await this.counted(column, take) : null) ??
      (await this.engine.numbers(`SELECT v FROM ${present}`, take(this.rows)));
    const { finite, infinite } = isFloat(column) ? finiteOf(values) : { finite: values, infinite: 0 };
    return { values: finite, infinite, missing: this.rows - finite.length - infinite };
  }

  /** Whole numbers close together are counted, and written out again: that reads and sorts a hundredth. Null: they are not. */
  private async counted({ ref }: SqlColumn, take: TakeNumbers): Promise<Float64Array | null> {
    const { from: table } = this.relation;
    const [[low, high] = []] = await this.engine.rows(`SELECT min(${ref}), max(${ref}) FROM ${table}`);
    if (Number(high) - Number(low) > this.rows / rowsOfNumber) return null;
    const rows = await this.engine.rows(
      `SELECT ${ref} AS v, count(*) FROM ${table} WHERE ${ref} IS NOT NULL GROUP BY v ORDER BY v`,
    );
    let length = 0;
    for (const [, count] of rows) length += Number(count);
    const values = take(this.rows).subarray(0, length);
    let from = 0;
    for (const [value, count] of rows) {
      values.fill(Number(value), from, from + Number(count));
      from += Number(count);
    }
    return values;
  }

  async categories(name: string): Promise<CategoryCells> {
    const column = this.column(name);
    const { from } = this.relation;
    const text = column.type === 'VARCHAR' ? column.ref : `CAST(${column.ref} AS VARCHAR)`;
    const counted = `SELECT ${text} AS v, count(*) AS n FROM ${from} WHERE ${column.ref} IS NOT NULL GROUP BY ALL`;
    const rows = await this.engine.rows(
      `SELECT v, n, sum(n) OVER () FROM (${counted}) ORDER BY n DESC, v LIMIT ${mostCategories}`,
    );
    const counts = new Map(rows.map(([value, count]) => [String(value), Number(count)]));
    const present = Number(rows[0]?.[2] ?? 0);
    let told = 0;
    for (const count of counts.values()) told += count;
    return { counts, rest: present - told, missing: this.rows - present };
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  private column(name: string): SqlColumn {
    const column = this.relation.columns.get(name);
    if (column === undefined) throw new RangeError(`no column ${name}`);
    return column;
  }
}
