import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../../../core/tables/index.ts';
import { ColumnAccumulator } from '../../profile/column.ts';
import type { ColumnProfile } from '../../types.ts';
import { ParquetScan } from './parquet-scan.ts';
import { writeParquet } from './testing.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stored-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(sql: string, rowGroup?: number): Promise<string> {
  const path = join(folder, `${files++}.parquet`);
  await writeParquet(path, sql, rowGroup);
  return path;
}

/** As the engine describes the columns; null: it does not. */
async function byEngine(...paths: string[]): Promise<Map<string, ColumnProfile> | null> {
  const scan = await ParquetScan.open(paths, null);
  if (scan === null) return null;
  const rows = await rowsOf(paths);
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const described = await scan.describe(names);
  await scan.close();
  return new Map([...described].map(([name, column]) => [name, column.finish(name, rows.length, null, 0)]));
}

/** As the threads describe the values of `readRows`. */
async function byThreads(...paths: string[]): Promise<Map<string, ColumnProfile>> {
  const rows = await rowsOf(paths);
  const columns = new Map<string, ColumnAccumulator>();
  for (const [index, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const column = columns.get(name) ?? new ColumnAccumulator();
      column.addValue(value, index);
      columns.set(name, column);
    }
  }
  return new Map([...columns].map(([name, column]) => [name, column.finish(name, rows.length, null, 0)]));
}

async function rowsOf(paths: readonly string[]): Promise<Readonly<Record<string, unknown>>[]> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const path of paths) for await (const batch of readRows(path)) rows.push(...batch.rows);
  return rows;
}

/** Few enough rows for the numbers to fit the sample of the threads, so that all is exact. */
const types = `SELECT
  CAST(i % 7 AS TINYINT) AS small, CAST(i % 1000 AS INTEGER) AS whole, i AS id, 9007199254740990 + i % 5 AS wide,
  CAST(18446744073709551615 - i % 3 AS UBIGINT) AS widest, CAST(i % 100 / 8 AS FLOAT) AS eighth,
  CASE i % 50 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf' WHEN 2 THEN NULL WHEN 3 THEN -0.0 ELSE i % 10 END AS odd,
  CASE i % 2 WHEN 0 THEN 0.0::DOUBLE ELSE -0.0 END AS zero,
  1e9 + sqrt(i % 500) AS far, CAST(5 AS INTEGER) AS constant,
  CAST(i % 40 / 4 AS DECIMAL(9,2)) AS price, CAST(i % 40 AS DECIMAL(38,0)) AS big, i % 10 / 10 :: DECIMAL(38,20) AS long,
  i % 3 = 0 AS flag, NULL::INTEGER AS nothing, CASE WHEN i % 9 > 0 THEN 'x' || i % 20 END AS word,
  repeat('é👍', CAST(i % 4 AS INTEGER)) AS marks, repeat('x', CAST(100 + i % 2 AS INTEGER)) AS lengthy, '' AS blank,
  DATE '2024-01-01' + CAST(i % 30 AS INTEGER) AS day, CASE WHEN i % 2 = 0 THEN DATE '12345-01-01' END AS later,
  TIMESTAMP '2024-01-01' + to_milliseconds(i % 4 * 250) AS moment, TIMESTAMPTZ '2024-01-01 00:00:00+01' AS zoned,
  TIMESTAMP_NS '2024-01-01 00:00:00.123456789' AS fine, TIME '01:02:03' AS clock, '24:00:00'::TIME AS midnight,
  '03:04:05+00'::TIMETZ AS offset_, md5(CAST(i % 2 AS VARCHAR))::UUID AS key, repeat('ab', CAST(i % 3 AS INTEGER))::BLOB AS bytes,
  [i % 2, NULL] AS list, {'a': i % 2, 'b': 'x'} AS struct_, MAP {'k': i % 2} AS map_
FROM range(1000) r(i)`;

describe('the engine describes columns as the threads do', () => {
  let engine: Map<string, ColumnProfile>;
  let threads: Map<string, ColumnProfile>;
  beforeAll(async () => {
    const path = await write(types, 300);
    const described = await byEngine(path);
    if (described === null) throw new Error('not described');
    engine = described;
    threads = await byThreads(path);
  });

  const names = [...types.matchAll(/ AS (\w+)(?=,|\s+FROM)/g)].map(([, name]) => name ?? '');

  test('all columns of the query are compared', () => {
    expect(names.length).toBeGreaterThan(30);
    expect([...engine.keys()].sort()).toEqual(names.filter((name) => name !== 'nothing').sort());
  });

  test.each(names.filter((name) => name !== 'nothing'))('%s', (name) => {
    expect(engine.get(name)).toEqual(threads.get(name));
  });
});

test('a few thousand different values are counted', async () => {
  const described = await byEngine(await write('SELECT i % 5000 AS a FROM range(20000) r(i)'));
  expect(described?.get('a')).toMatchObject({ distinct: { count: 5000, exact: true }, top: null });
});

test('many different values are estimated within 5%, whatever their type', async () => {
  const count = 200_000;
  const path = await write(
    `SELECT i AS whole, i / 3 AS number, 'x' || i AS text, TIMESTAMP '2024-01-01' + to_seconds(i) AS moment
    FROM range(${count}) r(i)`,
  );
  const described = await byEngine(path);
  for (const [name, { distinct, top }] of described ?? []) {
    expect(distinct.exact, name).toBe(false);
    expect(Math.abs(distinct.count / count - 1), name).toBeLessThan(0.05);
    expect(top).toBeNull();
  }
  // Mean and deviation of 0 to n - 1, and all of them in the bins.
  const whole = described?.get('whole');
  expect(whole?.numbers).toMatchObject({ count, mean: (count - 1) / 2, stddev: 57735.1712563 });
  expect(whole?.histogram).toEqual({
    low: 0,
    high: count - 1,
    counts: new Array(20).fill(10_000),
    sampled: false,
  });
});

test('a far outlier leaves the deviation its digits', async () => {
  const path = await write('SELECT CASE i WHEN 0 THEN 1e9 ELSE 1 + i % 2 END AS x FROM range(100001) r(i)');
  // 1e9 and 50,000 each of 1 and 2, in exact arithmetic: 10001.39998600014, 3162261.844155309.
  const described = await byEngine(path);
  expect(described?.get('x')?.numbers).toMatchObject({ mean: 10001.399986, stddev: 3162261.84416 });
});

test('the largest and the smallest doubles have a mean and a deviation', async () => {
  const path = await write(
    'SELECT 1e308 * (i % 2 * 2 - 1) AS large, 1e-310 * (i % 2) AS small FROM range(1000) r(i)',
  );
  const described = await byEngine(path);
  // sqrt(1000 / 999), times 1 and times 0.5.
  expect(described?.get('large')?.numbers).toMatchObject({ mean: 0, stddev: 1.00050037531e308 });
  expect(described?.get('small')?.numbers).toMatchObject({ mean: 5e-311, stddev: 5.00250187656e-311 });
});

describe('several files', () => {
  test('of equal and of other columns are one table', async () => {
    const paths = [
      await write("SELECT i % 5 AS n, 'a' AS t FROM range(100) r(i)"),
      await write("SELECT i % 8 AS n, 'b' AS t FROM range(100) r(i)"),
      await write('SELECT i / 2 AS n FROM range(100) r(i)'),
      await write('SELECT 3::DECIMAL(4,1) AS n, true AS other FROM range(100) r(i)'),
    ];
    const threads = await byThreads(...paths);
    const engine = await byEngine(...paths);
    for (const name of ['n', 't', 'other']) expect(engine?.get(name), name).toEqual(threads.get(name));
  });

  test('whose columns differ in type are described by the threads', async () => {
    const paths = [await write('SELECT 1 AS a'), await write("SELECT 'x' AS a")];
    expect(await byEngine(...paths)).toBeNull();
  });
});

test('a type that is not known is described by the threads', async () => {
  expect(await byEngine(await write('SELECT INTERVAL 3 DAY AS a'))).toBeNull();
});

test('a file without rows', async () => {
  const scan = await ParquetScan.open([await write("SELECT 1 AS a, 'x' AS b WHERE false")], null);
  const described = await scan?.describe(['a', 'b']);
  expect(described?.get('a')?.finish('a', 0, null, 0)).toMatchObject({
    type: 'empty',
    numbers: null,
    top: null,
  });
  expect(described?.get('b')?.finish('b', 0, null, 0)).toMatchObject({ type: 'empty', lengths: null });
  await scan?.close();
});
