import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { loadDuckDb } from '../native/index.ts';
import { type RowBatch, type RowOptions, readRows } from './rows.ts';
import { useFolder } from './testing.ts';

const folder = useFolder();
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);

async function batchesOf(path: string, options: RowOptions = {}): Promise<RowBatch[]> {
  const batches: RowBatch[] = [];
  for await (const batch of readRows(path, options)) batches.push(batch);
  return batches;
}

async function rowsOf(path: string, options: RowOptions = {}) {
  return (await batchesOf(path, options)).flatMap(({ rows }) => rows);
}

describe('rows of CSV', () => {
  const content =
    'id,x,ok,name,__proto__\n1,0.5,true,"a\nb",7\n9007199254740993,,TRUE,NA,\n-3,1e3,false,"",x\n';

  it('have values by the rule for cells; missing cells are absent', async () => {
    const [batch] = await batchesOf(await folder.write('a.csv', content));
    expect(batch?.rows.map((row) => Object.entries(row))).toEqual([
      [
        ['id', 1],
        ['x', 0.5],
        ['ok', true],
        ['name', 'a\nb'],
        ['__proto__', 7],
      ],
      [
        ['id', 9007199254740992],
        ['ok', 'TRUE'],
        ['name', 'NA'],
      ],
      [
        ['id', -3],
        ['x', 1000],
        ['ok', false],
        ['__proto__', 'x'],
      ],
    ]);
    expect(batch?.lines).toEqual(Float64Array.of(2, 4, 5));
    expect([batch?.firstRow, batch?.rowNumbers]).toEqual([0, null]);
    expect(batch?.exact?.(1, 'id')).toBe('9007199254740993');
    expect(batch?.exact?.(0, 'id')).toBeUndefined();
  });

  it('stay text on demand, whole columns or all', async () => {
    const path = await folder.write('text.csv', 'id,x\n007,1.0\n5,NA\n');
    expect(await rowsOf(path, { text: true, csv: { nulls: ['NA'] } })).toEqual([
      { id: '007', x: '1.0' },
      { id: '5' },
    ]);
    expect(await rowsOf(path, { textColumns: ['id'] })).toEqual([
      { id: '007', x: 1 },
      { id: '5', x: 'NA' },
    ]);
  });

  it('are read by the options, from gzip', async () => {
    const packed = gzipSync(Buffer.from("1;'caf\xe9';NA\n", 'latin1'));
    const options = { delimiter: ';', quote: "'", header: false, nulls: ['NA'], encoding: 'latin1' };
    expect(await rowsOf(await folder.write('o.csv.gz', packed), { csv: options })).toEqual([
      { column_1: 1, column_2: 'café' },
    ]);
  });

  it('come in batches whose numbers agree with the file, broken ones left out', async () => {
    const lines = Array.from({ length: 3000 }, (_, row) => (row === 1500 ? '1,2,3' : `${row},x`));
    const path = await folder.write('gaps.csv', `id,t\n${lines.join('\n')}\n`);
    const batches = await batchesOf(path, { ragged: 'skip' });
    expect(batches.map(({ firstRow, rows }) => [firstRow, rows.length])).toEqual([
      [0, 1024],
      [1024, 1024],
      [2049, 951],
    ]);
    expect(batches.map(({ rowNumbers }) => rowNumbers === null)).toEqual([true, false, true]);
    for (const { firstRow, rows, rowNumbers, lines } of batches) {
      for (const [index, row] of rows.entries()) {
        const number = rowNumbers?.[index] ?? firstRow + index;
        expect([row.id, lines?.[index]]).toEqual([number, number + 2]);
      }
    }
    await expect(rowsOf(path)).rejects.toThrow(
      'gaps.csv:1502: the row has 3 fields, the header (line 1) has 2',
    );
  });
});

describe('rows of JSON', () => {
  it.each([
    [
      'a.jsonl',
      '{"a":null,"b":{"c":[1,"x",null]}}\n\n{"__proto__":1,"id":9007199254740993,"e":1e400}\n',
      [1, 3],
    ],
    [
      'a.json',
      '[{"a":null,"b":{"c":[1,"x",null]}},\n\n{"__proto__":1,"id":9007199254740993,"e":1e400}]',
      [1, 3],
    ],
  ])('%s are as JSON.parse gives them', async (name, content, lines) => {
    const [batch] = await batchesOf(await folder.write(name, content));
    expect(batch?.rows[0]).toEqual({ a: null, b: { c: [1, 'x', null] } });
    expect(Object.entries(batch?.rows[1] ?? {})).toEqual([
      ['__proto__', 1],
      ['id', 9007199254740992],
      ['e', Number.POSITIVE_INFINITY],
    ]);
    expect(batch?.lines).toEqual(Float64Array.from(lines));
    expect(['id', 'e', '__proto__'].map((column) => batch?.exact?.(1, column))).toEqual([
      '9007199254740993',
      '1e400',
      undefined,
    ]);
  });

  it('leave out lines that are no object on demand', async () => {
    const path = await folder.write('broken.jsonl', '{"a":1}\n[1]\n{"a":\n{"a":2}\n');
    const [batch] = await batchesOf(path, { ragged: 'skip' });
    expect(batch?.rows).toEqual([{ a: 1 }, { a: 2 }]);
    expect(batch?.rowNumbers).toEqual(Float64Array.of(0, 3));
    expect(batch?.lines).toEqual(Float64Array.of(1, 4));
    await expect(rowsOf(path)).rejects.toThrow('broken.jsonl:2: not a JSON object');
  });
});

describe.each(['types.parquet', 'types.arrow', 'stream.arrows'])('rows of %s', (name) => {
  it('are the values that pyarrow wrote', async () => {
    const [batch] = await batchesOf(fixture(name));
    const rows = batch?.rows.map((row) => Object.fromEntries(Object.entries(row)));
    expect(rows).toEqual([
      Object.fromEntries([
        ['f64', 1.5],
        ['f32', 0.5],
        ['f16', 1],
        ['i8', 1],
        ['u32', 1],
        ['i64', 1],
        ['big', 9007199254740992],
        ['u64', 18446744073709552000],
        ['flag', true],
        ['text', 'a\n::error::'],
        ['category', 'x'],
        ['price', 1.1],
        ['day', '2024-02-29'],
        ['at', '2024-01-02T03:04:05.678Z'],
        ['vector', [1, 2]],
        ['list', [1, 2, 3]],
        ['ragged', [1]],
        ['pair', { a: 1 }],
        ['blob', 'AP8='],
        ['__proto__', 1],
        ['q"\'\n`', 1],
      ]),
      Object.fromEntries([
        ['f32', 0.25],
        ['f16', 2.5],
        ['u32', 2],
        ['i64', 2],
        ['u64', 0],
        ['category', 'y'],
        ['at', '2024-01-02T03:04:05.678Z'],
        ['vector', [3, 4]],
        ['list', [4, 5, 6]],
        ['ragged', []],
        ['pair', { a: null }],
        ['__proto__', 2],
        ['q"\'\n`', 2],
      ]),
      Object.fromEntries([
        ['f64', Number.NaN],
        ['f16', -3],
        ['i8', -3],
        ['u32', 4294967295],
        ['i64', 9007199254740992],
        ['big', -5],
        ['u64', 1],
        ['flag', false],
        ['text', 'é😀'],
        ['category', 'x'],
        ['price', -2.25],
        ['day', '1969-12-31'],
        ['at', '2024-01-02T03:04:05.678Z'],
        ['list', [7, 8, 9]],
        ['blob', 'YWI='],
        ['__proto__', 3],
        ['q"\'\n`', 3],
      ]),
    ]);
    expect([batch?.lines, batch?.rowNumbers]).toEqual([null, null]);
    expect(batch?.exact?.(0, 'big')).toBe('9007199254740993');
    expect(batch?.exact?.(0, 'u64')).toBe('18446744073709551615');
    expect(batch?.exact?.(2, 'big')).toBeUndefined();
  });
});

describe('rows of Parquet', () => {
  it('have every type as a JSON value', async () => {
    const path = folder.path('more.parquet');
    const { DuckDBInstance } = await loadDuckDb();
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT
      TIMESTAMP '2024-01-02 03:04:05' AS local, TIMESTAMP '1969-12-31 23:59:59.5' AS before,
      TIMESTAMP_NS '2024-01-02 03:04:05.000000001' AS nanos, TIMESTAMPTZ '2024-01-02 03:04:05+02' AS zoned,
      TIMESTAMP '12024-01-02 03:04:05' AS far, TIME '03:04:05.25' AS clock, DATE '0044-03-15' AS day,
      12345678901234567.89::DECIMAL(38, 2) AS wide, 0.10::DECIMAL(9, 2) AS price,
      170141183460469231731687303715884105727::HUGEINT AS huge, 'infinity'::DOUBLE AS endless,
      [[1, NULL], NULL, []] AS lists, [{'at': TIMESTAMP '2024-01-02 03:04:05', 'n': 9007199254740993}] AS structs,
      MAP {'k': [true], 'l': NULL} AS map, uuid '6ba7b810-9dad-11d1-80b4-00c04fd430c8' AS uuid,
      'b'::ENUM ('a', 'b') AS choice, NULL::INTEGER AS nothing
    ) TO '${path}'`);
    connection.closeSync();
    instance.closeSync();
    const [batch] = await batchesOf(path);
    expect(batch?.rows).toEqual([
      {
        local: '2024-01-02T03:04:05Z',
        before: '1969-12-31T23:59:59.5Z',
        nanos: '2024-01-02T03:04:05.000000001Z',
        zoned: '2024-01-02T01:04:05Z',
        far: '+012024-01-02T03:04:05Z',
        clock: '03:04:05.25Z',
        day: '0044-03-15',
        wide: 12345678901234568,
        price: 0.1,
        huge: 1.7014118346046923e38,
        endless: Number.POSITIVE_INFINITY,
        lists: [[1, null], null, []],
        structs: [{ at: '2024-01-02T03:04:05Z', n: 9007199254740992 }],
        map: { k: [true], l: null },
        uuid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
        choice: 'b',
      },
    ]);
    expect(batch?.exact?.(0, 'wide')).toBe('12345678901234567.89');
    expect(batch?.exact?.(0, 'price')).toBeUndefined();
  });
});

describe('rows of Arrow', () => {
  it('have every type as a JSON value', async () => {
    const { Field, Float64, Int64, List, Map_, Struct, TimeMicrosecond, TimestampNanosecond, Utf8 } = arrow;
    const point = new Struct<{ x: arrow.Float64; s: arrow.Utf8 }>([
      new Field('x', new Float64(), true),
      new Field('s', new Utf8(), true),
    ] as never);
    const entry = new Struct<{ key: arrow.Utf8; value: arrow.Int64 }>([
      new Field('key', new Utf8(), false),
      new Field('value', new Int64(), true),
    ] as never);
    const points = [
      { x: 1.5, s: 'a' },
      { x: null, s: null },
    ];
    const table = new arrow.Table({
      nanos: arrow.vectorFromArray([1704164645000, null], new TimestampNanosecond()),
      clock: arrow.vectorFromArray([11045250000n, null], new TimeMicrosecond()),
      map: arrow.vectorFromArray([new Map([['k', 1n]]), null], new Map_(new Field('entries', entry, false))),
      points: arrow.vectorFromArray([points, null], new List(new Field('item', point, true))),
    });
    const path = folder.path('more.arrow');
    await writeFile(path, arrow.tableToIPC(table, 'file'));
    expect(await rowsOf(path)).toEqual([
      {
        nanos: '2024-01-02T03:04:05Z',
        clock: '03:04:05.25Z',
        map: { k: 1 },
        points: [
          { x: 1.5, s: 'a' },
          { x: null, s: null },
        ],
      },
      {},
    ]);
  });
});

describe('rows of NPZ', () => {
  it('have arrays as cells', async () => {
    const [batch] = await batchesOf(fixture('arrays.npz'));
    expect(batch?.rows[0]).toMatchObject({
      f8: 1.5,
      flag: true,
      text: 'é😀',
      images: [
        [0, 1],
        [2, 3],
      ],
      fortran: [0, 1],
    });
    expect(batch?.exact?.(0, 'big')).toBe('9007199254740993');
  });
});
