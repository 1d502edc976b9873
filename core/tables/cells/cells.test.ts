import { join } from 'node:path';
import {
  Binary,
  Bool,
  Data,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampNanosecond,
  tableToIPC,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { expect, test } from 'vitest';
import { readArrowCells } from '../arrow-cells.ts';
import { openTable } from '../open.ts';
import { setCell } from '../row-collector.ts';
import { readRows } from '../rows.ts';
import { useFolder } from '../testing.ts';
import type { JsonValue } from '../types.ts';
import { cellAt } from './index.ts';

const folder = useFolder();

/** Rows put together from columns, and the digits that a double changes. */
async function fromCells(path: string, names: readonly string[]) {
  const rows: Record<string, unknown>[] = [];
  const digits: string[] = [];
  for await (const { rows: count, columns } of readArrowCells(path)) {
    for (let row = 0; row < count; row += 1) {
      const value: Record<string, JsonValue> = {};
      for (const [index, name] of names.entries()) {
        const column = columns[index];
        const cell = column === undefined ? undefined : cellAt(column, row);
        if (cell !== undefined) setCell(value, name, cell);
        const exact = column === undefined || column.kind === 'texts' ? undefined : column.exact?.get(row);
        if (exact !== undefined) digits.push(`${rows.length} ${name} ${exact}`);
      }
      rows.push(value);
    }
  }
  return { rows, digits };
}

async function fromRows(path: string, names: readonly string[]) {
  const rows: unknown[] = [];
  const digits: string[] = [];
  for await (const batch of readRows(path)) {
    for (const [index, row] of batch.rows.entries()) {
      for (const name of names) {
        const exact = batch.exact?.(index, name);
        if (exact !== undefined) digits.push(`${rows.length} ${name} ${exact}`);
      }
      rows.push(row);
    }
  }
  return { rows, digits };
}

async function namesOf(path: string): Promise<string[]> {
  const table = await openTable(path);
  await table.close();
  return table.columns.map(({ name }) => name);
}

test.each(['stream.arrows', 'lz4.arrow', 'long-lz4.arrow', 'zstd.arrow'])(
  '%s: columns of cells are the rows',
  async (name) => {
    const path = join(import.meta.dirname, '..', 'fixtures', name);
    const names = await namesOf(path);
    expect(names.length).toBeGreaterThan(0);
    expect(await fromCells(path, names)).toEqual(await fromRows(path, names));
  },
);

const vectors: Readonly<Record<string, Vector>> = {
  text: vectorFromArray(['a', null, 'é', '', '👍', "it's"], new Utf8()),
  plain: vectorFromArray(['a', 'b', 'c', 'd', 'e', 'f'], new Utf8()),
  category: vectorFromArray(['x', 'y', null, 'x', 'y', 'x'], new Dictionary(new Utf8(), new Int32())),
  number: vectorFromArray([0.5, null, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e300], new Float64()),
  whole: vectorFromArray([1, -2, null, 2 ** 31 - 1, -(2 ** 31), 0], new Int32()),
  wide: vectorFromArray([1n, -1n, 9007199254740993n, -9223372036854775808n, null, 2n ** 53n], new Int64()),
  widest: vectorFromArray([1n, 18446744073709551615n, 2n ** 53n - 1n, 2n ** 53n, 0n, null], new Uint64()),
  flag: vectorFromArray([true, false, null, true, false, true], new Bool()),
  bytes: vectorFromArray([new Uint8Array([255]), null, new Uint8Array(), null, null, null], new Binary()),
  moment: vectorFromArray([0, 1, 2, 3, 4, null], new TimestampNanosecond()),
};

test('each type, over several record batches', async () => {
  const table = new Table(vectors);
  const path = await folder.write('types.arrow', tableToIPC(table.concat(table, table.slice(1, 5)), 'file'));
  const names = Object.keys(vectors);
  const { rows, digits } = await fromCells(path, names);
  expect({ rows, digits }).toEqual(await fromRows(path, names));
  expect(rows).toHaveLength(16);
  expect(digits.slice(0, 4)).toEqual([
    '1 widest 18446744073709551615',
    '2 wide 9007199254740993',
    '3 wide -9223372036854775808',
    '3 widest 9007199254740992',
  ]);
});

test('more rows than a block holds', async () => {
  const table = new Table({ n: vectorFromArray(Int32Array.from({ length: 20_000 }, (_, i) => i)) });
  const path = await folder.write('many.arrow', tableToIPC(table, 'stream'));
  const { rows } = await fromCells(path, ['n']);
  expect(rows).toEqual(Array.from({ length: 20_000 }, (_, n) => ({ n })));
});

/** A column of texts with these bytes and offsets, as a careless writer may leave them. */
async function textFile(name: string, bytes: readonly number[], offsets: readonly number[]): Promise<string> {
  const data = makeData({
    type: new Utf8(),
    length: offsets.length - 1,
    valueOffsets: Int32Array.from(offsets),
    data: Uint8Array.from(bytes),
  });
  const schema = new Schema([new Field('t', new Utf8(), true)]);
  const batch = new RecordBatch(
    schema,
    new Data(new Struct(schema.fields), 0, offsets.length - 1, 0, {}, [data]),
  );
  return await folder.write(name, tableToIPC(new Table(batch), 'file'));
}

test('text that is no UTF-8, or cut within a character, is what readRows makes of it', async () => {
  for (const [name, bytes, offsets] of [
    ['invalid.arrow', [0x61, 0xff, 0x62], [0, 1, 3]],
    ['cut.arrow', [0xc3, 0xa9], [0, 1, 2]],
  ] as const) {
    const path = await textFile(name, bytes, offsets);
    expect(await fromCells(path, ['t']), name).toEqual(await fromRows(path, ['t']));
  }
});

test('offsets that lead out of the column, or back, are damage', async () => {
  for (const [name, offsets] of [
    ['beyond.arrow', [0, 1, 100]],
    ['back.arrow', [0, 2, 1]],
  ] as const) {
    const path = await textFile(name, [0x61, 0x62], offsets);
    await expect(fromCells(path, ['t']), name).rejects.toThrow(/damaged or truncated/);
  }
});
