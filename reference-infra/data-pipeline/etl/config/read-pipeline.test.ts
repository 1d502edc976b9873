import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../../test/support/scratch-folder.ts';
import { readPipeline } from './read-pipeline.ts';

const good = `name: orders
sources:
  orders: { format: csv, path: d.csv, watermark: at, lateness: 2 days, columns: { at: timestamp } }
steps:
  - { name: priced, sql: priced.sql }
  - { name: checked, validate: row.json, max-rejected: 0.5% }
sink: { format: parquet, path: out, mode: upsert, key: [id], partition-by: country }
limits: { memory: 1GiB, threads: 1 }
`;

function folderWith(yaml: string): string {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'pipeline.yaml'), yaml);
  writeFileSync(join(folder, 'priced.sql'), 'SELECT 1');
  writeFileSync(join(folder, 'row.json'), '{}');
  return folder;
}

/** Messages without the folder before them. */
function problemsOf(yaml: string): string[] {
  const folder = folderWith(yaml);
  try {
    readPipeline(folder);
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
      .replaceAll(`${folder}/`, '')
      .split('\n');
  }
  return [];
}

test('a pipeline is read as it is written', () => {
  const { name, sources, steps, sink, limits, digest } = readPipeline(folderWith(good));
  expect([name, limits]).toEqual(['orders', { memoryMebibytes: 1024, threads: 1 }]);
  expect(sources[0]).toMatchObject({
    watermark: { column: 'at', lateness: '2 days' },
    columns: new Map([['at', 'TIMESTAMP']]),
    maxRejected: { kind: 'rows', most: 0 },
  });
  expect(steps).toMatchObject([
    { kind: 'sql', name: 'priced' },
    { kind: 'validate', input: 'priced', maxRejected: { kind: 'share', most: 0.005 } },
  ]);
  expect(sink).toMatchObject({ input: 'checked', key: ['id'], partitionBy: ['country'] });
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('the digest is of the SQL and the schemas, too', () => {
  const folder = folderWith(good);
  const before = readPipeline(folder).digest;
  writeFileSync(join(folder, 'priced.sql'), 'SELECT 2');
  expect(readPipeline(folder).digest).not.toBe(before);
});

test('all mistakes are told at once, each with its line and the nearest name', () => {
  const yaml = `name: Orders
souces: {}
sources:
  orders:
    format: csw
  lines:
    format: csv
    pth: d.csv
    columns: { at: TIMESTAMPP }
    max-rejected: some
    lateness: 2 days
steps:
  - { name: priced, sql: pricd.sql }
  - { name: checked, validate: row.json, input: pricd }
  - { name: checked, sql: priced.sql }
sink: { format: parquet, path: out, mode: append, key: id }
`;
  expect(problemsOf(yaml)).toEqual([
    'pipeline.yaml:2: the pipeline: unknown key "souces"; allowed: name, sources, steps, sink, limits; did you mean "sources"?',
    'pipeline.yaml:1: name "Orders": names are lower-case letters, digits and _, at most 63, and begin with no digit',
    'pipeline.yaml:5: source orders: format is "csw"; allowed: csv, tsv, jsonl, json, parquet, postgres; did you mean "csv"?',
    expect.stringMatching(
      /^pipeline.yaml:8: source lines: unknown key "pth"; allowed: .*; did you mean "path"\?$/,
    ),
    expect.stringMatching(
      /^pipeline.yaml:9: source lines: column "at" has type "TIMESTAMPP"; allowed: BIGINT, /,
    ),
    'pipeline.yaml:10: source lines: max-rejected is "some"; allowed: a number of rows such as 10, or a share such as 0.5%',
    'pipeline.yaml:11: source lines: lateness without a watermark',
    'pipeline.yaml:6: source lines: path is missing',
    'pipeline.yaml:13: step priced: sql: pricd.sql does not exist; did you mean "priced.sql"?',
    'pipeline.yaml:14: step checked: input "pricd" is neither a source nor an earlier step; allowed: lines, priced; did you mean "priced"?',
    'pipeline.yaml:15: step checked: an earlier step is called so, too',
    'pipeline.yaml:16: sink: key is for mode upsert, not for append',
    expect.stringMatching(/^pipeline.yaml:16: sink: mode append would write all rows again in each run/),
  ]);
});

test.each([
  ['', 'pipeline.yaml:1: a map with name, sources and sink is expected'],
  ['name: [', /^pipeline\.yaml:1: /],
  ['name: a\nname: b', /^pipeline\.yaml:2: .*unique/],
  [good.replace('priced.sql', '../priced.sql'), /lies outside the pipeline's folder$/],
  [
    good.replace('mode: upsert, key: [id]', 'mode: replace'),
    /mode replace would keep nothing but the last increment/,
  ],
  [good.replace(', key: [id]', ''), /mode upsert needs key/],
  [good.replace('1GiB', '64MiB'), /limits\.memory is "64MiB"; allowed: 128MiB or more/],
  [good.replace('name: priced', 'name: orders'), /step orders: a source is called so, too/],
  [good.replace('sql: priced.sql', 'sql: priced.sql, validate: row.json'), /either sql, a file, or validate/],
])('a mistake is one line: %#', (yaml, message) => {
  const problems = problemsOf(yaml);
  expect(problems).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
});

test('a URL where the name of a variable belongs is not repeated', () => {
  const yaml = good.replace(
    /sink: .*/,
    'sink: { format: postgres, table: t, key: id, url-env: "postgresql://u:secret@h/d" }',
  );
  const [problem, ...others] = problemsOf(yaml);
  expect(others).toEqual([]);
  expect(problem).toBe('pipeline.yaml:7: sink: url-env must be the name of an environment variable');
});

test('a folder without a pipeline, and files that are none', () => {
  const folder = scratchFolder();
  expect(() => readPipeline(folder)).toThrow('a pipeline is a folder with pipeline.yaml in it');
  const other = folderWith(good.replace('row.json', 'sub'));
  mkdirSync(join(other, 'sub'));
  expect(() => readPipeline(other)).toThrow('validate: sub is no file');
});
