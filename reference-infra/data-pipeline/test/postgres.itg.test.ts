/** A real PostgreSQL as source and as sink: each source into each sink, kills around the commit, servers that are not there. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../test/support/postgres-server.ts';
import { query as duckQuery, mustRun, rejectedRows, rowSchema, run, writeFiles } from './support.ts';

let server: PostgresServer;
let place = '';
let environment: NodeJS.ProcessEnv = {};
beforeAll(async () => {
  server = await startPostgres();
  place = mkdtempSync(join(tmpdir(), 'pipeline postgres-'));
  environment = { DATABASE_URL: server.url };
});
afterAll(async () => {
  rmSync(place, { recursive: true, force: true });
  await server?.stop();
});

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Texts that break what is quoted by hand. */
const awkward = ['plain', 'a "quoted", text', "it's", 'two\nlines', ' \\N ', '', null];
const rows = awkward.map((note, index) => ({
  id: index + 1,
  note,
  score: index === 3 ? null : index / 8,
  good: index % 2 === 0,
}));
const cell = (value: unknown): string =>
  value === null ? '' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value);
const literal = (value: unknown): string =>
  value === null ? 'NULL' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

async function makeSource(kind: string, folder: string): Promise<string> {
  switch (kind) {
    case 'csv':
      writeFiles(folder, {
        'd.csv': `id,"the ""note""",score,good\n${rows.map((row) => Object.values(row).map(cell).join(',')).join('\n')}\n`,
      });
      return 'format: csv\n    path: d.csv\n    columns: { \'the "note"\': VARCHAR }';
    case 'jsonl':
      writeFiles(folder, {
        'd.jsonl': rows
          .map(({ note, ...row }) => `${JSON.stringify({ ...row, 'the "note"': note })}\n`)
          .join(''),
      });
      return 'format: jsonl\n    path: d.jsonl';
    case 'parquet': {
      const values = rows.map((row) => `(${Object.values(row).map(literal).join(', ')})`).join(', ');
      const target = join(folder, 'd.parquet').replaceAll("'", "''");
      writeFiles(folder, { '.keep': '' });
      await duckQuery(
        `COPY (SELECT CAST(id AS BIGINT) AS id, n AS "the ""note""", CAST(s AS DOUBLE) AS score, good FROM (VALUES ${values}) t(id, n, s, good)) TO '${target}' (FORMAT parquet)`,
      );
      return 'format: parquet\n    path: d.parquet';
    }
    default: {
      await query('DROP TABLE IF EXISTS "odd.table"');
      await query(
        'CREATE TABLE "odd.table" (id bigint, "the ""note""" text, score double precision, good boolean)',
      );
      for (const row of rows)
        await query(`INSERT INTO "odd.table" VALUES (${Object.values(row).map(literal).join(', ')})`);
      return 'format: postgres\n    table: \'"odd.table"\'';
    }
  }
}

const sinks = {
  parquet: 'format: parquet\n  path: out\n  mode: replace\n  partition-by: good',
  postgres: 'format: postgres\n  table: target\n  key: id',
};

/** As each sink gives them back, the empty text of CSV aside, which is a missing cell there. */
function expected(source: string): unknown[][] {
  return rows.map(({ id, note, score, good }) => [
    String(id),
    source === 'csv' && note === '' ? null : note,
    score,
    good,
  ]);
}

const pairs = ['csv', 'jsonl', 'parquet', 'postgres'].flatMap((source) =>
  (['parquet', 'postgres'] as const).map((sink) => [source, sink] as const),
);

test.each(pairs)('%s into %s keeps every value', async (source, sink) => {
  const folder = join(place, `${source} into 'the' ${sink} [1]`);
  const given = await makeSource(source, folder);
  writeFiles(folder, {
    'pipeline.yaml': `name: copy\nsources:\n  rows:\n    ${given}\nsteps:\n  - name: same\n    sql: same.sql\nsink:\n  ${sinks[sink]}\n`,
    'same.sql': 'SELECT id, "the ""note""", score, good FROM rows; -- all of it',
  });
  await query('DROP TABLE IF EXISTS target, data_pipeline_runs');
  const manifest = await mustRun(folder, 'r1', { environment });
  expect(manifest.sources[0]?.rows).toEqual({ read: 7, earlier: 0, rejected: 0, out: 7 });
  if (sink === 'parquet') {
    const found = await duckQuery(
      `SELECT id, "the ""note""", score, CAST(good AS BOOLEAN) FROM read_parquet('${join(folder, 'out/**/*.parquet').replaceAll("'", "''").replaceAll('[1]', '[[]1[]]')}', hive_partitioning = true) ORDER BY id`,
    );
    expect(found).toEqual(expected(source));
  } else {
    const found = await query('SELECT * FROM target ORDER BY id');
    expect(found.map((row) => Object.values(row))).toEqual(expected(source));
    expect(manifest.output).toMatchObject({ inserted: 7, updated: 0 });
  }
});

/** Rows of `ledger` into `target`, by their time. */
async function makeIncrement(folder: string): Promise<void> {
  await query('DROP TABLE IF EXISTS events, target, data_pipeline_runs');
  await query('CREATE TABLE events (id int, amount numeric(10,2), at timestamptz)');
  await query(
    "INSERT INTO events VALUES (1, 1.10, '2026-01-01T00:00:00.000001Z'), (2, 2.20, '2026-01-02T00:00:00Z'), (3, -3, '2026-01-02T00:00:00Z')",
  );
  writeFiles(folder, {
    'pipeline.yaml':
      'name: events\nsources:\n  events:\n    format: postgres\n    table: events\n    watermark: at\n    schema: row.json\n    max-rejected: 50%\n' +
      'sink:\n  format: postgres\n  table: target\n  key: id\n',
    'row.json': rowSchema({ amount: { minimum: 0 } }),
  });
}

test('of a table only new rows are taken, late ones with the last value among them; the sink upserts', async () => {
  const folder = join(place, 'increment');
  await makeIncrement(folder);
  const first = await mustRun(folder, 'r1', { environment });
  expect(first.sources[0]?.rows).toEqual({ read: 3, earlier: 0, rejected: 1, out: 2 });
  expect(rejectedRows(folder, 'r1', 'events')).toMatchObject([
    { file: 'table events', line: null, reasons: [{ column: 'amount', rule: 'minimum' }], data: { id: 3 } },
  ]);
  await query("INSERT INTO events VALUES (4, 4, '2026-01-02T00:00:00Z'), (1, 9.99, '2026-01-03T00:00:00Z')");
  const second = await mustRun(folder, 'r2', { environment });
  expect(second.sources[0]?.rows).toEqual({ read: 4, earlier: 2, rejected: 0, out: 2 });
  expect(second.output).toMatchObject({ rows: 2, inserted: 1, updated: 1 });
  const third = await mustRun(folder, 'r3', { environment });
  expect(third.sources[0]?.rows).toEqual({ read: 1, earlier: 1, rejected: 0, out: 0 });
  expect(await query('SELECT id, amount::text FROM target ORDER BY id')).toEqual([
    { id: 1, amount: '9.99' },
    { id: 2, amount: '2.20' },
    { id: 4, amount: '4.00' },
  ]);
  expect(await run(folder, 'r2', { environment })).toMatchObject({
    code: 0,
    out: expect.stringContaining('nothing was done'),
  });
});

test.each([
  ['before the transaction', false],
  ['before the commit', false],
  ['after the commit', true],
  ['before writing manifest.json', true],
])('killed %s, the rows are there: %s; taken up again, each is there once', async (point, isThere) => {
  const folder = join(place, `killed ${point}`);
  await makeIncrement(folder);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-run.ts'), folder, 'r1', point], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  const count = async (): Promise<number> => Number((await query('SELECT count(*) AS n FROM target'))[0]?.n);
  const [table] = await query("SELECT to_regclass('target') AS name");
  expect(table?.name === null ? 0 : await count()).toBe(isThere ? 2 : 0);
  const manifest = await mustRun(folder, 'r1', { environment });
  expect(manifest.output).toEqual({ format: 'postgres', table: 'target', rows: 2, inserted: 2, updated: 0 });
  expect(await count()).toBe(2);
  expect(await query('SELECT run_id, row_count FROM data_pipeline_runs')).toEqual([
    { run_id: 'r1', row_count: '2' },
  ]);
});

test('a server that stops in the middle of a load leaves nothing, and says which it was', async () => {
  const folder = join(place, 'down');
  await makeIncrement(folder);
  const killed = await run(folder, 'r1', {
    environment,
    onPoint: (point) => {
      if (point === 'rows are copied')
        void query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'data-pipeline'",
        );
      if (point === 'rows are copied') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    },
  });
  // The server may be quicker than its own end: then the run is finished, and whole.
  if (killed.code !== 0) expect(killed.err).toMatch(/^PostgreSQL at 127\.0\.0\.1:\d+\/\S+: /);
  await mustRun(folder, 'r1', { environment });
  expect(await query('SELECT id FROM target ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});

const password = 'hunter2-secret';

test.each([
  ['', 'DATABASE_URL is not set'],
  [`mysql://u:${password}@h/d`, 'DATABASE_URL must begin with postgresql://, not mysql:'],
  [
    `postgresql://u:${password}@127.0.0.1:1/d`,
    /^DATABASE_URL: PostgreSQL at 127\.0\.0\.1:1\/d: .*ECONNREFUSED/,
  ],
  [`postgresql://u:${password}@h/d?sslmode=requird`, 'has sslmode "requird"; allowed: disable, prefer'],
])('a database that cannot be had is one clear error without the password: %s', async (url, message) => {
  const folder = join(place, 'unreachable');
  await makeIncrement(folder);
  const { code, err } = await run(folder, 'r1', { environment: url === '' ? {} : { DATABASE_URL: url } });
  expect(code).toBe(1);
  expect(err).toMatch(message instanceof RegExp ? message : new RegExp(message.replaceAll(/[.?]/g, '\\$&')));
  expect(err).not.toContain(password);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('a wrong password is said by the server, and is nowhere on the disk', async () => {
  const folder = join(place, 'password');
  await makeIncrement(folder);
  await query('DROP ROLE IF EXISTS loader');
  await query(`CREATE ROLE loader LOGIN PASSWORD 'right'`);
  const url = new URL(server.url);
  url.username = 'nobody_of_that_name';
  url.password = password;
  const { code, err } = await run(folder, 'r1', { environment: { DATABASE_URL: url.href } });
  expect([code, err]).toEqual([1, expect.stringMatching(/nobody_of_that_name/)]);
  expect(err).not.toContain(password);
  expect(readFileSync(join(folder, '.runs/runs/r1/journal.jsonl'), 'utf8')).not.toContain(password);
});

test('tables and columns that are not there are told with the nearest name, before any row is read', async () => {
  const folder = join(place, 'names');
  await makeIncrement(folder);
  const yaml = readFileSync(join(folder, 'pipeline.yaml'), 'utf8');
  writeFiles(folder, { 'pipeline.yaml': yaml.replace('table: events', 'table: evnts') });
  expect((await run(folder, 'r1', { environment })).err).toBe(
    'pipeline.yaml:3: source events: there is no table "evnts"; did you mean "events"?\n',
  );
  writeFiles(folder, { 'pipeline.yaml': yaml.replace('watermark: at', 'watermark: att') });
  expect((await run(folder, 'r1', { environment })).err).toContain(
    'watermark names "att", which is no column; did you mean "at"?',
  );
  await query('CREATE TABLE target (id int, amont numeric, at timestamptz)');
  writeFiles(folder, { 'pipeline.yaml': yaml });
  expect((await run(folder, 'r1', { environment })).err).toContain('did you mean "amont"?');
  await query('DROP TABLE target; CREATE TABLE target (id int, amount numeric, at timestamptz)');
  expect((await run(folder, 'r1', { environment })).err).toContain('has no unique index on id');
});

test('rows with the same key are refused before the transaction', async () => {
  const folder = join(place, 'keys');
  await makeIncrement(folder);
  await query("INSERT INTO events VALUES (2, 7, '2026-01-02T00:00:00Z')");
  const { err } = await run(folder, 'r1', { environment });
  expect(err).toContain(
    'sink: 1 keys stand in several rows of events, first id = 2; which of them is to stay?',
  );
});
