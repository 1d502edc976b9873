/** One DuckDB, in memory, that can reach one file and nothing else. */

import { symlink } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { makeScratch, removeScratch } from './scratch.ts';
import { startDuckDb } from './start.ts';

export { sqlText } from './start.ts';

const mebibyte = 1 << 20;

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
  }

  /** Starts an engine for the file; `close` removes what it leaves on disk. */
  static async open(path: string): Promise<FileEngine> {
    const folder = await makeScratch();
    const source = join(folder, `data${/^\.[a-z]+$/.exec(extname(path))?.[0] ?? ''}`);
    try {
      await symlink(resolve(path), source);
      const instance = await startDuckDb({
        database: ':memory:',
        folder,
        files: [source],
        memoryMebibytes: Math.floor(Math.min(Math.max(totalmem() / mebibyte / 4, 512), 4096)),
        threads: 4,
        keepsOrder: true,
      });
      return new FileEngine(path, folder, source, instance);
    } catch (error) {
      await removeScratch(folder);
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
    await removeScratch(this.folder);
  }
}
