import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ParquetFiles, readRows } from '../../../../core/tables/index.ts';
import { loadSchema } from '../../schema/index.ts';
import { enginePattern } from './engine-pattern.ts';
import { sureRow } from './sure-rows.ts';
import { writeParquet } from './testing.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sure-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Picked {
  /** Values of column `c` in rows that the engine does not call surely valid; `absent` for a missing cell. */
  readonly unsure: readonly unknown[];
  /** Those of them that ajv rejects. */
  readonly rejected: readonly unknown[];
  /** Values that ajv rejects although the engine called their rows valid: must be empty. */
  readonly missed: readonly unknown[];
}

/** Writes cells as column `c`, and asks the engine and ajv. */
async function pick(cells: string, schema: object | string): Promise<Picked> {
  const path = join(folder, `${files++}.parquet`);
  await writeParquet(path, `SELECT unnest([${cells}]) AS c`);
  const text =
    typeof schema === 'string' ? schema : JSON.stringify({ type: 'object', properties: { c: schema } });
  const { plan, cellTypes, validate } = loadSchema(text, 's.json');
  const opened = await ParquetFiles.open([path]);
  try {
    const isNullable = (name: string): boolean => cellTypes(name).null;
    const [columns = []] = opened.columns;
    const sure = sureRow({ plan, columns, isNullable, expressionOf: enginePattern });
    const numbers = new Set<number>();
    for await (const { firstRow, rowNumbers, rows } of opened.rowsWhere(
      0,
      sure === null ? 'true' : `NOT (${sure})`,
    )) {
      for (const index of rows.keys()) numbers.add(rowNumbers?.[index] ?? firstRow + index);
    }
    const unsure: unknown[] = [];
    const rejected: unknown[] = [];
    const missed: unknown[] = [];
    for await (const { firstRow, rows } of readRows(path)) {
      for (const [index, given] of rows.entries()) {
        const row: Record<string, unknown> = { ...given };
        if (isNullable('c') && !Object.hasOwn(row, 'c')) row.c = null;
        const shown = Object.hasOwn(row, 'c') ? row.c : 'absent';
        const isValid = validate(row);
        const isUnsure = numbers.has(firstRow + index);
        if (isUnsure) unsure.push(shown);
        if (!isValid) (isUnsure ? rejected : missed).push(shown);
      }
    }
    return { unsure, rejected, missed };
  } finally {
    await opened.close();
  }
}

interface Case {
  readonly cells: string;
  readonly schema: object;
  readonly rejected: readonly unknown[];
  /** Where the engine cannot tell: valid rows that go before ajv, in the order of the file with those above. */
  readonly unsure?: readonly unknown[];
}

const integers = '1, 5, 9, NULL';
const cases: readonly Case[] = [
  // Numbers of each type.
  { cells: `CAST(1 AS TINYINT), 5, 9, NULL`, schema: { type: 'integer', maximum: 5 }, rejected: [9] },
  { cells: integers, schema: { type: 'integer', minimum: 5 }, rejected: [1] },
  { cells: integers, schema: { exclusiveMinimum: 5 }, rejected: [1, 5] },
  { cells: integers, schema: { exclusiveMaximum: 5 }, rejected: [5, 9] },
  { cells: integers, schema: { enum: [1, 9, 'x'] }, rejected: [5] },
  { cells: integers, schema: { const: 5 }, rejected: [1, 9] },
  { cells: integers, schema: { type: ['string', 'boolean'] }, rejected: [1, 5, 9] },
  { cells: integers, schema: { type: ['integer', 'null'], maximum: 5 }, rejected: [9] },
  { cells: integers, schema: { multipleOf: 3 }, rejected: [1, 5] },
  { cells: '-3, 0, 7, 10::BIGINT', schema: { multipleOf: 3.5 }, rejected: [-3, 10] },
  {
    cells: "9007199254740992, 9007199254740993, '-9223372036854775808'::BIGINT",
    schema: { minimum: -9007199254740992, maximum: 9007199254740992 },
    rejected: [-(2 ** 63)],
  },
  {
    cells: '18446744073709551615::UBIGINT, 1::UBIGINT',
    schema: { enum: [18446744073709552000, 2] },
    rejected: [1],
  },
  { cells: '255::UTINYINT, 0', schema: { maximum: 254 }, rejected: [255] },
  {
    // What is not finite is a number to ajv, and to no plan.
    cells: "'nan'::DOUBLE, 'inf', '-inf', 0.5, -0.0, 3.0, NULL",
    schema: { type: 'number' },
    rejected: [],
    unsure: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  },
  {
    cells: "'nan'::DOUBLE, 'inf', 0.5, -0.0, 3.0, 1e300, NULL",
    schema: { type: 'integer' },
    rejected: [Number.NaN, 0.5],
    unsure: [Number.NaN, Number.POSITIVE_INFINITY, 0.5],
  },
  { cells: "-0.0::DOUBLE, 'nan', 1.0", schema: { minimum: 0, maximum: 0.5 }, rejected: [Number.NaN, 1] },
  {
    cells: '0.1::FLOAT, 0.5::FLOAT',
    schema: { maximum: 0.1 },
    rejected: [0.10000000149011612, 0.5],
  },
  {
    cells: '19.99::DOUBLE, 19.999, 0.07, 1e17',
    schema: { multipleOf: 0.01 },
    rejected: [19.999],
    unsure: [19.999, 1e17],
  },
  { cells: '0.1::FLOAT, 0.5::FLOAT', schema: { multipleOf: 0.1 }, rejected: [0.10000000149011612] },
  {
    cells: '12.34::DECIMAL(5,2), 12.35, -0.01',
    schema: { minimum: 0, multipleOf: 0.05 },
    rejected: [12.34, -0.01],
  },
  {
    cells: '0.30::DECIMAL(38,20), 12345678901234567.25, 0.31',
    schema: { enum: [0.3, 12345678901234568] },
    rejected: [0.31],
  },
  { cells: '0.1::DECIMAL(38,30), 0.2', schema: { maximum: 0.1 }, rejected: [0.2] },
  {
    cells: '99999999999999999999999999999999999999::DECIMAL(38,0), 7',
    schema: { type: 'integer', maximum: 1e30 },
    rejected: [1e38],
  },
  // Booleans.
  { cells: 'true, false, NULL', schema: { type: 'boolean' }, rejected: [] },
  { cells: 'true, false, NULL', schema: { const: true }, rejected: [false] },
  { cells: 'true, false, NULL', schema: { enum: [false, null] }, rejected: [true] },
  { cells: 'true, false', schema: { type: 'string' }, rejected: [true, false] },
  // Texts.
  { cells: "'a', 'é', '👍👍', 'abc', ''", schema: { minLength: 1, maxLength: 2 }, rejected: ['abc', ''] },
  { cells: "'e' || chr(769), 'é'", schema: { maxLength: 1 }, rejected: ['e\u0301'] },
  {
    cells: "'a', 'b', 'A', NULL",
    schema: { enum: ['a', "it's", 'b\0', '\ud83d', null] },
    rejected: ['b', 'A'],
  },
  { cells: 'chr(65533)', schema: { enum: ['\ud83d'] }, rejected: ['\ufffd'] },
  {
    cells: "'AB-1', 'AB-12', 'x' || chr(10)",
    schema: { pattern: '^[A-Z]{2}-\\d$' },
    rejected: ['AB-12', 'x\n'],
  },
  { cells: "'ax', 'b'", schema: { pattern: '\\bx|a' }, rejected: ['b'], unsure: ['ax', 'b'] },
  { cells: "'1', '2'", schema: { type: 'integer' }, rejected: ['1', '2'] },
  {
    cells: "'2024-02-29', '2023-02-29', '2024-12-31', '2024-04-31', '2024-1-1', ' 2024-01-01'",
    schema: { format: 'date' },
    rejected: ['2023-02-29', '2024-04-31', '2024-1-1', ' 2024-01-01'],
    unsure: ['2024-02-29', '2023-02-29', '2024-04-31', '2024-1-1', ' 2024-01-01'],
  },
  {
    cells: "'ada@example.org', 'ada@', '\"a b\"@x.org'",
    schema: { format: 'email' },
    rejected: ['ada@', '"a b"@x.org'],
  },
  { cells: "'x', '::1'", schema: { format: 'ipv6' }, rejected: ['x'], unsure: ['x', '::1'] },
  { cells: "'x', 'y'", schema: { format: 'no-such-format' }, rejected: [] },
  // Types of their own, as the text that they become.
  {
    cells: "DATE '2024-02-29', DATE '0001-01-01', DATE '9999-12-31'",
    schema: { format: 'date' },
    rejected: [],
  },
  {
    cells: "DATE '2024-02-29', DATE '12345-01-01', DATE '0044-01-01 (BC)', 'infinity'::DATE",
    schema: { format: 'date' },
    rejected: ['+012345-01-01', '-000043-01-01', '2147483647'],
  },
  { cells: "DATE '2024-02-29', DATE '2023-01-01'", schema: { pattern: '^2024-' }, rejected: ['2023-01-01'] },
  { cells: "DATE '2024-02-29'", schema: { format: 'date-time' }, rejected: ['2024-02-29'] },
  {
    cells: "TIMESTAMP '2024-02-29 01:02:03.5', TIMESTAMP '0044-01-01 (BC) 00:00:00', 'infinity'::TIMESTAMP",
    schema: { format: 'date-time' },
    rejected: ['-000043-01-01T00:00:00Z', '9223372036854775807'],
  },
  {
    cells: "TIMESTAMPTZ '2024-02-29 01:02:03+02', NULL",
    schema: { format: 'date-time', minLength: 20, maxLength: 20, enum: ['2024-02-28T23:02:03Z'] },
    rejected: [],
  },
  {
    cells: "TIMESTAMP_NS '2024-02-29 01:02:03.123456789'",
    schema: { format: 'date-time', pattern: '\\.123456789Z$' },
    rejected: [],
  },
  { cells: "TIME '23:59:59.5', TIME '24:00:00'", schema: { format: 'time' }, rejected: ['24:00:00Z'] },
  { cells: "'03:04:05+00'::TIMETZ", schema: { format: 'time', maxLength: 11 }, rejected: [] },
  {
    cells: "'6f1b3a3e-8b1f-4a52-9c0d-0123456789ab'::UUID",
    schema: { format: 'uuid', minLength: 36 },
    rejected: [],
  },
  { cells: "'ab'::BLOB, 'abcd'::BLOB", schema: { maxLength: 4 }, rejected: ['YWJjZA=='] },
  // Lists and structs: whatever they hold, or ajv.
  { cells: '[1, 2], [3]', schema: { type: ['array', 'object'] }, rejected: [] },
  { cells: '[1, 2], [3]', schema: { type: 'array', minItems: 2 }, rejected: [[3]], unsure: [[1, 2], [3]] },
  { cells: '[1, 2]', schema: { type: 'string' }, rejected: [[1, 2]] },
  {
    cells: "{'a': 1}, {'a': -1}",
    schema: { properties: { a: { minimum: 0 } } },
    rejected: [{ a: -1 }],
    unsure: [{ a: 1 }, { a: -1 }],
  },
  { cells: "MAP {'a': 1}", schema: {}, rejected: [] },
  // Unions, and schemas that say nothing or everything.
  {
    cells: integers,
    schema: { anyOf: [{ type: 'string' }, { type: 'integer', minimum: 5 }] },
    rejected: [1],
  },
  { cells: integers, schema: { not: { const: 5 } }, rejected: [5], unsure: [1, 5, 9] },
  { cells: integers, schema: {}, rejected: [] },
];

test.each(cases.map((each) => ({ ...each, what: `${each.cells} by ${JSON.stringify(each.schema)}` })))(
  '$what',
  async ({ cells, schema, rejected, unsure }) => {
    expect(await pick(cells, schema)).toEqual({ rejected, unsure: unsure ?? rejected, missed: [] });
  },
);

describe('a missing cell', () => {
  const asked = (required: boolean, type: unknown): string =>
    JSON.stringify({ type: 'object', properties: { c: { type } }, required: required ? ['c'] : [] });

  test.each([
    { required: false, type: 'integer', rejected: [] },
    { required: true, type: 'integer', rejected: ['absent'] },
    { required: true, type: ['integer', 'null'], rejected: [] },
    { required: false, type: ['integer', 'null'], rejected: [] },
  ])('required $required, $type', async ({ required, type, rejected }) => {
    expect(await pick('1, NULL', asked(required, type))).toEqual({ rejected, unsure: rejected, missed: [] });
  });

  test('all rows go before ajv where a required column is not in the file', async () => {
    const schema = JSON.stringify({ type: 'object', required: ['other'] });
    expect(await pick('1, NULL', schema)).toMatchObject({ rejected: [1, 'absent'], missed: [] });
  });

  test('no row does where the schema names columns that the file lacks', async () => {
    const schema = JSON.stringify({ type: 'object', properties: { other: { type: 'string' } } });
    expect(await pick('1, NULL', schema)).toMatchObject({ unsure: [], missed: [] });
  });

  test('columns that no schema is of are judged by additionalProperties', async () => {
    const schema = JSON.stringify({ type: 'object', additionalProperties: { maximum: 1 } });
    expect(await pick('1, 2, NULL', schema)).toMatchObject({ unsure: [2], missed: [] });
    const none = JSON.stringify({ type: 'object', additionalProperties: false });
    expect(await pick('1, NULL', none)).toMatchObject({ unsure: [1], rejected: [1], missed: [] });
  });

  test('rows that are judged as a whole all go before ajv', async () => {
    const schema = JSON.stringify({ type: 'object', minProperties: 1 });
    expect(await pick('1, NULL', schema)).toEqual({
      unsure: [1, 'absent'],
      rejected: ['absent'],
      missed: [],
    });
  });
});
