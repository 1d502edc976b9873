import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTable } from '../open.ts';
import { readAll, useFolder } from '../testing.ts';

const folder = useFolder();

const readCsv = async (content: string | Uint8Array, name = 'data.csv') =>
  readAll(await folder.write(name, content));

describe('a CSV file', () => {
  it('has kinds, missing cells and places by physical line', async () => {
    const table = await readCsv('id,x,ok,name,when\n1,0.5,true,"a\nb",\n\n2,,false,,\n3,-1e3,,"c ""d""",\n');
    expect(table.columns).toEqual([
      'id: integer',
      'x: number',
      'ok: boolean',
      'name: string',
      'when: string',
    ]);
    expect(table.cells).toEqual({
      id: [1, 2, 3],
      x: [0.5, null, -1000],
      ok: [1, 0, null],
      name: ['a\nb', null, 'c "d"'],
      when: [null, null, null],
    });
    expect(table.places).toEqual(['data.csv:2', 'data.csv:5', 'data.csv:6']);
    expect(table.notes).toEqual([
      'blank lines skipped: 1, the first is line 4',
      'column "when" has no values; it is read as text',
    ]);
  });

  it('keeps the digits of whole numbers beyond 2^53', async () => {
    const table = await readCsv('id\n9007199254740993\n9007199254740992\n');
    expect(table.columns).toEqual(['id: bigint']);
    expect(table.cells.id).toEqual(['9007199254740993', '9007199254740992']);
  });

  it('reads chosen columns as text', async () => {
    const path = await folder.write('ids.csv', 'id,x\n1.0,1.0\n');
    const table = await readAll(path, { textColumns: ['id', 'nowhere'] });
    expect(table.columns).toEqual(['id: string', 'x: integer']);
    expect(table.cells).toEqual({ id: ['1.0'], x: [1] });
  });

  it.each([
    ['semicolons', 'a;b\nx;2\n', ['a: string', 'b: integer'], ['delimiter `;`']],
    [
      'decimal commas',
      'a;b\n1,5;2\n',
      ['a: string', 'b: integer'],
      [
        'delimiter `;`',
        'column "a" has values that look like numbers and are none, such as "1,5" (line 2); it is read as text',
      ],
    ],
    ['tabs', 'a\tb\n1\t2\n', ['a: integer', 'b: integer'], ['delimiter tab']],
    ['bars', 'a|b\n1|2\n', ['a: integer', 'b: integer'], ['delimiter `|`']],
    [
      'a tie',
      'a,b;c\n1,2;3\n',
      ['a: integer', 'b;c: string'],
      ['delimiter `,` (`;` would also split every row evenly)'],
    ],
    ['one column', 'a\n1\n', ['a: integer'], []],
    ['a byte order mark', '\ufeffa,b\n1,2\n', ['a: integer', 'b: integer'], []],
    ['a mark before a quote', '\ufeff"a",b\n1,2\n', ['a: integer', 'b: integer'], []],
    ['CRLF', 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n', ['a: integer', 'b: string'], []],
    ['mixed line ends', 'a,b\r\n1,x\n2,y\r3,z\n', ['a: integer', 'b: string'], []],
    ['no final line end', 'a,b\n1,2', ['a: integer', 'b: integer'], []],
    ['a header only', 'a,b\n', ['a: string', 'b: string'], []],
    ['a quoted number', 'a,b\n"1","2.5"\n', ['a: integer', 'b: number'], []],
    [
      'hostile names',
      '__proto__,::error::,"q""\n",😀\n1,2,3,4\n',
      ['__proto__: integer', '::error::: integer', 'q"\n: integer', '😀: integer'],
      [],
    ],
    [
      'a nameless index',
      ',a\n0,1\n',
      ['column_1: integer', 'a: integer'],
      ['column 1 has no name in the header; it is called column_1'],
    ],
    [
      'data for a header',
      '1.5,x\n2.5,y\n',
      ['1.5: number', 'x: string'],
      ['the header holds numbers: is the first line data? A header is required'],
    ],
    ['numbered columns', '0,1\n2.5,y\n', ['0: number', '1: string'], []],
  ])('with %s', async (_name, content, columns, notes) => {
    const table = await readCsv(content);
    expect(table.columns).toEqual(columns);
    expect(table.notes).toEqual(notes);
  });

  it('counts mixed line ends as an editor does', async () => {
    expect((await readCsv('a,b\r\n1,x\n2,"y\rz"\r3,z\n')).places).toEqual([
      'data.csv:2',
      'data.csv:3',
      'data.csv:5',
    ]);
  });

  it('takes a blank line in a file of one column for a missing cell', async () => {
    expect((await readCsv('a\n1\n\n2\n')).cells.a).toEqual([1, null, 2]);
  });

  it.each([
    ['nothing', '', 'the file is empty; a header line is required'],
    ['blank lines only', '\n\r\n', 'the file holds only blank lines; a header line is required'],
    ['a short row', 'a,b\n1,2\n"x\ny",3\n4\n', ':5: the row has 1 field, the header (line 1) has 2'],
    ['a long row', 'a,b\n1,2,3\n', ':2: the row has 3 fields, the header (line 1) has 2'],
    ['a duplicate name', 'a,b,a\n1,2,3\n', ':1: columns 1 and 3 are both called "a"'],
    [
      'no UTF-8',
      Buffer.from('a,b\n1,2\n3,caf\xe9\n', 'latin1'),
      ':3: not UTF-8 text; save the file as UTF-8',
    ],
    ['UTF-16', Buffer.from('\ufeffa,b\n', 'utf16le'), 'the file is UTF-16 text; save it as UTF-8'],
    ['a NUL byte', 'a,b\n1,x\0y\n', ':2: a NUL byte; the file is damaged, or not UTF-8 text'],
    ['an open quote', 'a,b\n1,"x\n2,y\n', ':2: the quote that opens here is never closed'],
  ])('with %s is refused', async (_name, content, message) => {
    const path = await folder.write('bad.csv', content);
    await expect(openTable(path)).rejects.toThrow(message);
    await expect(openTable(path)).rejects.toMatchObject({ name: 'RunError' });
  });

  it('names a ragged row far into the file, and finds any row again', async () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => `${row},"x\n${row / 8}"\n`);
    const path = await folder.write('long.csv', `id,t\n${rows.join('')}`);
    const table = await openTable(path);
    expect(await table.countRows()).toBe(200_000);
    expect(await table.locate(0)).toBe(`${path}:2`);
    expect(await table.locate(123_456)).toBe(`${path}:${2 + 2 * 123_456}`);
    expect(await table.locate(199_999)).toBe(`${path}:${2 + 2 * 199_999}`);
    let sum = 0;
    for await (const batch of table.batches(['id'], 5000)) {
      const ids = batch.columns.get('id');
      if (ids?.kind === 'numeric') sum = ids.values.reduce((total, id) => total + id, sum);
      expect(batch.rows).toBe(5000);
    }
    expect(sum).toBe((199_999 * 200_000) / 2);
    rows[150_000] = '1,2,3\n';
    const ragged = await folder.write('ragged.csv', `id,t\n${rows.join('')}`);
    await expect(openTable(ragged)).rejects.toThrow(`${ragged}:${2 + 2 * 150_000}: the row has 3 fields`);
  });

  it('gives the number of each row around broken ones, which have a place as well', async () => {
    const path = await folder.write('gaps.csv', 'a,b\n1,x\n2\n3,"y\nz"\n4,w,\n5,v\n6,u\n');
    const table = await openTable(path, { ragged: 'skip' });
    expect(await table.countRows()).toBe(4);
    const numbers: unknown[] = [];
    for await (const batch of table.batches(['a'], 2)) {
      numbers.push([batch.firstRow, batch.rowNumbers, [...(batch.columns.get('a')?.values ?? [])]]);
    }
    expect(numbers).toEqual([
      [0, Float64Array.of(0, 2), [1, 3]],
      [4, null, [5, 6]],
    ]);
    expect(await table.locate(1)).toBe(`${path}:3`);
    expect(await table.locateRows(Float64Array.of(0, 1, 2, 3, 4, 5))).toEqual({
      lines: Float64Array.of(2, 3, 4, 6, 7, 8),
    });
    await expect(openTable(path)).rejects.toThrow(':3: the row has 1 field');
  });

  it('is read from gzip, also in several members', async () => {
    const packed = Buffer.concat([gzipSync('a,b\n1,'), gzipSync('x\n2,y\n')]);
    const table = await readCsv(packed, 'data.csv.gz');
    expect(table.cells).toEqual({ a: [1, 2], b: ['x', 'y'] });
    expect(table.places).toEqual(['data.csv.gz:2', 'data.csv.gz:3']);
  });

  it('that is gzip without saying so is noted', async () => {
    const table = await readCsv(gzipSync('a,b\n1,x\n'), 'packed.csv');
    expect(table.cells).toEqual({ a: [1], b: ['x'] });
    expect(table.notes).toEqual(['unpacked from gzip, though the name does not say so']);
  });

  it('cut inside gzip is refused', async () => {
    const packed = gzipSync(`a,b\n${'1,2\n'.repeat(100_000)}`);
    const path = await folder.write('cut.csv.gz', packed.subarray(0, packed.length - 20));
    await expect(openTable(path)).rejects.toThrow('cut.csv.gz: cannot be read: unexpected end of file');
  });

  it('does not take a record that is cut by the sample for a different delimiter', async () => {
    const table = await readCsv(`a,b\n1,"${'x'.repeat(2_000_000)}"\n`);
    expect(table.columns).toEqual(['a: integer', 'b: string']);
  });

  it('names the nearest column for an unknown one', async () => {
    const table = await openTable(await folder.write('near.csv', 'age,label\n1,2\n'));
    const first = table.batches(['lable'], 10)[Symbol.asyncIterator]().next();
    await expect(first).rejects.toThrow('near.csv: no column "lable"; did you mean "label"?');
  });

  it('gives a repeated name once, and batches that end with the rows', async () => {
    const table = await openTable(await folder.write('few.csv', 'a\n1\n2\n3\n'));
    const sizes: number[][] = [];
    for await (const batch of table.batches(['a', 'a'], 2))
      sizes.push([batch.firstRow, batch.rows, batch.columns.size]);
    expect(sizes).toEqual([
      [0, 2, 1],
      [2, 1, 1],
    ]);
  });
});

describe('many rows of another encoding', () => {
  it('are found again, one by one and all at once', async () => {
    const lines = Array.from({ length: 100_000 }, (_, row) => `${row},"é\n${row}"\n`);
    const path = await folder.write('many.csv', Buffer.from(`\ufeffid,t\n${lines.join('')}`, 'utf16le'));
    const table = await openTable(path, { csv: { encoding: 'utf-16le' } });
    expect(await table.locate(90_000)).toBe(`${path}:180002`);
    const wanted = Float64Array.of(0, 5000, 5000, 99_999);
    expect(await table.locateRows(wanted)).toEqual({ lines: Float64Array.of(2, 10_002, 10_002, 200_000) });
    expect(await table.locateRows(new Float64Array())).toEqual({ lines: new Float64Array() });
    await expect(table.locateRows(Float64Array.of(100_000))).rejects.toThrow(RangeError);
    expect(await table.rowGroups()).toBeNull();
  });
});
