import { existsSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openTable } from '../open.ts';
import { leftBehind, useFolder } from '../testing.ts';
import { SqlEngine } from './engine.ts';
import { useEngine, writeParquet } from './testing.ts';

const folder = useFolder();
const engine = useEngine();

describe('results', () => {
  it('are plain values, exact', async () => {
    const sql = `SELECT NULL, true, 1::INTEGER, 0.5::DOUBLE, 9007199254740993::BIGINT, 2::HUGEINT, 1.10::DECIMAL(20,2),
      DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03.004', TIMESTAMPTZ '2024-02-29 01:00:00+02', TIME '01:02:03',
      [1, NULL], 'é', 'nan'::DOUBLE, count(*)`;
    expect(await engine.get().rows(sql)).toEqual([
      [
        null,
        true,
        1,
        0.5,
        9007199254740993n,
        2n,
        '1.10',
        '2024-02-29',
        '2024-02-29 01:02:03.004',
        '2024-02-28 23:00:00+00',
        '01:02:03',
        [1, null],
        'é',
        Number.NaN,
        1n,
      ],
    ]);
  });

  it('are streamed in parts, in order where the query orders, and may be left early', async () => {
    const sizes: number[] = [];
    let next = 0n;
    for await (const rows of engine.get().stream('SELECT i FROM range(10000) t(i) ORDER BY i')) {
      sizes.push(rows.length);
      for (const [value] of rows) expect(value).toBe(next++);
    }
    expect(next).toBe(10_000n);
    expect(sizes.length).toBeGreaterThan(1);
    for await (const _ of engine.get().stream('SELECT i FROM range(100000000) t(i)')) break;
    expect(await engine.get().rows('SELECT 1')).toEqual([[1]]);
  });

  it('are described without being computed', async () => {
    expect(await engine.get().describe('SELECT 1 = 1 AS a, sum(i) FROM range(1000000000000) t(i)')).toEqual([
      { name: 'a', type: 'BOOLEAN' },
      { name: 'sum(i)', type: 'HUGEINT' },
    ]);
  });

  it('of a failing query tell why', async () => {
    const path = await folder.write('texts.csv', 'v\nabc\n');
    const { from } = await engine.load([path], ['v']);
    await expect(engine.get().rows(`SELECT c9 FROM ${from}`)).rejects.toMatchObject({
      name: 'RunError',
      message: expect.stringMatching(/^the query cannot be run: Binder Error: .*"c9" not found/),
    });
    await expect(engine.get().rows(`SELECT * FROM ${from} WHERE c0 > 1`)).rejects.toThrow(
      'the query cannot be run: Binder Error: Cannot compare values of type VARCHAR and type INTEGER_LITERAL',
    );
    await expect(engine.get().rows('SELECT (')).rejects.toThrow('the query cannot be run: syntax error');
  });

  it('may be asked for at once, while other files are loaded', async () => {
    const path = await writeParquet(folder.path('late.parquet'), 'SELECT i AS v FROM range(10) t(i)');
    const table = await engine.open(path);
    const asked = Array.from({ length: 5 }, (_, n) =>
      engine.get().rows(`SELECT ${n} + count(*) FROM range(100000)`),
    );
    const relation = await engine.get().load([table], ['v']);
    expect(await Promise.all(asked)).toEqual([0, 1, 2, 3, 4].map((n) => [[BigInt(100_000 + n)]]));
    expect(await engine.get().rows(`SELECT sum(c0) FROM ${relation.from}`)).toEqual([[45n]]);
  });
});

describe('a locked engine', () => {
  it.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "WITH x AS (SELECT * FROM read_blob('/etc/passwd')) SELECT 1 WHERE EXISTS (FROM x)",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('duckdb_settings')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/log')",
    "CALL enable_logging(storage = 'file', storage_path = '{folder}/log')",
    'SELECT * FROM enable_profiling()',
    'SELECT * FROM force_checkpoint()',
    'SELECT * FROM duckdb_settings()',
    'SELECT * FROM duckdb_secrets()',
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{file}'",
    "COPY r0_rows FROM '/etc/passwd'",
    "ATTACH '{folder}/out.db'",
    "EXPORT DATABASE '{folder}/out'",
    'INSTALL httpfs',
    'LOAD httpfs',
    'PRAGMA database_list',
    "PRAGMA enable_profiling = 'json'",
    'SET enable_external_access = true',
    "SET memory_limit = '100GB'",
    'RESET lock_configuration',
    'SHOW TABLES',
    'DESCRIBE SELECT 1',
    'EXPLAIN ANALYZE SELECT 1',
    'CREATE TABLE x (i INTEGER)',
    'DROP TABLE r0_rows',
    'DELETE FROM r0_rows',
    'INSERT INTO r0_rows VALUES (1)',
    'WITH x AS (DELETE FROM r0_rows RETURNING *) SELECT * FROM x',
    'BEGIN TRANSACTION',
    'CHECKPOINT',
    'SELECT 1; SELECT 2',
    'SELECT 1; DROP TABLE r0_rows',
    'PREPARE x AS SELECT 1',
    'SELECT ?',
    '',
    ';',
    '-- nothing',
    'SELECT \0',
  ])('refuses %s', async (template) => {
    const file = await folder.write('secret.csv', 'a\n1\n');
    const sql = template.replaceAll('{file}', file).replaceAll('{folder}', folder.path(''));
    const { load, get } = engine;
    const { from } = await load([file], ['a']);
    await expect(get().rows(sql)).rejects.toMatchObject({ name: 'RunError' });
    await expect(get().describe(sql)).rejects.toMatchObject({ name: 'RunError' });
    await expect(get().stream(sql)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      name: 'RunError',
    });
    expect(await get().rows(`SELECT * FROM ${from}`)).toEqual([[0, 0n, 1n]]);
    for (const name of ['out.csv', 'out.db', 'out', 'log']) expect(existsSync(folder.path(name))).toBe(false);
  });

  it('reads Parquet under names that are patterns or lead elsewhere, and that file only', async () => {
    const target = await writeParquet(folder.path('target.parquet'), 'SELECT 1 AS v');
    await symlink(target, folder.path('*.parquet'));
    const relation = await engine.load([folder.path('*.parquet')], ['v']);
    expect(relation.rows).toBe(1);
  });

  it('leaves nothing on disk', async () => {
    const path = await folder.write('rows.csv', 'v\n1\n');
    const left = await leftBehind(async () => {
      const own = await SqlEngine.open();
      await own.load([await openTable(path)], ['v']);
      expect(await readdir(tmpdir())).toEqual([expect.stringMatching(/^ml-gates-/)]);
      await own.close();
    });
    expect(left).toEqual([]);
  });
});
