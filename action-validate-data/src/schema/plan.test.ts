import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { isSurelyValid, loadSchema, type RowPlan } from './index.ts';
import { readingOf } from './planner.ts';

function planOf(schema: unknown): RowPlan {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return loadSchema(text, 'schema.json').plan;
}

function ofValue(schema: unknown, more: object = {}): RowPlan {
  return planOf({ properties: { a: schema }, ...more });
}

/** Whether a row `{"a": …}` is surely valid, the value given as JSON text. */
function isSure(plan: RowPlan, text: string): boolean {
  return isSurelyValid(plan, JSON.parse(`{"a":${text}}`) as Record<string, unknown>);
}

describe('a value is surely valid', () => {
  it.each<[schema: unknown, sure: string[], unsure: string[]]>([
    [{ type: 'integer', minimum: 0 }, ['0', '-0', '3.0', '1e3'], ['-1', '0.5', '"1"', 'null', '1e400']],
    [{ exclusiveMinimum: 0, minimum: 0 }, ['0.1', '"text"', 'true', 'null', '[]'], ['0', '-1']],
    [{ minimum: 1, exclusiveMinimum: 0 }, ['1'], ['0.5']],
    [{ type: 'number', maximum: 5, exclusiveMaximum: 5 }, ['4.9'], ['5']],
    [{ type: 'number', minimum: 3, maximum: 2 }, [], ['2', '2.5', '3']],
    [{ type: 'number', multipleOf: 0.01 }, ['19.99', '4.35', '0'], ['1.005', '1e400']],
    [{ type: 'number', enum: [1, 2.5, '3'] }, ['1', '1.0', '2.5'], ['3', '"3"', '2']],
    [{ enum: ['a', 1, null, true, [1]] }, ['"a"', '1', 'null', 'true'], ['"b"', 'false', '[1]']],
    [{ const: { a: 1 } }, [], ['{"a":1}', '1']],
    [{ enum: ['a', 'b'], const: 'b' }, ['"b"'], ['"a"']],
    [
      { type: 'string', minLength: 2, maxLength: 3 },
      ['"ab"', '"👍👍👍"', '"\\ud83d\\ud83d"'],
      ['"a"', '"👍"', '"abcd"'],
    ],
    [{ type: 'string', pattern: '^a.c$' }, ['"abc"', '"a👍c"'], ['"ac"']],
    [{ type: 'string', format: 'date' }, ['"2024-02-29"'], ['"2024-02-30"', '"2024-1-1"']],
    [{ type: 'string', format: 'no-such-format' }, ['"x"'], []],
    [{ type: 'string', format: 'date', formatMinimum: '2024-01-01' }, [], ['"2024-02-29"']],
    [{ format: 'int32' }, ['2147483647', '"x"'], ['2147483648', '0.5']],
    [{ type: 'number', format: 'double' }, ['0.5'], []],
    [{ type: 'integer', nullable: true }, ['null', '1'], ['"1"']],
    [{ anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] }, ['null', '1'], ['-1', '"1"']],
    [{ anyOf: [{ const: true }, { const: false }] }, ['true', 'false'], ['null']],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, [], ['1', '0.5']],
    [{ oneOf: [{ type: 'integer' }, { type: ['string', 'null'] }] }, ['1', '"a"', 'null'], ['true']],
    [{ oneOf: [{ type: 'string', nullable: true }, { type: 'null' }] }, ['"a"'], ['null']],
    [{ oneOf: [{ type: 'integer' }, {}] }, ['"a"', 'null'], ['1']],
    [{ allOf: [{ type: 'integer' }, { minimum: 1 }, { maximum: 3 }] }, ['1', '3'], ['0', '4', '"a"']],
    [{ type: 'integer', not: { const: 3 } }, [], ['1']],
    [{ type: ['array', 'object'] }, ['[]', '{"a":1}'], ['1']],
    [{ type: 'array', items: { type: 'string' } }, [], ['[]', '["a"]']],
    [{ minItems: 1, required: ['x'] }, ['1', '"a"', 'null'], ['[1]', '{"x":1}']],
    [{ $dynamicRef: '#' }, [], ['1']],
    [true, ['1', '{}'], []],
    [false, [], ['1', 'null']],
    [{ title: 'T', 'x-unit': 'm', unknown: 1 }, ['1', '[]'], []],
  ])('by %j', (schema, sure, unsure) => {
    const plan = ofValue(schema);
    expect(plan.why).toBeNull();
    for (const text of sure) expect(isSure(plan, text), text).toBe(true);
    for (const text of unsure) expect(isSure(plan, text), text).toBe(false);
  });

  it('by a bound that is no finite double', () => {
    const plan = planOf('{"properties": {"a": {"minimum": 1e400}, "b": {"maximum": 1e400}}}');
    expect(isSure(plan, '1e308')).toBe(false);
    expect(isSurelyValid(plan, { b: 1e308 })).toBe(true);
    expect(isSurelyValid(plan, { b: Number.NaN })).toBe(false);
  });

  it.each([
    ['#/$defs/age', '5', true],
    ['#/$defs/age', '-5', false],
    ['#/$defs/tree', '5', true],
    ['#/$defs/tree', '{}', false],
    // Where ajv and a plain reading could differ, ajv judges.
    ['#/$defs/a%67e', '5', false],
    ['#named', '5', false],
  ])('by reference %s: %s', ($ref, text, sure) => {
    const plan = planOf({
      properties: { a: { $ref } },
      $defs: {
        age: { type: 'integer', minimum: 0 },
        tree: { type: ['integer', 'object'], properties: { a: { $ref: '#/$defs/tree' } } },
        named: { $anchor: 'named', type: 'integer' },
      },
    });
    expect(isSure(plan, text)).toBe(sure);
  });
});

describe('a row is surely valid', () => {
  it('by its own, patterned and additional columns', () => {
    const plan = planOf({
      properties: { a: { type: 'integer' } },
      patternProperties: { '^a': { minimum: 0 }, '^n': { type: 'number' } },
      additionalProperties: { type: 'string' },
      required: ['a'],
    });
    expect(plan.required).toEqual(new Set(['a']));
    expect(isSurelyValid(plan, { a: 1, n1: 0.5, other: 'x' })).toBe(true);
    expect(isSurelyValid(plan, { n1: 0.5 })).toBe(false);
    expect(isSurelyValid(plan, { a: -1 })).toBe(false);
    expect(isSurelyValid(plan, { a: 1, n1: 'x' })).toBe(false);
    expect(isSurelyValid(plan, { a: 1, other: 5 })).toBe(false);
  });

  it('by all schemas that allOf and a reference join', () => {
    const plan = planOf({
      $ref: '#/$defs/row',
      allOf: [{ properties: { a: { maximum: 3 } }, required: ['b'] }],
      $defs: { row: { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: true } },
    });
    expect(isSurelyValid(plan, { a: 3, b: 'x' })).toBe(true);
    expect(isSurelyValid(plan, { a: 3 })).toBe(false);
    expect(isSurelyValid(plan, { a: 4, b: 1 })).toBe(false);
  });

  it('never by names that JavaScript has for every object', () => {
    expect(ofValue({}, { additionalProperties: true }).column('__proto__').number).toBeNull();
    const plan = planOf({ properties: { constructor: { type: 'string' } } });
    expect(plan.usable).toBe(false);
    expect(isSurelyValid(plan, { a: 1 })).toBe(false);
  });
});

it.each<[string, unknown, string]>([
  ['minProperties', { minProperties: 1 }, '`minProperties`'],
  ['not', { not: { required: ['a'] } }, '`not`'],
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  ['if', { if: true, then: true }, '`if`'],
  ['anyOf', { anyOf: [{ required: ['a'] }] }, '`anyOf`'],
  ['unevaluatedProperties', { unevaluatedProperties: false }, '`unevaluatedProperties`'],
  ['an inner $id', { properties: { a: { $id: 'https://example.com/a', type: 'string' } } }, '`$id`'],
  ['a schema that accepts nothing', false, 'accepts nothing'],
])('%s leaves every row to ajv, and says why', (_name, schema, why) => {
  const plan = planOf(schema);
  expect(plan.usable).toBe(false);
  expect(plan.why).toContain(why);
  expect(isSurelyValid(plan, {})).toBe(false);
});

it('the planner knows what every keyword of ajv and ajv-formats is about', () => {
  const asserting = new Set<string>();
  for (const ajv of [new Ajv(), new Ajv2019(), new Ajv2020()]) {
    addFormats.default(ajv);
    for (const [keyword, rule] of Object.entries(ajv.RULES.all))
      if (rule !== undefined) asserting.add(keyword);
  }
  // These have no code of their own: `then` and `else` are read by `if`.
  for (const keyword of ['$comment', 'then', 'else']) asserting.delete(keyword);
  expect([...asserting].filter((keyword) => readingOf(keyword) === null)).toEqual([]);
});
