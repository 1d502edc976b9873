/** A Parquet file as a table, read by DuckDB. */

import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { BatchBuilder, isNumericKind } from '../batch-builder.ts';
import { selectColumns } from '../select.ts';
import type { Batch, Column, Table } from '../types.ts';
import type { ColumnPlan, FileColumn } from './column-plan.ts';
import { FileEngine } from './engine.ts';
import { checkEnd, fromFiles, readColumns, readRowGroups, surveyFile } from './parquet-file.ts';

export async function openParquet(path: string, textColumns: ReadonlySet<string>): Promise<Table> {
  const { engine, columns } = await openFile(path);
  try {
    const { rows, plans } = await surveyFile(engine, engine.source, columns, textColumns);
    return new ParquetTable(path, engine, plans, columns.length, rows);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Chunks of all columns as they are in the file, in file order. */
export async function* parquetChunks(
  path: string,
): AsyncGenerator<{ readonly chunk: DuckDBDataChunk; readonly columns: readonly FileColumn[] }> {
  const { engine, columns } = await openFile(path);
  try {
    for await (const chunk of engine.chunks(`SELECT * FROM ${fromFiles([engine.source], columns.length)}`)) {
      yield { chunk, columns };
    }
  } finally {
    await engine.close();
  }
}

async function openFile(path: string): Promise<{ engine: FileEngine; columns: FileColumn[] }> {
  await checkEnd(path);
  const engine = await FileEngine.open(path);
  try {
    return { engine, columns: await readColumns(engine, path, engine.source) };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

class ParquetTable implements Table {
  readonly path: string;
  readonly format = 'parquet';
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  private readonly engine: FileEngine;
  private readonly plans: readonly ColumnPlan[];
  private readonly width: number;
  private readonly rows: number;

  constructor(path: string, engine: FileEngine, plans: readonly ColumnPlan[], width: number, rows: number) {
    this.path = path;
    this.columns = plans.map((plan) => plan.column);
    this.notes = plans.flatMap((plan) => plan.note ?? []);
    this.engine = engine;
    this.plans = plans;
    this.width = width;
    this.rows = rows;
  }

  async countRows(): Promise<number> {
    return this.rows;
  }

  async *batches(names: readonly string[], batchSize: number): AsyncGenerator<Batch> {
    const places = selectColumns(this.path, this.columns, [...new Set(names)]);
    const chosen = places.map((place) => this.plans[place] as ColumnPlan);
    const builder = new BatchBuilder(
      chosen.map((plan) => plan.column),
      batchSize,
    );
    const select = chosen.length === 0 ? '1' : chosen.map((plan) => plan.select).join(', ');
    const connection = await this.engine.connect();
    let rows = 0;
    try {
      const result = await connection.stream(
        `SELECT ${select} FROM ${fromFiles([this.engine.source], this.width)}`,
      );
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        rows += chunk.rowCount;
        yield* copyChunk(chunk, chosen, builder);
      }
    } catch (error) {
      throw this.engine.explain(error);
    } finally {
      connection.closeSync();
    }
    const rest = builder.flush();
    if (rest !== undefined) yield rest;
    if (rows !== this.rows) throw new RunError(`${this.path}: the file changed while it was read`);
  }

  async locate(row: number): Promise<string> {
    return `${this.path} row ${row + 1}`;
  }

  async locateRows(): Promise<null> {
    return null;
  }

  async rowGroups(): Promise<Float64Array> {
    return await readRowGroups(this.engine, this.engine.source);
  }

  async close(): Promise<void> {
    await this.engine.close();
  }
}

type CellCopier = (row: number) => void;

function* copyChunk(
  chunk: DuckDBDataChunk,
  plans: readonly ColumnPlan[],
  builder: BatchBuilder,
): Generator<Batch> {
  const copiers = plans.map((plan, slot) => copier(chunk.getColumnVector(slot), plan.column, slot, builder));
  for (let row = 0; row < chunk.rowCount; row += 1) {
    for (let slot = 0; slot < copiers.length; slot += 1) (copiers[slot] as CellCopier)(row);
    const batch = builder.endRow();
    if (batch !== undefined) yield batch;
  }
}

function copier(vector: DuckDBVector, column: Column, slot: number, builder: BatchBuilder): CellCopier {
  if (!isNumericKind(column)) {
    return (row) => {
      const value = vector.getItem(row);
      builder.text(slot, value === null ? null : String(value));
    };
  }
  if (column.cellShape.length === 0) {
    return (row) => {
      const value = vector.getItem(row);
      builder.number(slot, typeof value === 'number' ? value : null);
    };
  }
  return (row) => {
    const value = vector.getItem(row);
    const items = value !== null && typeof value === 'object' && 'items' in value ? value.items : null;
    builder.numbers(slot, Array.isArray(items) ? Float64Array.from(items, Number) : null);
  };
}
