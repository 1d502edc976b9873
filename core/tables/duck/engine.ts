/** One DuckDB, in memory, that can reach one file and nothing else. */

import { rmSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { loadDuckDb } from '../../native/index.ts';

const mebibyte = 1 << 20;

/** A text as an SQL string literal. */
export function sqlText(text: string): string {
  if (text.includes('\0')) throw new RunError('a NUL character cannot stand in SQL text');
  return `'${text.replaceAll("'", "''")}'`;
}

export class FileEngine {
  /** The path under which the engine knows the file: a plain name of ours, so that no pattern or scheme is read into it. */
  readonly source: string;
  private readonly path: string;
  private readonly folder: string;
  private readonly instance: DuckDBInstance;

  private constructor(path: string, folder: string, source: string, instance: DuckDBInstance) {
    this.path = path;
    this.folder = folder;
    this.source = source;
    this.instance = instance;
    process.once('exit', this.removeFolder);
  }

  /** For runs that end by an error before `close`. */
  private readonly removeFolder = (): void => rmSync(this.folder, { recursive: true, force: true });

  /** Starts an engine for the file; `close` removes what it leaves on disk. */
  static async open(path: string): Promise<FileEngine> {
    const { DuckDBInstance } = await loadDuckDb();
    const folder = await mkdtemp(join(tmpdir(), 'ml-gates-'));
    const source = join(folder, `data${/^\.[a-z]+$/.exec(extname(path))?.[0] ?? ''}`);
    try {
      await symlink(resolve(path), source);
      const instance = await DuckDBInstance.create(':memory:', settings(folder));
      const engine = new FileEngine(path, folder, source, instance);
      await engine.lock();
      return engine;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A connection for one query; a streaming result ends with the next query on its connection. */
  async connect(): Promise<DuckDBConnection> {
    return this.instance.connect();
  }

  /** Rows of a small result, as JSON values: integers beyond 2^31 and decimals are strings. */
  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    const connection = await this.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } catch (error) {
      throw this.explain(error);
    } finally {
      connection.closeSync();
    }
  }

  /** The engine's own words about the file, its path instead of ours. */
  explain(error: unknown): unknown {
    if (error instanceof RunError || !(error instanceof Error)) return error;
    const [firstLine = ''] = error.message.split('\n');
    const reason = firstLine.replaceAll(this.source, this.path).replace(/\.*$/, '');
    return new RunError(`${this.path} cannot be read: ${reason}`);
  }

  async close(): Promise<void> {
    this.instance.closeSync();
    process.off('exit', this.removeFolder);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async lock(): Promise<void> {
    await this.rows(`SET allowed_paths = [${sqlText(this.source)}]`);
    await this.rows('SET enable_external_access = false');
    await this.rows("SET TimeZone = 'UTC'");
    await this.rows('SET lock_configuration = true');
  }
}

/** Nothing is fetched, nothing kept in the home directory; a quarter of the memory, and what exceeds it goes to the folder. */
function settings(folder: string): Record<string, string> {
  const memory = Math.min(Math.max(totalmem() / 4, 512 * mebibyte), 4096 * mebibyte);
  return {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    home_directory: folder,
    extension_directory: folder,
    secret_directory: folder,
    temp_directory: folder,
    memory_limit: `${Math.floor(memory / mebibyte)}MiB`,
    threads: String(Math.min(availableParallelism(), 4)),
    preserve_insertion_order: 'true',
  };
}
