/** The data pipeline: node pipeline.ts FOLDER, which holds the pipeline and its data. */

import { globSync } from 'node:fs';
import { join } from 'node:path';
import { loadDuckDb } from '../../core/native/index.ts';
import { main } from '../../reference-infra/data-pipeline/etl/cli.ts';
import { meter, tell } from './meter.ts';

const [folder = ''] = process.argv.slice(2);
const quiet = { write: () => undefined };

const reading = await meter(async () => {
  const world = { environment: {}, out: quiet, err: process.stderr };
  const code = await main([folder, '--run-id', 'bench', '--quiet'], world);
  if (code !== 0) process.exit(code);
}, true);
tell({ ...reading, said: await written() });

/** Not part of the work. */
async function written(): Promise<Record<string, number>> {
  const { DuckDBInstance } = await loadDuckDb();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const files = globSync(join(folder, 'out/*/*.parquet')).map((file) => `'${file}'`);
  const sql = `SELECT count(*)::DOUBLE, sum(value)::DOUBLE FROM read_parquet([${files.join(', ')}])`;
  const [[rows, value] = []] = (await connection.runAndReadAll(sql)).getRowsJson();
  return { rows: Number(rows), value: Number(value) };
}
