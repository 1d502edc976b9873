/** SQL over the cells of Parquet files as they are stored, and rows of them as JSON values. */

import type { FileColumn } from './duck/column-plan.ts';
import { type EngineLimits, FileEngine, largeLimits } from './duck/engine.ts';
import { checkEnd, fromFiles, readColumns, readRowGroups, surveyFile } from './duck/parquet-file.ts';
import { collectRows, converterOf } from './parquet-rows.ts';
import { type RowBatch, RowCollector } from './row-collector.ts';
import type { JsonValue, Table } from './types.ts';

export interface ParquetColumn {
  readonly name: string;
  /** Identifier in queries: c0, c1, … in the order of the file. */
  readonly ref: string;
  /** DuckDB's type, such as `BIGINT`, `DECIMAL(10,2)` or `INTEGER[]`. */
  readonly type: string;
}

/** As the SQL engine. */
const plainLimits: EngineLimits = { memoryMebibytes: 320, threads: 2 };
/** Up to so many columns the above is enough: a scan holds some pages of each, of mostly 1 MiB. */
const plainColumns = 100;

/** Open Parquet files, in one engine. */
export class ParquetFiles {
  /** By file, in the order in which they were given. */
  readonly columns: readonly (readonly ParquetColumn[])[];
  private readonly engine: FileEngine;
  private readonly stored: readonly (readonly FileColumn[])[];

  private constructor(engine: FileEngine, stored: readonly (readonly FileColumn[])[]) {
    this.engine = engine;
    this.stored = stored;
    this.columns = stored.map((own) => own.map(({ name, ref, type }) => ({ name, ref, type: String(type) })));
  }

  /** @throws RunError for a file that is damaged or encrypted, or has two columns of one name. */
  static async open(paths: readonly string[]): Promise<ParquetFiles> {
    for (const path of paths) await checkEnd(path);
    const plain = await FileEngine.openAll(paths, plainLimits);
    const stored: FileColumn[][] = [];
    try {
      for (const [index, path] of paths.entries()) {
        stored.push(await readColumns(plain, path, plain.sources[index] ?? ''));
      }
    } catch (error) {
      await plain.close();
      throw error;
    }
    if (stored.every((columns) => columns.length <= plainColumns)) return new ParquetFiles(plain, stored);
    await plain.close();
    return new ParquetFiles(await FileEngine.openAll(paths, { ...largeLimits(), threads: 2 }), stored);
  }

  /** What `openTable` tells of a file. */
  async describe(file: number): Promise<Pick<Table, 'notes'> & { rows: number; rowGroups: Float64Array }> {
    const { engine } = this;
    const source = engine.sources[file] ?? '';
    const { rows, plans } = await surveyFile(engine, source, this.stored[file] ?? [], new Set());
    const notes = plans.flatMap(({ note }) => note ?? []);
    return { rows, notes, rowGroups: await readRowGroups(engine, source) };
  }

  /** Files of equal columns, which one query may read together; by index. */
  get sets(): readonly (readonly number[])[] {
    const sets = new Map<string, number[]>();
    for (const [file, columns] of this.columns.entries()) {
      // Names that differ in case only are renamed by the engine, so such files are read one by one.
      const hasTwins = new Set(columns.map(({ name }) => name.toLowerCase())).size < columns.length;
      const key = hasTwins ? String(file) : JSON.stringify(columns.map(({ name, type }) => [name, type]));
      const set = sets.get(key);
      if (set === undefined) sets.set(key, [file]);
      else set.push(file);
    }
    return [...sets.values()];
  }

  /** FROM item of a set: `t`, with the columns' identifiers. */
  from(set: readonly number[]): string {
    const sources = set.map((file) => this.engine.sources[file] ?? '');
    return fromFiles(sources, this.columns[set[0] ?? 0]?.length ?? 0);
  }

  /** Rows of a small result; cells as `readRows` gives those of Parquet, whole numbers and decimals as doubles. */
  async rows(sql: string): Promise<readonly (readonly JsonValue[])[]> {
    const connection = await this.engine.connect();
    try {
      const result = await connection.runAndReadAll(sql);
      const converters = Array.from({ length: result.columnCount }, (_, index) =>
        converterOf(result.columnType(index)),
      );
      return result
        .getRows()
        .map((row) => row.map((cell, index) => (cell === null ? null : (converters[index]?.(cell) ?? null))));
    } catch (error) {
      throw this.engine.explain(error);
    } finally {
      connection.closeSync();
    }
  }

  /**
   * The rows of one file where a condition holds, as `readRows` gives them, with their numbers. In file order, unless
   * the engine makes a join of the condition, as it does of long lists after IN.
   */
  async *rowsWhere(file: number, condition: string): AsyncGenerator<RowBatch> {
    const columns = this.stored[file] ?? [];
    const select = ['t.file_row_number', ...columns.map(({ ref }) => ref)].join(', ');
    const collector = new RowCollector(false);
    for await (const chunk of this.engine.chunks(
      `SELECT ${select} FROM ${this.from([file])} WHERE ${condition}`,
    )) {
      const numbers = chunk.getColumnVector(0);
      collectRows(collector, chunk, columns, 1, (row) => Number(numbers.getItem(row)));
      yield* collector.take();
    }
    yield* collector.take(true);
  }

  async close(): Promise<void> {
    await this.engine.close();
  }
}
