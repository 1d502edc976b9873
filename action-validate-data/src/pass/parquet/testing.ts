/** Parquet files for tests, written by DuckDB itself: the engine of the gate reads only. */

import { DuckDBInstance } from '@duckdb/node-api';

/** Writes the rows of a query, in its order. */
export async function writeParquet(path: string, sql: string, rowGroup = 122_880): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
