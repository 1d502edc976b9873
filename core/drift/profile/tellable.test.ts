import { describe, expect, test } from 'vitest';
import type { CategoryCells, ColumnReader } from '../../tables/index.ts';
import { dataSource } from '../source.ts';
import { sourceOf } from '../testing.ts';
import { openProfile, profileOf } from './index.ts';

const subject = [{ name: 'train.csv', digest: { sha256: 'a'.repeat(64) } }];
const written = async (values: readonly string[]): Promise<string> =>
  await profileOf(sourceOf({ c: values }), ['c'], subject);
const many = (rows: number, value: (row: number) => string): string[] =>
  Array.from({ length: rows }, (_, row) => value(row));

describe('a profile holds no value of', () => {
  test.each<[string, string[], RegExp]>([
    ['identifiers', many(300, (row) => `secret-${row}`), /secret/],
    ['identifiers of which some repeat', many(300, (row) => `secret-${Math.min(row, 200)}`), /secret/],
    ['free text', many(300, (row) => `secret of patient ${row}`), /secret/],
    [
      'e-mail addresses, however often they repeat',
      many(3000, (row) => `secret${row % 40}@example.org`),
      /secret/,
    ],
    [
      'one address among categories',
      [...many(500, (row) => `c${row % 3}`), ...many(50, () => 'mail secret@example.org')],
      /secret/,
    ],
    ['notes beside a default', [...many(700, () => 'n/a'), ...many(300, (row) => `secret ${row}`)], /secret/],
    [
      'a sentence that a few rows hold',
      [
        ...many(900, (row) => `c${row % 3}`),
        'secret that was told to somebody once',
        'secret that was told to somebody once',
      ],
      /secret/,
    ],
    ['times', many(300, (row) => `2026-01-0${1 + (row % 9)}`), /2026/],
  ])('%s', async (_, values, secret) => {
    const text = await written(values);
    expect(text).not.toMatch(secret);
    const side = await openProfile(text, 'p.json').categories('c');
    expect([side.rest > 0, side.distinct]).toEqual([true, new Set(values).size]);
  });

  test('identifiers, when there are more than a reader tells apart', async () => {
    const told = 50_000;
    const cells: CategoryCells = {
      counts: new Map(many(told, (row) => `secret-${row}`).map((value) => [value, 1])),
      rest: 950_000,
      missing: 0,
    };
    const reader = {
      rows: 1_000_000,
      columns: new Map([['c', { name: 'c', family: 'text', whole: false }]]),
      notes: [],
      categories: async () => cells,
      numbers: async () => ({ values: new Float64Array(0), missing: 0, infinite: 0 }),
      close: async () => undefined,
    } satisfies ColumnReader;
    expect(await profileOf(dataSource(reader), ['c'], subject)).not.toContain('secret');
  });
});

test('categories are told: long ones that many rows hold, short ones that one row holds', async () => {
  const long = 'strongly agree, and would recommend it to a friend';
  const text = await written([...many(500, (row) => `c${row % 3}`), ...many(20, () => long), 'rare']);
  const { counts, rest } = await openProfile(text, 'p.json').categories('c');
  expect([...counts]).toEqual([
    ['c0', 167],
    ['c1', 167],
    ['c2', 166],
    [long, 20],
    ['rare', 1],
  ]);
  expect(rest).toBe(0);
});

test('a long cell without an address costs no more than its length', async () => {
  const text = await written([...many(400, () => `${'a'.repeat(200_000)}@`), 'b']);
  expect(openProfile(text, 'p.json').rows).toBe(401);
});
