/** What a run does with what it is given: increments, rejected rows, changes, and input that means no good. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  datasetRows,
  filesIn,
  mustRun,
  query,
  readJson,
  rejectedRows,
  rowSchema,
  run,
  writeFiles,
} from './support.ts';

let place = '';
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'pipeline-runs-'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

let folders = 0;
function folderWith(files: Readonly<Record<string, string>>): string {
  folders += 1;
  const folder = join(place, `it's "folder" ${folders}`);
  writeFiles(folder, files);
  return folder;
}

const replaceSink = 'sink: { format: parquet, path: out, mode: replace }\n';
const csvPipeline = (more = '', sink = replaceSink): string =>
  `name: rows\nsources:\n  rows:\n    format: csv\n    path: data/*.csv\n${more}${sink}`;

async function ids(folder: string): Promise<unknown[]> {
  return (await datasetRows(join(folder, 'out'))).map(([id]) => id);
}

test('an increment takes late rows of the last value, and of equal rows those that are new', async () => {
  const append = 'sink: { format: parquet, path: out, mode: append }\n';
  const folder = folderWith({
    'pipeline.yaml': csvPipeline('    watermark: day\n    columns: { day: DATE }\n', append),
    'data/a.csv': 'id,day\na,2026-01-01\nb,2026-01-02\nb,2026-01-02\n',
  });
  await mustRun(folder, 'r1');
  // The same row twice more, one late on the last day, one before it, one after it.
  writeFiles(folder, { 'data/b.csv': 'id,day\nb,2026-01-02\nc,2026-01-02\nd,2026-01-01\ne,2026-01-03\n' });
  const second = await mustRun(folder, 'r2');
  expect(second.sources[0]).toMatchObject({
    rows: { read: 7, earlier: 4, rejected: 0, out: 3 },
    watermark: { low: '2026-01-02', high: '2026-01-03' },
  });
  expect(second).toMatchObject({ parent: 'r1', output: { rows: 3, totalRows: 6 } });
  expect(await ids(folder)).toEqual(['a', 'b', 'b', 'b', 'c', 'e']);
  expect((await mustRun(folder, 'r3')).sources[0]?.rows).toEqual({
    read: 7,
    earlier: 7,
    rejected: 0,
    out: 0,
  });
});

test('lateness reaches below the last value', async () => {
  const append = 'sink: { format: parquet, path: out, mode: append }\n';
  const folder = folderWith({
    'pipeline.yaml': csvPipeline('    watermark: n\n    lateness: 5\n', append),
    'data/a.csv': 'id,n\na,1\nb,10\n',
  });
  await mustRun(folder, 'r1');
  writeFiles(folder, { 'data/b.csv': 'id,n\nlate,5\ntoo late,4\nc,12\n' });
  expect((await mustRun(folder, 'r2')).sources[0]?.rows).toEqual({
    read: 5,
    earlier: 3,
    rejected: 0,
    out: 2,
  });
  expect(await ids(folder)).toEqual(['a', 'b', 'c', 'late']);
});

test('a rejected row of the year 2999 hides nothing, and no row is set aside twice', async () => {
  const append = 'sink: { format: parquet, path: out, mode: append }\n';
  const more = '    watermark: day\n    columns: { day: DATE, n: INTEGER }\n    max-rejected: 3\n';
  const folder = folderWith({
    'pipeline.yaml': csvPipeline(more, append),
    'data/a.csv': 'id,day,n\na,2026-01-01,1\nbad,2999-01-01,x\nno day,,2\ncut\n',
  });
  await mustRun(folder, 'r1');
  expect(
    rejectedRows(folder, 'r1', 'rows').map(({ line, text, reasons }) => [line, text, reasons[0]?.rule]),
  ).toEqual([
    [3, 'bad,2999-01-01,x', 'type'],
    [4, 'no day,,2', 'watermark'],
    [5, 'cut', 'fields'],
  ]);
  writeFiles(folder, { 'data/b.csv': 'id,day,n\nb,2026-01-02,1\ncut\n' });
  const second = await mustRun(folder, 'r2');
  expect(second.sources[0]?.rows).toEqual({ read: 6, earlier: 4, rejected: 1, out: 1 });
  expect(rejectedRows(folder, 'r2', 'rows')).toMatchObject([{ line: 3, file: 'data/b.csv', text: 'cut' }]);
});

test('mixed line ends, quoted newlines, odd names and numbers: values and lines are right', async () => {
  const folder = folderWith({
    'pipeline.yaml': csvPipeline(
      '    max-rejected: 1\n    lineage: true\n    columns: { "a ""b"" c": BIGINT }\n'.replace(
        '"a ""b"" c"',
        '\'a "b" c\'',
      ),
    ).replace(
      replaceSink,
      `steps:\n  - { name: kept, sql: kept.sql }\n  - { name: good, validate: row.json, max-rejected: 1 }\n${replaceSink}`,
    ),
    'kept.sql': 'SELECT * FROM rows WHERE "a ""b"" c" <> 5',
    'row.json': rowSchema({ 'a "b" c': { maximum: 9 }, text: { type: 'string' } }).replace(
      '{',
      '{"additionalProperties": false,',
    ),
    'data/a.csv': '"a ""b"" c",text\r\n1,"x\r\ny"\n2,z\r\n12.7,w\r\n007,"ü ""q"""\r\n99,v',
  });
  const manifest = await mustRun(folder, 'r1');
  expect(await datasetRows(join(folder, 'out'))).toEqual([
    ['1', 'x\r\ny'],
    ['2', 'z'],
    ['7', 'ü "q"'],
  ]);
  expect(rejectedRows(folder, 'r1', 'rows')).toMatchObject([
    {
      file: 'data/a.csv',
      line: 5,
      row: 3,
      reasons: [{ message: 'a "b" c: "12.7" is no BIGINT (type)' }],
    },
  ]);
  expect(rejectedRows(folder, 'r1', 'good')).toMatchObject([
    { file: 'data/a.csv', row: 5, reasons: [{ rule: 'maximum' }] },
  ]);
  expect(manifest.steps.map(({ rows, inputs }) => [rows, inputs])).toEqual([
    [{ in: 4, out: 4, rejected: 0 }, { rows: 4 }],
    [{ in: 4, out: 3, rejected: 1 }, { kept: 4 }],
  ]);
});

test('a run with too many rejected rows ends with the first of them, and changes nothing', async () => {
  const folder = folderWith({
    'pipeline.yaml': csvPipeline('    schema: row.json\n    max-rejected: 50%\n'),
    'row.json': rowSchema({ n: { type: 'integer', minimum: 10 } }),
    'data/a.csv': 'id,n\na,1\nb,2\nc,3\nd,x\n',
  });
  const { code, err } = await run(folder, 'r1');
  expect(code).toBe(1);
  expect(err.split('\n').slice(0, 3)).toEqual([
    'source rows: 4 of 4 rows are rejected; max-rejected is 50%',
    '  data/a.csv:2: n: 1 is less than 10 (minimum)',
    '  data/a.csv:3: n: 2 is less than 10 (minimum)',
  ]);
  expect(filesIn(folder).filter((name) => name.endsWith('rejected.jsonl'))).toEqual([
    '.runs/runs/r1/rejected.jsonl',
  ]);
  expect(existsSync(join(folder, 'out'))).toBe(false);
  writeFiles(folder, { 'data/a.csv': 'id,n\na,11\n' });
  expect((await mustRun(folder, 'r1')).sources[0]?.rows).toMatchObject({ read: 1, out: 1 });
});

test('a finished run says what has changed since, and does nothing', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id\na\n' });
  await mustRun(folder, 'r1');
  expect((await run(folder, 'r1')).out).toContain('its inputs are the same, nothing was done');
  writeFiles(folder, { 'data/a.csv': 'id\nb\n', 'data/b.csv': 'id\nc\n' });
  const { code, err } = await run(folder, 'r1');
  expect(code).toBe(1);
  expect(err).toMatch(
    /^run r1 was finished at .*Z, and since then has changed:\n {2}data\/a\.csv was sha256:\w{12}… and is sha256:\w{12}…\n {2}data\/b\.csv is new\ntake another run id to process this\n$/,
  );
  expect(await ids(folder)).toEqual(['a']);
  expect(await mustRun(folder, 'r2')).toMatchObject({ output: { rows: 2, replaced: 1, totalRows: 2 } });
  expect(filesIn(join(folder, 'out'))).toEqual(['_dataset.json', 'r2-0.parquet']);
});

test('columns that change between runs stop the run until that is accepted', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id,n\na,1\n' });
  await mustRun(folder, 'r1');
  writeFiles(folder, { 'data/a.csv': 'id,n\na,x\n' });
  expect((await run(folder, 'r2')).err).toContain(
    'source rows: column "n" is VARCHAR and was BIGINT in run r1',
  );
  expect((await run(folder, 'r2', { args: ['--accept-schema-change'] })).code).toBe(0);
});

test('SQL is checked before any row is read: file, line and what is near, all at once', async () => {
  const folder = folderWith({
    'pipeline.yaml': csvPipeline().replace(
      replaceSink,
      'steps:\n  - { name: a, sql: a.sql }\n  - { name: b, sql: b.sql }\nsink: { format: parquet, path: out, mode: replace, input: rows, partition-by: contry }\n',
    ),
    'a.sql': 'SELECT id,\n  nam\nFROM rows',
    'b.sql': 'SELECT 1',
    'data/a.csv': 'id,name,country\na,b,c\n',
  });
  const { err } = await run(folder, 'r1');
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^a\.sql:2: Binder Error: Referenced column "nam" not found in FROM clause!; Candidate bindings: "name"/,
    ),
    'pipeline.yaml:9: sink: partition-by names "contry", which is no column of rows; did you mean "country"?',
  ]);
});

test.each([
  ['SELECT *\nFORM rows', /^a\.sql:2: syntax error at or near "rows"/],
  ['', /^a\.sql: the file is empty/],
  ['-- nothing', /^a\.sql: the file is empty/],
  ['SELECT 1; SELECT 2', /^a\.sql: one SELECT is expected, not 2 statements/],
  ['DROP TABLE rows', /^a\.sql: a step is one SELECT/],
  ['SELECT id,\n random() AS r FROM rows', /^a\.sql:2: random\(\) gives something else each time/],
  ['SELECT current_timestamp AS t FROM rows', /^a\.sql:1: \S+ gives something else each time/],
  ['SELECT * FROM rows TABLESAMPLE 10%', /gives something else each time/],
  ["SELECT * FROM read_csv('/etc/passwd')", /^a\.sql:1: read_csv\(\) is no source/],
  ["SELECT * FROM '/etc/passwd'", /^a\.sql:1: no table "\/etc\/passwd"/],
  ['SELECT * FROM row', /^a\.sql:1: no table "row"; there are rows; did you mean "rows"\?/],
  ['SELECT id, id AS ID FROM rows', /two columns are called/],
  [
    'SELECT CAST(id AS BIGINT) AS id FROM rows',
    /^a\.sql: Conversion Error: Could not convert string 'a' to INT64/,
  ],
])('SQL that cannot be a step: %s', async (sql, message) => {
  const folder = folderWith({
    'pipeline.yaml': csvPipeline().replace(replaceSink, `steps: [{ name: a, sql: a.sql }]\n${replaceSink}`),
    'a.sql': sql,
    'data/a.csv': 'id\na\n',
  });
  const { code, err } = await run(folder, 'r1');
  expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test.each([
  [{ 'data/a.csv': 'id,n\n' }, 'source rows: data/a.csv has no rows'],
  [{ 'data/a.csv': 'id,ID\na,b\n' }, 'differ in nothing but case'],
  [
    { 'data/a.csv': 'id\na\n', 'data/b.csv': 'id,n\na,1\n' },
    'data/b.csv has a column "n", which data/a.csv has not',
  ],
  [{ 'data/a.csv': '_row\n1\n' }, 'column "_row": the pipeline itself uses this name'],
  [{ 'data/a.txt': '' }, 'pipeline.yaml:3: source rows: '],
])('sources that are none: %j', async (files, message) => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), ...files });
  expect((await run(folder, 'r1')).err).toContain(message);
});

test('a sum beyond 64 bits is an error, not a rounded number', async () => {
  const folder = folderWith({
    'pipeline.yaml': csvPipeline().replace(replaceSink, `steps: [{ name: a, sql: a.sql }]\n${replaceSink}`),
    'a.sql': 'SELECT sum(n) AS n FROM rows',
    'data/a.csv': 'n\n9007199254740990\n9007199254740990\n1\n',
  });
  await mustRun(folder, 'r1');
  expect(await datasetRows(join(folder, 'out'))).toEqual([['18014398509481981']]);
  writeFiles(folder, { 'a.sql': 'SELECT sum(n * 1000) AS n FROM rows' });
  expect((await run(folder, 'r2')).err).toMatch(/^a\.sql: (Conversion|Out of Range) Error: .*INT64/);
});

test('upsert replaces rows wherever they stand, partitions with odd and missing values among them', async () => {
  const sink = 'sink: { format: parquet, path: out, mode: upsert, key: id, partition-by: [p] }\n';
  const folder = folderWith({
    'pipeline.yaml': csvPipeline('', sink),
    'data/a.csv': 'id,p,v\n1,a/b c=%,1\n2,,2\n3,x,3\n',
  });
  await mustRun(folder, 'r1');
  writeFiles(folder, { 'data/a.csv': 'id,p,v\n1,x,10\n2,,20\n' });
  const manifest = await mustRun(folder, 'r2');
  expect(manifest.output).toMatchObject({ rows: 2, replaced: 2, totalRows: 3 });
  const { files } = readJson(join(folder, 'out/_dataset.json')) as {
    files: { path: string; partition: unknown }[];
  };
  expect(files.map(({ partition }) => partition)).toEqual([{ p: null }, { p: 'x' }, { p: 'x' }]);
  expect(filesIn(join(folder, 'out'))).toEqual(['_dataset.json', ...files.map(({ path }) => path)]);
  const list = files.map(({ path }) => `'${join(folder, 'out', path).replaceAll("'", "''")}'`).join(', ');
  expect(
    await query(`SELECT id, v FROM read_parquet([${list}], hive_partitioning = false) ORDER BY id`),
  ).toEqual([
    ['1', '10'],
    ['2', '20'],
    ['3', '3'],
  ]);
  writeFiles(folder, { 'data/a.csv': 'id,p,v\n1,x,1\n1,y,2\n' });
  expect((await run(folder, 'r3')).err).toContain(
    'sink: 1 keys stand in several rows of rows, first id = "1"',
  );
});

test('two runs at once: the second says who is at work, and a finished one holds nothing', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id\na\n' });
  const script = join(import.meta.dirname, '../etl/run-pipeline.ts');
  const others: string[] = [];
  await mustRun(folder, 'r1', {
    onPoint: (point) => {
      // This process stands still meanwhile, with its lock held.
      if (point !== 'before writing _dataset.json') return;
      const args = [script, folder, '--run-id', 'r2'];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
      others.push(`${status} ${stderr}`);
    },
  });
  expect(others).toEqual([
    expect.stringMatching(
      new RegExp(
        `^1 another run is at work in .*: run r1, process ${process.pid} on \\S+, since .*Z; wait for it to end\n$`,
      ),
    ),
  ]);
  expect(await mustRun(folder, 'r2')).toMatchObject({ parent: 'r1' });
});

test('a folder of runs that cannot be written is one line', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id\na\n' });
  // Root may write everywhere but below a file.
  const { err } = await run(folder, 'r1', { args: ['--state', join(folder, 'data/a.csv/runs')] });
  expect(err).toMatch(/^the folder of runs, .*, cannot be made: ENOTDIR: .*\n$/);
});

test('a disk that is full ends the run with a reason, and the run is finished once there is room', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id\na\n' });
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const { code, err } = await run(folder, 'r1', {
    onPoint: (point) => {
      if (point === 'half way writing _dataset.json') throw full;
    },
  });
  expect([code, err]).toEqual([1, 'the disk is full: ENOSPC: no space left on device, write\n']);
  await mustRun(folder, 'r1');
  expect(await ids(folder)).toEqual(['a']);
});

test('a file where a folder is needed, and a folder of somebody else, are left alone', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id\na\n', out: 'a file' });
  expect((await run(folder, 'r1')).err).toMatch(/ENOTDIR|a file stands where a folder is needed/);
  rmSync(join(folder, 'out'));
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out/mine.txt'), '');
  expect((await run(folder, 'r1')).err).toContain('out holds mine.txt and no _dataset.json');
  expect(filesIn(join(folder, 'out'))).toEqual(['mine.txt']);
});

test.each([
  [[], 'one folder with a pipeline is expected'],
  [['x', '--run-idd', 'a'], 'unknown option "--run-idd"; did you mean --run-id?'],
])('arguments that are none: %j', async (args, message) => {
  const { main } = await import('../etl/cli.ts');
  let err = '';
  const world = {
    environment: {},
    out: { write: () => {} },
    err: { write: (text: string) => (err += text) },
  };
  expect(await main(args, world)).toBe(1);
  expect(err).toContain(message);
});

test('a run id is a name', async () => {
  const folder = folderWith({ 'pipeline.yaml': csvPipeline(), 'data/a.csv': 'id\na\n' });
  expect((await run(folder, '../up')).err).toContain('run id "../up"; allowed: letters, digits');
});
