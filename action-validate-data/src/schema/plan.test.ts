import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMultipleOf, isSurelyValid, loadSchema, multipleTest } from './index.ts';

const bounds = fc.constantFrom(-1, 0, 0.5, 1, 3, 10);
const numberSchema = fc.record(
  {
    type: fc.constantFrom('number', 'integer', ['integer', 'null'], ['number', 'string']),
    minimum: bounds,
    exclusiveMaximum: bounds,
    maximum: bounds,
  },
  { requiredKeys: [] },
);
const textSchema = fc.record(
  {
    type: fc.constantFrom('string', ['string', 'null']),
    minLength: fc.nat(3),
    maxLength: fc.integer({ min: 1, max: 6 }),
    pattern: fc.constantFrom('^a', '^[a-z]+$', 'é', '^\\d{2}$'),
    format: fc.constantFrom('date', 'email', 'uuid', 'no-format'),
  },
  { requiredKeys: [] },
);
const plainSchema = fc.oneof(
  numberSchema,
  textSchema,
  fc.constantFrom<object | boolean>(
    true,
    false,
    {},
    { type: 'boolean' },
    { enum: ['a', 1, null] },
    { const: 1 },
  ),
);
const valueSchema = fc.oneof(
  { weight: 4, arbitrary: plainSchema },
  { weight: 1, arbitrary: fc.array(plainSchema, { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })) },
  { weight: 1, arbitrary: fc.array(plainSchema, { minLength: 1, maxLength: 2 }).map((oneOf) => ({ oneOf })) },
  { weight: 1, arbitrary: fc.array(plainSchema, { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })) },
  { weight: 1, arbitrary: plainSchema.map((not) => ({ not })) },
  { weight: 1, arbitrary: fc.constant({ $ref: '#/$defs/whole' }) },
);
const rowSchema = fc.record(
  {
    properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), valueSchema),
    required: fc.uniqueArray(fc.constantFrom('a', 'b', 'd')),
    additionalProperties: fc.oneof(fc.boolean(), plainSchema),
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b'), plainSchema, { maxKeys: 1 }),
  },
  { requiredKeys: ['properties'] },
);
const value = fc.oneof(
  fc.constantFrom(-1, 0, 0.5, 1, 2, 3, 9, 10, 11, 2.5),
  fc.constantFrom('', 'a', 'abc', 'é', '👍👍', '12', '2024-02-30', '2024-02-29', 'x@y.de'),
  fc.constantFrom<unknown>(true, false, null, [], { a: 1 }),
);
const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value);

test('what is surely valid by the plan is valid for ajv, and our judge is ajv: 10,000 pairs', () => {
  let pairs = 0;
  let sure = 0;
  let valid = 0;
  fc.assert(
    fc.property(rowSchema, fc.array(row, { minLength: 20, maxLength: 20 }), (schema, rows) => {
      const whole = { ...schema, $defs: { whole: { type: 'integer', minimum: 0 } } };
      const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
      addFormats.default(ajv);
      const judge = ajv.compile(whole);
      const loaded = loadSchema(JSON.stringify(whole), 'schema.json');
      for (const each of rows) {
        pairs += 1;
        const accepted = judge(each);
        expect(loaded.validate(each)).toBe(accepted);
        if (accepted) valid += 1;
        if (!isSurelyValid(loaded.plan, each)) continue;
        sure += 1;
        expect(accepted, JSON.stringify([whole, each])).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
  expect(pairs).toBeGreaterThanOrEqual(10_000);
  // A plan that is never sure would pass all of the above.
  expect(sure / valid).toBeGreaterThan(0.15);
});

test.each([
  [19.99, 0.01, true],
  [4.35, 0.01, true],
  [1.005, 0.01, false],
  [12391239123, 1e-8, true],
  [1e308, 0.123456789, false],
  [7, 2, false],
  [-8, 2, true],
  [0.3, 0.1, true],
])('%d is a multiple of %d: %s', (number, divisor, expected) => {
  expect(isMultipleOf(number, divisor)).toBe(expected);
  expect(multipleTest(divisor)(number)).toBe(expected);
});

test.each([
  ['{"type": "array", "items": {}}', 'give the schema of one row'],
  ['{"$ref": "https://example.com/a.json"}', 'is not fetched'],
  ['{"$ref": "#/$defs/agee", "$defs": {"age": {}}}', 'did you mean "#/$defs/age"?'],
  ['{"$ref": "#"}', 'refers to itself without end'],
  ['{"$schema": "http://json-schema.org/draft-04/schema#"}', 'allowed: '],
  ['{"properties": {"a": {"pattern": "("}}}', 'regular expression'],
  ['[1]', 'not a JSON Schema'],
])('%s is one clear error', (text, message) => {
  expect(() => loadSchema(text, 's.json')).toThrow(message);
  expect(() => loadSchema(text, 's.json')).toThrow(/^s\.json/);
});

test('a misspelt keyword is told with the nearest', () => {
  const { notices } = loadSchema('{"properties": {"age": {"type": "integer", "minumum": 0}}}', 's.json');
  expect(notices.join('\n')).toContain(
    's.json:1: /properties/age/minumum: `minumum` is no keyword, and is ignored; did you mean `minimum`?',
  );
});
