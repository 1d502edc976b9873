import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareSorted, Random } from '../../stats/index.ts';
import { decileEdges } from '../sides.ts';
import { driftBetween, sourceOf, type TestColumn } from '../testing.ts';
import type { DriftMethod } from '../types.ts';
import { isProfile, openProfile, profileOf } from './index.ts';
import { expand, sketchOf } from './sketch.ts';

const subject = [{ name: 'train.csv', digest: { sha256: 'a'.repeat(64) } }];
const random = new Random(17);
const numbers = (rows: number, draw: () => number): Float64Array => Float64Array.from({ length: rows }, draw);
const texts = (rows: number, draw: () => string | null): TestColumn => Array.from({ length: rows }, draw);

async function profileText(columns: Readonly<Record<string, TestColumn>>): Promise<string> {
  const source = sourceOf(columns);
  return await profileOf(source, Object.keys(columns), subject);
}

const normal = (): number => random.normal();
const heavy = (): number => Math.exp(2 * random.normal());
const spiked = (): number => (random.uniform() < 0.6 ? 0 : random.normal());
const few = (): number => Math.floor(4 * random.uniform());
const country = (): string => ['DE', 'FR', 'US', 'US', 'GB', 'IN'][random.below(6)] as string;

describe('a check against a profile gives the verdict of the check against the data', () => {
  test.each<[string, TestColumn, TestColumn]>([
    ['the same', numbers(5000, normal), numbers(5000, normal)],
    ['a shift', numbers(5000, normal), numbers(5000, () => normal() + 0.2)],
    ['a small shift', numbers(20_000, normal), numbers(20_000, () => normal() + 0.05)],
    ['wider', numbers(5000, normal), numbers(5000, () => 1.5 * normal())],
    ['heavy tails', numbers(5000, heavy), numbers(5000, heavy)],
    ['heavier tails', numbers(5000, heavy), numbers(5000, () => 2 * heavy())],
    ['ties', numbers(5000, () => Math.round(10 * normal())), numbers(5000, () => Math.round(10 * normal()))],
    ['spikes', numbers(5000, spiked), numbers(5000, spiked)],
    ['more spikes', numbers(5000, spiked), numbers(5000, () => (random.uniform() < 0.2 ? 0 : spiked()))],
    ['constant', numbers(500, () => 7), numbers(500, () => 7)],
    ['another constant', numbers(500, () => 7), numbers(500, () => 8)],
    [
      'few whole numbers',
      numbers(3000, few),
      numbers(3000, () => Math.min(3, few() + (random.uniform() < 0.2 ? 1 : 0))),
    ],
    ['few rows', numbers(210, normal), numbers(220, normal)],
    ['too few rows', numbers(50, normal), numbers(220, normal)],
    ['nulls', numbers(5000, normal), numbers(5000, () => (random.uniform() < 0.06 ? Number.NaN : normal()))],
    ['categories', texts(5000, country), texts(5000, country)],
    ['a new category', texts(5000, country), texts(5000, () => (random.uniform() < 0.05 ? 'BR' : country()))],
    ['a gone category', texts(5000, country), texts(5000, () => country().replace('IN', 'US'))],
    ['identifiers', texts(500, () => String(random.uniform())), texts(500, () => String(random.uniform()))],
    [
      'days',
      texts(500, () => `2026-01-0${1 + random.below(9)}`),
      texts(500, () => `2026-02-0${1 + random.below(9)}`),
    ],
  ])('%s', async (_, before, now) => {
    const methods: (DriftMethod | null)[] =
      before instanceof Float64Array
        ? [null, 'ks', 'psi', 'energy', 'jensen_shannon']
        : [null, 'psi', 'chi_square'];
    const profile = openProfile(await profileText({ c: before }), 'p.json');
    for (const method of methods) {
      const given = method === null ? {} : { methods: { c: method } };
      if (method !== null && !(before instanceof Float64Array) && /identifiers|days/.test(_)) continue;
      const data = (await driftBetween(sourceOf({ c: before }), sourceOf({ c: now }), given)).get('c');
      const against = (await driftBetween(profile, sourceOf({ c: now }), given)).get('c');
      const said = (column: typeof data) => [
        column?.signals,
        column?.inconclusive,
        column?.unjudged,
        column?.kind,
      ];
      expect(said(against), method ?? 'auto').toEqual(said(data));
      expect(against?.missing).toEqual(data?.missing);
    }
  });
});

describe('numbers as points', () => {
  const any = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), {
    minLength: 1,
    maxLength: 300,
  });

  test('keep their number, ends and deciles, and state how far they are off', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 16, max: 80 }), (values, points) => {
        const sorted = Float64Array.from(values).sort();
        const sketch = sketchOf(sorted, points);
        const given = expand(sketch);
        expect(given.length).toBe(sorted.length);
        expect([given[0], given.at(-1)]).toEqual([sorted[0], sorted.at(-1)]);
        expect(
          Array.from(decileEdges(given)).every((edge, index) => edge === decileEdges(sorted)[index]),
        ).toBe(true);
        const compared = compareSorted(sorted, given);
        expect(compared.ks).toBeLessThanOrEqual(sketch.error.ks);
        expect(compared.wasserstein).toBeLessThanOrEqual(sketch.error.wasserstein);
      }),
      { numRuns: 300 },
    );
  });

  test('are exact where there are few different ones', () => {
    const sorted = numbers(10_000, () => random.below(200)).sort();
    const sketch = sketchOf(sorted, 256);
    expect(sketch.error).toEqual({ ks: 0, wasserstein: 0, energy: 0 });
    expect(expand(sketch)).toEqual(sorted);
  });
});

describe('the file', () => {
  const long = Array.from({ length: 3000 }, (_, index) => `a rather long name of a category ${index}`);
  test('takes at most 200 KB for 100 columns, whatever is in them', async () => {
    const columns: Record<string, TestColumn> = {};
    for (let index = 0; index < 60; index += 1)
      columns[`number ${index}`] = numbers(20_000, () => normal() * 10 ** (index - 30));
    for (let index = 0; index < 40; index += 1)
      columns[`text ${index}`] = texts(20_000, () => long[random.below(3000)] as string);
    const text = await profileText(columns);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(150_000);
    expect(openProfile(text, 'p.json').columns.size).toBe(100);
  });

  test('of the same data is the same, one line a column', async () => {
    const columns = { a: numbers(1000, normal), b: texts(1000, country) };
    const text = await profileText(columns);
    expect(await profileText(columns)).toBe(text);
    expect(text.split('\n').filter((line) => line.startsWith('{"name"'))).toHaveLength(2);
    expect(isProfile(text)).toBe(true);
    expect(isProfile('{"a": 1}')).toBe(false);
  });

  test('holds no identifier and no free text', async () => {
    const text = await profileText({ mail: texts(300, () => `person-${random.uniform()}@example.org`) });
    expect(text).not.toContain('person');
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
});
