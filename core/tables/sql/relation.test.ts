import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../testing.ts';
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
    const path = await folder.write('gaps.csv', 'n,s\n1,a\n2\n3,c\n4,d,e\n5,f\n');
    const relation = await engine.get().load([await engine.open(path, { ragged: 'skip' })], ['n']);
    expect(await allRows(engine.get(), relation)).toEqual([
      [0, 0n, 1n],
      [0, 2n, 3n],
      [0, 4n, 5n],
    ]);
    expect(relation.rows).toBe(3);
  });
});
