/** Pipelines made for a test, run as the command line runs them, and what they wrote as DuckDB reads it. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadDuckDb } from '../../../core/native/index.ts';
import { main } from '../etl/cli.ts';
import type { OnPoint } from '../etl/run/durable.ts';
import type { Manifest } from '../etl/run/records.ts';

/** Files by their path below the folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function run(
  folder: string,
  runId: string,
  given: {
    readonly args?: readonly string[];
    readonly environment?: NodeJS.ProcessEnv;
    readonly onPoint?: OnPoint;
  } = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main([folder, '--run-id', runId, '--quiet', ...(given.args ?? [])], {
    environment: given.environment ?? {},
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    ...(given.onPoint === undefined ? {} : { onPoint: given.onPoint }),
  });
  return { code, out, err };
}

/** Runs, and wants it to be finished. */
export async function mustRun(...given: Parameters<typeof run>): Promise<Manifest> {
  const { code, err } = await run(...given);
  if (code !== 0) throw new Error(err);
  return readJson(join(given[0], '.runs/runs', given[1], 'manifest.json')) as Manifest;
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

export interface RejectedLine {
  readonly file: string;
  readonly line: string | null;
  readonly row: string;
  readonly reasons: readonly {
    readonly column: string | null;
    readonly rule: string;
    readonly message: string;
  }[];
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly text: string | null;
}

export function rejectedRows(folder: string, runId: string, name: string): RejectedLine[] {
  const path = join(folder, '.runs/runs', runId, 'rejected', `${name}.jsonl`);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RejectedLine);
}

/** Rows of a query by a DuckDB that knows nothing of the pipeline. */
export async function query(sql: string): Promise<unknown[][]> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** All rows of a dataset that is partitioned or not, as its files are, in the order of their columns. */
export async function datasetRows(folder: string): Promise<unknown[][]> {
  const path = join(folder, '**/*.parquet').replaceAll("'", "''");
  return await query(`SELECT * FROM read_parquet('${path}', hive_partitioning = true) ORDER BY ALL`);
}

/** Paths of all files below the folder, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** A schema of one row. */
export function rowSchema(
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[] = [],
): string {
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required,
  });
}
