import { describe, expect, it } from 'vitest';
import { loadSchema, violationsOf } from './index.ts';

const uris = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
} as const;

function violations(schema: unknown, row: Record<string, unknown>, draft: keyof typeof uris = '2020-12') {
  const whole = typeof schema === 'object' ? { $schema: uris[draft], ...schema } : schema;
  const { validate } = loadSchema(JSON.stringify(whole), 'schema.json');
  expect(validate(row)).toBe(false);
  return violationsOf(validate.errors ?? [], row);
}

function messages(
  schema: unknown,
  row: Record<string, unknown>,
  draft: keyof typeof uris = '2020-12',
): string[] {
  return violations(schema, row, draft).map(({ message }) => message);
}

/** The messages on a value in column `a`. */
function ofValue(schema: unknown, value: unknown, draft: keyof typeof uris = '2020-12'): string[] {
  const defs = { card: { type: 'integer', minimum: 0 } };
  return messages({ properties: { a: schema }, $defs: defs }, { a: value }, draft);
}

describe('every keyword has its words', () => {
  it.each<[schema: unknown, value: unknown, message: string]>([
    [{ type: 'integer' }, 'abc', 'a: "abc" is text, an integer is required (type)'],
    [{ type: 'integer' }, 3.5, 'a: 3.5 is not whole, an integer is required (type)'],
    [{ type: 'string' }, 5, 'a: 5 is a number, text is required (type)'],
    [{ type: 'string' }, true, 'a: true is a boolean, text is required (type)'],
    [{ type: ['number', 'null'] }, [1], 'a: [1] is an array, a number or null is required (type)'],
    [{ type: 'object' }, null, 'a: null, an object is required (type)'],
    [{ type: 'boolean' }, { x: 1 }, 'a: {"x":1} is an object, true or false is required (type)'],
    [{ minimum: 0 }, -3, 'a: -3 is less than 0 (minimum)'],
    [{ maximum: 120 }, 130.5, 'a: 130.5 is greater than 120 (maximum)'],
    [{ exclusiveMinimum: 0 }, 0, 'a: 0 is not greater than 0 (exclusiveMinimum)'],
    [{ exclusiveMaximum: 1 }, 1, 'a: 1 is not less than 1 (exclusiveMaximum)'],
    [{ multipleOf: 0.01 }, 1.005, 'a: 1.005 is not a multiple of 0.01 (multipleOf)'],
    [{ minLength: 2 }, '👍', 'a: "👍" has 1 character, at least 2 required (minLength)'],
    [{ maxLength: 2 }, 'abc', 'a: "abc" has 3 characters, at most 2 allowed (maxLength)'],
    [{ pattern: '^[0-9]{5}$' }, '1234', 'a: "1234" does not match ^[0-9]{5}$ (pattern)'],
    [{ format: 'email' }, 'x', 'a: "x" is not an email address (format)'],
    [{ format: 'date' }, '2024-02-30', 'a: "2024-02-30" is not a date (YYYY-MM-DD) (format)'],
    [{ format: 'date-time' }, 'x', 'a: "x" is not a date and time with its zone (RFC 3339) (format)'],
    [{ format: 'int32' }, 2 ** 31, 'a: 2147483648 is not an integer of 32 bits (format)'],
    [
      { format: 'date', formatMinimum: '2024-01-01' },
      '2023-12-31',
      'a: "2023-12-31" is less than 2024-01-01 (formatMinimum)',
    ],
    [
      { format: 'date', formatExclusiveMaximum: '2024-01-01' },
      '2024-01-01',
      'a: "2024-01-01" is not less than 2024-01-01 (formatExclusiveMaximum)',
    ],
    [
      { enum: ['active', 'closed'] },
      'actve',
      'a: "actve" is not one of active, closed (enum); did you mean active?',
    ],
    [
      { enum: ['a,b', ' c', '5', 5, null, true] },
      'x',
      'a: "x" is not one of "a,b", " c", "5", 5, null, true (enum)',
    ],
    [{ enum: ['only'] }, 'x', 'a: "x" is not only (enum)'],
    [
      { enum: Array.from({ length: 25 }, (_, index) => index) },
      -1,
      'a: -1 is not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 15 more (enum)',
    ],
    [{ const: 'eur' }, 'usd', 'a: "usd" is not "eur" (const)'],
    [{ minItems: 2 }, [1], 'a: 1 item, at least 2 required (minItems)'],
    [{ maxItems: 1 }, [1, 2], 'a: 2 items, at most 1 allowed (maxItems)'],
    [{ uniqueItems: true }, [7, 8, 7], 'a: items 0 and 2 are the same (uniqueItems)'],
    [
      { contains: { type: 'string' } },
      [1, 2],
      'a: at least 1 of the items must be as `contains` says (contains)',
    ],
    [
      { contains: { type: 'string' }, minContains: 1, maxContains: 1 },
      ['x', 'y'],
      'a: 1 to 1 of the items must be as `contains` says (contains)',
    ],
    [{ prefixItems: [true], items: false }, [1, 2], 'a: 2 items, at most 1 allowed (items)'],
    [
      { prefixItems: [true], unevaluatedItems: false },
      [1, 2],
      'a: 2 items, at most 1 allowed (unevaluatedItems)',
    ],
    [{ items: { type: 'string' } }, ['x', 5], 'a[1]: 5 is a number, text is required (type)'],
    [
      { properties: { city: { minLength: 3 } } },
      { city: 'X' },
      'a.city: "X" has 1 character, at least 3 required (minLength)',
    ],
    [{ required: ['city'] }, {}, 'a.city: missing (required)'],
    [
      { additionalProperties: false, properties: { city: true } },
      { citty: 1 },
      'a.citty: not a key that the schema allows (additionalProperties); did you mean city?',
    ],
    [
      { unevaluatedProperties: false },
      { x: 1 },
      'a.x: not a key that the schema allows (unevaluatedProperties)',
    ],
    [
      { propertyNames: { pattern: '^[a-z]+$' } },
      { B: 1 },
      'a.B: the name "B" does not match ^[a-z]+$ (propertyNames)',
    ],
    [{ minProperties: 2 }, { x: 1 }, 'a: {"x":1} has 1 key, at least 2 required (minProperties)'],
    [{ maxProperties: 1 }, { x: 1, y: 2 }, 'a: {"x":1,"y":2} has 2 keys, at most 1 allowed (maxProperties)'],
    [
      { dependentRequired: { x: ['y'] } },
      { x: 1 },
      'a.y: missing, required where x is given (dependentRequired)',
    ],
    [{ dependentSchemas: { x: { required: ['y'] } } }, { x: 1 }, 'a.y: missing (required)'],
    [{ not: { const: 5 } }, 5, 'a: 5 is not allowed (not)'],
    [{ if: { minimum: 10 }, else: { multipleOf: 2 } }, 5, 'a: 5 is not a multiple of 2 (multipleOf)'],
    [{ if: { minimum: 10 }, else: false }, 5, 'a: no value is allowed (false schema)'],
    [false, 5, 'a: no value is allowed (false schema)'],
  ])('%j: %j', (schema, value, message) => {
    expect(ofValue(schema, value)).toEqual([message]);
  });

  it.each<[schema: unknown, value: unknown, message: string]>([
    [{ items: [true], additionalItems: false }, [1, 2], 'a: 2 items, at most 1 allowed (additionalItems)'],
    [{ dependencies: { x: ['y'] } }, { x: 1 }, 'a.y: missing, required where x is given (dependencies)'],
  ])('in draft-07 %j: %j', (schema, value, message) => {
    expect(ofValue(schema, value, 'draft-07')).toEqual([message]);
  });
});

describe('a text that looks like a number says why it is none', () => {
  it.each([
    ['007', 'a number has no leading zeros'],
    [' 7', 'blanks stand around the number'],
    ['+5', 'a number has no plus sign'],
    ['1,000', 'a number has no thousands separators'],
    ['1_000', 'a number has no thousands separators'],
    ['1,5', 'a number has a decimal point, no comma'],
    ['7', 'the number is in quotes'],
    ['1e999', 'too large for a double'],
  ])('%j', (text, hint) => {
    expect(ofValue({ type: 'number' }, text)).toEqual([
      `a: "${text}" is text, a number is required (type); ${hint}`,
    ]);
  });

  it('and so a boolean', () => {
    expect(ofValue({ type: 'boolean' }, 'TRUE')).toEqual([
      'a: "TRUE" is text, true or false is required (type); only true and false are booleans',
    ]);
  });
});

describe('of a union that fails', () => {
  it.each<[name: string, schema: unknown, value: unknown, message: string]>([
    [
      'the branch of the type speaks',
      { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] },
      -3,
      'a: -3 is less than 0 (minimum)',
    ],
    [
      'the branch of the type speaks, behind a reference',
      { anyOf: [{ $ref: '#/$defs/card' }, { type: 'null' }] },
      -3,
      'a: -3 is less than 0 (minimum)',
    ],
    [
      'a fraction is of the type integer',
      { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      3.5,
      'a: 3.5 is not whole, an integer is required (type)',
    ],
    [
      'an enum beside null speaks',
      { anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] },
      'c',
      'a: "c" is not one of a, b (enum)',
    ],
    [
      'none of two',
      { anyOf: [{ type: 'number' }, { type: 'null' }] },
      'abc',
      'a: "abc" is neither a number nor null (anyOf)',
    ],
    [
      'none of three',
      { oneOf: [{ type: 'number' }, { type: 'boolean' }, { type: 'null' }] },
      'x',
      'a: "x" is none of a number, true or false and null (oneOf)',
    ],
    [
      'none of two formats',
      {
        anyOf: [
          { type: 'string', format: 'email' },
          { type: 'string', format: 'uri' },
        ],
      },
      'x',
      'a: "x" is neither an email address nor a URI (anyOf)',
    ],
    [
      'more than one',
      { oneOf: [{ type: 'integer' }, { type: 'number' }] },
      5,
      'a: 5 fits more than one alternative: an integer and a number, exactly one is allowed (oneOf)',
    ],
    [
      'what each lacks',
      {
        anyOf: [
          { type: 'string', minLength: 5 },
          { type: 'string', pattern: '^x' },
        ],
      },
      'abc',
      'a: "abc" fits none of the 2 alternatives: "abc" has 3 characters, at least 5 required; "abc" does not match ^x (anyOf)',
    ],
    [
      'a union in a union',
      { anyOf: [{ anyOf: [{ type: 'integer', maximum: 5 }, { type: 'boolean' }] }, { type: 'null' }] },
      7,
      'a: 7 is greater than 5 (maximum)',
    ],
  ])('%s', (_name, schema, value, message) => {
    expect(ofValue(schema, value)).toEqual([message]);
  });

  const payment = {
    oneOf: [
      {
        type: 'object',
        properties: { kind: { const: 'card' }, number: { type: 'string', minLength: 4 } },
        required: ['kind', 'number'],
      },
      {
        type: 'object',
        properties: { kind: { const: 'cash' }, amount: { type: 'number' } },
        required: ['kind', 'amount'],
      },
    ],
  };

  it('the branch whose constant fits speaks', () => {
    expect(ofValue(payment, { kind: 'card', number: '1' })).toEqual([
      'a.number: "1" has 1 character, at least 4 required (minLength)',
    ]);
    expect(ofValue(payment, { kind: 'cash' })).toEqual(['a.amount: missing (required)']);
    expect(ofValue(payment, { kind: 'coin' })).toEqual([
      'a: {"kind":"coin"} fits none of the 2 alternatives: kind "coin" is not "card"; kind "coin" is not "cash" (oneOf)',
    ]);
  });

  it('of the row as well', () => {
    expect(messages({ $ref: '#/$defs/pay', $defs: { pay: payment } }, { kind: 'cash', amount: 'x' })).toEqual(
      ['amount: "x" is text, a number is required (type)'],
    );
    const contact = { anyOf: [{ required: ['phone'] }, { required: ['email'] }] };
    expect(messages(contact, { name: 'x' })).toEqual([
      'the row fits none of the 2 alternatives: phone missing; email missing (anyOf)',
    ]);
  });

  it('other errors of the same value speak for themselves', () => {
    const schema = { minLength: 2, anyOf: [{ type: 'number' }, { type: 'null' }] };
    expect(ofValue(schema, 'x').sort()).toEqual([
      'a: "x" has 1 character, at least 2 required (minLength)',
      'a: "x" is neither a number nor null (anyOf)',
    ]);
  });
});

describe('the row', () => {
  it('has one violation for each column and rule, in the order of its columns, missing ones and the row at the end', () => {
    const schema = {
      properties: { b: { type: 'array', items: { type: 'string' } }, a: { type: 'integer', enum: [1] } },
      required: ['id', 'c'],
      minProperties: 5,
      additionalProperties: false,
    };
    const found = violations(schema, { x: 1, a: 'y', b: [1, 2] });
    expect(found.map(({ column, rule, value }) => [column, rule, value])).toEqual([
      ['x', 'additionalProperties', 1],
      ['a', 'type', 'y'],
      ['a', 'enum', 'y'],
      ['b', 'type', [1, 2]],
      ['id', 'required', undefined],
      ['c', 'required', undefined],
      [null, 'minProperties', undefined],
    ]);
  });

  it.each<[schema: unknown, row: Record<string, unknown>, column: string | null, message: string]>([
    [{ required: ['name'] }, {}, 'name', 'name: missing (required)'],
    [
      { dependentRequired: { card: ['address'] } },
      { card: 1 },
      'address',
      'address: missing, required where card is given (dependentRequired)',
    ],
    [
      { additionalProperties: false, properties: { email: true } },
      { emial: 1 },
      'emial',
      'emial: not a column that the schema allows (additionalProperties); did you mean email?',
    ],
    [
      { propertyNames: { maxLength: 3 } },
      { name: 1 },
      'name',
      'name: the name "name" has 4 characters, at most 3 allowed (propertyNames)',
    ],
    [{ maxProperties: 0 }, { a: 1 }, null, 'the row has 1 key, at most 0 allowed (maxProperties)'],
    [{ not: { required: ['a'] } }, { a: 1 }, null, 'the row is as it must not be (not)'],
    [false, {}, null, 'the row is not allowed, as no row is (false schema)'],
    [
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 2 },
      null,
      'the row fits more than one alternative, exactly one is allowed (oneOf)',
    ],
    [
      { properties: { 'a/b~c': { type: 'string' } } },
      { 'a/b~c': 1 },
      'a/b~c',
      'a/b~c: 1 is a number, text is required (type)',
    ],
    [
      { properties: { a: { properties: { 2: { type: 'string' } } } } },
      { a: { 2: 1 } },
      'a',
      'a.2: 1 is a number, text is required (type)',
    ],
  ])('%j: %j', (schema, row, column, message) => {
    expect(violations(schema, row)).toMatchObject([{ column, message }]);
  });
});

describe('what comes from data', () => {
  it('is one short line without hidden characters', () => {
    const value = `a\n::error::\u202e\u0007${'x'.repeat(10_000)}`;
    const name = `col\r\n${'y'.repeat(500)}`;
    const [message = ''] = messages({ additionalProperties: { type: 'integer' } }, { [name]: value });
    expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(message).toContain('(10,0');
    expect(message.length).toBeLessThan(300);
  });

  it('keeps the digits that a double would change', () => {
    const { validate } = loadSchema('{"properties": {"id": {"maximum": 5}}}', 's.json');
    const row = { id: 9007199254740992 };
    validate(row);
    const [found] = violationsOf(validate.errors ?? [], row, () => '9007199254740993');
    expect(found?.message).toBe('id: 9007199254740993 is greater than 5 (maximum)');
  });
});
