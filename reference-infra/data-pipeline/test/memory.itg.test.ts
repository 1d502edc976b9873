/** Ten million rows through a pipeline under 1 GiB: read, judged, joined, summed, and written in partitions. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../../../scripts/tools/process.ts';
import type { Manifest } from '../etl/run/records.ts';
import { query, readJson, rowSchema, writeFiles } from './support.ts';

const root = resolve(import.meta.dirname, '../../..');
const preload = join(root, 'test/support/peak-memory.ts');
const rows = 10_000_000;
const textRows = 1_000_000;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-memory-'));
  writeFiles(folder, {
    'events/pipeline.yaml': `name: events
sources:
  events: { format: parquet, path: events.parquet, watermark: at }
  prices: { format: csv, path: prices.csv }
steps:
  - { name: checked, validate: row.json, input: events, max-rejected: 0.1% }
  - { name: valued, sql: valued.sql }
sink: { format: parquet, path: out, mode: append, partition-by: country }
limits: { memory: 384MiB, threads: 2 }
`,
    'events/row.json': rowSchema({ amount: { type: 'integer', minimum: 0 } }),
    'events/valued.sql':
      'SELECT e.id, e.country, e.amount * p.price AS value, e.at FROM checked e JOIN prices p USING (country)',
    'events/prices.csv': `country,price\n${Array.from({ length: 20 }, (_, i) => `C${i},${i + 1}`).join('\n')}\n`,
    'text/pipeline.yaml':
      'name: text\nsources:\n  events: { format: csv, path: events.csv }\nsink: { format: parquet, path: out, mode: replace }\n',
  });
  const made = (count: number): string =>
    `SELECT i AS id, 'C' || (i % 20) AS country, CASE WHEN i % 10000 = 7 THEN -1 ELSE i % 1000 END AS amount,
       TIMESTAMP '2026-01-01' + INTERVAL 1 SECOND * i AS at FROM range(${count}) t(i)`;
  await query(`COPY (${made(rows)}) TO '${folder}/events/events.parquet' (FORMAT parquet)`);
  await query(`COPY (${made(textRows)}) TO '${folder}/text/events.csv' (HEADER)`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the pipeline in a process of its own; its greatest resident set in MiB. */
async function peakOf(name: string): Promise<number> {
  const peak = join(folder, `${name}.peak`);
  const script = join(import.meta.dirname, '../etl/run-pipeline.ts');
  const args = ['--import', preload, script, join(folder, name), '--run-id', 'r1'];
  const { code, stderr } = await runProcess(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, PEAK_MEMORY_FILE: peak },
    timeoutMs: 280_000,
  });
  expect(code, stderr).toBe(0);
  return Number(readFileSync(peak, 'utf8'));
}

test('ten million rows of Parquet: none is lost, in less than 1 GiB', async () => {
  const peak = await peakOf('events');
  console.log(`ten million rows: peak ${peak.toFixed(0)} MiB`);
  expect(peak).toBeLessThan(1024);
  const manifest = readJson(join(folder, 'events/.runs/runs/r1/manifest.json')) as Manifest;
  expect(manifest.steps[0]?.rows).toEqual({ in: rows, out: rows - 1000, rejected: 1000 });
  // Sum over i of (i mod 1000) (i mod 20 + 1): one thousand i in a row give the same, less those that were rejected.
  let once = 0;
  for (let i = 0; i < 1000; i += 1) once += i * ((i % 20) + 1);
  const lost = 1000 * 7 * 8;
  expect(
    await query(
      `SELECT count(*), sum(value), count(DISTINCT country) FROM read_parquet('${folder}/events/out/**/*.parquet', hive_partitioning = true)`,
    ),
  ).toEqual([[String(rows - 1000), String(once * (rows / 1000) - lost), '20']]);
});

test('a million rows of CSV take less than that, too', async () => {
  const peak = await peakOf('text');
  console.log(`a million rows of CSV: peak ${peak.toFixed(0)} MiB`);
  expect(peak).toBeLessThan(1024);
  expect(
    await query(`SELECT count(*), sum(id) FROM read_parquet('${folder}/text/out/r1-0.parquet')`),
  ).toEqual([[String(textRows), String((textRows * (textRows - 1)) / 2)]]);
});
