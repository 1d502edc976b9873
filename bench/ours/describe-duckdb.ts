/** DuckDB reads and describes a CSV file: `node describe-duckdb.ts FILE read|describe`. */

import { DuckDBInstance } from '@duckdb/node-api';
import { meter, tell } from './meter.ts';

const [file = '', what = 'read'] = process.argv.slice(2);

const reading = await meter(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const source = `read_csv('${file.replaceAll("'", "''")}')`;
  await connection.run(`CREATE TABLE data AS SELECT * FROM ${source}`);
  const counted = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM data');
  const rows = Number(counted.getRows()[0]?.[0]);
  if (what === 'read') return { rows };
  const summary = await connection.runAndReadAll('SUMMARIZE data');
  const columns = summary.getRowObjects();
  const mean = columns.find((column) => column.column_name === 'income')?.avg;
  return { rows, meanIncome: Number(mean) };
});
tell(reading);
