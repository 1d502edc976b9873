import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSchema } from '../../schema/index.ts';
import { JudgePool } from '../pool.ts';
import type { Found } from '../protocol.ts';
import { type PassOutcome, runPass } from '../run-pass.ts';
import { writeParquet } from './testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: 0 },
    age: { type: ['integer', 'null'], maximum: 120 },
    score: { type: 'number', maximum: 1 },
    code: { type: 'string', pattern: '^[A-Z]-\\d+$' },
  },
  required: ['id', 'code'],
};

/** 10,000 rows in row groups of 2,048, a few of them bad. */
const rows = `SELECT CASE i WHEN 4999 THEN NULL ELSE i END AS id,
  CASE WHEN i % 2000 = 1500 THEN 121 WHEN i % 3 = 0 THEN NULL ELSE i % 90 END AS age,
  CASE i WHEN 2047 THEN 'nan'::DOUBLE WHEN 2048 THEN 1.5 ELSE 0.25 END AS score,
  CASE i WHEN 9999 THEN 'A-' ELSE 'A-' || i END AS code FROM range(10000) r(i)`;

interface Seen {
  readonly outcome: PassOutcome;
  /** `file row group column rule`, rows and groups from 0. */
  readonly places: readonly string[];
  readonly found: readonly Found[];
}

async function pass(
  names: readonly string[],
  text: string | null = JSON.stringify(schema),
  pool = new JudgePool(0),
): Promise<Seen> {
  const places: string[] = [];
  const found: Found[] = [];
  const outcome = await runPass({
    files: names.map((shown) => ({ path: join(folder, shown), shown })),
    format: 'auto',
    csv: {},
    pool,
    schema: text === null ? null : loadSchema(text, 's.json'),
    schemaText: text === null ? null : { text, shown: 's.json' },
    onFound: (file, row, each, groups) => {
      const group = groups === null ? '-' : groups.filter((first) => first <= row).length - 1;
      places.push(`${names[file]} ${row} ${group} ${each.column} ${each.rule}`);
      found.push(each);
    },
  });
  return { outcome, places, found };
}

const expected = [
  ...[
    '1500 0 age maximum',
    '2047 0 score maximum',
    '2048 1 score maximum',
    '3500 1 age maximum',
    '4999 2 id required',
  ],
  ...['5500 2 age maximum', '7500 3 age maximum', '9500 4 age maximum', '9999 4 code pattern'],
];

test('rows that are left out are counted, those that are judged keep their numbers and row groups', async () => {
  await writeParquet(join(folder, 'a.parquet'), rows, 2048);
  const { outcome, places, found } = await pass(['a.parquet']);
  expect(places).toEqual(expected.map((place) => `a.parquet ${place}`));
  expect(found.map(({ message }) => message)[0]).toBe('age: 121 is greater than 120 (maximum)');
  const [file] = outcome.files;
  expect(file).toMatchObject({ rows: 10_000, columns: 4, rejectedRows: 9, broken: [] });
  expect(file?.invalid.has(4999)).toBe(true);
  expect(outcome.rows).toBe(10_000);
  expect(outcome.columns.get('age')?.finish('age', 10_000, null, 5)).toMatchObject({
    type: 'integer',
    missing: 3332,
    numbers: { minimum: 1, maximum: 121 },
    violations: 5,
  });
});

describe('what is found', () => {
  test('is the same where all rows go to the threads, beside a file of another format', async () => {
    await writeParquet(join(folder, 'b.parquet'), rows, 2048);
    writeFileSync(join(folder, 'c.csv'), 'id,code\n1,A-1\n-1,A-2\n');
    const alone = await pass(['b.parquet']);
    const beside = await pass(['b.parquet', 'c.csv']);
    expect(beside.found.slice(0, -1).map(({ fingerprint, cells }) => ({ fingerprint, cells }))).toEqual(
      alone.found.map(({ fingerprint, cells }) => ({ fingerprint, cells })),
    );
    expect(beside.places).toEqual([...alone.places, 'c.csv 1 - id minimum']);
    expect(beside.outcome.rows).toBe(10_002);
  });

  test('is the same where the schema is of the row as a whole', async () => {
    await writeParquet(join(folder, 'd.parquet'), rows, 2048);
    const { places, outcome } = await pass(['d.parquet'], JSON.stringify({ ...schema, minProperties: 1 }));
    expect(places).toEqual(expected.map((place) => `d.parquet ${place}`));
    expect(outcome.rows).toBe(10_000);
  });

  test('is the same in several files, and in order where thousands of rows are bad', async () => {
    await writeParquet(join(folder, 'e.parquet'), 'SELECT i AS id FROM range(5000) r(i)', 2048);
    await writeParquet(join(folder, 'f.parquet'), "SELECT -i AS id, 'A-1' AS code FROM range(3) r(i)");
    const { places, outcome } = await pass(['e.parquet', 'f.parquet']);
    expect(places).toEqual([
      ...Array.from({ length: 5000 }, (_, row) => `e.parquet ${row} ${Math.floor(row / 2048)} code required`),
      ...[1, 2].map((row) => `f.parquet ${row} 0 id minimum`),
    ]);
    expect(outcome.files.map((file) => [file.rows, file.rejectedRows])).toEqual([
      [5000, 5000],
      [3, 2],
    ]);
  });
});

test('without a schema nothing is judged, and all is described', async () => {
  await writeParquet(join(folder, 'g.parquet'), rows);
  const { outcome, places } = await pass(['g.parquet'], null);
  expect(places).toEqual([]);
  expect(outcome.rows).toBe(10_000);
  expect([...outcome.columns.keys()]).toEqual(['id', 'age', 'score', 'code']);
  expect(outcome.columns.get('code')?.finish('code', 10_000, null, 0).type).toBe('string');
});

test('a damaged file is named', async () => {
  await writeParquet(join(folder, 'h.parquet'), 'SELECT 1 AS id');
  writeFileSync(join(folder, 'i.parquet'), 'PAR1 damaged PAR1');
  await expect(pass(['h.parquet', 'i.parquet'])).rejects.toThrow(/i\.parquet/);
});

test('an expression that does not come back is stopped, and named with the file', async () => {
  await writeParquet(join(folder, 'j.parquet'), "SELECT repeat('a', 60) || 'b' AS id");
  const slow = JSON.stringify({ type: 'object', properties: { id: { pattern: '^(a+)+$' } } });
  await expect(pass(['j.parquet'], slow, new JudgePool(0, 200))).rejects.toThrow(
    'j.parquet: the pattern ^(a+)+$ takes more than 0.2 s on one value and was stopped',
  );
});
