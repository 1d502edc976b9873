import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlText } from '../duck/start.ts';
import { numberOf, timestampOf } from './cells.ts';
import { SqlEngine } from './engine.ts';
import type { SqlColumn, SqlKind } from './types.ts';

const column = (kind: SqlKind, type: string): SqlColumn => ({ name: 'x', ref: 'c0', kind, type });
const text = column('string', 'VARCHAR');

let engine: SqlEngine;
beforeAll(async () => {
  engine = await SqlEngine.open();
});
afterAll(() => engine.close());

const read = async (sql: string, value: string): Promise<unknown> =>
  (await engine.rows(`SELECT ${sql} FROM (SELECT ${value} AS c0)`))[0]?.[0];

describe('a text is a number', () => {
  it.each([
    ['0', 0],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['1.5E+3', 1500],
    ['0.1', 0.1],
    ['1e-400', 0],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['9007199254740993', 9007199254740992],
    ['2.2250738585072011e-308', 2.225073858507201e-308],
    ['123456789012345678901234567890', Number('123456789012345678901234567890')],
    ['1_000', null],
    [' 41', null],
    ['41 ', null],
    ['41\n', null],
    ['0x10', null],
    ['007', null],
    ['+5', null],
    ['1.', null],
    ['.5', null],
    ['1,5', null],
    ['1e400', null],
    ['-1e400', null],
    ['NaN', null],
    ['Infinity', null],
    ['true', null],
    ['٣', null],
    ['', null],
  ])('%j: %s', async (cell, number) => {
    expect(await read(numberOf(text), sqlText(cell))).toBe(number);
  });
});

describe('a typed cell as a number', () => {
  it.each([
    ['integer', 'BIGINT', '9007199254740991', 9007199254740991],
    ['bigint', 'HUGEINT', '36893488147419107329::HUGEINT', Number('36893488147419107329')],
    ['bigint', 'VARCHAR', `'${'9'.repeat(50)}'`, 1e50],
    ['number', 'DECIMAL(9,2)', '1.10::DECIMAL(9,2)', 1.1],
    ['number', 'DECIMAL(38,2)', '123456789012345678.91::DECIMAL(38,2)', Number('123456789012345678.91')],
    ['number', 'DOUBLE', "'nan'::DOUBLE", Number.NaN],
    ['boolean', 'BOOLEAN', 'true', 1],
    ['date', 'DATE', "DATE '2024-01-01'", null],
    ['integer', 'BIGINT', 'NULL', null],
  ] as const)('%s %s %s: %s', async (kind, type, value, number) => {
    expect(await read(numberOf(column(kind, type)), value)).toBe(number);
  });
});

describe('a text is a time in UTC', () => {
  it.each([
    ['2024-02-29', '2024-02-29 00:00:00'],
    ['2024-02-29T12:00', '2024-02-29 12:00:00'],
    ['2024-02-29 12:00:00', '2024-02-29 12:00:00'],
    ['2024-02-29T12:00:00Z', '2024-02-29 12:00:00'],
    ['2024-02-29t12:00z', '2024-02-29 12:00:00'],
    ['2024-02-29T12:00:00.5+02:00', '2024-02-29 10:00:00.5'],
    ['2024-02-29T12:00-0530', '2024-02-29 17:30:00'],
    ['2024-02-29 12:00:00.678+00', '2024-02-29 12:00:00.678'],
    ['2024-02-29T00:30:00+01', '2024-02-28 23:30:00'],
    ['2024-02-29T12:00:00.123456789Z', '2024-02-29 12:00:00.123456'],
    ['2024-02-30', null],
    ['2023-02-29T00:00:00Z', null],
    ['2024-13-01', null],
    ['2024-1-1', null],
    ['20240229', null],
    ['29.02.2024', null],
    ['2024-02-29Z', null],
    ['2024-02-29T12', null],
    ['2024-02-29T24:00:00', null],
    ['2024-02-29T23:59:60Z', null],
    ['2024-02-29T12:60:00', null],
    ['2024-02-29T12:00:00 +02:00', null],
    ['2024-02-29T12:00:00+24:00', null],
    [' 2024-02-29', null],
    ['2024-02-29\n', null],
    ['infinity', null],
    ['now', null],
    ['1709164800', null],
  ])('%j: %s', async (cell, time) => {
    expect(await read(timestampOf(text), sqlText(cell))).toBe(time);
  });
});

describe('a typed cell as a time', () => {
  it.each([
    ['timestamp', 'TIMESTAMP', "TIMESTAMP '2024-01-02 03:04:05.678'", '2024-01-02 03:04:05.678'],
    [
      'timestamp',
      'TIMESTAMP_NS',
      "TIMESTAMP_NS '2024-01-02 03:04:05.123456789'",
      '2024-01-02 03:04:05.123456',
    ],
    ['timestamp', 'TIMESTAMP WITH TIME ZONE', "TIMESTAMPTZ '2024-01-02 03:04:00+02'", '2024-01-02 01:04:00'],
    ['date', 'DATE', "DATE '2024-02-29'", '2024-02-29 00:00:00'],
    ['other', 'VARCHAR', "'2024-01-02 03:04:05.678+00'", '2024-01-02 03:04:05.678'],
    ['time', 'TIME', "TIME '03:04:05'", null],
    ['integer', 'BIGINT', '1709164800', null],
    ['bigint', 'VARCHAR', "'2024'", null],
    ['boolean', 'BOOLEAN', 'true', null],
  ] as const)('%s %s %s', async (kind, type, value, time) => {
    expect(await read(timestampOf(column(kind, type)), value)).toBe(time);
  });
});
