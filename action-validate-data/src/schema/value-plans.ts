/** Value plans: those of single keywords, and how they are put together. */

import { isNumberFormat, isTextFormat } from './formats.ts';
import type { NumberPlan, PlannedPattern, StringPlan, ValuePlan } from './plan.ts';
import { namedTypes } from './types-of.ts';
import type { Json, SchemaObject } from './walk.ts';

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

/** Whatever stands there is valid. */
export const anyValue: ValuePlan = {
  number: anyNumber,
  string: anyString,
  boolean: { allowed: [true, false] },
  nullValue: true,
  arrayOrObject: true,
};

/** Whatever stands there, ajv must judge. */
export const noValue: ValuePlan = {
  number: null,
  string: null,
  boolean: null,
  nullValue: false,
  arrayOrObject: false,
};

/** What the keywords of one schema say that need no other schema; `arrayOrObject` is by `type`, `enum` and `const` alone. */
export function ownPlan(schema: SchemaObject, patternOf: (source: string) => PlannedPattern): ValuePlan {
  const types = namedTypes(schema);
  const has = (type: string): boolean => types === null || types.some((name) => name === type);
  const among = valuesOf(schema);
  const whole = types?.includes('integer') === true && !types.includes('number');
  return {
    number:
      has('number') || has('integer')
        ? { ...numberPlan(schema, whole), among: among?.filter((value) => typeof value === 'number') ?? null }
        : null,
    string: has('string') ? stringPlan(schema, among, patternOf) : null,
    boolean: has('boolean')
      ? { allowed: among?.filter((value) => typeof value === 'boolean') ?? [true, false] }
      : null,
    nullValue: has('null') && (among === null || among.includes(null)),
    arrayOrObject: has('array') && has('object') && among === null,
  };
}

/** The values that `enum` and `const` leave; null: they are not given. Arrays and objects in them are as good as none. */
function valuesOf(schema: SchemaObject): readonly Json[] | null {
  const list = Array.isArray(schema.enum) ? (schema.enum as readonly Json[]) : null;
  const single = schema.const === undefined ? null : [schema.const];
  return bothLists(list, single);
}

function numberPlan(schema: SchemaObject, whole: boolean): NumberPlan {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf, format } = schema;
  const bounds: Partial<NumberPlan>[] = [
    typeof minimum === 'number' ? { minimum } : {},
    typeof exclusiveMinimum === 'number' ? { minimum: exclusiveMinimum, minimumExclusive: true } : {},
    typeof maximum === 'number' ? { maximum } : {},
    typeof exclusiveMaximum === 'number' ? { maximum: exclusiveMaximum, maximumExclusive: true } : {},
    typeof format === 'string' && isNumberFormat(format) ? numberFormat(format) : {},
    typeof multipleOf === 'number' ? { multipleOf: [multipleOf] } : {},
    { whole },
  ];
  return bounds.map((bound) => ({ ...anyNumber, ...bound })).reduce(bothNumbers);
}

/** As ajv-formats has them: an int64 is any whole double, `float` and `double` are any number. */
function numberFormat(name: string): Partial<NumberPlan> {
  if (name === 'int32') return { whole: true, minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
  return name === 'float' || name === 'double' ? {} : { whole: true };
}

const comparisons = ['formatMinimum', 'formatMaximum', 'formatExclusiveMinimum', 'formatExclusiveMaximum'];

function stringPlan(
  schema: SchemaObject,
  among: readonly Json[] | null,
  patternOf: (source: string) => PlannedPattern,
): StringPlan | null {
  if (comparisons.some((keyword) => schema[keyword] !== undefined)) return null;
  const { minLength, maxLength, pattern, format } = schema;
  return {
    minLength: typeof minLength === 'number' ? minLength : 0,
    maxLength: typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY,
    patterns: typeof pattern === 'string' ? [patternOf(pattern)] : [],
    formats: typeof format === 'string' && isTextFormat(format) ? [format] : [],
    among: among?.filter((value) => typeof value === 'string') ?? null,
  };
}

/** Values that are surely valid by both. */
export function bothPlans(a: ValuePlan, b: ValuePlan): ValuePlan {
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

/**
 * Values that are surely valid by one of them. A plan holds one list of constraints for each type: that of a branch
 * without any, else that of the first branch which has one.
 */
export function eitherPlan(plans: readonly ValuePlan[]): ValuePlan {
  const booleans = plans.flatMap(({ boolean }) => boolean?.allowed ?? []);
  return {
    number: mildest(
      plans.map(({ number }) => number),
      anyNumber,
    ),
    string: mildest(
      plans.map(({ string }) => string),
      anyString,
    ),
    boolean: plans.every(({ boolean }) => boolean === null) ? null : { allowed: [...new Set(booleans)] },
    nullValue: plans.some(({ nullValue }) => nullValue),
    arrayOrObject: plans.some(({ arrayOrObject }) => arrayOrObject),
  };
}

function mildest<T extends object>(plans: readonly (T | null)[], free: T): T | null {
  const some = plans.filter((plan) => plan !== null);
  const entries = Object.entries(free);
  const isFree = (plan: T): boolean =>
    entries.every(([key, value]) => {
      const own = (plan as Readonly<Record<string, unknown>>)[key];
      return Array.isArray(own) ? own.length === 0 && Array.isArray(value) : own === value;
    });
  return some.find(isFree) ?? some[0] ?? null;
}

function bothNumbers(a: NumberPlan, b: NumberPlan): NumberPlan {
  const minimum = Math.max(a.minimum, b.minimum);
  const maximum = Math.min(a.maximum, b.maximum);
  return {
    whole: a.whole || b.whole,
    minimum,
    minimumExclusive: [a, b].some((plan) => plan.minimum === minimum && plan.minimumExclusive),
    maximum,
    maximumExclusive: [a, b].some((plan) => plan.maximum === maximum && plan.maximumExclusive),
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
