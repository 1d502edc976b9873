/** What a schema says that has no effect: not wrong by the standard, and mostly not what its author meant. */

import { nearest } from '../../../core/gate/index.ts';
import { formatNames } from './formats.ts';
import { isSchema, isSchemaObject, type Json, type Schema } from './walk.ts';

/** Keywords whose value is a schema, a list of schemas, or an object of them. */
const single = [
  'items',
  'additionalItems',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const maps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const plain = [
  ...['type', 'enum', 'const', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...[
    'maxLength',
    'minLength',
    'pattern',
    'maxItems',
    'minItems',
    'uniqueItems',
    'maxContains',
    'minContains',
  ],
  ...[
    'maxProperties',
    'minProperties',
    'required',
    'dependentRequired',
    'dependencies',
    'format',
    'nullable',
  ],
  ...[
    'unevaluatedItems',
    'unevaluatedProperties',
    'title',
    'description',
    'default',
    'deprecated',
    'readOnly',
  ],
  ...[
    'writeOnly',
    'examples',
    'example',
    'contentEncoding',
    'contentMediaType',
    'contentSchema',
    'discriminator',
  ],
  ...['formatMinimum', 'formatMaximum', 'formatExclusiveMinimum', 'formatExclusiveMaximum'],
];
const known = new Set([...single, ...lists, ...maps, ...plain]);
const textKeywords = ['pattern', 'minLength', 'maxLength', 'format'];
const mostNotices = 20;

/** One sentence each, at most some twenty. */
export function noticesOf(schema: unknown): string[] {
  const notices: string[] = [];
  if (isSchema(schema)) visit(schema, '', notices, 0);
  return [...new Set(notices)].slice(0, mostNotices);
}

function visit(schema: Schema, place: string, notices: string[], depth: number): void {
  if (!isSchemaObject(schema) || depth > 50 || notices.length > 10 * mostNotices) return;
  const where = place === '' ? 'at the root' : `at ${place}`;
  for (const keyword of Object.keys(schema)) {
    if (known.has(keyword) || keyword.startsWith('$') || keyword.startsWith('x-')) continue;
    const near = nearest(keyword, known);
    const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
    notices.push(`\`${keyword}\` ${where} is no keyword and is ignored${hint}`);
  }
  const { format } = schema;
  if (typeof format === 'string' && !formatNames.includes(format)) {
    const near = nearest(format, formatNames);
    notices.push(
      `format \`${format}\` ${where} is not known and not checked${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
    );
  }
  const untyped = ['type', 'enum', 'const', '$ref', 'allOf', 'anyOf', 'oneOf'].every(
    (each) => schema[each] === undefined,
  );
  const texts = textKeywords.filter((keyword) => schema[keyword] !== undefined);
  if (untyped && texts.length > 0) {
    notices.push(
      `\`${texts[0]}\` ${where} is for strings only, and without \`"type": "string"\` a cell such as 1234 is a number`,
    );
  }
  for (const [child, own] of children(schema)) visit(own, `${place}/${child}`, notices, depth + 1);
}

function children(schema: Readonly<Record<string, Json>>): [string, Schema][] {
  const found: [string, Schema][] = [];
  const add = (place: string, value: Json | undefined): void => {
    if (isSchema(value)) found.push([place, value]);
  };
  for (const keyword of single) add(keyword, schema[keyword]);
  for (const keyword of lists) {
    const list = schema[keyword];
    if (Array.isArray(list)) for (const [index, each] of list.entries()) add(`${keyword}/${index}`, each);
  }
  for (const keyword of maps) {
    const map = schema[keyword];
    if (isSchemaObject(map)) for (const [name, each] of Object.entries(map)) add(`${keyword}/${name}`, each);
  }
  return found;
}
