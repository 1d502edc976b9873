import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadDuckDb } from '../../native/index.ts';
import { type CollectOptions, openColumns } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'columns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

async function parquet(name: string, select: string): Promise<string> {
  const path = join(folder, name);
  const duck = await loadDuckDb();
  const instance = await duck.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

/** Every column as it reads, numbers in order. */
async function read(paths: readonly string[], options: CollectOptions = {}) {
  const reader = await openColumns(paths, options);
  try {
    const columns: Record<string, unknown> = {};
    for (const { name, family } of reader.columns.values()) {
      if (family === 'number' || family === 'time') {
        const { values, ...rest } = await reader.numbers(name);
        columns[name] = [family, Array.from(values).sort((a, b) => a - b), rest];
      } else if (family === 'empty') columns[name] = [family];
      else {
        const { counts, ...rest } = await reader.categories(name);
        columns[name] = [family, Object.fromEntries(counts), rest];
      }
    }
    return { rows: reader.rows, columns, notes: reader.notes };
  } finally {
    await reader.close();
  }
}

const expected = {
  whole: ['number', [1, 2, 3], { missing: 1, infinite: 0 }],
  real: ['number', [-0.5, 2.5], { missing: 2, infinite: 0 }],
  flag: ['boolean', { true: 2, false: 1 }, { rest: 0, missing: 1 }],
  text: ['text', { a: 2, 'b,c': 1 }, { rest: 0, missing: 1 }],
  none: ['empty'],
};

test('CSV, JSON lines and Parquet read alike, a column at a time', async () => {
  const csv = put(
    't.csv',
    'whole,real,flag,text,none\n1,-0.5,true,a,\n2,2.5,true,a,\n3,,false,"b,c",\n,,,,\n',
  );
  const json = put(
    't.jsonl',
    [
      '{"whole":1,"real":-0.5,"flag":true,"text":"a","none":null}',
      '{"whole":2,"real":2.5,"flag":true,"text":"a"}',
      '{"whole":3,"flag":false,"text":"b,c"}',
      '{}',
    ].join('\n'),
  );
  const rows = "(1, -0.5, true, 'a'), (2, 2.5, true, 'a'), (3, NULL, false, 'b,c'), (NULL, NULL, NULL, NULL)";
  const file = await parquet(
    't.parquet',
    `SELECT w AS whole, CAST(r AS DOUBLE) AS "real", f AS flag, t AS text, CAST(NULL AS INTEGER) AS "none" FROM (VALUES ${rows}) AS v(w, r, f, t)`,
  );
  for (const path of [csv, json, file])
    expect(await read([path]), path).toMatchObject({ rows: 4, columns: expected });
  // Of one column, both kinds of file together.
  const both = await read([csv, file]);
  expect(both.rows).toBe(8);
  expect(both.columns.whole).toEqual(['number', [1, 1, 2, 2, 3, 3], { missing: 2, infinite: 0 }]);
});

test('NaN is missing, infinities are counted apart, times are seconds', async () => {
  const path = await parquet(
    'odd.parquet',
    "SELECT CAST(x AS DOUBLE) AS x, TIMESTAMP '1970-01-01 00:01:00' AS at, [1, 2] AS list FROM (VALUES ('1.5'), ('NaN'), ('inf'), ('-inf'), (NULL)) AS v(x)",
  );
  expect((await read([path])).columns).toEqual({
    x: ['number', [1.5], { missing: 2, infinite: 2 }],
    at: ['time', [60, 60, 60, 60, 60], { missing: 0, infinite: 0 }],
    list: ['other', { '[1,2]': 5 }, { rest: 0, missing: 0 }],
  });
});

test('more numbers than memory keeps come back from the disk', async () => {
  const path = put(
    'many.csv',
    `n,m\n${Array.from({ length: 50_000 }, (_, row) => `${row},${row / 4}`).join('\n')}\n`,
  );
  const { columns } = await read([path]);
  const [, values] = columns.n as [string, number[]];
  expect(values).toHaveLength(50_000);
  expect(values.every((value, index) => value === index)).toBe(true);
  expect((columns.m as [string, number[]])[1].at(-1)).toBe(49_999 / 4);
});

test('files that disagree: text wins over numbers, unless it is empty; what a file lacks is missing', async () => {
  const one = put('one.csv', 'a,b,c\n1,2,x\n3,4,y\n');
  const two = put('two.csv', 'a,b\nn/a,\n5,\n');
  const { columns, notes } = await read([one, two]);
  expect(columns).toEqual({
    a: ['text', { 1: 1, 3: 1, 'n/a': 1, 5: 1 }, { rest: 0, missing: 0 }],
    b: ['number', [2, 4], { missing: 2, infinite: 0 }],
    c: ['text', { x: 1, y: 1 }, { rest: 0, missing: 2 }],
  });
  expect(notes.join('\n')).toMatch(/"a" is number in some files and text in others; it is read as text/);
  expect(notes.join('\n')).toMatch(/"c" is missing in 1 of 2 files/);
});

test('more rows than the engine holds of a result, and whole numbers of few values, are all there', async () => {
  const rows = 4_500_000;
  const path = await parquet(
    'long.parquet',
    `SELECT CASE WHEN i % 10 = 0 THEN NULL WHEN i = 1 THEN 'NaN'::DOUBLE ELSE CAST(i AS DOUBLE) END AS x, CASE WHEN i % 4 > 0 THEN CAST(i % 3 AS INTEGER) - 1 END AS few, CASE WHEN i >= 4000000 THEN i END AS late FROM range(${rows}) AS t(i)`,
  );
  const reader = await openColumns([path]);
  try {
    const { values, missing } = await reader.numbers('x');
    expect([values.length, missing]).toEqual([rows * 0.9 - 1, rows / 10 + 1]);
    // 0 to rows - 1 without the multiples of ten and without 1.
    const sum = (count: number): number => (count * (count - 1)) / 2;
    expect(values.reduce((total, value) => total + value, 0)).toBe(sum(rows) - 10 * sum(rows / 10) - 1);
    const few = await reader.numbers('few');
    expect([few.missing, few.values.length]).toEqual([rows / 4, (rows * 3) / 4]);
    expect([-1, 0, 1].map((value) => few.values.filter((each) => each === value).length)).toEqual([
      rows / 4,
      rows / 4,
      rows / 4,
    ]);
    // None of the first rows has a value.
    expect(reader.columns.get('late')?.family).toBe('number');
    expect((await reader.numbers('late')).values).toHaveLength(500_000);
  } finally {
    await reader.close();
  }
});

test('numbers are written into the array that the caller gives', async () => {
  const path = await parquet(
    'few.parquet',
    'SELECT CAST(i AS DOUBLE) AS x, i % 2 AS y FROM range(50) AS t(i)',
  );
  const csv = put('few.csv', 'x,y\n1.5,2\n,3\n');
  for (const file of [path, csv]) {
    const reader = await openColumns([file]);
    try {
      for (const name of ['x', 'y']) {
        const memory = new ArrayBuffer(1000);
        const { values } = await reader.numbers(name, (length) => new Float64Array(memory, 0, length));
        expect(values.buffer).toBe(memory);
      }
    } finally {
      await reader.close();
    }
  }
});

test('a column that is something else later on is read again; a quoted number is one, a null text is missing', async () => {
  const rows = [
    '1,true,x,1',
    '2,false,"say ""a""",2',
    '3.50,7,"say ""a""",NA',
    '"4",true,y,',
    'five,true,y,3',
  ];
  const path = put('late.csv', `a,b,c,d\n${rows.join('\n')}\n`);
  expect((await read([path], { csv: { nulls: ['NA'] } })).columns).toEqual({
    a: ['text', { 1: 1, 2: 1, '3.50': 1, 4: 1, five: 1 }, { rest: 0, missing: 0 }],
    b: ['text', { true: 3, false: 1, 7: 1 }, { rest: 0, missing: 0 }],
    c: ['text', { x: 1, 'say "a"': 2, y: 2 }, { rest: 0, missing: 0 }],
    d: ['number', [1, 2, 3], { missing: 2, infinite: 0 }],
  });
});

test('CSV files together, one of which has text where the other has numbers before it', async () => {
  const one = put('numbers.csv', 'a,b\n1,0.5\n2,\n');
  const two = put('texts.csv', 'b,a\n1.50,3\n2,x\n');
  expect((await read([one, two])).columns).toEqual({
    a: ['text', { 1: 1, 2: 1, 3: 1, x: 1 }, { rest: 0, missing: 0 }],
    b: ['number', [0.5, 1.5, 2], { missing: 1, infinite: 0 }],
  });
});
