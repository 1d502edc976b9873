/** What is written for a single column: values on the left, its schema on the right. */

import { describe, expect, it } from 'vitest';
import { RunError } from '../../../core/inputs/errors.ts';
import { inferSchema, renderSchema } from './index.ts';
import { columnOf, numbersFrom, textSource, times, valueSource } from './testing.ts';

/** Values in turn, so that each occurs about equally often. */
const cycle = (count: number, values: readonly unknown[]) =>
  times(count, (index) => values[index % values.length]);
const string = { type: 'string' };

interface Case {
  readonly name?: string;
  readonly cells: readonly unknown[];
  readonly column: object;
}

describe('a column of CSV cells', () => {
  const cases: Record<string, Case> = {
    'is text when one cell is none of a number': {
      cells: ['1', '2', 'x'],
      column: { ...string },
    },
    'is text when booleans stand beside numbers': { cells: ['true', '1'], column: string },
    'has numbers when written with a fraction, even a whole one': {
      cells: ['1.0', '2.0'],
      column: { description: '1 to 2', type: 'number' },
    },
    'has numbers beyond 2^53 as integers without a range': {
      cells: times(40, (index) => `90071992547409${930 + index}`),
      column: { description: 'whole numbers beyond 2^53', type: 'integer' },
    },
    'is text when a number overflows': { cells: ['1', '1e400'], column: string },
    'keeps leading zeros as text, and says how many digits': {
      cells: times(40, (index) => String(index * 997).padStart(5, '0')),
      column: { ...string, pattern: '^[0-9]{5}$' },
    },
    'has no pattern when codes are of several shapes': {
      cells: times(40, (index) => (index === 39 ? 'A/7' : `A-${index}`)),
      column: string,
    },
    'may have digits of several lengths in one place': {
      cells: times(40, (index) => `SKU-${index}`),
      column: { ...string, pattern: '^SKU-[0-9]+$' },
    },
    'is a hash of so many characters': {
      cells: times(40, (index) => `${(index * 12_345_678_901).toString(16)}abcdef123456`.slice(0, 12)),
      column: { ...string, pattern: '^[0-9a-f]{12}$' },
    },
    'escapes what a pattern would read otherwise': {
      cells: times(40, (index) => `v(${10 + index})$`),
      column: { ...string, pattern: '^v\\([0-9]{2}\\)\\$$' },
    },
    'names no pattern for words': {
      cells: times(40, (index) => `Word${'abcdefghij'[index % 10]}${'abcd'[Math.floor(index / 10)]}`),
      column: { ...string, minLength: 6, maxLength: 6 },
    },
    'lists values that recur': {
      cells: cycle(40, ['size 10', 'size 9']),
      column: { description: '2 distinct values in 40 rows', ...string, enum: ['size 9', 'size 10'] },
    },
    'does not list more than one value in twenty rows': {
      cells: cycle(39, ['a', 'b']),
      column: { description: '2 distinct values in 39 rows', ...string },
    },
    'does not list identifiers': {
      name: 'shopId',
      cells: cycle(100, ['A', 'B']),
      column: { description: '2 distinct values in 100 rows', ...string },
    },
    'does not list periods, which go on': {
      cells: cycle(100, ['2024-Q1', '2024-Q2']),
      column: { description: '2 distinct values in 100 rows', ...string },
    },
    'does not list a single value': {
      cells: cycle(100, ['EUR']),
      column: { description: 'always "EUR"', ...string },
    },
    'lists flags and few codes in a row': {
      cells: cycle(100, ['0', '1', '2']),
      column: { description: '0 to 2', type: 'integer', enum: [0, 1, 2] },
    },
    'does not list counts, of which the large are rare': {
      cells: times(200, (index) => (index < 7 ? '3' : String(index % 3))),
      column: { description: '0 to 3', type: 'integer', minimum: 0, maximum: 10 },
    },
    'does not list dates': {
      cells: cycle(100, ['2024-01-01', '2024-01-02']),
      column: { description: '2 distinct values in 100 rows', ...string, format: 'date' },
    },
    'has no date where one does not exist': { cells: ['2024-02-29', '2024-02-30'], column: string },
    'has no time of the day without a zone': { cells: ['12:00:00', '13:00:00'], column: string },
    'is a hostname when it is named like one': {
      name: 'host',
      cells: ['a.example.com', 'b.example.com', 'c.example.com'],
      column: { ...string, format: 'hostname' },
    },
    'is no hostname when it may be a file': {
      name: 'path',
      cells: ['a.pdf', 'b.pdf', 'c.pdf'],
      column: string,
    },
    'is no address when two versions look like one': { cells: ['1.2.3.4', '1.2.3.5'], column: string },
    'has addresses': {
      cells: ['::1', 'fe80::1', '2001:db8::2'],
      column: { ...string, format: 'ipv6' },
    },
    'has no URI in `key:value`': { cells: ['env:prod', 'env:test'], column: string },
    'says how much is missing, rounded': {
      cells: [...times(96, (index) => `t${'x'.repeat(index)} y`), ...times(3, () => undefined)],
      column: { description: '3% missing', ...string },
    },
    'never says 0% or 100%': {
      cells: ['a long text', ...times(1999, () => undefined)],
      column: { description: 'over 99% missing', ...string },
    },
    'has no values': { cells: [undefined, undefined], column: { description: 'no values' } },
  };
  it.each(Object.entries(cases))('%s', async (_, { name = 'c', cells, column }) => {
    expect((await columnOf(textSource, name, cells)).column).toEqual(column);
  });
});

describe('a column of JSON values', () => {
  const cases: Record<string, Case> = {
    'may be null where null occurs': {
      cells: [1, null],
      column: { description: '50% null', type: ['integer', 'null'] },
    },
    'is of no type when always null': { cells: [null, null], column: { description: 'always null' } },
    'lists null with the others': {
      cells: cycle(90, ['a', 'b', null]),
      column: {
        description: '2 distinct values in 60 rows; 33% null',
        type: ['string', 'null'],
        enum: ['a', 'b', null],
      },
    },
    'may be of several types': {
      cells: ['1', 2, true, [3], { a: 4 }],
      column: {
        description: '1 number, 1 text, 1 boolean, 1 array, 1 object',
        type: ['integer', 'boolean', 'string', 'array', 'object'],
      },
    },
    'is a string when it holds digits': { cells: ['1', '2'], column: string },
    'is not empty when no text is': {
      cells: times(40, (index) => `text ${'x'.repeat(index)}`),
      column: { ...string, minLength: 1 },
    },
    'is never NaN, so nothing is asked of it': {
      cells: [1, Number.NaN],
      column: { description: '50% NaN or infinite' },
    },
    'is a number when larger than any identifier': {
      cells: [1, 1e300],
      column: { description: '1 to 1e+300', type: 'number' },
    },
    'has empty arrays only': { cells: [[], []], column: { description: '0 elements', type: 'array' } },
    'has arrays of objects': {
      cells: [[{ a: 1 }, { a: 2, b: 'x' }], []],
      column: {
        description: '0 to 2 elements',
        type: 'array',
        items: {
          type: 'object',
          properties: {
            a: { description: '1 to 2', type: 'integer' },
            b: { description: '50% missing', ...string },
          },
          required: ['a'],
        },
      },
    },
    'is not followed deeper than five levels': {
      cells: [{ a: { a: { a: { a: { a: { a: 1 } } } } } }],
      column: times(5, () => 'a').reduce<object>(
        (inner) => ({ type: 'object', properties: { a: inner }, required: ['a'] }),
        { type: 'object' },
      ),
    },
    'has objects whose keys are data': {
      cells: [Object.fromEntries(times(201, (index) => [`key ${index}`, index]))],
      column: { description: 'many different keys', type: 'object' },
    },
    'asks for keys that every object inherits by a pattern, which sees own keys only': {
      cells: [{ constructor: 1 }, JSON.parse('{"__proto__": 2}')],
      column: {
        type: 'object',
        patternProperties: {
          '^constructor$': { description: '50% missing', type: 'integer' },
          '^__proto__$': { description: '50% missing', type: 'integer' },
        },
      },
    },
  };
  it.each(Object.entries(cases))('%s', async (_, { name = 'c', cells, column }) => {
    expect((await columnOf(valueSource, name, cells)).column).toEqual(column);
  });
});

describe('notes', () => {
  it('say which cells make a column of numbers one of text', async () => {
    const { notes } = await columnOf(textSource, 'price', [...times(50, String), '12 €\u202e']);
    expect(notes).toEqual([
      '`price` has numbers, but is a column of text because of 1 of 51 cells, the first is "12 €‹U+202E›"',
    ]);
  });

  it('say which rare value keeps a list from being written', async () => {
    const { column, notes } = await columnOf(textSource, 'status', [
      ...cycle(98, ['active', 'closed']),
      'actve',
    ]);
    expect(column).toEqual({ description: '3 distinct values in 99 rows', type: 'string' });
    expect(notes).toEqual([
      '`status` has 3 values in 99 rows, but "actve" occurs only once: they are not listed as an `enum`',
    ]);
  });

  it('are not as many as the columns', async () => {
    const row = Object.fromEntries(times(100, (index) => [`c${index}`, index % 2 === 0 ? 1 : 'x']));
    const { notes } = await inferSchema(
      [valueSource([row, Object.fromEntries(Object.keys(row).map((key) => [key, true]))])],
      {
        title: 'wide',
      },
    );
    expect(notes).toHaveLength(31);
    expect(notes.at(-1)).toBe('… and 71 more notes');
  });
});

describe('the schema of a table', () => {
  it('is closed where files name their columns, and open for JSON', async () => {
    const closed = async (...sources: Parameters<typeof inferSchema>[0]) =>
      (await inferSchema(sources, { title: 't' })).schema.additionalProperties;
    const rows = [{ a: '1' }];
    expect(await closed(textSource(rows))).toBe(false);
    expect(await closed(valueSource(rows, ['a']))).toBe(false);
    expect(await closed(valueSource(rows))).toBeUndefined();
    expect(await closed(textSource(rows), valueSource(rows))).toBeUndefined();
  });

  it('requires a column only when all files have it', async () => {
    const sources = [textSource([{ a: '1', b: '2' }]), textSource([{ a: '3' }])];
    const { schema, rows } = await inferSchema(sources, { title: 't' });
    expect(schema.required).toEqual(['a']);
    expect(rows).toBe(2);
  });

  it('has the columns in the order of the file, those without values, too', async () => {
    const { schema } = await inferSchema([textSource([{ b: '1', a: '1' }], ['empty', 'b', 'a'])], {
      title: 't',
    });
    expect(Object.keys(schema.properties ?? {})).toEqual(['empty', 'b', 'a']);
  });

  it('is not inferred from nothing', async () => {
    const empty = inferSchema([textSource([], ['a'])], { title: 'users' });
    await expect(empty).rejects.toThrow(
      new RunError('users has no rows: there is nothing to infer a schema from'),
    );
  });

  it('has ten thousand columns, and no memory of long texts', async () => {
    const random = numbersFrom(3);
    const columns = times(10_000, (index) => `c${index}`);
    const rows = times(40, () =>
      Object.fromEntries(
        columns.map((name, index) => [name, index % 2 === 0 ? String(random()) : 'x'.repeat(2_000)]),
      ),
    );
    const { schema } = await inferSchema([textSource(rows, columns)], { title: 'wide' });
    const text = renderSchema(schema);
    expect(Object.keys(schema.properties ?? {})).toHaveLength(10_000);
    expect(text.length).toBeLessThan(3_000_000);
    expect(text).not.toContain('xxx');
  });
});

it('a schema is laid out with short lists on one line', () => {
  expect(renderSchema({ a: {}, b: [], c: [1, null, 'x'], d: [{ e: [] }], f: ['y'.repeat(90), 'z'] })).toBe(`{
  "a": {},
  "b": [],
  "c": [1, null, "x"],
  "d": [
    {
      "e": []
    }
  ],
  "f": [
    "${'y'.repeat(90)}",
    "z"
  ]
}
`);
});
