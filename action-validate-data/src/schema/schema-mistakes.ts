/** What is wrong with a schema, by the schema of its draft: with its place, and what is allowed there. */

import type { Ajv as AjvClass, ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { nearest, visible } from '../../../core/gate/index.ts';
import { type Draft, draftUris } from './drafts.ts';
import { type Schema, valueAt } from './walk.ts';

export interface SchemaMistake {
  /** JSON pointer. */
  readonly pointer: string;
  /** Goes after the pointer: `"int" is no type; allowed: …`. */
  readonly message: string;
}

const judges = new Map<Draft, AjvClass>();

/** Compiling the schema of a draft takes tens of milliseconds: once, and not in the threads that judge rows. */
function judgeOf(draft: Draft): AjvClass {
  let judge = judges.get(draft);
  if (judge === undefined) {
    const options = { strict: false, allErrors: true, verbose: true, logger: false } as const;
    const classes = { '2020-12': Ajv2020, '2019-09': Ajv2019, 'draft-07': Ajv } as const;
    judge = new classes[draft](options);
    judges.set(draft, judge);
  }
  return judge;
}

/** One a place, in the order in which they are found; empty for a valid schema. */
export function mistakesIn(schema: Schema, draft: Draft): SchemaMistake[] {
  const judge = judgeOf(draft);
  if (judge.validate(draftUris[draft], schema) === true) return [];
  const places = new Map<string, ErrorObject[]>();
  for (const error of judge.errors ?? []) {
    places.set(error.instancePath, [...(places.get(error.instancePath) ?? []), error]);
  }
  return (
    [...places]
      // Errors of a union's other branches lie deeper or beside; what a place says first is the nearest to the truth.
      .filter(([place]) => ![...places.keys()].some((other) => other.startsWith(`${place}/`)))
      .map(([pointer, errors]) => ({ pointer, message: describe(pointer, errors, schema, draft) }))
  );
}

const typeNames = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];

/** What people write for the types of JSON, from SQL, Python, pandas and others. */
const otherNames: Readonly<Record<string, string>> = {
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  long: 'integer',
  bigint: 'integer',
  float: 'number',
  float64: 'number',
  double: 'number',
  decimal: 'number',
  numeric: 'number',
  str: 'string',
  text: 'string',
  varchar: 'string',
  char: 'string',
  date: 'string',
  datetime: 'string',
  timestamp: 'string',
  bool: 'boolean',
  none: 'null',
  list: 'array',
  dict: 'object',
  map: 'object',
  any: '',
};

function describe(pointer: string, errors: readonly ErrorObject[], schema: Schema, draft: Draft): string {
  const value = valueAt(schema, pointer);
  const shown = visible(JSON.stringify(value) ?? 'nothing');
  const keyword = pointer.split('/').at(-1) ?? '';
  const parent = pointer.split('/').at(-2) ?? '';
  const isType = keyword === 'type' || parent === 'type';
  if (isType && typeof value === 'string' && errors.some((error) => error.keyword === 'enum')) {
    const meant = otherNames[value.toLowerCase()] ?? nearest(value, typeNames);
    const hint = meant === undefined || meant === '' ? '' : `; did you mean ${meant}?`;
    const date = ['date', 'datetime', 'timestamp'].includes(value.toLowerCase());
    const format = date ? ` with "format": "${value.toLowerCase() === 'date' ? 'date' : 'date-time'}"` : '';
    return `${shown} is no type; allowed: ${typeNames.join(', ')}${hint.replace('?', `${format}?`)}`;
  }
  if (keyword === 'items' && Array.isArray(value) && draft === '2020-12') {
    return 'a list is not allowed in draft 2020-12; write `prefixItems`, or give "$schema" of an older draft';
  }
  if (keyword === 'required' && typeof value === 'boolean') {
    return `${shown} is not allowed; \`required\` stands beside \`properties\` and lists the names of columns`;
  }
  if (/^exclusive(?:Minimum|Maximum)$/.test(keyword) && typeof value === 'boolean') {
    return `${shown} is of draft-04; the bound itself stands here`;
  }
  const [first] = errors;
  if (first === undefined) return `${shown} is not allowed`;
  return `${shown} is not allowed; ${wanted(errors, first)}`;
}

function wanted(errors: readonly ErrorObject[], first: ErrorObject): string {
  const types = [
    ...new Set(
      errors.filter(({ keyword }) => keyword === 'type').flatMap(({ params }) => params.type as string),
    ),
  ];
  switch (first.keyword) {
    case 'type':
      return `allowed: ${types.map(typeWords).join(' or ')}`;
    case 'enum':
      return `allowed: ${(first.params.allowedValues as unknown[]).join(', ')}`;
    case 'minimum':
      return `allowed: ${first.params.limit} or more`;
    case 'exclusiveMinimum':
      return `allowed: more than ${first.params.limit}`;
    case 'minItems':
      return 'allowed: a list that is not empty';
    case 'uniqueItems':
      return 'allowed: a list without repetition';
    case 'pattern':
      return `allowed: what matches ${first.params.pattern}`;
    default:
      return first.message ?? 'see the draft';
  }
}

function typeWords(type: string): string {
  switch (type) {
    case 'object':
    case 'boolean':
      return type === 'object' ? 'an object' : 'true or false';
    case 'array':
      return 'a list';
    case 'integer':
      return 'a whole number';
    case 'string':
      return 'a string';
    default:
      return type === 'number' ? 'a number' : type;
  }
}
