/** SQL over any table, from whatever file it came. */

import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBMaterializedResult,
  DuckDBPreparedStatement,
} from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { loadDuckDb } from '../../native/index.ts';
import { releaseResults } from '../duck/release.ts';
import { makeScratch, removeScratch } from '../duck/scratch.ts';
import { startDuckDb } from '../duck/start.ts';
import { openTable } from '../open.ts';
import type { Table } from '../types.ts';
import { checkTree, treeQuery } from './guard.ts';
import { loadRelation, type Reopen } from './load.ts';
import type { SqlRelation, SqlRow } from './types.ts';
import { valueReader } from './values.ts';

export interface SqlEngineOptions {
  /**
   * Opens a table's data again with some columns as text, where files disagree about a column (numbers in one, text
   * in another). Give it where tables were opened with options. Default: `openTable` on the path, without any.
   */
  readonly reopen?: Reopen;
}

/** What exceeds it goes to disk. 10,000,000 x 3 CSV cells, loaded, counted and searched for duplicates, peak at 683 MB with it. */
const memoryMebibytes = 320;
const threads = 2;
/** Numbers that the engine may hold of a result at a time; in parts of 2,048 each takes twice as long. */
const mostAtOnce = 4_194_304;
const releasedAtOnce = 1_048_576;

/**
 * One DuckDB on a database in a temporary folder. It can open the Parquet files that were loaded and nothing else;
 * rows of other formats are copied into it, from our own readers, the columns asked for only. Queries are one SELECT
 * each over relations, with columns c0, c1, …; a result without ORDER BY comes in any order.
 */
export class SqlEngine {
  private readonly folder: string;
  private readonly reopen: Reopen;
  private instance: DuckDBInstance;
  /** Plain names of the files that may be opened, by path. */
  private readonly links = new Map<string, string>();
  private relations = 0;
  private loading: Promise<unknown> = Promise.resolve();
  private running = 0;
  private whenIdle: (() => void)[] = [];

  private constructor(folder: string, reopen: Reopen, instance: DuckDBInstance) {
    this.folder = folder;
    this.reopen = reopen;
    this.instance = instance;
  }

  static async open(options: SqlEngineOptions = {}): Promise<SqlEngine> {
    const folder = await makeScratch();
    try {
      const instance = await start(folder, []);
      return new SqlEngine(folder, options.reopen ?? reopenPath, instance);
    } catch (error) {
      await removeScratch(folder);
      // Such as a disk that is full.
      if (!(error instanceof Error) || !error.message.startsWith('IO Error')) throw error;
      const [reason = ''] = error.message.replaceAll(folder, 'the temporary folder').split('\n');
      throw new RunError(`the SQL engine cannot start: ${reason}`, { cause: error });
    }
  }

  /**
   * Several files are one relation, by column name: a column that some lack is NULL there, with a note. Where they
   * disagree about its kind it gets the common one: numbers stay numbers, number and text are text as written. Parquet
   * is not copied and keeps its types; structs and lists are JSON text. Tables may be closed after loading; Parquet
   * files must stay as they are. Loading waits until running queries have ended: do not load while reading a `stream`.
   * @throws RunError for a column that no table has, and what reading the files throws.
   */
  load(tables: readonly Table[], columns: readonly string[]): Promise<SqlRelation> {
    const name = `r${this.relations++}`;
    const host = {
      connect: () => this.instance.connect(),
      allow: (paths: readonly string[]) => this.allow(paths),
      reopen: this.reopen,
    };
    const loaded = this.loading
      .catch(() => undefined)
      .then(() => loadRelation(host, name, tables, columns))
      .catch((error: unknown) => {
        throw this.explain(error, 'the data cannot be loaded');
      });
    this.loading = loaded;
    return loaded;
  }

  /** Rows of a small result. @throws RunError for anything but one valid SELECT. */
  async rows(sql: string): Promise<readonly SqlRow[]> {
    return this.query(sql, async (statement) => {
      const result = await statement.runAndReadAll();
      const read = valueReader(await loadDuckDb());
      return result.getRows().map((row) => row.map(read));
    });
  }

  /** Names and types of a query's columns, without running it. @throws RunError for anything but one valid SELECT. */
  async describe(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]> {
    return this.query(sql, async (statement) =>
      Array.from({ length: statement.columnCount }, (_, index) => ({
        name: statement.columnName(index),
        type: String(statement.columnType(index)),
      })),
    );
  }

  /**
   * The numbers of a query of one DOUBLE column without NULL, in any order.
   * @param values where they are written; long enough for all of them
   * @returns the part of it that was written
   * @throws RunError as `rows`
   */
  async numbers(sql: string, values: Float64Array): Promise<Float64Array> {
    return this.query(sql, async (statement) => {
      if (values.length <= mostAtOnce) {
        const count = addAllNumbers(await statement.run(), values);
        releaseResults();
        return values.subarray(0, count);
      }
      let count = 0;
      const result = await statement.stream();
      for (let released = 0; ; ) {
        const chunk = await result.fetchChunk();
        const before = count;
        if (chunk !== null) count = addNumbers(chunk, values, count);
        if (count === before) return values.subarray(0, count);
        if (count - released < releasedAtOnce) continue;
        releaseResults();
        released = count;
      }
    });
  }

  /** Rows of a large result, some thousand at a time; memory holds one such part. @throws RunError as `rows`. */
  async *stream(sql: string): AsyncGenerator<readonly SqlRow[]> {
    const connection = await this.begin();
    try {
      const statement = await prepare(connection, sql);
      const read = valueReader(await loadDuckDb());
      const result = await statement.stream();
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk.getRows().map((row) => row.map(read));
      }
    } catch (error) {
      throw this.explain(error, 'the query cannot be run');
    } finally {
      this.end(connection);
    }
  }

  /** Ends the engine and removes all that it kept on disk. */
  async close(): Promise<void> {
    await this.loading.catch(() => undefined);
    this.instance.closeSync();
    await removeScratch(this.folder);
  }

  private async query<T>(sql: string, use: (statement: DuckDBPreparedStatement) => Promise<T>): Promise<T> {
    const connection = await this.begin();
    try {
      return await use(await prepare(connection, sql));
    } catch (error) {
      throw this.explain(error, 'the query cannot be run');
    } finally {
      this.end(connection);
    }
  }

  private async begin(): Promise<DuckDBConnection> {
    // A load may be exchanging the instance.
    await this.loading.catch(() => undefined);
    this.running += 1;
    return this.instance.connect();
  }

  private end(connection: DuckDBConnection): void {
    connection.closeSync();
    this.running -= 1;
    if (this.running === 0) for (const wake of this.whenIdle.splice(0)) wake();
  }

  /** A locked engine learns no new path, so it is started anew on the same database, which takes some 50 ms. */
  private async allow(paths: readonly string[]): Promise<readonly string[]> {
    const news = [...new Set(paths.map((path) => resolve(path)))].filter((path) => !this.links.has(path));
    for (const path of news) {
      const link = join(this.folder, `f${this.links.size}`);
      await symlink(path, link);
      this.links.set(path, link);
    }
    if (news.length > 0) {
      if (this.running > 0) await new Promise<void>((wake) => this.whenIdle.push(wake));
      this.instance.closeSync();
      this.instance = await start(this.folder, [...this.links.values()]);
    }
    return paths.map((path) => this.links.get(resolve(path)) as string);
  }

  /** The engine's own words, with the user's paths instead of ours. */
  private explain(error: unknown, what: string): unknown {
    if (error instanceof RunError || !(error instanceof Error)) return error;
    const [firstLine = ''] = error.message.split('\n');
    if (/^Out of Memory/i.test(firstLine)) {
      const bound = `more memory than the SQL engine may take (${memoryMebibytes} MiB)`;
      return new RunError(`${what}: it needs ${bound}; are single cells or rows very large?`, {
        cause: error,
      });
    }
    let reason = firstLine;
    for (const [path, link] of [...this.links].reverse()) reason = reason.replaceAll(link, path);
    reason = reason.replaceAll(this.folder, 'the temporary folder').replace(/\.*$/, '');
    return new RunError(`${what}: ${reason}`, { cause: error });
  }
}

const start = (folder: string, files: readonly string[]): Promise<DuckDBInstance> =>
  startDuckDb({
    database: join(folder, 'rows.db'),
    folder,
    files,
    memoryMebibytes,
    threads,
    keepsOrder: false,
  });

function addAllNumbers(result: DuckDBMaterializedResult, values: Float64Array): number {
  let count = 0;
  const chunks = result.chunkCount;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    count = addNumbers(result.getChunk(chunk), values, count);
  }
  return count;
}

/** Copies the first column of a chunk behind `count` values; returns how many there are then. */
function addNumbers(chunk: DuckDBDataChunk, values: Float64Array, count: number): number {
  const rows = chunk.rowCount;
  // The last one of a stream has no columns either.
  if (rows === 0) return count;
  const vector = chunk.getColumnVector(0);
  // The vector's own memory, which its types do not tell: a call for each number takes ten times as long.
  const { items } = vector as unknown as { readonly items?: unknown };
  if (items instanceof Float64Array && items.length === rows) values.set(items, count);
  else for (let row = 0; row < rows; row += 1) values[count + row] = vector.getItem(row) as number;
  return count + rows;
}

const reopenPath: Reopen = (table, textColumns) =>
  openTable(table.path, { format: table.format, textColumns });

async function prepare(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const tree = await connection.runAndReadAll(treeQuery(sql));
  checkTree(tree.getRows()[0]?.[0]);
  // Nothing that the check above might miss can change a relation.
  await connection.run('BEGIN TRANSACTION READ ONLY');
  return connection.prepare(sql);
}
