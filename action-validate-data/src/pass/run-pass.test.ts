import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CsvOptions } from '../../../core/tables/index.ts';
import { loadSchema } from '../schema/index.ts';
import { JudgePool } from './pool.ts';
import { type PassOutcome, runPass } from './run-pass.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pass-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = JSON.stringify({
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: 'string', minLength: 1, maxLength: 8 },
    age: { type: ['integer', 'null'], minimum: 0 },
    price: { type: 'number', multipleOf: 0.01 },
    day: { type: 'string', format: 'date' },
    on: { type: 'boolean' },
  },
  required: ['id'],
});

interface Seen {
  /** `file:line row column rule` */
  readonly places: string[];
  readonly messages: string[];
  readonly values: unknown[];
  readonly outcome: PassOutcome;
}

async function pass(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { csv?: CsvOptions; text?: string | null; patternTime?: number } = {},
): Promise<Seen> {
  const text = options.text === undefined ? schema : options.text;
  const list = Object.entries(files).map(([shown, content]) => {
    const path = join(folder, shown);
    writeFileSync(path, content);
    return { path, shown };
  });
  const places: string[] = [];
  const messages: string[] = [];
  const values: unknown[] = [];
  const outcome = await runPass({
    files: list,
    format: 'auto',
    csv: options.csv ?? {},
    schema: text === null ? null : loadSchema(text, 's.json'),
    schemaText: text === null ? null : { text, shown: 's.json' },
    pool: new JudgePool(0, options.patternTime),
    onFound: (file, row, { line, column, rule, message, value }) => {
      places.push(`${list[file]?.shown}:${line} row ${row + 1} ${column} ${rule}`);
      messages.push(message);
      values.push(value);
    },
  });
  return { places, messages, values, outcome };
}

describe('the physical line of a bad value', () => {
  const rows = ['1,ann,30', '2,bob,-1', '3,"c\nd",31', '4,eve,-2'];
  const expected = ['a.csv:3 row 2 age minimum', 'a.csv:6 row 4 age minimum'];
  const body = `id,name,age\n${rows.join('\n')}\n`;

  test.each([
    ['line feeds', body],
    ['CRLF', body.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${body}`],
    ['no final line end', body.trimEnd()],
  ])('%s', async (_, content) => {
    const { places, outcome } = await pass({ 'a.csv': content });
    expect(places).toEqual(expected);
    expect(outcome.rows).toBe(4);
  });

  test('gzip', async () => {
    const { places } = await pass({ 'a.csv.gz': gzipSync(body) });
    expect(places).toEqual(expected.map((place) => place.replace('a.csv', 'a.csv.gz')));
  });

  test('blank lines are skipped, counted and said', async () => {
    const { places, outcome } = await pass({ 'a.csv': 'id,age\n\n1,-1\n\n2,-1\n' });
    expect(places).toEqual(['a.csv:3 row 1 age minimum', 'a.csv:5 row 2 age minimum']);
    expect(outcome.files[0]?.notes).toEqual(['blank lines skipped: 2']);
  });

  test('JSON lines, and an array over several lines', async () => {
    const { places } = await pass({
      'a.jsonl': '{"id":1}\n\n{"id":"x"}\n',
      'b.json': '[\n  {"id": 1},\n  {\n    "id": 2.5\n  }\n]\n',
    });
    expect(places).toEqual(['a.jsonl:3 row 2 id type', 'b.json:3 row 2 id type']);
  });

  test('many blocks and files keep the order and the numbers', async () => {
    const count = 60_000;
    const lines = (bad: number): string =>
      `id,name,age\n${Array.from({ length: count }, (_, i) => `${i},"name, ${i % 7}",${i % bad === 5 ? -1 : 30}`).join('\n')}\n`;
    const { places, outcome } = await pass({ 'x.csv': lines(10_000), 'y.csv': lines(20_000) });
    expect(places).toEqual([
      ...[5, 10_005, 20_005, 30_005, 40_005, 50_005].map((i) => `x.csv:${i + 2} row ${i + 1} age minimum`),
      ...[5, 20_005, 40_005].map((i) => `y.csv:${i + 2} row ${i + 1} age minimum`),
    ]);
    expect(outcome.files.map(({ rows, rejectedRows }) => [rows, rejectedRows])).toEqual([
      [count, 6],
      [count, 3],
    ]);
  });
});

const cellCases: readonly { cell: string; column: string; rule: string | null; message?: string }[] = [
  {
    cell: '007',
    column: 'id',
    rule: 'type',
    message: 'id: "007" is text, an integer is required (type); a number has no leading zeros',
  },
  { cell: ' 7', column: 'id', rule: 'type' },
  { cell: '+5', column: 'id', rule: 'type' },
  { cell: '1_000', column: 'id', rule: 'type' },
  { cell: '0x10', column: 'id', rule: 'type' },
  { cell: '1e400', column: 'id', rule: 'type' },
  { cell: '3.0', column: 'id', rule: null },
  { cell: '1e3', column: 'id', rule: null },
  { cell: '3.5', column: 'id', rule: 'type' },
  { cell: '', column: 'id', rule: 'required', message: 'id: missing (required)' },
  { cell: '', column: 'age', rule: null },
  { cell: '42', column: 'name', rule: null },
  { cell: 'true', column: 'name', rule: null },
  { cell: 'äöüäöüäö', column: 'name', rule: null },
  { cell: 'äöüäöüäöx', column: 'name', rule: 'maxLength' },
  { cell: '19.99', column: 'price', rule: null },
  { cell: '19.999', column: 'price', rule: 'multipleOf' },
  { cell: 'NaN', column: 'price', rule: 'type' },
  { cell: '2024-02-30', column: 'day', rule: 'format' },
  { cell: '2024-02-29', column: 'day', rule: null },
  { cell: '2024-1-1', column: 'day', rule: 'format' },
  { cell: 'true', column: 'on', rule: null },
  { cell: 'True', column: 'on', rule: 'type' },
  { cell: '1', column: 'on', rule: 'type' },
];

test('CSV cells: what each is, and what the schema says of it', async () => {
  const columns = ['id', 'name', 'age', 'price', 'day', 'on'];
  const rows = cellCases.map(({ cell, column }) =>
    columns.map((name) => (name === column ? cell : name === 'id' ? '1' : '')).join(','),
  );
  const { places, messages } = await pass({ 'cell.csv': `${columns.join(',')}\n${rows.join('\n')}\n` });
  const wrong = cellCases.flatMap(({ column, rule, message }, index) =>
    rule === null
      ? []
      : [{ place: `cell.csv:${index + 2} row ${index + 1} ${column} ${rule}`, message: message ?? null }],
  );
  expect(places).toEqual(wrong.map(({ place }) => place));
  for (const [index, { message }] of wrong.entries())
    if (message !== null) expect(messages[index]).toBe(message);
});

test('digits beyond 2^53 are kept in value and message', async () => {
  const text = JSON.stringify({ properties: { id: { type: 'integer', maximum: 10 } } });
  const content = { 'id.csv': 'id,x\n9007199254740993,1\n', 'id.jsonl': '{"id": 9007199254740993}\n' };
  const { values, messages } = await pass(content, { text });
  expect(values).toEqual(['9007199254740993', '9007199254740993']);
  expect(messages[0]).toBe('id: 9007199254740993 is greater than 10 (maximum)');
});

test('rows of other widths and lines that are no objects are rejected rows', async () => {
  const { places, messages, outcome } = await pass({
    'r.csv': 'id,age\n1\n2,3\n3,4,5\n',
    'r.jsonl': '{"id":1}\n{"id":\n[1]\n',
  });
  expect(places).toEqual([
    'r.csv:2 row 1 null fields',
    'r.csv:4 row 3 null fields',
    'r.jsonl:2 row 2 null json',
    'r.jsonl:3 row 3 null json',
  ]);
  expect(messages[0]).toContain('the row has 1 field, the header has 2');
  expect(outcome.files.map(({ rejectedRows, broken }) => [rejectedRows, broken])).toEqual([
    [2, [0, 2]],
    [2, [1, 2]],
  ]);
});

test('csv-options: delimiter, quote, header, null, encoding', async () => {
  const text = JSON.stringify({
    properties: { column_1: { type: 'integer' }, column_2: { type: 'string', minLength: 5 } },
  });
  const { places, outcome } = await pass(
    { 'o.csv': Buffer.from("1;'a;b'\nNA;'m\u00fcller'\nx;NA\n", 'latin1') },
    { text, csv: { delimiter: ';', quote: "'", header: false, nulls: ['NA'], encoding: 'latin1' } },
  );
  expect(places).toEqual(['o.csv:1 row 1 column_2 minLength', 'o.csv:3 row 3 column_1 type']);
  expect(outcome.columns.get('column_1')?.finish('column_1', 3, null, 0).missing).toBe(1);
});

describe('a regular expression without end', () => {
  const text = JSON.stringify({ properties: { name: { type: 'string', pattern: '^(a+)+$' } } });
  test.each([
    ['CSV', { 'p.csv': `id,name\n1,aaa\n2,${'a'.repeat(40)}!\n` }, 'p.csv:3'],
    ['JSON', { 'p.jsonl': `{"name":"aa"}\n{"name":"${'a'.repeat(40)}!"}\n` }, 'p.jsonl:2'],
  ])('%s: an error that names the pattern and the line', async (_, files, place) => {
    await expect(pass(files, { text, patternTime: 300 })).rejects.toThrow(
      `${place}: the pattern ^(a+)+$ takes more than 0.3 s on one value`,
    );
  });
});

test.each([
  ['q.csv', 'id,name\n1,"x\n2,y\n', 'q.csv:2: the quote that opens here is never closed'],
  ['u.csv', Buffer.from('id\n1\n\xff\n', 'latin1'), 'u.csv:3: not UTF-8 text'],
  ['e.csv', '', 'e.csv: the file is empty'],
  ['d.csv', 'a,a\n1,2\n', 'd.csv:1: columns 1 and 2 are both called "a"'],
])('%s is one clear error with its line', async (name, content, message) => {
  await expect(pass({ [name]: content })).rejects.toThrow(message);
});

test('what the columns look like', async () => {
  const rows = Array.from(
    { length: 1000 },
    (_, i) => `${i},${i % 3 === 0 ? '' : 'ab'},${i % 2 === 0},${i / 4}`,
  );
  const { outcome } = await pass({ 'c.csv': `n,t,b,x\n${rows.join('\n')}\n` }, { text: null });
  const profile = (name: string) => outcome.columns.get(name)?.finish(name, outcome.rows, null, 0);
  expect(profile('n')).toMatchObject({
    type: 'integer',
    missing: 0,
    distinct: { count: 1000, exact: true },
    // Mean and standard deviation of 0 to 999: 499.5, sqrt(1000 * 1001 / 12).
    numbers: { count: 1000, minimum: 0, maximum: 999, mean: 499.5, stddev: 288.819436096 },
    histogram: { low: 0, high: 999, sampled: false },
    top: null,
  });
  expect(profile('n')?.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
  expect(profile('t')).toMatchObject({ type: 'string', missing: 334, top: [{ value: 'ab', count: 666 }] });
  expect(profile('b')).toMatchObject({ type: 'boolean', distinct: { count: 2, exact: true } });
  expect(profile('x')).toMatchObject({ type: 'number', numbers: { maximum: 249.75 } });
});

test('columns beyond those that are described are counted once', async () => {
  const names = Array.from({ length: 600 }, (_, i) => `c${i}`);
  const { outcome } = await pass({ 'wide.csv': `${names}\n${names.map(() => 1)}\n` }, { text: null });
  expect(outcome.columns.size + outcome.columnsLeft).toBe(600);
  const row = Object.fromEntries(names.map((name) => [name, 1]));
  const { outcome: json } = await pass({ 'wide.jsonl': JSON.stringify(row) }, { text: null });
  expect(json.columns.size + json.columnsLeft).toBe(600);
});
