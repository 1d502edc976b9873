import { describe, expect, test } from 'vitest';
import { Random } from '../../stats/index.ts';
import { sourceOf, type TestColumn } from '../testing.ts';
import { isProfile, openProfile, profileOf, requireSize } from './index.ts';

const subject = [{ name: 'train.csv', digest: { sha256: 'a'.repeat(64) } }];
const random = new Random(17);
const numbers = (rows: number, draw: () => number): Float64Array => Float64Array.from({ length: rows }, draw);
const texts = (rows: number, draw: () => string | null): TestColumn => Array.from({ length: rows }, draw);

async function profileText(columns: Readonly<Record<string, TestColumn>>): Promise<string> {
  const source = sourceOf(columns);
  return await profileOf(source, Object.keys(columns), subject);
}

const normal = (): number => random.normal();
const country = (): string => ['DE', 'FR', 'US', 'US', 'GB', 'IN'][random.below(6)] as string;

describe('the file', () => {
  const long = Array.from({ length: 5000 }, (_, index) => `a rather long name of a category ${index}`);
  test('takes at most 200 KB for 100 columns, whatever is in them', { timeout: 60_000 }, async () => {
    const rows = 100_000;
    const columns: Record<string, TestColumn> = {};
    for (let index = 0; index < 60; index += 1) {
      columns[`number ${index}`] = numbers(rows, () => Math.exp(3 * normal()) * 10 ** (5 * (index - 30)));
    }
    for (let index = 0; index < 40; index += 1) {
      const different = 2 + index * 128;
      columns[`text ${index}`] = texts(
        rows,
        () => long[Math.floor(different * random.uniform() ** 2)] as string,
      );
    }
    const text = await profileText(columns);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(150_000);
    expect(openProfile(text, 'p.json').columns.size).toBe(100);
  });

  test('names many sources by the digest of their list', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      name: `part-${index}.parquet`,
      digest: { sha256: 'b'.repeat(64) },
    }));
    const source = sourceOf({ a: numbers(1000, normal) });
    const text = await profileOf(source, ['a'], many);
    expect(text).toMatch(/"sources":\[\{"name":"list of 5000 files","sha256":"[0-9a-f]{64}"\}\]/);
    expect(await profileOf(source, ['a'], many.slice(1))).not.toContain(/"sha256":"\w+"/.exec(text)?.[0]);
    expect(text).not.toContain('part-');
  });

  test('gives back names, families, missing values and categories', async () => {
    const columns = {
      'a "quoted" name\n': Float64Array.of(1, 2, 2, Number.NaN, Number.POSITIVE_INFINITY, 3),
      half: Float64Array.of(0.5, 1, 1, 1, 1, 1),
      nothing: Float64Array.of(...Array<number>(6).fill(Number.NaN)),
      text: ['x', 'y', null, 'x', '', 'x'],
    };
    const source = sourceOf(columns);
    const profile = openProfile(await profileText(columns), 'p.json');
    expect(profile.rows).toBe(6);
    expect([...profile.columns]).toEqual([...source.columns]);
    for (const name of Object.keys(columns).slice(0, 3)) {
      const { values, missing, whole, error } = await profile.numbers(name);
      const data = await source.numbers(name);
      expect({ values, missing, error }).toEqual({
        values: data.values.sort(),
        missing: data.missing,
        error: null,
      });
      expect(whole).toBe(source.columns.get(name)?.whole);
    }
    expect(await profile.categories('text')).toMatchObject({
      counts: new Map([
        ['x', 3],
        ['', 1],
        ['y', 1],
      ]),
      rest: 0,
      distinct: 3,
      missing: 1,
    });
  });

  test('of the same data is the same, one line a column', async () => {
    const columns = { a: numbers(1000, normal), b: texts(1000, country) };
    const text = await profileText(columns);
    expect(await profileText(columns)).toBe(text);
    expect(text.split('\n').filter((line) => line.startsWith('{"name"'))).toHaveLength(2);
    expect(isProfile(text)).toBe(true);
    expect(isProfile('{"a": 1}')).toBe(false);
  });

  const good = { a: numbers(300, normal), b: texts(300, country) };
  test.each<[string, (text: string) => string, RegExp]>([
    [
      'another version',
      (text) => text.replace('"version":1', '"version":7'),
      /p\.json: it is a profile of version 7, and this action reads version 1; write it again/,
    ],
    ['cut short', (text) => text.slice(0, 900), /p\.json: the profile is cut short/],
    [
      'counts that do not sum',
      (text) => text.replace('"missing":0', '"missing":5'),
      /column 1 \("a"\): its counts sum to 305, and the profile is of 300 rows/,
    ],
    [
      'a mark of a merge',
      (text) => text.replace('"columns"', '<<<<<<< HEAD\n"columns"'),
      /cut short or no JSON/,
    ],
    [
      'a field too many',
      (text) => text.replace('"missing":0', '"missing":0,"note":"::error::x"'),
      /column 1 \("a"\): it has an unknown field "note"/,
    ],
    ['a field too few', (text) => text.replace('"whole":false,', ''), /column 1 \("a"\): it lacks "whole"/],
    [
      'half a row',
      (text) => text.replace('"between":[0,', '"between":[0.5,'),
      /column 1 \("a"\): numbers\.between\[0\] must be a whole number up to 100,000,000/,
    ],
    [
      'an error below 0',
      (text) => text.replace('"ks":0', '"ks":-1'),
      /column 1 \("a"\): numbers\.error\.ks must be a number from 0 on/,
    ],
    [
      'a number that no double holds',
      (text) => text.replace(/"deviation":[^,]*/, '"deviation":1e999'),
      /column 1 \("a"\): numbers\.deviation/,
    ],
    [
      'too few categories',
      (text) => text.replace('"distinct":5', '"distinct":4'),
      /column 2 \("b"\): categories\.distinct must be from 5 to 5/,
    ],
    [
      'a category twice',
      (text) => text.replace('"DE"', '"FR"'),
      /column 2 \("b"\): categories\.counts names a category twice/,
    ],
    [
      'numbers in a column of text',
      (text) => text.replace('"family":"number"', '"family":"text"'),
      /column 1 \("a"\): numbers stands in a column of the family text/,
    ],
    [
      'columns that are no list',
      (text) => text.replace('"columns":[', '"columns":1,"x":['),
      /columns must be a list|unknown field/,
    ],
    [
      'an unknown family',
      (text) => text.replace('"family":"text"', '"family":"blob"'),
      /column 2 \("b"\): family must be one of/,
    ],
    [
      'values out of order',
      (text) => text.replace('"values":[', '"values":[99,'),
      /column 1 \("a"\): numbers\.(between|values)/,
    ],
    [
      'far too many rows',
      (text) => text.replace('"rows":300', '"rows":1e15'),
      /rows must be a whole number up to 100,000,000/,
    ],
    [
      'the same column twice',
      (text) => text.replace('"name":"b"', '"name":"a"'),
      /two columns are called "a"/,
    ],
  ])('with %s is one clear error', async (_, spoil, message) => {
    const text = spoil(await profileText(good));
    expect(() => openProfile(text, 'p.json')).toThrow(message);
  });

  test('of more than 50 MB is not read', () => {
    expect(() => requireSize(51_000_000, 'p.json')).toThrow(
      /p\.json: the profile takes 51 MB, and at most 50 MB/,
    );
  });
});
