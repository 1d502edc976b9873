import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTable } from '../open.ts';
import { readAll, useFolder } from '../testing.ts';

const folder = useFolder();

describe('a JSONL file', () => {
  it('has kinds, missing keys and places; blank lines are counted', async () => {
    const path = await folder.write(
      'rows.jsonl',
      '{"id":1,"x":1.5,"s":"a"}\n\n{"x":2,"ok":true,"s":""}\r\n  \n{"id":null,"tags":[1,{"a":2}]}',
    );
    const table = await readAll(path);
    expect(table.columns).toEqual(['id: integer', 'x: number', 's: string', 'ok: boolean', 'tags: other']);
    expect(table.cells).toEqual({
      id: [1, null, null],
      x: [1.5, 2, null],
      s: ['a', '', null],
      ok: [null, 1, null],
      tags: [null, null, '[1,{"a":2}]'],
    });
    expect(table.places).toEqual(['rows.jsonl:1', 'rows.jsonl:3', 'rows.jsonl:5']);
    expect(table.notes).toEqual([
      'blank lines skipped: 2',
      'column "tags" holds arrays or objects; it is read as JSON text',
    ]);
  });

  it('keeps the digits of numbers that a double would change', async () => {
    const path = await folder.write(
      'wide.jsonl',
      '{"id":9007199254740993,"in":{"id":9007199254740993},"huge":1e400,"e":1e300}\n{"id":5,"e":1}\n',
    );
    const table = await readAll(path);
    expect(table.columns).toEqual(['id: bigint', 'in: other', 'huge: string', 'e: number']);
    expect(table.cells).toEqual({
      id: ['9007199254740993', '5'],
      in: ['{"id":9007199254740993}', null],
      huge: ['1e400', null],
      e: [1e300, 1],
    });
  });

  it('reads mixed types as text, and says so; text that looks like a number stays text', async () => {
    const path = await folder.write('mixed.jsonl', '{"a":1,"b":"007"}\n{"a":"x","b":"8"}\n');
    const table = await readAll(path);
    expect(table.columns).toEqual(['a: string', 'b: string']);
    expect(table.cells).toEqual({ a: ['1', 'x'], b: ['007', '8'] });
    expect(table.notes).toEqual(['column "a" mixes types; it is read as text']);
  });

  it('does not take inherited properties for cells', async () => {
    const path = await folder.write('proto.jsonl', '{"__proto__":1,"constructor":2}\n{"a":3}\n');
    const table = await openTable(path);
    expect(table.columns.map(({ name }) => name)).toEqual(['__proto__', 'constructor', 'a']);
    for await (const batch of table.batches(['__proto__', 'constructor'], 9)) {
      expect(batch.columns.get('__proto__')?.values).toEqual(Float64Array.of(1, Number.NaN));
      expect(batch.columns.get('constructor')?.values).toEqual(Float64Array.of(2, Number.NaN));
    }
  });

  it('is read from gzip', async () => {
    const path = await folder.write('rows.jsonl.gz', gzipSync('{"a":1}\n{"a":2}\n'));
    expect((await readAll(path)).cells).toEqual({ a: [1, 2] });
  });

  it.each([
    ['a bad line', '{"a":1}\n\n{"a":}\n', ':3: not valid JSON'],
    [
      'an array',
      '{"a":1}\n[1]\n',
      ':2: not a JSON object; a row is an object such as {"age": 41, "label": 1}',
    ],
    ['a bare number', '{"a":1}\n12345678901234567890\n', ':2: not a JSON object'],
    ['two objects on a line', '{"a":1}\n{"a":1}{"a":2}\n', ':2: not valid JSON'],
    [
      'no UTF-8',
      Buffer.from('{"a":"x"}\n{"a":"\xe9"}\n', 'latin1'),
      ':2: not UTF-8 text; save the file as UTF-8',
    ],
    ['nothing', '', 'the file holds no objects, so it has no columns'],
  ])('with %s is refused', async (_name, content, message) => {
    const path = await folder.write('bad.jsonl', content);
    await expect(openTable(path)).rejects.toThrow(message);
    await expect(openTable(path)).rejects.toMatchObject({ name: 'RunError' });
  });
});

describe('lines that are no JSON object', () => {
  it('are left out on demand; rows keep their number and place', async () => {
    const path = await folder.write('broken.jsonl', '{"a":1}\n\n[1]\n{"a":\n{"a":2}\n"x"\n');
    const table = await readAll(path, { ragged: 'skip' });
    expect(table.cells).toEqual({ a: [1, 2] });
    expect(table.rows).toBe(2);
    expect(table.places).toEqual(['broken.jsonl:1', 'broken.jsonl:5']);
    expect(table.notes).toEqual([
      'blank lines skipped: 1',
      'lines left out: 3 that are no JSON object, first on line 3',
    ]);
    const opened = await openTable(path, { ragged: 'skip' });
    expect(await opened.locate(1)).toBe(`${path}:3`);
    expect(await opened.locateRows(Float64Array.of(0, 1, 4))).toEqual({ lines: Float64Array.of(1, 3, 6) });
    for await (const batch of opened.batches(['a'], 9))
      expect([batch.firstRow, batch.rowNumbers]).toEqual([0, Float64Array.of(0, 3)]);
  });

  it('and nothing else is no table', async () => {
    const path = await folder.write('none.jsonl', '{"a":\n');
    await expect(openTable(path, { ragged: 'skip' })).rejects.toThrow('the file holds no objects');
  });

  it('are an error in a JSON array', async () => {
    const path = await folder.write('broken.json', '[{"a":1},\n{a:1}]');
    await expect(openTable(path, { ragged: 'skip' })).rejects.toThrow(':2: not valid JSON');
  });
});

describe('a JSON file', () => {
  it('is an array of objects, each with the line where it starts', async () => {
    const path = await folder.write(
      'rows.json',
      '[\n  {"a": 1,\n   "b": "]\\"}"},\n\n  {"a": 2.5}, {"b": "x"}\n]\n',
    );
    const table = await readAll(path);
    expect(table.columns).toEqual(['a: number', 'b: string']);
    expect(table.cells).toEqual({ a: [1, 2.5, null], b: [']"}', null, 'x'] });
    expect(table.places).toEqual(['rows.json:2', 'rows.json:5', 'rows.json:5']);
  });

  it('may hold one object a line instead, which is noted', async () => {
    const table = await readAll(await folder.write('lines.json', '{"a":1}\n{"a":2}\n'));
    expect([table.format, table.notes]).toEqual(['jsonl', ['read as JSON lines, one object a line']]);
  });

  it('on one long line is found again row by row', async () => {
    const rows = Array.from({ length: 50_000 }, (_, row) => ({ row, text: `é${row}` }));
    const path = await folder.write('long.json', JSON.stringify(rows));
    const table = await openTable(path);
    expect(await table.countRows()).toBe(50_000);
    expect(await table.locate(49_999)).toBe(`${path}:1`);
    expect(await table.locateRows(Float64Array.of(7, 49_999))).toEqual({ lines: Float64Array.of(1, 1) });
    expect(await table.rowGroups()).toBeNull();
  });

  it.each([
    ['a truncated array', '[{"a":1},\n{"a":2}', ':2: the array is not closed; the file is truncated'],
    [
      'a truncated object',
      '[{"a":1},\n{"a":',
      ':2: the object that starts here is not closed; the file is truncated',
    ],
    ['numbers', '[{"a":1}, 2]', ':1: an element of the array is not an object; a JSON table is [{…}, {…}]'],
    ['a trailing comma', '[{"a":1},\n]', ':2: an element of the array is not an object'],
    ['text after the array', '[{"a":1}]\n[]', ':2: not an array of objects'],
    ['a bad object', '[{"a":1},\n{a:1}]', ':2: not valid JSON'],
    ['nothing', '', ':1: the file is empty; a JSON table is [{…}, {…}]'],
    ['no object', '[]', 'the file holds no objects, so it has no columns'],
  ])('with %s is refused', async (_name, content, message) => {
    const path = await folder.write('bad.json', content);
    await expect(openTable(path)).rejects.toThrow(message);
    await expect(openTable(path)).rejects.toMatchObject({ name: 'RunError' });
  });

  it('gives the cells that JSON.parse gives, in either layout', async () => {
    const value = fc.oneof(fc.string(), fc.constant(null));
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, maxExcluded: true, max: 1e15, min: -1e15 }),
      fc.constant(null),
    );
    const record = fc.record({ text: value, number });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (records, lines) => {
          const content = lines
            ? records.map((row) => JSON.stringify(row)).join('\n')
            : JSON.stringify(records, null, 1);
          const path = await folder.write(lines ? 'any.jsonl' : 'any.json', content);
          const { cells } = await readAll(path);
          const parsed = JSON.parse(JSON.stringify(records)) as typeof records;
          expect(cells.text).toEqual(parsed.map((row) => row.text));
          if (parsed.some((row) => row.number !== null))
            expect(cells.number).toEqual(parsed.map((row) => row.number));
        },
      ),
      { numRuns: 100 },
    );
  });
});
