import { describe, expect, it } from 'vitest';
import { loadSchema } from './index.ts';

function read(schema: object, column = 'a') {
  const loaded = loadSchema(JSON.stringify(schema), 'schema.json');
  const { any, ...types } = loaded.cellTypes(column);
  const names = Object.entries(types).flatMap(([name, admitted]) => (admitted ? [name] : []));
  return { types: any ? 'any' : names.join(' '), words: loaded.declaredType(column) };
}

describe('a column is converted by, and called', () => {
  it.each<[schema: unknown, types: string, words: string | null]>([
    [true, 'any', null],
    [{ description: 'free' }, 'any', null],
    [{ minimum: 0 }, 'any', null],
    [{ type: 'integer' }, 'number', 'integer'],
    [{ type: 'number' }, 'number', 'number'],
    [{ type: 'string', format: 'date' }, 'string', 'string (date)'],
    [{ type: 'boolean' }, 'boolean', 'boolean'],
    [{ type: ['null', 'string'] }, 'string null', 'string or null'],
    [{ type: 'integer', nullable: true }, 'number null', 'integer or null'],
    [{ enum: ['a', 'b', 'c'] }, 'string', 'one of 3 values'],
    [{ enum: ['1', 2, null] }, 'number string null', 'one of 2 values or null'],
    [{ const: 5 }, 'number', 'one value'],
    [{ const: null }, 'null', 'null'],
    [{ type: 'string', enum: ['a', 1] }, 'string', 'one of 2 values'],
    [{ anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] }, 'number null', 'integer or null'],
    [{ anyOf: [{ type: 'integer' }, {}] }, 'any', null],
    [
      { oneOf: [{ type: 'string', format: 'date' }, { type: 'boolean' }] },
      'boolean string',
      'string (date) or boolean',
    ],
    [
      { allOf: [{ type: ['integer', 'string'] }, { type: ['string', 'null'] }] },
      'string',
      'integer or string',
    ],
    [{ $ref: '#/$defs/age' }, 'number', 'integer'],
    [{ $ref: '#/$defs/age', description: 'years' }, 'number', 'integer'],
    [{ type: 'array' }, '', 'array'],
    [false, '', 'nothing'],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    [{ if: true, then: { type: 'integer' }, else: { type: 'null' } }, 'number null', null],
    [{ not: { type: 'string' } }, 'any', null],
  ])('%j: %s, %s', (schema, types, words) => {
    const root = { properties: { a: schema }, $defs: { age: { type: 'integer' } } };
    expect(read(root)).toEqual({ types, words });
  });
});

it.each<[name: string, schema: object, types: string]>([
  ['an additional column', { properties: { b: true }, additionalProperties: { type: 'number' } }, 'number'],
  ['a column by its pattern', { patternProperties: { '^[ab]$': { type: 'boolean' } } }, 'boolean'],
  [
    'its own and its pattern',
    { properties: { a: { type: ['number', 'string'] } }, patternProperties: { a: { type: 'string' } } },
    'string',
  ],
  [
    'a row by reference',
    { $ref: '#/$defs/row', $defs: { row: { properties: { a: { type: 'number' } } } } },
    'number',
  ],
  [
    'rows joined by allOf',
    { allOf: [{ properties: { b: true } }, { properties: { a: { type: 'number' } } }] },
    'number',
  ],
  [
    'rows of two kinds',
    { oneOf: [{ properties: { a: { type: 'number' } } }, { properties: { a: { type: 'null' } } }] },
    'number null',
  ],
  ['rows of which one kind says nothing', { anyOf: [{ properties: { a: { type: 'number' } } }, {}] }, 'any'],
  ['a column nobody speaks of', { properties: { b: { type: 'number' } } }, 'any'],
  ['a reference that goes in a circle', { properties: { a: { properties: { x: { $ref: '#' } } } } }, 'any'],
])('%s', (_name, schema, types) => {
  expect(read(schema).types).toBe(types);
});
