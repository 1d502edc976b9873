import { describe, expect, it } from 'vitest';
import { RunError } from '../../../core/inputs/index.ts';
import { compileSchema, loadSchema } from './index.ts';

function messageOf(schema: unknown): string {
  try {
    loadSchema(typeof schema === 'string' ? schema : JSON.stringify(schema, null, 2), 'schema.json');
  } catch (error) {
    expect(error).toBeInstanceOf(RunError);
    return (error as Error).message;
  }
  return 'loaded';
}

function noticesOf(schema: unknown): readonly string[] {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema, null, 2);
  return loadSchema(text, 's.json').notices.filter((notice) => !notice.includes('no `$schema`'));
}

describe('the draft', () => {
  it.each([
    ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
    ['https://json-schema.org/draft/2020-12/schema#', '2020-12'],
    ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
    ['http://json-schema.org/draft-07/schema#', 'draft-07'],
    ['http://json-schema.org/draft-07/schema', 'draft-07'],
    ['https://json-schema.org/draft-07/schema#', 'draft-07'],
  ])('%s is %s', ($schema, draft) => {
    const loaded = loadSchema(JSON.stringify({ $schema, properties: { a: { type: 'integer' } } }), 's.json');
    expect(loaded.draft).toBe(draft);
    expect(loaded.notices).toEqual([]);
    expect(loaded.validate({ a: 1.5 })).toBe(false);
  });

  it('is 2020-12 where none is given, with a notice', () => {
    const { draft, notices } = loadSchema('{"properties": {"a": true}}', 's.json');
    expect(draft).toBe('2020-12');
    expect(notices).toEqual(['s.json: no `$schema` is given; read as draft 2020-12']);
  });

  it('decides what a keyword means', () => {
    const row = { a: ['x', 1] };
    const tuple = { properties: { a: { items: [{ type: 'string' }], additionalItems: false } } };
    const old = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...tuple });
    expect(loadSchema(old, 's.json').validate(row)).toBe(false);
    const prefix = { properties: { a: { prefixItems: [{ type: 'string' }], items: false } } };
    expect(loadSchema(JSON.stringify(prefix), 's.json').validate(row)).toBe(false);
    const ignored = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...prefix });
    expect(noticesOf(ignored).join('\n')).toContain(
      '`prefixItems` is of 2020-12; in draft-07 it is no keyword',
    );
  });
});

describe('is one clear error:', () => {
  it.each<[name: string, schema: unknown, message: string]>([
    ['an empty file', ' \n', 'schema.json: the file is empty; a schema is an object such as'],
    [
      'a comma too many',
      '{\n  "type": "object",\n}',
      'schema.json:3:1: not valid JSON: a key is expected after a comma, not }',
    ],
    ['a list', '[1]', 'schema.json: not a JSON Schema; a schema is an object such as'],
    ['a text', '"x"', 'schema.json: not a JSON Schema'],
    [
      'an old draft',
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      'schema.json:2: /$schema: `$schema` "http://json-schema.org/draft-04/schema#" is no draft that is read here; allowed: https://json-schema.org/draft/2020-12/schema,',
    ],
    [
      'an unknown draft',
      { $schema: 'https://example.com/mine' },
      'allowed: https://json-schema.org/draft/2020-12/schema',
    ],
    ['a draft that is no text', { $schema: 7 }, '`$schema` 7 is no draft'],
    [
      'a type of SQL',
      { properties: { age: { type: 'int' } } },
      'schema.json:4: /properties/age/type: "int" is no type; allowed: string, number, integer, boolean, null, array, object; did you mean integer?',
    ],
    [
      'a misspelt type',
      { properties: { a: { type: ['strng', 'null'] } } },
      '"strng" is no type; allowed: string, number, integer, boolean, null, array, object; did you mean string?',
    ],
    [
      'a type for dates',
      { properties: { a: { type: 'date' } } },
      'did you mean string with "format": "date"?',
    ],
    [
      'a bound in quotes',
      { properties: { a: { minimum: '0' } } },
      'schema.json:4: /properties/a/minimum: "0" is not allowed; allowed: a number',
    ],
    [
      'a negative length',
      { properties: { a: { minLength: -1 } } },
      '/properties/a/minLength: -1 is not allowed; allowed: 0 or more',
    ],
    ['a divisor of 0', { properties: { a: { multipleOf: 0 } } }, '0 is not allowed; allowed: more than 0'],
    [
      'required inside of a column',
      { properties: { a: { required: true } } },
      '`required` stands beside `properties`',
    ],
    [
      'a bound of draft-04',
      { properties: { a: { exclusiveMinimum: true } } },
      'is of draft-04; the bound itself stands here',
    ],
    ['a tuple in 2020-12', { properties: { a: { items: [true] } } }, 'write `prefixItems`'],
    [
      'a column that is no schema',
      { properties: { a: 'integer' } },
      '/properties/a: "integer" is not allowed; allowed: an object or true or false',
    ],
    [
      'an enum without values',
      { properties: { a: { enum: [] } } },
      '/properties/a/enum: `enum` names no value',
    ],
    [
      'an enum that is a text',
      { properties: { a: { enum: 'x' } } },
      '/properties/a/enum: "x" is not allowed; allowed: a list',
    ],
    [
      'a file elsewhere',
      { $ref: 'https://example.com/row.json' },
      'schema.json:2: /$ref: `$ref` "https://example.com/row.json" is not fetched; put that schema into `$defs`',
    ],
    [
      'a file beside',
      { properties: { a: { $ref: 'types.json#/age' } } },
      '`$ref` "types.json#/age" is not fetched',
    ],
    [
      'a misspelt reference',
      { properties: { a: { $ref: '#/$defs/agee' } }, $defs: { age: true } },
      '/properties/a/$ref: `$ref` "#/$defs/agee" leads to nothing in this schema; did you mean "#/$defs/age"?',
    ],
    [
      'a reference to another place',
      { properties: { a: { $ref: '#/definitions/Zip' } }, definitions: { age: true } },
      'leads to nothing in this schema; allowed: #/definitions/age',
    ],
    [
      'an anchor that is none',
      { properties: { a: { $ref: '#agee' } }, $defs: { x: { $anchor: 'age' } } },
      'did you mean "#age"?',
    ],
    [
      'an expression that is none',
      { properties: { a: { pattern: '(a' } } },
      'schema.json:4: /properties/a/pattern: (a is no regular expression: Unterminated group',
    ],
    [
      'a name pattern that is none',
      { patternProperties: { '[': { type: 'string' } } },
      '/patternProperties/[: [ is no regular expression',
    ],
    [
      'an expression of another language',
      { properties: { a: { pattern: '^\\-$' } } },
      'is no regular expression: Invalid escape',
    ],
    [
      'nullable alone',
      { properties: { a: { nullable: true } } },
      '/properties/a/nullable: `nullable` needs `type` beside it',
    ],
    [
      'nullable against null',
      { properties: { a: { type: 'null', nullable: false } } },
      '`nullable: false` contradicts',
    ],
    ['an id of draft-04', { id: 'x', type: 'object' }, '/id: `id` is of draft-04; write `$id`'],
    [
      'an id twice',
      { properties: { a: { $anchor: 'x', type: 'string' }, b: { $anchor: 'x' } } },
      'the same `$id` or `$anchor`: #x',
    ],
    ['asynchronous', { $async: true, type: 'object' }, '`$async` is not possible here'],
    [
      'an array of rows',
      { type: 'array', items: { type: 'object' } },
      'schema.json:3: /items: the schema describes an array of rows, and a row is what is judged; give the schema of one row, here what stands in `items`',
    ],
    ['an array without a type', { items: { type: 'object' } }, 'the schema describes an array of rows'],
    [
      'an array by reference',
      { $ref: '#/$defs/rows', $defs: { rows: { type: 'array' } } },
      'the schema describes an array of rows',
    ],
    [
      'a column',
      { type: 'string', minLength: 3 },
      '/type: the schema describes string, and a row is an object',
    ],
    ['a contradiction', { type: 'object', allOf: [{ type: 'array' }] }, 'the schema contradicts itself'],
    [
      'columns without properties',
      { age: { type: 'integer' }, name: { type: 'string' } },
      'no keyword of JSON Schema stands here (age, name); put the columns into `properties`',
    ],
    ['a table schema', { fields: [{ name: 'age' }] }, 'no keyword of JSON Schema stands here (fields)'],
  ])('%s', (_name, schema, message) => {
    const found = messageOf(schema);
    expect(found).toContain(message);
    expect(found).toMatch(/^schema\.json/);
    expect(found.split('\n')).toHaveLength(1);
  });

  it('several mistakes are all told, at most five', () => {
    const columns = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`c${index}`, { type: 'int' }]),
    );
    const lines = messageOf({ properties: columns }).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[1]).toContain('schema.json:7: /properties/c1/type: "int" is no type');
    expect(lines[5]).toBe('schema.json: and 2 more');
  });

  it('control characters of the schema do not reach the message', () => {
    const message = messageOf({ properties: { 'a\n::error::x': { type: '\u202eint' } } });
    expect(message.split('\n')).toHaveLength(1);
    expect(message).not.toContain('\u202e');
  });
});

describe('a schema that refers to itself', () => {
  it('may, on its way into the data', () => {
    const { validate } = loadSchema(
      '{"properties": {"child": {"$ref": "#"}, "n": {"type": "integer"}}}',
      's.json',
    );
    expect(validate({ child: { child: { n: 1 } } })).toBe(true);
    expect(validate({ child: { child: { n: 'x' } } })).toBe(false);
  });

  it.each<[string, unknown]>([
    ['at once', { $ref: '#' }],
    ['through another', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }],
    [
      'through allOf',
      { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } },
    ],
    [
      'for some values only',
      {
        properties: { a: { $ref: '#/$defs/a' } },
        $defs: { a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } },
      },
    ],
    ['under a condition', { dependentSchemas: { a: { $ref: '#' } } }],
    ['by its anchor', { $anchor: 'x', not: { $ref: '#x' } }],
    ['by $dynamicRef', { $dynamicAnchor: 'x', allOf: [{ $dynamicRef: '#x' }] }],
    [
      'by $recursiveRef',
      { $schema: 'https://json-schema.org/draft/2019-09/schema', anyOf: [{ $recursiveRef: '#' }] },
    ],
  ])('without end is an error: %s', (_name, schema) => {
    expect(messageOf(schema)).toMatch(/without end|lead in a circle/);
  });

  it('without end where nothing leads there is left alone, as ajv compiles no more', () => {
    expect(messageOf({ properties: { a: true }, $defs: { a: { $ref: '#/$defs/a' } } })).toBe('loaded');
  });
});

describe('a notice tells', () => {
  it.each<[name: string, schema: unknown, notices: string[]]>([
    [
      'a misspelt keyword',
      { properties: { age: { minumum: 0 } } },
      ['s.json:4: /properties/age/minumum: `minumum` is no keyword, and is ignored; did you mean `minimum`?'],
    ],
    [
      'an unknown format',
      { properties: { a: { type: 'string', format: 'datetime' } } },
      [
        's.json:5: /properties/a/format: the format `datetime` is not known, and is not checked; did you mean `date-time`?',
      ],
    ],
    [
      'a text keyword without a type',
      { properties: { zip: { pattern: '^\\d{5}$' } } },
      [
        's.json:4: /properties/zip/pattern: `pattern` judges strings only; without "type": "string" a cell such as 1234 is a number, and passes',
      ],
    ],
    [
      'what nullable is',
      { properties: { a: { type: 'integer', nullable: true } } },
      ['s.json:5: /properties/a/nullable: `nullable` is of OpenAPI, and read as "type": ["integer","null"]'],
    ],
    [
      'a key that stands twice',
      '{"properties": {"a": {},\n "a": {}}}',
      ['s.json:2: /properties/a: the key stands twice; the last one counts'],
    ],
    ['a schema that accepts everything', {}, ['s.json:1: the schema accepts every row']],
    ['true', true, ['s.json:1: the schema accepts every row']],
    ['false', false, ['s.json:1: the schema rejects every row']],
  ])('%s', (_name, schema, notices) => {
    expect(noticesOf(schema)).toEqual(notices);
  });

  it('nothing of what other dialects and editors write', () => {
    const harmless = {
      title: 'T',
      $comment: 'c',
      'x-unit': 'm',
      example: 1,
      examples: [1],
      discriminator: {},
      default: 1,
      deprecated: true,
    };
    expect(noticesOf({ properties: { a: { type: 'integer', ...harmless } } })).toEqual([]);
    expect(noticesOf({ properties: { minumum: { type: 'integer' } } })).toEqual([]);
  });

  it('at most twenty, and how many more', () => {
    const columns = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, { typo: 1 }]));
    const { notices } = loadSchema(JSON.stringify({ properties: columns }), 's.json');
    expect(notices).toHaveLength(21);
    expect(notices.at(-1)).toBe('s.json: and 21 more notices on the schema');
  });
});

describe('regular expressions', () => {
  const schema = {
    properties: { a: { pattern: '^a' }, b: { pattern: 'b$' }, c: { pattern: '^a' } },
    patternProperties: { '^x': { type: 'string' } },
  };

  it('are told to the watch by their index, when they start and when they end', () => {
    const events: string[] = [];
    const watch = {
      enter: (index: number) => events.push(`enter ${index}`),
      leave: () => events.push('leave'),
    };
    const { validate, patterns } = loadSchema(JSON.stringify(schema), 's.json', watch);
    events.length = 0;
    validate({ b: 'b' });
    expect(
      events
        .filter((event) => event !== 'leave')
        .map((event) => patterns[Number(event.slice(6))])
        .sort(),
    ).toEqual(['^x', 'b$']);
    expect(events.filter((event) => event === 'leave')).toHaveLength(2);
  });

  it('have the same index in every thread', () => {
    const { patterns } = loadSchema(JSON.stringify(schema), 's.json');
    const again = compileSchema(schema as never, { enter: () => undefined, leave: () => undefined });
    expect(again.patterns.sources).toEqual(patterns);
    expect(new Set(patterns).size).toBe(3);
  });

  it('count code points, as JSON Schema has them', () => {
    const { validate } = loadSchema('{"properties": {"a": {"pattern": "^.$"}}}', 's.json');
    expect(validate({ a: '👍' })).toBe(true);
  });
});

it('a byte order mark and a schema of true or false are read', () => {
  expect(loadSchema('\ufefftrue', 's.json').validate({ a: 1 })).toBe(true);
  expect(loadSchema('false', 's.json').validate({})).toBe(false);
});

it('nothing is converted, filled in or taken away', () => {
  const schema = {
    properties: { a: { type: 'integer', default: 1 }, b: { type: 'string' } },
    additionalProperties: true,
  };
  const { validate } = loadSchema(JSON.stringify(schema), 's.json');
  const row = { b: 'x', c: 1 };
  expect(validate(row)).toBe(true);
  expect(row).toEqual({ b: 'x', c: 1 });
  expect(validate({ a: '1' })).toBe(false);
});

describe('where ajv has no verdict there is an error, not a crash', () => {
  it('data nested deeper than the stack reaches', () => {
    const { validate } = loadSchema('{"properties": {"a": {"$ref": "#"}}}', 's.json');
    let row: object = {};
    for (let depth = 0; depth < 100_000; depth += 1) row = { a: row };
    expect(() => validate(row)).toThrow(RunError);
    expect(validate({ a: { a: {} } })).toBe(true);
  });

  it('a part with an id that refers within itself', () => {
    const inner = { $id: 'inner', $ref: '#/$defs/x', $defs: { x: { type: 'integer' } } };
    expect(messageOf({ properties: { a: inner } })).toContain(
      '`$ref` of a part that has an `$id` of its own',
    );
  });

  it("a defect of ajv's code for unevaluatedProperties", () => {
    const schema = {
      patternProperties: { '^x': {} },
      if: { required: ['b'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { c: { type: 'string' } } },
    };
    // Without the keyword there is nothing to keep track of, and the verdict is the right one.
    expect(loadSchema(JSON.stringify(schema), 's.json').validate({ x: 1, b: 0, c: 0 })).toBe(false);
    expect(loadSchema(JSON.stringify(schema), 's.json').validate({ x: 1 })).toBe(true);
    const tracking = { ...schema, unevaluatedProperties: false };
    expect(() => loadSchema(JSON.stringify(tracking), 's.json').validate({ x: 1 })).toThrow(RunError);
  });
});
