/**
 * The fast path: what a schema says of each column, as far as it can be said without looking at the row as a whole.
 * Sound in one direction: when every value is surely valid by the plan and the required keys are there, ajv accepts the
 * row. What the plan does not accept, ajv judges. So a keyword that is not understood makes the plan accept less.
 */

import { formatCheck } from './formats.ts';
import { multipleTest } from './multiple-of.ts';

export interface RowPlan {
  /** False: every row must be judged by ajv. */
  readonly usable: boolean;
  /** Why not, in words. */
  readonly why: string | null;
  /** Keys that a row must have, whatever their values; a key that is absent asks for nothing else. */
  readonly required: ReadonlySet<string>;
  /** For any key that a row may have, declared or not. */
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

/**
 * All must hold. Values are doubles, as JSON.parse gives them: 3.0 is whole, -0 is 0. One that is not finite (1e400,
 * NaN) is never surely valid. A bound may be infinite (`1e400` in the schema) and may contradict the other.
 */
export interface NumberPlan {
  readonly whole: boolean;
  readonly minimum: number;
  readonly minimumExclusive: boolean;
  readonly maximum: number;
  readonly maximumExclusive: boolean;
  /** Judged on decimals: `multipleTest`. */
  readonly multipleOf: readonly number[];
  readonly among: readonly number[] | null;
}

/** All must hold. */
export interface StringPlan {
  /** In code points, a lone surrogate being one. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly PlannedPattern[];
  /** Only those that ajv asserts of texts: `formatCheck`. */
  readonly formats: readonly string[];
  readonly among: readonly string[] | null;
}

/** Found anywhere in the text unless anchored, with the flag `u`. */
export interface PlannedPattern {
  readonly source: string;
  /** Place in the schema's `patterns`, by which a watch knows it. */
  readonly index: number;
  /** Under the watch that the schema was loaded with. */
  test(text: string): boolean;
}

/** What the plan means, over values: the model that faster readings of bytes follow. */
export function isSurelyValid(plan: RowPlan, row: Readonly<Record<string, unknown>>): boolean {
  if (!plan.usable) return false;
  for (const name of plan.required) if (!Object.hasOwn(row, name)) return false;
  for (const name of Object.keys(row)) if (!isSureValue(plan.column(name), row[name])) return false;
  return true;
}

export function isSureValue(plan: ValuePlan, value: unknown): boolean {
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
  return plan.multipleOf.every((divisor) => multipleTestOf(divisor)(value));
}

function isSureString(plan: StringPlan, value: string): boolean {
  if (!hasLength(value, plan.minLength, plan.maxLength)) return false;
  if (plan.among !== null && !plan.among.includes(value)) return false;
  return (
    plan.patterns.every((pattern) => pattern.test(value)) &&
    plan.formats.every((name) => formatCheckOf(name)(value))
  );
}

function hasLength(text: string, least: number, most: number): boolean {
  // A code point is one code unit or two: mostly that is enough to tell.
  if (text.length < least || Math.ceil(text.length / 2) > most) return false;
  if (Math.ceil(text.length / 2) >= least && text.length <= most) return true;
  let length = 0;
  for (const _ of text) length += 1;
  return length >= least && length <= most;
}

const multipleTestOf = remembered(multipleTest);
const formatCheckOf = remembered(formatCheck);

/** Keeps what was made for each key; schemas have few. */
function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = make(key);
      known.set(key, found);
    }
    return found;
  };
}
