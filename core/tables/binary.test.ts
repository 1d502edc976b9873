import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileEngine } from './duck/engine.ts';
import { openTable } from './open.ts';
import { leftBehind, readAll, useFolder } from './testing.ts';

const folder = useFolder();
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);

/** As written by fixtures/make-fixtures.py with pyarrow. */
const columns = [
  'f64: number',
  'f32: number',
  'f16: number',
  'i8: integer',
  'u32: integer',
  'i64: integer',
  'big: bigint',
  'u64: bigint',
  'flag: boolean',
  'text: string',
  'category: string',
  'price: number',
  'day: other',
  'at: other',
  'vector: number[2]',
  'list: integer[3]',
  'ragged: other',
  'pair: other',
  'blob: other',
  '__proto__: integer',
  'q"\'\n`: integer',
];

const cells = Object.fromEntries([
  ['f64', [1.5, null, Number.NaN]],
  ['f32', [0.5, 0.25, null]],
  ['f16', [1, 2.5, -3]],
  ['i8', [1, null, -3]],
  ['u32', [1, 2, 4294967295]],
  ['i64', [1, 2, 9007199254740992]],
  ['big', ['9007199254740993', null, '-5']],
  ['u64', ['18446744073709551615', '0', '1']],
  ['flag', [1, null, 0]],
  ['text', ['a\n::error::', null, 'é😀']],
  ['category', ['x', 'y', 'x']],
  ['price', [1.1, null, -2.25]],
  ['day', ['2024-02-29', null, '1969-12-31']],
  ['at', Array(3).fill('2024-01-02 03:04:05.678+00')],
  ['vector', [[1, 2], [3, 4], null]],
  [
    'list',
    [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
  ],
  ['ragged', ['[1]', '[]', null]],
  ['pair', ['{"a":1}', '{"a":null}', null]],
  ['blob', ['\\x00\\xFF', null, 'ab']],
  ['__proto__', [1, 2, 3]],
  ['q"\'\n`', [1, 2, 3]],
]);

describe.each(['types.parquet', 'types.arrow', 'stream.arrows'])('%s', (name) => {
  it('has the columns and cells that pyarrow wrote', async () => {
    const table = await readAll(fixture(name));
    expect(table.columns).toEqual(columns);
    expect(table.cells).toEqual(cells);
    expect(table.places).toEqual([`${name} row 1`, `${name} row 2`, `${name} row 3`]);
    expect(table.notes).toHaveLength(2);
  });

  it('gives chosen columns as text', async () => {
    const table = await readAll(fixture(name), { textColumns: ['i8', 'price', 'flag'] });
    expect(table.cells).toMatchObject({
      i8: ['1', null, '-3'],
      price: ['1.10', null, '-2.25'],
      flag: ['true', null, 'false'],
    });
  });

  it('says where its row groups start, and has no lines', async () => {
    const table = await openTable(fixture(name));
    expect(await table.rowGroups()).toEqual(Float64Array.of(0, 2));
    expect(await table.locateRows(Float64Array.of(0))).toBeNull();
    await table.close();
  });

  it('cut short is refused', async () => {
    const bytes = await readFile(fixture(name));
    const path = await folder.write(`cut-${name}`, bytes.subarray(0, bytes.length - 300));
    await expect(openTable(path)).rejects.toThrow(/truncated|damaged/);
    await expect(openTable(path)).rejects.toMatchObject({ name: 'RunError' });
  });

  it('with damaged bytes is refused, or read; never a defect', async () => {
    const bytes = await readFile(fixture(name));
    for (let at = 8; at < bytes.length - 8; at += 97) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x55, at);
      const path = await folder.write(`damaged-${name}`, damaged);
      await readAll(path).catch((error: unknown) => expect(error).toMatchObject({ name: 'RunError' }));
    }
  });
});

describe('Arrow compression', () => {
  it.each(['lz4.arrow', 'zstd.arrow'])('%s is unpacked', async (name) => {
    const { f64, text, category } = cells;
    expect((await readAll(fixture(name))).cells).toEqual({ f64, text, category });
  });

  it('of LZ4 with matches and several blocks is unpacked', async () => {
    const table = await readAll(fixture('long-lz4.arrow'));
    expect(table.cells.n).toEqual(Array.from({ length: 2000 }, (_, row) => row));
    expect(table.cells.s).toEqual(Array.from({ length: 2000 }, (_, row) => `row ${row % 7}`));
  });
});

describe('an NPZ file', () => {
  it('has one column an array, the first axis is the row', async () => {
    const table = await readAll(fixture('arrays.npz'));
    expect(table.columns).toEqual([
      'f2: number',
      'f4: number',
      'f8: number',
      'i1: integer',
      'i8: integer',
      'big: bigint',
      'u8: bigint',
      'flag: boolean',
      'text: string',
      'raw: string',
      'images: integer[2,2]',
      'fortran: number[2]',
    ]);
    expect(table.cells).toEqual({
      f2: [1, Number.NaN, -0.5],
      f4: [1.5, 2.5, 3.5],
      f8: [1.5, 2.5, Number.POSITIVE_INFINITY],
      i1: [-1, 2, 3],
      i8: [1, 2, 3],
      big: ['9007199254740993', '2', '-9223372036854775808'],
      u8: ['18446744073709551615', '2', '3'],
      flag: [1, 0, 1],
      text: ['é😀', 'b', ''],
      raw: ['ab', 'c', ''],
      images: [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
      ],
      fortran: [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    });
  });

  it('may be deflated, and of any header version', async () => {
    expect((await readAll(fixture('deflated.npz'))).cells).toEqual({
      x: [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      y: [0, 1, 0],
    });
    expect((await readAll(fixture('version2.npz'))).cells).toEqual({ v1: [0, 1], v2: [0, 1], v3: [0, 1] });
  });

  it.each([
    ['object.npz', 'array "x" holds Python objects (a pickle), which are never loaded'],
    ['uneven.npz', 'the arrays differ in their number of rows: "x" has 3, "y" has 4'],
    ['scalar.npz', 'array "x" is a single value, not one per row'],
    ['bare.npy', 'is a single NumPy array (.npy) without column names'],
  ])('%s is refused', async (name, message) => {
    await expect(openTable(fixture(name))).rejects.toThrow(message);
  });

  it('that is cut, changed or encrypted is refused', async () => {
    const bytes = await readFile(fixture('deflated.npz'));
    const cut = await folder.write('cut.npz', bytes.subarray(0, 200));
    await expect(openTable(cut)).rejects.toThrow('is truncated: the directory of the ZIP archive is missing');
    const changed = Buffer.from(await readFile(fixture('version2.npz')));
    changed.writeUInt8(7, 160);
    await expect(openTable(await folder.write('changed.npz', changed))).rejects.toThrow(
      'v1.npy is damaged: its checksum does not match',
    );
    const locked = Buffer.from(bytes);
    const entry = locked.indexOf('PK\x01\x02', 0, 'latin1');
    locked.writeUInt16LE(locked.readUInt16LE(entry + 8) | 1, entry + 8);
    await expect(openTable(await folder.write('locked.npz', locked))).rejects.toThrow('x.npy is encrypted');
  });
});

describe('the engine', () => {
  it('reaches the opened file only, cannot be unlocked, and leaves nothing behind', async () => {
    const secret = await folder.write('secret.csv', 'a\n1\n');
    const left = await leftBehind(async () => {
      const engine = await FileEngine.open(fixture('types.parquet'));
      expect(await engine.rows(`SELECT count(*) FROM read_parquet('${engine.source}')`)).toEqual([['3']]);
      await expect(engine.rows(`SELECT * FROM read_csv('${secret}')`)).rejects.toThrow('Permission Error');
      await expect(engine.rows('SET enable_external_access = true')).rejects.toThrow('locked');
      await expect(engine.rows('INSTALL httpfs')).rejects.toThrow('cannot be read');
      await engine.close();
    });
    expect(left).toEqual([]);
  });

  it('opens a file whose name is a pattern or looks like an address', async () => {
    for (const name of ['a[1]*.parquet', "it's ~.parquet"]) {
      await copyFile(fixture('types.parquet'), folder.path(name));
      expect((await readAll(folder.path(name))).rows).toBe(3);
    }
  });
});
