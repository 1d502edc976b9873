/** The sample pipeline gives the rows that the model is trained on, and its manifest says what they are made of. */

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetRows, mustRun, query, readJson, rejectedRows, run, writeFiles } from './support.ts';

let place = '';
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'pipeline-sample-'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const digestOf = (path: string): string =>
  `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;

test('of 569 measurements 565 become rows, and the four that were spoiled are told with their lines', async () => {
  const folder = join(place, 'cancer');
  const sample = join(import.meta.dirname, '../pipelines/cancer');
  cpSync(sample, folder, { recursive: true, filter: (path) => !/\/(\.runs|dataset)$/.test(path) });
  const manifest = await mustRun(folder, 'first');
  expect(manifest.sources.map(({ name, rows }) => [name, rows])).toEqual([
    ['measurements', { read: 569, earlier: 0, rejected: 4, out: 565 }],
    ['diagnoses', { read: 569, earlier: 0, rejected: 0, out: 569 }],
  ]);
  expect(manifest.output).toMatchObject({ rows: 565, totalRows: 565, replaced: 0 });
  expect(manifest.inputs.map(({ path, digest }) => [path, digest])).toEqual(
    ['data/measurements-north.csv', 'data/measurements-south.csv', 'data/diagnoses.jsonl'].map((path) => [
      path,
      digestOf(join(folder, path)),
    ]),
  );
  for (const { path, digest } of manifest.outputs)
    expect(digestOf(join(folder, 'dataset', path))).toBe(digest);
  expect(rejectedRows(folder, 'first', 'measurements').map(({ file, line }) => `${file}:${line}`)).toEqual([
    'data/measurements-north.csv:28',
    'data/measurements-north.csv:69',
    'data/measurements-north.csv:276',
    'data/measurements-south.csv:102',
  ]);
  const { columns } = readJson(join(folder, 'dataset/_dataset.json')) as { columns: { name: string }[] };
  expect(columns.map(({ name }) => name)).toEqual(
    [
      'id',
      'site',
      'measured_at',
      'mean_radius',
      'mean_texture',
      'mean_perimeter',
      'mean_area',
      'mean_smoothness',
    ].concat(['mean_compactness', 'mean_concavity', 'mean_concave_points', 'label']),
  );
  const spoiled = ['P0040', 'P0101', 'P0300', 'P0412'];
  const diagnoses = readFileSync(join(folder, 'data/diagnoses.jsonl'), 'utf8').trim().split('\n');
  const wanted = diagnoses
    .map((line) => JSON.parse(line) as { id: string; diagnosis: string })
    .filter(({ id }) => !spoiled.includes(id))
    .map(({ id, diagnosis }) => [id, diagnosis === 'benign' ? '1' : '0']);
  const found = await query(
    `SELECT id, label FROM read_parquet('${folder}/dataset/*/*.parquet') ORDER BY id`,
  );
  expect(found).toEqual(wanted);
});

test('Parquet files of one source may have their columns in any order; rows know their file', async () => {
  const folder = join(place, 'parquet');
  writeFiles(folder, {
    'pipeline.yaml':
      'name: two\nsources:\n  rows: { format: parquet, path: "*.parquet", lineage: true, columns: { n: BIGINT }, max-rejected: 1 }\n' +
      'steps: [{ name: told, sql: told.sql }]\nsink: { format: parquet, path: out, mode: replace }\n',
    'told.sql': 'SELECT id, n, _source_file AS file, _source_row AS row FROM rows',
  });
  await query(`COPY (SELECT 1 AS id, '5' AS n) TO '${folder}/a.parquet' (FORMAT parquet)`);
  await query(
    `COPY (SELECT '1.5' AS n, 2 AS id UNION ALL SELECT '7', 3) TO '${folder}/b.parquet' (FORMAT parquet)`,
  );
  await mustRun(folder, 'r1');
  expect(await datasetRows(join(folder, 'out'))).toEqual([
    [1, '5', 'a.parquet', '1'],
    [3, '7', 'b.parquet', '2'],
  ]);
  expect(rejectedRows(folder, 'r1', 'rows')).toMatchObject([
    { file: 'b.parquet', line: null, row: 1, reasons: [{ message: 'n: "1.5" is no BIGINT (type)' }] },
  ]);
  await query(`COPY (SELECT 1 AS id, '5' AS m) TO '${folder}/c.parquet' (FORMAT parquet)`);
  expect((await run(folder, 'r2')).err).toContain('c.parquet has no column "n", which a.parquet has');
  writeFiles(folder, { 'c.parquet': 'PAR1 cut off' });
  expect((await run(folder, 'r2')).err).toMatch(/c\.parquet/);
});
