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

interface Described extends ColumnInfo {
  readonly present: number;
  /** Infinite values of a column of doubles. */
  readonly infinite: number;
}

const isFloat = ({ type }: SqlColumn): boolean => type === 'DOUBLE' || type === 'FLOAT';

/** One pass over all columns. One is empty when no row has a value. */
async function describe(engine: SqlEngine, { from, columns }: SqlRelation): Promise<Map<string, Described>> {
  const all = [...columns.values()];
  const counts = all.map(
    (column) =>
      `count(${column.ref}), ${isFloat(column) ? `count(*) FILTER (WHERE isinf(${column.ref}))` : '0'}`,
  );
  const [row = []] = all.length === 0 ? [] : await engine.rows(`SELECT ${counts.join(', ')} FROM ${from}`);
  return new Map(
    all.map((column, index) => {
      const [present, infinite] = [Number(row[2 * index]), Number(row[2 * index + 1])];
      const family: ColumnFamily = present === 0 ? 'empty' : familyOf(column);
      const whole = column.kind === 'integer' || column.kind === 'bigint';
      return [column.name, { name: column.name, family, whole, present, infinite }];
    }),
  );
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

class ParquetColumns implements ColumnReader {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Described>;
  readonly notes: readonly string[];
  private readonly engine: SqlEngine;
  private readonly relation: SqlRelation;

  constructor(
    engine: SqlEngine,
    relation: SqlRelation,
    columns: ReadonlyMap<string, Described>,
    notes: readonly string[],
  ) {
    this.rows = relation.rows;
    this.columns = columns;
    this.notes = notes;
    this.engine = engine;
    this.relation = relation;
  }

  async numbers(name: string): Promise<NumberCells> {
    const column = this.column(name);
    const { from } = this.relation;
    const isTime = column.kind === 'timestamp' || column.kind === 'date';
    const value = isTime ? `epoch(${timestampOf(column)})` : numberOf(column);
    const values = await this.engine.numbers(
      `SELECT v FROM (SELECT ${value} AS v FROM ${from}) WHERE v IS NOT NULL${isFloat(column) ? ' AND isfinite(v)' : ''}`,
      this.rows,
    );
    const infinite = this.columns.get(name)?.infinite ?? 0;
    return { values, infinite, missing: this.rows - values.length - infinite };
  }

  async categories(name: string): Promise<CategoryCells> {
    const column = this.column(name);
    const { from } = this.relation;
    const text = column.type === 'VARCHAR' ? column.ref : `CAST(${column.ref} AS VARCHAR)`;
    const counted = `SELECT ${text} AS v, count(*) AS n FROM ${from} WHERE ${column.ref} IS NOT NULL GROUP BY ALL`;
    const rows = await this.engine.rows(`${counted} ORDER BY n DESC, v LIMIT ${mostCategories}`);
    const counts = new Map(rows.map(([value, count]) => [String(value), Number(count)]));
    const present = this.columns.get(name)?.present ?? 0;
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
