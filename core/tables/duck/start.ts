/** Starting a DuckDB that can reach the files it was given and nothing else. */

import { availableParallelism } from 'node:os';
import type { DuckDBInstance } from '@duckdb/node-api';
import { RunError } from '../../inputs/errors.ts';
import { loadDuckDb } from '../../native/index.ts';

export interface DuckOptions {
  /** A file, or `:memory:`. */
  readonly database: string;
  /** Where the engine puts what exceeds its memory; it looks for nothing in the home directory. */
  readonly folder: string;
  /** The files that it may open; links are followed. */
  readonly files: readonly string[];
  /** For data of the engine itself. */
  readonly memoryMebibytes: number;
  readonly threads: number;
  /** Whether a query without ORDER BY keeps the order of the file. */
  readonly keepsOrder: boolean;
}

/** A text as an SQL string literal. */
export function sqlText(text: string): string {
  if (text.includes('\0')) throw new RunError('a NUL character cannot stand in SQL text');
  return `'${text.replaceAll("'", "''")}'`;
}

/** Nothing is fetched, nothing is kept in the home directory, and no query can change that. */
export async function startDuckDb(options: DuckOptions): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await loadDuckDb();
  const { folder } = options;
  const instance = await DuckDBInstance.create(options.database, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    home_directory: folder,
    extension_directory: folder,
    secret_directory: folder,
    temp_directory: folder,
    memory_limit: `${options.memoryMebibytes}MiB`,
    threads: String(Math.min(availableParallelism(), options.threads)),
    preserve_insertion_order: String(options.keepsOrder),
  });
  try {
    const connection = await instance.connect();
    try {
      if (options.files.length > 0) {
        await connection.run(`SET allowed_paths = [${options.files.map(sqlText).join(', ')}]`);
      }
      await connection.run('SET enable_external_access = false');
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run('SET lock_configuration = true');
    } finally {
      connection.closeSync();
    }
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}
