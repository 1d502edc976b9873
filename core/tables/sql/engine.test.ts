import { existsSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTable } from '../open.ts';
import { useFolder } from '../testing.ts';
import { SqlEngine } from './engine.ts';
import { allRows, columnsOf, useEngine, writeParquet } from './testing.ts';

const folder = useFolder();
const engine = useEngine();
const fixture = (name: string): string => join(import.meta.dirname, '..', 'fixtures', name);

const csv =
  'id,price,ok,name,empty\n9007199254740993,1.5,true,"é 😀, ""x""",\n9007199254740992,,false,,\n-1,1e3,,007,\n';
const jsonl = [
  '{"id":9007199254740993,"price":1.5,"ok":true,"name":"é 😀, \\"x\\"","empty":null}',
  '{"id":9007199254740992,"price":null,"ok":false}',
  '{"id":-1,"price":1e3,"name":"007"}',
].join('\n');
const cells = [
  [0, 0n, 9007199254740993n, 1.5, true, 'é 😀, "x"', null],
  [0, 1n, 9007199254740992n, null, false, null, null],
  [0, 2n, -1n, 1000, null, '007', null],
];

describe('a relation', () => {
  it.each([
    ['a.csv', csv],
    ['a.csv.gz', gzipSync(csv)],
    ['a.tsv', csv.replaceAll(/,(?! )/g, '\t')],
    ['a.jsonl', jsonl],
    ['a.json', `[${jsonl.replaceAll('\n', ',')}]`],
  ])('of %s has its cells exactly', async (name, content) => {
    const path = await folder.write(name, content);
    const relation = await engine.load([path], ['id', 'price', 'ok', 'name', 'empty']);
    expect(columnsOf(relation)).toEqual([
      'id: bigint HUGEINT',
      'price: number DOUBLE',
      'ok: boolean BOOLEAN',
      'name: string VARCHAR',
      'empty: string VARCHAR',
    ]);
    expect(await allRows(engine.get(), relation)).toEqual(cells);
    expect(relation.rows).toBe(3);
    expect(relation.notes).toEqual([]);
  });

  const typed = [
    'f64',
    'f32',
    'i8',
    'i64',
    'big',
    'u64',
    'flag',
    'text',
    'category',
    'pair',
    '__proto__',
    'q"\'\n`',
  ];
  const typedCells = [
    [
      0,
      0n,
      1.5,
      0.5,
      1,
      1n,
      9007199254740993n,
      18446744073709551615n,
      true,
      'a\n::error::',
      'x',
      '{"a":1}',
      1,
      1,
    ],
    [0, 1n, null, 0.25, null, 2n, null, 0n, null, null, 'y', '{"a":null}', 2, 2],
    [0, 2n, Number.NaN, null, -3, 9007199254740992n, -5n, 1n, false, 'é😀', 'x', null, 3, 3],
  ];

  it('of Parquet keeps the types of the file', async () => {
    const relation = await engine.load(
      [fixture('types.parquet')],
      [...typed, 'price', 'day', 'at', 'vector', 'list'],
    );
    expect(columnsOf(relation)).toEqual([
      'f64: number DOUBLE',
      'f32: number FLOAT',
      'i8: integer TINYINT',
      'i64: integer BIGINT',
      'big: bigint BIGINT',
      'u64: bigint UBIGINT',
      'flag: boolean BOOLEAN',
      'text: string VARCHAR',
      'category: string VARCHAR',
      'pair: other VARCHAR',
      '__proto__: integer INTEGER',
      'q"\'\n`: integer INTEGER',
      'price: number DECIMAL(9,2)',
      'day: date DATE',
      'at: timestamp TIMESTAMP WITH TIME ZONE',
      'vector: other VARCHAR',
      'list: other VARCHAR',
    ]);
    const at = '2024-01-02 03:04:05.678+00';
    expect(await allRows(engine.get(), relation)).toEqual([
      [...(typedCells[0] ?? []), '1.10', '2024-02-29', at, '[1.0,2.0]', '[1,2,3]'],
      [...(typedCells[1] ?? []), null, null, at, '[3.0,4.0]', '[4,5,6]'],
      [...(typedCells[2] ?? []), '-2.25', '1969-12-31', at, null, '[7,8,9]'],
    ]);
  });

  it('of Arrow has the same cells', async () => {
    const relation = await engine.load(
      [fixture('types.arrow')],
      [...typed, 'price', 'day', 'at', 'vector', 'list'],
    );
    const at = '2024-01-02 03:04:05.678+00';
    const wide = (row: readonly unknown[] = []): unknown[] =>
      row.map((value, index) => (index > 1 && Number.isInteger(value) ? BigInt(Number(value)) : value));
    expect(await allRows(engine.get(), relation)).toEqual([
      [...wide(typedCells[0]), 1.1, '2024-02-29', at, '[1,2]', '[1,2,3]'],
      [...wide(typedCells[1]), null, null, at, '[3,4]', '[4,5,6]'],
      [...wide(typedCells[2]), -2.25, '1969-12-31', at, null, '[7,8,9]'],
    ]);
  });

  it('of NPZ has several numbers of a cell as JSON', async () => {
    const relation = await engine.load([fixture('arrays.npz')], ['i1', 'big', 'flag', 'text', 'images']);
    expect(columnsOf(relation)).toEqual([
      'i1: integer BIGINT',
      'big: bigint HUGEINT',
      'flag: boolean BOOLEAN',
      'text: string VARCHAR',
      'images: other VARCHAR',
    ]);
    expect(await allRows(engine.get(), relation)).toEqual([
      [0, 0n, -1n, 9007199254740993n, true, 'é😀', '[[0,1],[2,3]]'],
      [0, 1n, 2n, 2n, false, 'b', '[[4,5],[6,7]]'],
      [0, 2n, 3n, -9223372036854775808n, true, '', '[[8,9],[10,11]]'],
    ]);
  });

  it('without columns counts rows, also of no file and of an empty one', async () => {
    const path = await folder.write('header.csv', 'a,b\n');
    const full = await folder.write('rows.csv', 'a,b\n1,2\n3,4\n');
    expect((await engine.load([path], [])).rows).toBe(0);
    const relation = await engine.load([path, full], []);
    expect(await allRows(engine.get(), relation)).toEqual([
      [1, 0n],
      [1, 1n],
    ]);
    expect((await engine.get().load([], [])).rows).toBe(0);
  });

  it('has more whole digits than the engine knows as text', async () => {
    const wide = '9'.repeat(60);
    const path = await folder.write('wide.csv', `id,n\n${wide},1\n${wide}e0,2\n1.0,3\n,4\n`);
    const relation = await engine.load([path], ['n', 'id']);
    expect(columnsOf(relation)).toEqual(['n: integer BIGINT', 'id: bigint VARCHAR']);
    expect(await allRows(engine.get(), relation)).toEqual([
      [0, 0n, 1n, wide],
      [0, 1n, 2n, wide],
      [0, 2n, 3n, '1'],
      [0, 3n, 4n, null],
    ]);
    expect(relation.notes).toEqual([
      'column "id" holds whole numbers of more than 38 digits; they are compared as text',
    ]);
  });

  it('of a column that no file has is an error with the nearest name', async () => {
    const path = await folder.write('names.csv', 'customer_id,b\n1,2\n');
    await expect(engine.load([path], ['b', 'custmer_id'])).rejects.toThrow(
      `no column "custmer_id" in ${path}; did you mean "customer_id"?`,
    );
    await expect(engine.load([path, path], ['zzz'])).rejects.toThrow('no column "zzz" in any of the 2 files');
  });

  it('keeps NUL, quotes and long text', async () => {
    const long = `${'x'.repeat(100_000)}é`;
    const path = await folder.write(
      'odd.jsonl',
      [`{"s":"a\\u0000b"}`, `{"s":"'; --"}`, `{"s":"${long}"}`].join('\n'),
    );
    const relation = await engine.load([path], ['s']);
    expect((await allRows(engine.get(), relation)).map((row) => row[2])).toEqual(['a\0b', "'; --", long]);
  });
});

describe('row numbers', () => {
  it('are those of the file for text of several batches', async () => {
    const lines = Array.from({ length: 20_000 }, (_, row) => `${row},r${row}`);
    const path = await folder.write('many.csv', `n,s\n${lines.join('\n')}\n`);
    const relation = await engine.load([path, path], ['s', 'n']);
    const [summary] = await engine
      .get()
      .rows(
        `SELECT count(*), count(DISTINCT (file, row)), bool_and(row = c1 AND c0 = 'r' || row) FROM ${relation.from}`,
      );
    expect(summary).toEqual([40_000n, 40_000n, true]);
  });

  it('are those of the file for Parquet with many row groups in several files', async () => {
    const one = await writeParquet(
      folder.path('one.parquet'),
      'SELECT i AS n, i AS file_row_number, \'x\' AS file_index, i AS "row" FROM range(20000) t(i)',
    );
    const two = await writeParquet(
      folder.path('two.parquet'),
      'SELECT i AS n, i AS file_row_number, \'x\' AS file_index, i AS "row" FROM range(5000) t(i)',
    );
    const other = await writeParquet(
      folder.path('other.parquet'),
      'SELECT i AS "row", i AS n FROM range(3000) t(i)',
    );
    const text = await folder.write('n.csv', 'n,row\n0,0\n1,1\n');
    const relation = await engine.load(
      [one, other, text, two, one],
      ['row', 'n', 'file_row_number', 'file_index'],
    );
    expect(relation.rows).toBe(48_002);
    const counts = await engine
      .get()
      .rows(
        `SELECT file, count(*), max(row), bool_and(row = c0 AND row = c1 AND row = coalesce(c2, row)) FROM ${relation.from} GROUP BY file ORDER BY file`,
      );
    expect(counts).toEqual([
      [0, 20_000n, 19_999n, true],
      [1, 3000n, 2999n, true],
      [2, 2n, 1n, true],
      [3, 5000n, 4999n, true],
      [4, 20_000n, 19_999n, true],
    ]);
  });

  it('have the gaps that the reader left', async () => {
    const path = await folder.write('gaps.csv', 'n\n1\n2\n');
    const table = await openTable(path);
    const gaps = {
      ...table,
      path,
      format: table.format,
      columns: table.columns,
      async *batches(names: readonly string[], size: number) {
        for await (const batch of table.batches(names, size)) {
          yield { ...batch, rowNumbers: Float64Array.of(4, 9) };
        }
      },
      countRows: () => table.countRows(),
    } as unknown as typeof table;
    const relation = await engine.get().load([gaps], ['n']);
    expect(await allRows(engine.get(), relation)).toEqual([
      [0, 4n, 1n],
      [0, 9n, 2n],
    ]);
  });
});

describe('several files', () => {
  const load = async (contents: readonly (string | { parquet: string })[]) => {
    const paths = await Promise.all(
      contents.map((content, index) =>
        typeof content === 'string'
          ? folder.write(`part${index}.csv`, content)
          : writeParquet(folder.path(`part${index}.parquet`), content.parquet),
      ),
    );
    const relation = await engine.load(paths, ['v']);
    const rows = await allRows(engine.get(), relation);
    return {
      column: columnsOf(relation)[0],
      values: rows.map((row) => row[2]),
      notes: relation.notes.map((note) =>
        paths.reduce((text, path, index) => text.replaceAll(path, `#${index}`), note),
      ),
    };
  };

  it.each([
    {
      name: 'integers and numbers are numbers',
      contents: ['v\n1\n', 'v\n2.5\n'],
      column: 'v: number DOUBLE',
      values: [1, 2.5],
      notes: [],
    },
    {
      name: 'ids beyond 2^53 in one file only stay exact',
      contents: ['v\n1\n', 'v\n9007199254740993\n9007199254740992\n'],
      column: 'v: bigint HUGEINT',
      values: [1n, 9007199254740993n, 9007199254740992n],
      notes: [],
    },
    {
      name: 'ids beyond 2^53 beside fractions lose digits, and that is said',
      contents: ['v\n0.5\n', 'v\n9007199254740993\n'],
      column: 'v: number DOUBLE',
      values: [0.5, 9007199254740992],
      notes: ['column "v" is number in #0 and integer beyond 2^53 in #1; it is read as number, to 15 digits'],
    },
    {
      name: 'numbers beside text are text as written',
      contents: ['v\n1.50\n1e2\n', 'v\nabc\n'],
      column: 'v: string VARCHAR',
      values: ['1.50', '1e2', 'abc'],
      notes: ['column "v" is number in #0 and text in #1; it is read as text'],
    },
    {
      name: 'booleans beside numbers are text',
      contents: ['v\ntrue\n', 'v\n1\n'],
      column: 'v: string VARCHAR',
      values: ['true', '1'],
      notes: ['column "v" is boolean in #0 and integer in #1; it is read as text'],
    },
    {
      name: 'a file without a value has no say',
      contents: ['v,w\n1,x\n', 'v,w\n,x\n'],
      column: 'v: integer BIGINT',
      values: [1n, null],
      notes: [],
    },
    {
      name: 'a file without the column is missing there',
      contents: ['v\n1\n', 'w\n1\n'],
      column: 'v: integer BIGINT',
      values: [1n, null],
      notes: ['column "v" is not in #1 (1 of 2 files); its cells there are missing'],
    },
    {
      name: 'whole types of Parquet get one that holds both',
      contents: [
        { parquet: 'SELECT 255::UTINYINT AS v' },
        { parquet: 'SELECT 18446744073709551615::UBIGINT AS v' },
        'v\n-1\n',
      ],
      column: 'v: bigint HUGEINT',
      values: [255n, 18446744073709551615n, -1n],
      notes: [],
    },
    {
      name: 'decimals of different size stay exact',
      contents: [
        { parquet: 'SELECT 1.10::DECIMAL(9,2) AS v' },
        { parquet: 'SELECT 2.125::DECIMAL(18,3) AS v' },
      ],
      column: 'v: number DECIMAL(18,3)',
      values: ['1.100', '2.125'],
      notes: [],
    },
    {
      name: 'floats beside integers are doubles',
      contents: [{ parquet: 'SELECT 0.5::FLOAT AS v' }, { parquet: 'SELECT 16777217 AS v' }],
      column: 'v: number DOUBLE',
      values: [0.5, 16777217],
      notes: [],
    },
    {
      name: 'dates beside timestamps are timestamps',
      contents: [
        { parquet: "SELECT DATE '2024-02-29' AS v" },
        { parquet: "SELECT TIMESTAMPTZ '2024-02-29 01:00:00+02' AS v" },
      ],
      column: 'v: timestamp TIMESTAMP',
      values: ['2024-02-29 00:00:00', '2024-02-28 23:00:00'],
      notes: [],
    },
    {
      name: 'dates of Parquet beside text are text',
      contents: [{ parquet: "SELECT DATE '2024-02-29' AS v" }, 'v\n2024-03-01\n'],
      column: 'v: string VARCHAR',
      values: ['2024-02-29', '2024-03-01'],
      notes: ['column "v" is date in #0 and text in #1; it is read as text'],
    },
    {
      name: 'Parquet beside CSV',
      contents: [
        { parquet: 'SELECT 7::BIGINT AS v, 1 AS w' },
        'v\n8\n',
        { parquet: 'SELECT 9::BIGINT AS v' },
      ],
      column: 'v: integer BIGINT',
      values: [7n, 8n, 9n],
      notes: [],
    },
  ])('$name', async ({ contents, column, values, notes }) => {
    expect(await load(contents)).toEqual({ column, values, notes });
  });

  it('are opened again as they were opened first', async () => {
    const engine = await SqlEngine.open({
      reopen: (table, textColumns) => openTable(table.path, { format: 'tsv', textColumns }),
    });
    const paths = [
      await folder.write('as.txt', 'v\tw\n1.50\t1\n'),
      await folder.write('is.txt', 'v\tw\nx\t2\n'),
    ];
    const tables = await Promise.all(paths.map((path) => openTable(path, { format: 'tsv' })));
    try {
      const relation = await engine.load(tables, ['v', 'w']);
      expect((await allRows(engine, relation)).map((row) => row.slice(2))).toEqual([
        ['1.50', 1n],
        ['x', 2n],
      ]);
    } finally {
      await engine.close();
    }
  });
});

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
    const before = new Set(await readdir(tmpdir()));
    const own = await SqlEngine.open();
    const path = await folder.write('rows.csv', 'v\n1\n');
    const table = await openTable(path);
    await own.load([table], ['v']);
    await own.close();
    const left = (await readdir(tmpdir())).filter(
      (name) => name.startsWith('ml-gates-') && !before.has(name),
    );
    expect(left).toEqual([]);
  });
});
