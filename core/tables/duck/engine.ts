/** One DuckDB, in memory, that can reach the files that it is given and nothing else. */

import { symlink } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { makeScratch, removeScratch } from './scratch.ts';
import { startDuckDb } from './start.ts';

export { sqlText } from './start.ts';

const mebibyte = 1 << 20;

export interface EngineLimits {
  readonly memoryMebibytes: number;
  readonly threads: number;
}

/** A quarter of the machine's memory, between 512 MiB and 4 GiB. */
export function largeLimits(): EngineLimits {
  return {
    memoryMebibytes: Math.floor(Math.min(Math.max(totalmem() / mebibyte / 4, 512), 4096)),
    threads: 4,
  };
}

export class FileEngine {
  /**
   * The paths under which the engine knows the files, in their order: plain names of ours, so that no pattern or
   * scheme is read into them.
   */
  readonly sources: readonly string[];
  private readonly paths: readonly string[];
  private readonly folder: string;
  private readonly instance: DuckDBInstance;

  private constructor(
    paths: readonly string[],
    folder: string,
    sources: readonly string[],
    instance: DuckDBInstance,
  ) {
    this.paths = paths;
    this.folder = folder;
    this.sources = sources;
    this.instance = instance;
  }

  /** Starts an engine for the file; `close` removes what it leaves on disk. */
  static async open(path: string): Promise<FileEngine> {
    return await FileEngine.openAll([path], largeLimits());
  }

  /** The same for several files. */
  static async openAll(paths: readonly string[], limits: EngineLimits): Promise<FileEngine> {
    const folder = await makeScratch();
    try {
      const sources: string[] = [];
      for (const [index, path] of paths.entries()) {
        const source = join(folder, `${index}-data${/^\.[a-z]+$/.exec(extname(path))?.[0] ?? ''}`);
        await symlink(resolve(path), source);
        sources.push(source);
      }
      const instance = await startDuckDb({
        database: ':memory:',
        folder,
        files: sources,
        ...limits,
        keepsOrder: true,
      });
      return new FileEngine(paths, folder, sources, instance);
    } catch (error) {
      await removeScratch(folder);
      throw error;
    }
  }

  /** Of an engine for one file. */
  get source(): string {
    return this.sources[0] ?? '';
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

  /** A large result in parts; memory holds a few of them. */
  async *chunks(sql: string): AsyncGenerator<DuckDBDataChunk> {
    const connection = await this.connect();
    try {
      const result = await connection.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    } catch (error) {
      throw this.explain(error);
    } finally {
      connection.closeSync();
    }
  }

  /** The engine's own words about a file, its path instead of ours. */
  explain(error: unknown): unknown {
    if (error instanceof RunError || !(error instanceof Error)) return error;
    const [firstLine = ''] = error.message.split('\n');
    let reason = firstLine.replace(/\.*$/, '');
    let subject = this.paths.length === 1 ? this.paths[0] : undefined;
    for (const [index, path] of this.paths.entries()) {
      const source = this.sources[index] ?? '';
      if (!reason.includes(source)) continue;
      reason = reason.replaceAll(source, path);
      subject ??= path;
    }
    return new RunError(`${subject ?? 'the data'} cannot be read: ${reason}`);
  }

  async close(): Promise<void> {
    this.instance.closeSync();
    await removeScratch(this.folder);
  }
}
