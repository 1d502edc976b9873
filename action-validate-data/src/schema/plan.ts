/**
 * The fast path: what a schema says of each column, as far as it can be said without looking at the row as a whole.
 * Sound in one direction: when every value is surely valid by the plan and the required keys are there, ajv accepts the
 * row. What the plan does not accept, ajv judges. So a keyword that is not understood makes the plan accept less.
 */

import { formatCheck, formatNames } from './formats.ts';
import { multipleTest } from './multiple-of.ts';
import { isSchema, isSchemaObject, type Json, resolveLocal, type Schema, type SchemaObject } from './walk.ts';

export interface RowPlan {
  /** False: every row must be judged by ajv. */
  readonly usable: boolean;
  /** Why not, in words. */
  readonly why: string | null;
  readonly required: ReadonlySet<string>;
  column(name: string): ValuePlan;
}

/** For each type of a value when it is surely valid; null: never, ajv must judge. */
export interface ValuePlan {
  readonly number: NumberPlan | null;
  readonly string: StringPlan | null;
  readonly boolean: { readonly allowed: readonly boolean[] } | null;
  readonly nullValue: boolean;
  /** Whatever it holds. */
  readonly arrayOrObject: boolean;
}

/** All must hold. */
export interface NumberPlan {
  readonly whole: boolean;
  readonly minimum: number;
  readonly minimumExclusive: boolean;
  readonly maximum: number;
  readonly maximumExclusive: boolean;
  readonly multipleOf: readonly number[];
  readonly among: readonly number[] | null;
}

/** All must hold. Lengths in code points. */
export interface StringPlan {
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly { readonly source: string; readonly index: number }[];
  readonly formats: readonly string[];
  readonly among: readonly string[] | null;
}

const anyNumber: NumberPlan = {
  whole: false,
  minimum: Number.NEGATIVE_INFINITY,
  minimumExclusive: false,
  maximum: Number.POSITIVE_INFINITY,
  maximumExclusive: false,
  multipleOf: [],
  among: null,
};
const anyString: StringPlan = {
  minLength: 0,
  maxLength: Number.POSITIVE_INFINITY,
  patterns: [],
  formats: [],
  among: null,
};
const anyValue: ValuePlan = {
  number: anyNumber,
  string: anyString,
  boolean: { allowed: [true, false] },
  nullValue: true,
  arrayOrObject: true,
};
const noValue: ValuePlan = {
  number: null,
  string: null,
  boolean: null,
  nullValue: false,
  arrayOrObject: false,
};

/** Keywords that assert nothing. */
const annotations = new Set([
  ...['$schema', '$id', '$comment', '$defs', 'definitions', '$anchor', '$vocabulary', 'title', 'description'],
  ...['default', 'deprecated', 'readOnly', 'writeOnly', 'examples', 'example', 'contentEncoding'],
  ...['contentMediaType', 'contentSchema'],
]);
const valueKeywords = new Set([
  ...['type', 'nullable', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['multipleOf', 'minLength', 'maxLength', 'pattern', 'format', 'allOf', 'anyOf', 'oneOf', '$ref'],
]);
/** Of arrays and objects: they say nothing of scalars. */
const nestedKeywords = new Set([
  ...[
    'items',
    'additionalItems',
    'prefixItems',
    'contains',
    'minContains',
    'maxContains',
    'minItems',
    'maxItems',
  ],
  ...[
    'uniqueItems',
    'unevaluatedItems',
    'properties',
    'patternProperties',
    'additionalProperties',
    'required',
  ],
  ...[
    'minProperties',
    'maxProperties',
    'propertyNames',
    'dependentRequired',
    'dependentSchemas',
    'dependencies',
  ],
  ...['unevaluatedProperties'],
]);
const rowKeywords = new Set([
  'type',
  'properties',
  'patternProperties',
  'additionalProperties',
  'required',
  'allOf',
  '$ref',
]);

/** `patterns` is extended by the expressions of the plan, in whose order a watch knows them. */
export function planRow(schema: unknown, patterns: string[]): RowPlan {
  return new Planner(schema, patterns).row();
}

/** A schema whose parts cannot be put together by looking at them. */
class Unplannable extends Error {}

class Planner {
  private readonly root: Schema;
  private readonly patterns: string[];
  private steps = 0;

  constructor(root: unknown, patterns: string[]) {
    this.root = isSchema(root) ? root : true;
    this.patterns = patterns;
  }

  row(): RowPlan {
    try {
      const parts: SchemaObject[] = [];
      this.collectRow(this.root, parts, new Set());
      const required = new Set<string>();
      for (const { required: names } of parts) {
        if (Array.isArray(names)) for (const name of names) required.add(String(name));
      }
      // Tried once, so that a schema that cannot be planned is known before the first row.
      for (const part of parts) this.checkPatterns(part);
      const known = new Map<string, ValuePlan>();
      return {
        usable: true,
        why: null,
        required,
        column: (name) => {
          const plan = known.get(name) ?? this.column(parts, name);
          if (known.size < 100_000) known.set(name, plan);
          return plan;
        },
      };
    } catch (error) {
      if (!(error instanceof Unplannable)) throw error;
      return { usable: false, why: error.message, required: new Set(), column: () => noValue };
    }
  }

  /** All object schemas that the row must satisfy together. */
  private collectRow(schema: Schema, parts: SchemaObject[], open: ReadonlySet<Schema>): void {
    if (schema === true) return;
    if (schema === false) throw new Unplannable('the schema accepts nothing');
    if (open.has(schema)) throw new Unplannable('the schema refers to itself');
    if (schema !== this.root && schema.$id !== undefined)
      throw new Unplannable('a part with an $id of its own');
    const within = new Set(open).add(schema);
    for (const [keyword, value] of Object.entries(schema)) {
      if (annotations.has(keyword)) continue;
      if (!rowKeywords.has(keyword) && isKnownKeyword(keyword))
        throw new Unplannable(`${keyword} looks at the row as a whole`);
      if (keyword === 'type' && !(Array.isArray(value) ? value : [value]).includes('object')) {
        throw new Unplannable('a row is an object');
      }
    }
    parts.push(schema);
    if (schema.$ref !== undefined) this.collectRow(this.target(schema), parts, within);
    for (const each of schemasOf(schema.allOf)) this.collectRow(each, parts, within);
  }

  private checkPatterns(part: SchemaObject): void {
    if (!isSchemaObject(part.patternProperties)) return;
    for (const pattern of Object.keys(part.patternProperties)) {
      // Names in a file are not under the watch, as values are.
      if (!/^\^?[\w -]*\$?$/.test(pattern)) throw new Unplannable('patternProperties');
    }
  }

  private column(parts: readonly SchemaObject[], name: string): ValuePlan {
    return parts.reduce((plan, part) => both(plan, this.inPart(part, name)), anyValue);
  }

  private inPart(part: SchemaObject, name: string): ValuePlan {
    const { properties, patternProperties, additionalProperties } = part;
    let plan: ValuePlan | null = null;
    const add = (schema: Json | undefined): void => {
      const own = isSchema(schema) ? this.attempt(schema) : noValue;
      plan = plan === null ? own : both(plan, own);
    };
    if (isSchemaObject(properties) && Object.hasOwn(properties, name)) add(properties[name]);
    if (isSchemaObject(patternProperties)) {
      for (const [pattern, own] of Object.entries(patternProperties)) {
        if (new RegExp(pattern, 'u').test(name)) add(own);
      }
    }
    if (plan === null && additionalProperties !== undefined) add(additionalProperties);
    return plan ?? anyValue;
  }

  private attempt(schema: Schema): ValuePlan {
    try {
      return this.value(schema, new Set());
    } catch (error) {
      if (error instanceof Unplannable) return noValue;
      throw error;
    }
  }

  private value(schema: Schema, open: ReadonlySet<Schema>): ValuePlan {
    this.steps += 1;
    if (this.steps > 100_000) throw new Unplannable('the schema is too large');
    if (schema === true) return anyValue;
    if (schema === false) return noValue;
    // A name of its own moves where references start from.
    if (open.has(schema) || schema.$id !== undefined) return noValue;
    const within = new Set(open).add(schema);
    let nested = true;
    for (const keyword of Object.keys(schema)) {
      if (annotations.has(keyword) || valueKeywords.has(keyword)) continue;
      if (nestedKeywords.has(keyword)) nested = false;
      else if (isKnownKeyword(keyword)) return noValue;
    }
    let plan = own(schema, (source) => this.indexOf(source));
    if (!nested) plan = { ...plan, arrayOrObject: false };
    if (schema.$ref !== undefined) plan = both(plan, this.value(this.target(schema), within));
    for (const each of schemasOf(schema.allOf)) plan = both(plan, this.value(each, within));
    if (schema.anyOf !== undefined) plan = both(plan, this.either(schemasOf(schema.anyOf), within));
    // Exactly one must hold: only where no value can satisfy two.
    if (schema.oneOf !== undefined) plan = both(plan, this.oneOf(schemasOf(schema.oneOf), within));
    return plan;
  }

  private either(branches: readonly Schema[], open: ReadonlySet<Schema>): ValuePlan {
    return branches
      .map((branch) => this.value(branch, open))
      .reduce(
        (plan, branch) => ({
          number: plan.number ?? branch.number,
          string: plan.string ?? branch.string,
          boolean: plan.boolean ?? branch.boolean,
          nullValue: plan.nullValue || branch.nullValue,
          arrayOrObject: plan.arrayOrObject || branch.arrayOrObject,
        }),
        noValue,
      );
  }

  private oneOf(branches: readonly Schema[], open: ReadonlySet<Schema>): ValuePlan {
    const types = branches.map((branch) => (isSchemaObject(branch) ? namedTypes(branch) : null));
    const seen = new Set<string>();
    for (const names of types) {
      if (names === null || names.some((name) => seen.has(name))) return noValue;
      for (const name of names) seen.add(name);
    }
    return this.either(branches, open);
  }

  private target(schema: SchemaObject): Schema {
    const target = resolveLocal(this.root, schema.$ref);
    if (target === null) throw new Unplannable('a $ref that does not lead to a place in this schema');
    return target;
  }

  private indexOf(source: string): number {
    const known = this.patterns.indexOf(source);
    return known === -1 ? this.patterns.push(source) - 1 : known;
  }
}

/** What one schema says by keywords that need no other schema. */
function own(schema: SchemaObject, indexOf: (source: string) => number): ValuePlan {
  const types = namedTypes(schema);
  const has = (type: string): boolean => types === null || types.includes(type);
  const among = valuesOf(schema);
  const numbers = among?.filter((value) => typeof value === 'number') ?? null;
  const strings = among?.filter((value) => typeof value === 'string') ?? null;
  const booleans = among?.filter((value) => typeof value === 'boolean') ?? [true, false];
  const whole = types?.includes('integer') === true && !types.includes('number');
  return {
    number: has('number') || has('integer') ? { ...numberPlan(schema), whole, among: numbers } : null,
    string: has('string') ? { ...stringPlan(schema, indexOf), among: strings } : null,
    boolean: has('boolean') ? { allowed: booleans } : null,
    nullValue: has('null') && (among === null || among.includes(null)),
    arrayOrObject: types === null && among === null,
  };
}

function numberPlan(schema: SchemaObject): NumberPlan {
  const bound = (keyword: string, none: number): number => {
    const value = schema[keyword];
    return typeof value === 'number' ? value : none;
  };
  const low = bound('minimum', Number.NEGATIVE_INFINITY);
  const above = bound('exclusiveMinimum', Number.NEGATIVE_INFINITY);
  const high = bound('maximum', Number.POSITIVE_INFINITY);
  const below = bound('exclusiveMaximum', Number.POSITIVE_INFINITY);
  const { multipleOf, format } = schema;
  const formatted = typeof format === 'string' && numberFormats.has(format);
  return {
    ...anyNumber,
    minimum: Math.max(low, above),
    minimumExclusive: above >= low && above > Number.NEGATIVE_INFINITY,
    maximum: Math.min(high, below),
    maximumExclusive: below <= high && below < Number.POSITIVE_INFINITY,
    multipleOf: typeof multipleOf === 'number' ? [multipleOf] : [],
    // Nothing is surely valid by a format of numbers.
    ...(formatted ? { minimum: Number.POSITIVE_INFINITY, minimumExclusive: true } : {}),
  };
}

const numberFormats = new Set(['int32', 'int64', 'float', 'double']);

function stringPlan(schema: SchemaObject, indexOf: (source: string) => number): StringPlan {
  const { minLength, maxLength, pattern, format } = schema;
  return {
    minLength: typeof minLength === 'number' ? minLength : 0,
    maxLength: typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY,
    patterns: typeof pattern === 'string' ? [{ source: pattern, index: indexOf(pattern) }] : [],
    formats: typeof format === 'string' && formatNames.includes(format) ? [format] : [],
    among: null,
  };
}

/** Types that `type` names; null: it is not given. */
function namedTypes(schema: SchemaObject): readonly string[] | null {
  const { type } = schema;
  if (type === undefined) return null;
  return (Array.isArray(type) ? type : [type]).map(String);
}

function valuesOf(schema: SchemaObject): readonly Json[] | null {
  const { enum: list } = schema;
  const single = schema.const === undefined ? null : [schema.const];
  if (!Array.isArray(list)) return single;
  return single === null ? list : list.filter((value) => value === single[0]);
}

/** Values that are surely valid by both. */
function both(a: ValuePlan, b: ValuePlan): ValuePlan {
  if (a === anyValue) return b;
  if (b === anyValue) return a;
  return {
    number: a.number === null || b.number === null ? null : bothNumbers(a.number, b.number),
    string: a.string === null || b.string === null ? null : bothStrings(a.string, b.string),
    boolean:
      a.boolean === null || b.boolean === null
        ? null
        : { allowed: a.boolean.allowed.filter((value) => b.boolean?.allowed.includes(value)) },
    nullValue: a.nullValue && b.nullValue,
    arrayOrObject: a.arrayOrObject && b.arrayOrObject,
  };
}

function bothNumbers(a: NumberPlan, b: NumberPlan): NumberPlan {
  const [low, high] = [Math.max(a.minimum, b.minimum), Math.min(a.maximum, b.maximum)];
  return {
    whole: a.whole || b.whole,
    minimum: low,
    minimumExclusive: (a.minimum === low && a.minimumExclusive) || (b.minimum === low && b.minimumExclusive),
    maximum: high,
    maximumExclusive:
      (a.maximum === high && a.maximumExclusive) || (b.maximum === high && b.maximumExclusive),
    multipleOf: [...a.multipleOf, ...b.multipleOf],
    among: bothLists(a.among, b.among),
  };
}

function bothStrings(a: StringPlan, b: StringPlan): StringPlan {
  return {
    minLength: Math.max(a.minLength, b.minLength),
    maxLength: Math.min(a.maxLength, b.maxLength),
    patterns: [...a.patterns, ...b.patterns],
    formats: [...a.formats, ...b.formats],
    among: bothLists(a.among, b.among),
  };
}

function bothLists<T>(a: readonly T[] | null, b: readonly T[] | null): readonly T[] | null {
  if (a === null || b === null) return a ?? b;
  return a.filter((value) => b.includes(value));
}

function schemasOf(list: Json | undefined): Schema[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isSchema);
}

/** Keywords of any draft: what is none is ignored by ajv. */
function isKnownKeyword(keyword: string): boolean {
  return valueKeywords.has(keyword) || nestedKeywords.has(keyword) || otherKeywords.has(keyword);
}

const otherKeywords = new Set([
  ...[
    'not',
    'if',
    'then',
    'else',
    '$dynamicRef',
    '$recursiveRef',
    '$dynamicAnchor',
    '$recursiveAnchor',
    'id',
  ],
  // ajv-formats' own.
  ...['formatMinimum', 'formatMaximum', 'formatExclusiveMinimum', 'formatExclusiveMaximum', 'discriminator'],
]);

/** What the plan means, over values: the model that faster readings of bytes follow. */
export function isSurelyValid(plan: RowPlan, row: Readonly<Record<string, unknown>>): boolean {
  if (!plan.usable) return false;
  for (const name of plan.required) if (row[name] === undefined) return false;
  return Object.entries(row).every(([name, value]) => isSureValue(plan.column(name), value));
}

function isSureValue(plan: ValuePlan, value: unknown): boolean {
  if (value === null) return plan.nullValue;
  switch (typeof value) {
    case 'number':
      return plan.number !== null && isSureNumber(plan.number, value);
    case 'string':
      return plan.string !== null && isSureString(plan.string, value);
    case 'boolean':
      return plan.boolean?.allowed.includes(value) ?? false;
    case 'object':
      return plan.arrayOrObject;
    default:
      return false;
  }
}

function isSureNumber(plan: NumberPlan, value: number): boolean {
  if (!Number.isFinite(value) || (plan.whole && !Number.isInteger(value))) return false;
  if (plan.minimumExclusive ? value <= plan.minimum : value < plan.minimum) return false;
  if (plan.maximumExclusive ? value >= plan.maximum : value > plan.maximum) return false;
  if (plan.among !== null && !plan.among.includes(value)) return false;
  return plan.multipleOf.every((divisor) => multipleTest(divisor)(value));
}

function isSureString(plan: StringPlan, value: string): boolean {
  const length = [...value].length;
  if (length < plan.minLength || length > plan.maxLength) return false;
  if (plan.among !== null && !plan.among.includes(value)) return false;
  if (!plan.patterns.every(({ source }) => new RegExp(source, 'u').test(value))) return false;
  return plan.formats.every((name) => formatCheck(name)(value));
}
