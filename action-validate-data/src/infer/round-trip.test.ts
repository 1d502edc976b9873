/** Whatever the data: the inferred schema is a valid one, and ajv accepts every row by it. */

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cell, classifyCell } from '../../../core/tables/csv/index.ts';
import { inferSchema, renderSchema } from './index.ts';
import { numbersFrom, textSource, times, valueSource } from './testing.ts';
import type { Schema } from './types.ts';

type Row = Record<string, unknown>;

function validatorOf(schema: Schema) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(renderSchema(schema)));
}

/** The types that the schema admits for a column, by which its cells are converted. */
function typesOf(schema: Schema, column: string): readonly unknown[] {
  const under = (key: string, name: string) => {
    const map = (schema[key] ?? {}) as Readonly<Record<string, Schema>>;
    return Object.hasOwn(map, name) ? map[name] : undefined;
  };
  const type = (under('properties', column) ?? under('patternProperties', `^${column}$`))?.type;
  return type === undefined ? ['number', 'boolean'] : [type].flat();
}

function converted(schema: Schema, row: Readonly<Row>): Row {
  const entries = Object.entries(row).map(([column, text]) => {
    if (typeof text !== 'string') return [column, text] as const;
    const bytes = Buffer.from(text);
    const kind = classifyCell(bytes, 0, bytes.length);
    const types = typesOf(schema, column);
    if (kind === cell.text) return [column, text] as const;
    if (kind === cell.boolean) return [column, types.includes('boolean') ? text === 'true' : text] as const;
    return [column, types.includes('number') || types.includes('integer') ? Number(text) : text] as const;
  });
  return Object.fromEntries(entries);
}

const someNames = [
  'id',
  'user_id',
  'host',
  '__proto__',
  'constructor',
  'toString',
  '1',
  'a.b',
  '',
  'größe',
  '$ref',
];
const name = fc.oneof(fc.constantFrom(...someNames), fc.string({ unit: 'binary', maxLength: 8 }));

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: -100, max: 100 }).map((value) => value / 10),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    2 ** 53,
    2 ** 53 + 2,
    2 ** 64,
    1e21,
  ),
  fc.integer({ min: 1_600_000_000, max: 1_700_000_000 }),
);

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }),
  fc.stringMatching(/^[A-Z]{2}$/),
  fc.stringMatching(/^[A-Z]{1,3}-[0-9]{1,4}$/),
  fc.stringMatching(/^SKU\.[0-9]{3} [a-z]$/),
  fc.stringMatching(/^[0-9a-f]{8}$/),
  fc.stringMatching(/^[A-Za-z_+]{8}$/),
  digits(5),
  fc.constantFrom(
    'a',
    'b',
    'true',
    'false',
    'True',
    'NA',
    'NaN',
    '007',
    ' 7',
    '+5',
    '1e5',
    '1e400',
    '-0',
    '3.0',
  ),
  fc.constantFrom('2024-02-29', '2024-02-30', '12:00:00Z', '2024-02-29T12:00:00Z', '2024-02-29 12:00:00Z'),
  fc.constantFrom(
    '10.0.0.1',
    '::1',
    'a.example.com',
    'mailto:a@b.cd',
    'https://x.org/ä',
    '\ud800',
    'x'.repeat(200),
  ),
  fc.emailAddress(),
  fc.uuid(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.webUrl(),
);

/** Cells as CSV holds them: never empty. */
const cells = fc.oneof(
  text,
  number.map((value) => String(value)),
  digits(20),
  fc.constantFrom('true', 'false'),
  fc.constantFrom('0', '1', '2', '9007199254740993', '1.50'),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7, depthSize: 'small' },
    { weight: 3, arbitrary: number },
    { weight: 3, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom(null, true, false, '', 0, 1) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    {
      weight: 2,
      arbitrary: fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
    },
  ),
}));

/** A column draws its values from a pool, mostly of one kind: many rows of few values, or all different. */
function column(kinds: readonly fc.Arbitrary<unknown>[]) {
  const pool = fc.nat(kinds.length - 1).chain((index) => {
    const kind = kinds[index] as fc.Arbitrary<unknown>;
    return fc.oneof(
      fc.array(kind, { minLength: 1, maxLength: 3 }),
      fc.array(kind, { minLength: 25, maxLength: 60, size: 'max' }),
    );
  });
  const slips = fc.array(fc.oneof(...kinds), { maxLength: 2 });
  return fc.record({
    name,
    pool,
    slips: fc.oneof(fc.constant([]), slips),
    missing: fc.constantFrom(0, 0.2, 1),
  });
}

function table(kinds: readonly fc.Arbitrary<unknown>[]) {
  return fc
    .record({
      columns: fc.uniqueArray(column(kinds), { selector: (each) => each.name, minLength: 1, maxLength: 5 }),
      rows: fc.constantFrom(1, 3, 29, 30, 60, 150),
      seed: fc.nat(),
    })
    .map(({ columns, rows, seed }) => {
      const random = numbersFrom(seed);
      const pick = (values: readonly unknown[]) => values[Math.floor(random() * values.length)];
      const made = times(rows, () => {
        const entries = columns.flatMap(({ name: key, pool, slips, missing }) => {
          if (random() < missing) return [];
          return [[key, random() < 0.02 && slips.length > 0 ? pick(slips) : pick(pool)]];
        });
        return Object.fromEntries(entries) as Row;
      });
      return { names: columns.map((each) => each.name), rows: made };
    });
}

// Each leaf of the texts is a kind of its own, so that columns of one format or shape occur.
const textKinds = [
  cells,
  digits(3),
  digits(1),
  number.map(String),
  fc.integer({ min: 0, max: 2 }).map(String),
  fc.integer({ min: -50, max: 500 }).map((each) => (each / 10).toFixed(1)),
  fc.stringMatching(/^[A-Z]{2}-[0-9]{1,4}$/),
  fc.stringMatching(/^[0-9]{5}$/),
  fc.stringMatching(/^[0-9a-f]{8}$/),
  fc.stringMatching(/^[A-Za-z_+]{8}$/),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  fc.emailAddress(),
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  text,
];
const valueKinds = [
  ...textKinds,
  value,
  number,
  fc.integer({ min: 0, max: 3 }),
  fc.array(number, { maxLength: 3 }),
];

const options = { numRuns: 200 };

describe('the data of a schema satisfy it', () => {
  const title = 'data';

  it('CSV cells', async () => {
    await fc.assert(
      fc.asyncProperty(table(textKinds), async ({ names, rows }) => {
        const { schema } = await inferSchema([textSource(rows, names)], { title });
        const validate = validatorOf(schema);
        for (const row of rows) {
          const ok = validate(converted(schema, row));
          expect({ row, errors: ok ? null : validate.errors }).toEqual({ row, errors: null });
        }
      }),
      options,
    );
  });

  it('JSON values, and a NaN here and there', async () => {
    const withForeign = [
      ...valueKinds,
      fc.oneof(number, fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY)),
    ];
    await fc.assert(
      fc.asyncProperty(table(withForeign), fc.boolean(), async ({ names, rows }, declared) => {
        const { schema } = await inferSchema([valueSource(rows, declared ? names : null)], { title });
        const validate = validatorOf(schema);
        for (const row of rows) {
          const ok = validate(row);
          expect({ row, errors: ok ? null : validate.errors }).toEqual({ row, errors: null });
        }
      }),
      options,
    );
  });

  it('a CSV file and a JSON file together', async () => {
    await fc.assert(
      fc.asyncProperty(table(textKinds), table(valueKinds), async (csv, json) => {
        // The same columns in both: those of the second file take the names of the first.
        const renamed = json.rows.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([key, each]) => [csv.names[json.names.indexOf(key)] ?? key, each]),
          ),
        );
        const sources = [textSource(csv.rows, csv.names), valueSource(renamed)];
        const { schema } = await inferSchema(sources, { title });
        const validate = validatorOf(schema);
        for (const row of [...csv.rows.map((each) => converted(schema, each)), ...renamed]) {
          const ok = validate(row);
          expect({ row, errors: ok ? null : validate.errors }).toEqual({ row, errors: null });
        }
      }),
      options,
    );
  });
});
