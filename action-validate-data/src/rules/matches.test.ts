import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNames } from './patterns.ts';
import { surelyOfFormat } from './sure-formats.ts';
import { lines, once, type Seen, see, seeOne, temporaryFolder, writeParquet } from './testing.ts';

const csv = (text: string) => ({ files: { 'data.csv': text } });

const ajv = new Ajv.default({ strict: false });
addFormats.default(ajv);
const judges = new Map(formatNames.map((format) => [format, ajv.compile({ type: 'string', format })]));

/** Texts around the edges of the formats. */
const tricky = [
  'a@b.co',
  'a@b',
  'a.b@c.d.e',
  '.a@b.co',
  'a..b@c.de',
  'a@-b.co',
  "o'neil+x@ex-ample.com",
  'A@B.CO',
  'é@b.co',
  'a@b.c-',
  'a@b.co ',
  'a@b.co\n',
  '123e4567-e89b-12d3-a456-426614174000',
  'urn:uuid:123e4567-e89b-12d3-a456-426614174000',
  '123E4567-E89B-12D3-A456-426614174000',
  '123e4567e89b12d3a456426614174000',
  '123e4567-e89b-12d3-a456-42661417400g',
  '2024-02-29',
  '2023-02-29',
  '2024-02-30',
  '2024-1-1',
  '2024-12-31',
  '2024-13-01',
  '2024-04-31',
  '0000-01-01',
  '12:00:00Z',
  '23:59:60Z',
  '12:00:60Z',
  '24:00:00Z',
  '12:00:00',
  '12:00:00+02:00',
  '12:00:00+0200',
  '12:00:00.5z',
  '2024-01-01T00:00:00Z',
  '2024-01-01 00:00:00Z',
  '2024-01-01T00:00:00',
  '2024-02-30T00:00:00Z',
  '2024-01-01t00:00:00z',
  '2024-01-01T23:59:60Z',
  '2024-01-01T00:00:00+25:00',
  'http://example.com',
  'http://example.com/a b',
  'mailto:a@b',
  '//x',
  'urn:a:b',
  'http://[::1]/',
  'http:/x',
  'x',
  '1.2.3.4',
  '01.2.3.4',
  '256.1.1.1',
  '1.2.3',
  '1.2.3.4.5',
  '255.255.255.255',
  '::1',
  '1::2',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7',
  '::ffff:1.2.3.4',
  'g::1',
  '1:2:3:4:5:6:7::',
  'example.com',
  'example.com.',
  '-a.com',
  'a-.com',
  'a_b.com',
  'a'.repeat(64),
  `${'a'.repeat(63)}.b`,
  'localhost',
  'xn--bcher-kva.example',
  'a.b-',
  'äöü.de',
];

describe('formats', () => {
  const text = tricky.map((value, index) => `${JSON.stringify({ index, value })}\n`).join('');
  const rules = formatNames.map((format) => `matches(value, ${format})`).join('\n');
  const measured = once(() => see(rules, { files: { 'data.jsonl': text } }));
  it.each(formatNames)('%s: the rows that ajv rejects, and no others', async (format) => {
    const seen = (await measured())[formatNames.indexOf(format)] as Seen;
    const judge = judges.get(format);
    expect(seen.breaking?.map(({ value }) => value)).toEqual(
      tricky.filter((value) => judge?.(value) === false),
    );
    expect(seen.value).toBeCloseTo(
      tricky.filter((value) => judge?.(value) === true).length / tricky.length,
      12,
    );
  });

  it.each(formatNames)('%s: what the engine sorts out ajv accepts', (format) => {
    const expression = surelyOfFormat[format];
    if (expression === null) return;
    const judge = judges.get(format);
    const sure = fc.stringMatching(new RegExp(expression));
    fc.assert(
      fc.property(sure, (text) => judge?.(text) === true),
      { numRuns: 2_000 },
    );
  });
});

describe('regular expressions', () => {
  it('are found anywhere unless anchored, with flags, and leave missing cells out', async () => {
    const text = 'c,n\nabc,1\nxBc,2\n,3\n"a\nb",4\nzzz,5\n';
    const expected = { '/b/': 0.5, '/b/i': 0.75, '/a.b/s': 0.25, '/^b/m': 0.25, '/^[a-c]/': 0.5 };
    const rules = Object.keys(expected).map((pattern) => `matches(c, ${pattern})`);
    const all = await see(rules.join('\n'), csv(text));
    expect(all.map(({ value }) => value)).toEqual(Object.values(expected));
    const seen = all.at(-1) as Seen;
    expect(seen.reason).toBe('c does not match /^[a-c]/ in 2 rows, first at data.csv:3');
    expect(lines(seen.breaking)).toEqual([
      '0:2 [c] "xBc" c: "xBc" does not match /^[a-c]/',
      '0:5 [c] "zzz" c: "zzz" does not match /^[a-c]/',
    ]);
  });

  it('see a CSV cell as it is written, though the column is one of numbers', async () => {
    const [price, mean] = await see(
      'matches(price, /^\\d+\\.\\d{2}$/)\nmean(price) == 2.25',
      csv('price\n1.50\n3.0\n'),
    );
    expect(lines(price?.breaking ?? null)).toEqual([
      '0:2 [price] "3.0" price: "3.0" does not match /^\\d+\\.\\d{2}$/',
    ]);
    expect(mean?.verdict).toBe('pass');
  });

  it('see numbers, dates and times of Parquet in the spelling of JSON', async () => {
    const folder = temporaryFolder();
    await writeParquet(
      join(folder, 'data.parquet'),
      `SELECT 3.0::DOUBLE AS x, 7::BIGINT AS i, DATE '2024-02-03' AS day, TIMESTAMP '2024-02-03 04:05:06' AS t,
       true AS ok`,
    );
    const rules = [
      'matches(x, /^3$/)',
      'matches(i, /^7$/)',
      'matches(day, date)',
      'matches(t, date-time)',
      'matches(ok, /^true$/)',
    ];
    const seen = await see(rules.join('\n'), { folder, files: { 'data.parquet': null } });
    expect(seen.map(({ verdict }) => verdict)).toEqual(rules.map(() => 'pass'));
  });

  it('a pattern that takes exponential time elsewhere takes none here', async () => {
    const seen = await seeOne('matches(c, /^(a+)+$/)', csv(`c\n${'a'.repeat(5_000)}!\n`));
    expect(seen.value).toBe(0);
  });
});
