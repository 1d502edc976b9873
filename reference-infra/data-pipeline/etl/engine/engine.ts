/** The DuckDB of one run: it can open the run's own folder and the files it is given, and nothing else. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, Json } from '@duckdb/node-api';
import { RunError } from '../../../../core/inputs/index.ts';
import { loadDuckDb } from '../../../../core/native/index.ts';
import { text } from './sql.ts';

export interface EngineOptions {
  /** Absolute; for staged tables and for what exceeds the memory. */
  readonly folder: string;
  /** Absolute: what else may be read, sources and datasets. Folders that are not there are left out. */
  readonly reads: readonly string[];
  readonly memoryMebibytes: number;
  readonly threads: number;
}

export interface EngineColumn {
  readonly name: string;
  /** As DuckDB writes it, such as `DECIMAL(10,2)`. */
  readonly type: string;
}

export class Engine {
  readonly connection: DuckDBConnection;
  private readonly instance: DuckDBInstance;
  /**
   * Links to where files really lie. DuckDB reads patterns and schemes out of paths; in these are none. The name follows
   * from the run's folder, so that what a killed run left is taken away by the next.
   */
  private readonly links: string;
  private readonly paths = new Map<string, string>();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, links: string) {
    this.instance = instance;
    this.connection = connection;
    this.links = links;
  }

  static async open({ folder, reads, memoryMebibytes, threads }: EngineOptions): Promise<Engine> {
    const { DuckDBInstance } = await loadDuckDb();
    const links = linksOf(folder);
    rmSync(links, { recursive: true, force: true });
    mkdirSync(join(links, 'in'), { recursive: true, mode: 0o700 });
    const work = join(folder, 'work');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    symlinkSync(resolve(folder), join(links, 'run'));
    const inner = join(links, 'run/work');
    try {
      const instance = await DuckDBInstance.create(join(inner, 'tables.duckdb'), {
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        allow_community_extensions: 'false',
        allow_persistent_secrets: 'false',
        home_directory: inner,
        extension_directory: inner,
        secret_directory: inner,
        temp_directory: join(inner, 'spilled'),
        memory_limit: `${memoryMebibytes}MiB`,
        threads: String(threads),
        preserve_insertion_order: 'true',
      });
      const connection = await instance.connect();
      // Links are followed before it is looked whether a file may be opened.
      const open = [folder, ...reads]
        .filter((each) => existsSync(each))
        .map((each) => `${realpathSync(each)}/`);
      await connection.run(`SET allowed_directories = [${open.map(text).join(', ')}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run('SET enable_progress_bar = false');
      await connection.run('SET lock_configuration = true');
      return new Engine(instance, connection, links);
    } catch (error) {
      rmSync(links, { recursive: true, force: true });
      throw new RunError(`the SQL engine cannot start in ${folder}: ${firstLine(error)}`, { cause: error });
    }
  }

  /** A file of the run's folder, as it stands in SQL. */
  own(name: string): string {
    return text(join(this.links, 'run', name));
  }

  /** A folder in the run's folder; its parents, too. */
  makeFolder(name: string): void {
    mkdirSync(join(this.links, 'run', name), { recursive: true });
  }

  /** A file elsewhere, as it stands in SQL. */
  reach(path: string): string {
    const known = this.paths.get(path);
    if (known !== undefined) return text(known);
    const link = join(this.links, 'in', `${this.paths.size}`);
    symlinkSync(resolve(path), link);
    this.paths.set(path, link);
    return text(link);
  }

  async run(sql: string): Promise<void> {
    await this.guarded(() => this.connection.run(sql));
  }

  /** Rows of a small result: integers beyond 2^31 are texts. */
  async rows(sql: string): Promise<Json[][]> {
    return await this.guarded(async () => (await this.connection.runAndReadAll(sql)).getRowsJson());
  }

  /** The one value of a result as a number. */
  async count(sql: string): Promise<number> {
    const [[value] = []] = await this.rows(sql);
    return Number(value);
  }

  /** Columns of a SELECT, which is not run. */
  async describe(sql: string): Promise<EngineColumn[]> {
    return await this.guarded(async () => {
      const statement = await this.connection.prepare(sql);
      try {
        return Array.from({ length: statement.columnCount }, (_, index) => ({
          name: statement.columnName(index),
          type: String(statement.columnType(index)),
        }));
      } finally {
        statement.destroySync();
      }
    });
  }

  /** Rows as text by the part; memory holds a few of them. */
  async *stream(sql: string): AsyncGenerator<Json[][]> {
    const connection = await this.instance.connect();
    try {
      const result = await connection.stream(sql);
      for await (const rows of result.yieldRowsJson()) yield rows;
    } catch (error) {
      throw this.explain(error);
    } finally {
      connection.closeSync();
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    rmSync(this.links, { recursive: true, force: true });
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** The engine's own words, with the paths that users know. */
  private explain(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    let { message } = error;
    for (const [path, link] of [...this.paths].reverse()) message = message.replaceAll(link, path);
    message = message.replaceAll(join(this.links, 'run/'), '').replaceAll(this.links, '');
    const known =
      /^(IO|Permission|Out of Memory|Invalid Input|Conversion|Binder|Parser|Catalog|Constraint|Out of Range|Not implemented|TransactionContext) /i;
    return known.test(message) ? new EngineError(message) : error;
  }
}

/** What DuckDB said; its message may have several lines. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

export function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/\.+$/, '');
}

/** What an engine of that folder has left outside of it, when its process was killed. */
export function removeLinks(folder: string): void {
  rmSync(linksOf(folder), { recursive: true, force: true });
}

function linksOf(folder: string): string {
  const digest = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
  return join(tmpdir(), `data-pipeline-${digest}`);
}
