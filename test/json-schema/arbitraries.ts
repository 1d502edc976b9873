/**
 * Random schemas of a row with rows for them, for tests that compare judges. Values are JSON texts, as a file would hold
 * them: `3.0`, `-0` and `1e400` are not what JSON.stringify writes. They are drawn near what the schema speaks of:
 * beside its bounds, one character too long, a date that there never was.
 */

import fc from 'fast-check';

export type Draft = '2020-12' | '2019-09' | 'draft-07';

export interface Case {
  readonly draft: Draft;
  readonly schemaText: string;
  /** Each a JSON object, one line. */
  readonly rows: readonly string[];
}

export interface CaseOptions {
  readonly rowsPerSchema: number;
  /** Leaves out columns whose names are special to JavaScript, and keywords that no CSV or Parquet file could break. */
  readonly plain?: boolean;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Part = Json;

const uris: Readonly<Record<Draft, string>> = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
};

/** Stands for a number that JSON.stringify cannot write. */
const huge = '@1e400';

const columns = ['a', 'b', 'c', 'x y'] as const;
const strangeColumns = [...columns, 'constructor', '__proto__', 'ä/~"'];

const numbers = fc.constantFrom(-3, -1, 0, 0.5, 1, 2, 2.5, 10, 100, 1e21, 2 ** 53);
const formats = [
  'date',
  'time',
  'date-time',
  'email',
  'uri',
  'uuid',
  'ipv4',
  'ipv6',
  'hostname',
  'int32',
  'float',
];
const patterns = ['^a', '^[a-z]+$', 'é', '^\\d{2}$', '^.$', '\\bx', '^(?:a|ab)*$', '^\\p{L}*$'];

/** Each keyword with a chance of its own, so that most schemas have few. */
function some(keywords: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<{ [key: string]: Json }> {
  return fc.record(keywords, { requiredKeys: [] }).map((each) => each as { [key: string]: Json });
}

const bound = fc.oneof(
  { weight: 12, arbitrary: numbers },
  { weight: 1, arbitrary: fc.constantFrom<Json>(huge, -0) },
);
const numberKeywords = some({
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  multipleOf: fc.constantFrom<Json>(1, 2, 0.5, 0.01, 1e-8, 3),
});
const stringKeywords = some({
  minLength: fc.nat(3),
  maxLength: fc.integer({ min: 0, max: 6 }),
  pattern: fc.constantFrom(...patterns),
  format: fc.constantFrom(...formats, 'no-such-format'),
});
const typed = fc
  .oneof(
    fc.tuple(fc.constantFrom<Json>('number', 'integer'), numberKeywords),
    fc.tuple(fc.constant<Json>('string'), stringKeywords),
    fc.tuple(fc.constantFrom<Json>('boolean', 'null'), fc.constant({})),
    fc.tuple(
      fc.constantFrom<Json>(['integer', 'null'], ['number', 'string'], ['string', 'null', 'boolean']),
      numberKeywords,
    ),
    fc.tuple(fc.constantFrom<Json>(['string', 'null'], ['string', 'integer']), stringKeywords),
  )
  .map(([type, keywords]): Json => ({ type, ...keywords }));
const scalars = fc.constantFrom<Json>('a', 'ab', '', '12', 'é', 0, 1, 2.5, -1, true, false, null);
const listed = fc.oneof(
  fc
    .uniqueArray(scalars, { minLength: 1, maxLength: 4, comparator: 'SameValueZero' })
    .map((values): Json => ({ enum: values })),
  scalars.map((value): Json => ({ const: value })),
  fc.constantFrom<Json>({ enum: [[1], { a: 1 }, 'a'] }, { const: { a: 1 } }),
);
const leaf: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: typed },
  { weight: 2, arbitrary: listed },
  {
    weight: 1,
    arbitrary: fc.tuple(typed, listed).map(([a, b]): Json => ({ ...(b as object), ...(a as object) })),
  },
  { weight: 1, arbitrary: numberKeywords },
  { weight: 1, arbitrary: stringKeywords },
  {
    weight: 1,
    arbitrary: typed.map((each): Json => ({ ...(each as object), nullable: true, title: 'T', 'x-a': 1 })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(true, false, {}, { description: 'free' }, { $comment: '', unknown: 1 }),
  },
);

/** Of the three `$defs` below; `tree` refers to itself. */
const references = fc.constantFrom('whole', 'text', 'tree');

function valueSchema(draft: Draft): fc.Arbitrary<Json> {
  const defs = draft === 'draft-07' ? 'definitions' : '$defs';
  const list = fc.array(leaf, { minLength: 1, maxLength: 3 });
  const nested = some({
    type: fc.constantFrom<Json>('array', 'object', ['array', 'object']),
    items: leaf,
    minItems: fc.nat(2),
    uniqueItems: fc.boolean(),
    properties: leaf.map((each): Json => ({ a: each })),
    required: fc.constant<Json>(['a']),
    contains: leaf,
  });
  return fc.oneof(
    { weight: 10, arbitrary: leaf },
    { weight: 2, arbitrary: typed.map((each): Json => ({ anyOf: [each, { type: 'null' }] })) },
    { weight: 1, arbitrary: list.map((anyOf): Json => ({ anyOf })) },
    { weight: 2, arbitrary: fc.tuple(typed, typed).map((oneOf): Json => ({ oneOf })) },
    { weight: 1, arbitrary: list.map((oneOf): Json => ({ oneOf })) },
    { weight: 1, arbitrary: fc.tuple(list, leaf).map(([allOf, own]): Json => merged(own, { allOf })) },
    { weight: 1, arbitrary: leaf.map((not): Json => ({ not })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf, leaf).map(conditional) },
    { weight: 2, arbitrary: references.map((name): Json => ({ $ref: `#/${defs}/${name}` })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(references, leaf)
        .map(([name, own]): Json => merged(own, { $ref: `#/${defs}/${name}` })),
    },
    { weight: 1, arbitrary: nested },
    { weight: draft === 'draft-07' ? 0 : 1, arbitrary: fc.constant<Json>({ $ref: '#named' }) },
  );
}

function merged(own: Json, more: { [key: string]: Json }): Json {
  return typeof own === 'object' && own !== null ? { ...own, ...more } : more;
}

function conditional([condition, yes, no]: readonly Json[]): Json {
  return Object.fromEntries([
    ['if', condition ?? true],
    ['then', yes ?? true],
    ['else', no ?? true],
  ]);
}

/** Keywords that look at the row as a whole, each seldom. */
function rowKeywords(draft: Draft, names: fc.Arbitrary<string>): fc.Arbitrary<Json> {
  const values = valueSchema(draft);
  const common: fc.Arbitrary<Json>[] = [
    fc.nat(3).map((minProperties): Json => ({ minProperties })),
    fc.constant<Json>({ propertyNames: { maxLength: 2 } }),
    fc
      .tuple(names, leaf)
      .map(([name, own]): Json => ({ anyOf: [{ required: [name] }, { properties: { c: own } }] })),
    fc
      .tuple(names, values)
      .map(([name, own]): Json => ({ allOf: [{ properties: { [name]: own }, required: [name] }] })),
    fc
      .tuple(leaf, names)
      .map(([own, name]): Json => conditional([{ properties: { a: own } }, { required: [name] }, true])),
    fc.tuple(names, names).map(([a, b]): Json => ({ dependencies: { [a]: [b] } })),
    leaf.map((own): Json => ({ not: { properties: { a: own }, required: ['a'] } })),
  ];
  const later: fc.Arbitrary<Json>[] = [
    fc.tuple(names, names).map(([a, b]): Json => ({ dependentRequired: { [a]: [b] } })),
    fc.constant<Json>({ unevaluatedProperties: false }),
  ];
  return fc.oneof(...common, ...(draft === 'draft-07' ? [] : later));
}

function rowSchema(draft: Draft, plain: boolean): fc.Arbitrary<{ [key: string]: Json }> {
  const names = fc.constantFrom(...(plain ? columns : [...columns, ...columns, ...strangeColumns]));
  const values = valueSchema(draft);
  const base = fc.record(
    {
      type: fc.constantFrom<Json>('object', ['object', 'null']),
      properties: dictionary(fc.constantFrom(...columns), values, 4),
      required: fc.uniqueArray(names, { maxLength: 2 }).map((list): Json => list),
      additionalProperties: fc.oneof(fc.boolean(), leaf),
      patternProperties: dictionary(fc.constantFrom('^a', 'b', '^(?:x|c)'), leaf, 1),
    },
    { requiredKeys: ['properties'] },
  );
  const rare = plain
    ? fc.constant<Json>({})
    : fc.oneof(
        { weight: 5, arbitrary: fc.constant<Json>({}) },
        { weight: 2, arbitrary: rowKeywords(draft, names) },
        { weight: 1, arbitrary: dictionary(names, values, 2).map((properties): Json => ({ properties })) },
      );
  return fc.tuple(base, rare).map(([row, more]) => ({ ...row, ...(more as object) }));
}

/** As `fc.dictionary`, which would lose a key `__proto__`. */
function dictionary(
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<Json>,
  maxLength: number,
): fc.Arbitrary<Json> {
  return fc
    .uniqueArray(fc.tuple(keys, values), { maxLength, selector: ([key]) => key })
    .map((entries): Json => Object.fromEntries(entries));
}

const definitions: { [key: string]: Json } = {
  whole: { type: 'integer', minimum: 0 },
  text: { type: 'string', minLength: 1 },
};

/** A schema with rows that are near to it. */
export function schemaCases(draft: Draft, { rowsPerSchema, plain = false }: CaseOptions): fc.Arbitrary<Case> {
  const defs = draft === 'draft-07' ? 'definitions' : '$defs';
  const tree: Json = { type: ['object', 'array', 'integer'], properties: { a: { $ref: `#/${defs}/tree` } } };
  const named: Json = draft === 'draft-07' ? {} : { named: { $anchor: 'named', type: ['string', 'number'] } };
  return rowSchema(draft, plain).chain((schema) => {
    const whole = { $schema: uris[draft], ...schema, [defs]: { ...definitions, tree, ...(named as object) } };
    const schemaText = JSON.stringify(whole).replaceAll(`"${huge}"`, '1e400');
    return fc
      .array(rowNear(schema, plain), { minLength: rowsPerSchema, maxLength: rowsPerSchema })
      .map((rows) => ({ draft, schemaText, rows }));
  });
}

function rowNear(schema: { [key: string]: Json }, plain: boolean): fc.Arbitrary<string> {
  const own = Object.entries((schema.properties ?? {}) as { [key: string]: Json });
  const required = (schema.required ?? []) as string[];
  const known = own.map(([name, each]) =>
    fc.option(fc.tuple(fc.constant(name), valueNear(each)), { freq: required.includes(name) ? 30 : 6 }),
  );
  const strangers = fc.constantFrom(...(plain ? columns : [...columns, ...strangeColumns]));
  const others = fc.array(fc.tuple(strangers, valueNear(schema.additionalProperties ?? true)), {
    maxLength: 1,
  });
  const missing = required.filter((name) => own.every(([each]) => each !== name));
  const added = missing.map((name) => fc.option(fc.tuple(fc.constant(name), valueNear(true)), { freq: 6 }));
  return fc.tuple(fc.tuple(...known, ...added), others).map(([entries, more]) => {
    const cells = new Map([...more, ...entries.filter((entry) => entry !== null)]);
    return `{${[...cells].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
  });
}

/** JSON texts of values of all kinds. */
const anyValue = fc.constantFrom(
  ...[
    '0',
    '-0',
    '1',
    '3.0',
    '2.5',
    '-1',
    '0.1',
    '1e400',
    '-1e400',
    '1e21',
    '9007199254740993',
    '0.30',
    '19.99',
    '2147483648',
  ],
  ...[
    '""',
    '"a"',
    '"ab"',
    '"é"',
    '"👍👍"',
    '"\\ud83d"',
    '"12"',
    '"abcdefg"',
    '" "',
    '"a b"',
    '"true"',
    '"x"',
  ],
  ...[
    '"2024-02-29"',
    '"2024-02-30"',
    '"23:59:60Z"',
    '"12:00:00"',
    '"2024-01-01T00:00:00Z"',
    '"2024-01-01"',
    '"x@y.de"',
    '"x@"',
  ],
  ...[
    '"http://a.b"',
    '"a.b"',
    '"00000000-0000-0000-0000-000000000000"',
    '"1.2.3.4"',
    '"1.2.3.256"',
    '"::1"',
    '":::"',
    '"-a"',
  ],
  ...[
    'true',
    'false',
    'null',
    '[]',
    '{}',
    '[1,1]',
    '[1]',
    '{"a":1}',
    '{"a":{"a":"x"}}',
    '["a"]',
    '{"__proto__":1}',
  ],
);

/** Mostly of what the schema speaks of. */
function valueNear(schema: Json): fc.Arbitrary<string> {
  const near = [...new Set(texts(schema))];
  if (near.length === 0) return anyValue;
  return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...near) }, { weight: 2, arbitrary: anyValue });
}

const formatTexts: Readonly<Record<string, readonly string[]>> = {
  date: ['2024-02-29', '2023-02-29', '2024-1-1'],
  time: ['12:30:00Z', '23:59:60Z', '24:00:00Z'],
  'date-time': ['2024-02-29T12:30:00+01:00', '2024-02-29 12:30:00Z', '2024-02-29T12:30:00'],
  email: ['ada@example.com', 'ada@example', 'a..b@example.com'],
  uri: ['https://example.com/a?b#c', 'example.com', 'urn:a:b'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '123e4567e89b12d3a456426614174000'],
  ipv4: ['192.168.0.1', '192.168.0.256', '01.2.3.4'],
  ipv6: ['2001:db8::1', '2001:db8:::1', '::ffff:1.2.3.4'],
  hostname: ['example.com', '-example.com', 'a'.repeat(64)],
};

function texts(schema: Part): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  if (Array.isArray(schema)) return schema.flatMap(texts);
  const found: string[] = [];
  const { type, format, minLength, maxLength } = schema;
  for (const name of [type].flat()) found.push(...(typeTexts[String(name)] ?? []));
  for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']) {
    const limit = schema[keyword];
    if (typeof limit === 'number') found.push(...numberTexts(limit, keyword === 'multipleOf'));
  }
  for (const length of [minLength, maxLength])
    if (typeof length === 'number') found.push(...lengthTexts(length));
  for (const text of formatTexts[String(format)] ?? []) found.push(JSON.stringify(text));
  if (Array.isArray(schema.enum)) found.push(...schema.enum.map((value) => JSON.stringify(value)));
  if (schema.const !== undefined) found.push(JSON.stringify(schema.const));
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else'])
    found.push(...texts(schema[keyword] ?? null));
  if (typeof schema.$ref === 'string') found.push('0', '1', '-1', '2.0', '"a"', '""', '{"a":1}');
  return found;
}

const typeTexts: Readonly<Record<string, readonly string[]>> = {
  integer: ['1', '2', '3.0', '4', '0.5', '10', '99'],
  number: ['0.5', '1', '1.5', '50', '2'],
  string: ['"a"', '"ab"', '"abc"', '"xyz"', '"12"', '"é"'],
  boolean: ['true', 'false'],
  null: ['null'],
  array: ['[]', '[1]', '["a"]'],
  object: ['{}', '{"a":1}'],
};

function numberTexts(limit: number, isDivisor: boolean): string[] {
  const step = isDivisor ? limit : 1;
  const near = [limit, limit + step, limit - step, limit * 1.000001, limit + step / 2, limit * 3];
  return near
    .filter((value) => Number.isFinite(value))
    .map((value) => (Object.is(value, -0) ? '-0' : JSON.stringify(value)));
}

function lengthTexts(length: number): string[] {
  return [length - 1, length, length + 1]
    .filter((count) => count >= 0)
    .flatMap((count) => ['a'.repeat(count), '👍'.repeat(count)].map((text) => JSON.stringify(text)));
}
