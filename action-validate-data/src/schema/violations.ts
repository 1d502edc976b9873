/** From ajv's errors to violations: one a column and rule, in words that say what is wrong and what is wanted. */

import type { ErrorObject } from 'ajv';
import { shorten, visible } from '../../../core/report/index.ts';
import { speaking, type Told } from './unions.ts';
import { describe } from './words.ts';

export interface SchemaViolation {
  /** Null: the row as a whole. */
  readonly column: string | null;
  /** The keyword that ajv reported. */
  readonly rule: string;
  /** What the row has in the column; undefined: nothing, or the row as a whole. */
  readonly value: unknown;
  /** One line, `age: -3 is less than 0 (minimum)`. */
  readonly message: string;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * The violations of a row: one for each column and rule, the first that ajv found. In the order of the row's columns,
 * then columns that it lacks, then the row as a whole. The rule is always a keyword that ajv reported; which ones speak
 * where a union fails is told at `speaking`. Not empty where ajv has errors.
 * @param errors of a schema compiled by `compileSchema`
 * @param exact gives the digits of a whole number that a double would change
 */
export function violationsOf(
  errors: readonly ErrorObject[],
  row: Row,
  exact: (column: string) => string | undefined = () => undefined,
): SchemaViolation[] {
  const found = new Map<string | null, Map<string, SchemaViolation>>();
  for (const told of speaking(errors)) {
    const { error } = told;
    const column = columnOf(error);
    const rules = found.get(column) ?? new Map<string, SchemaViolation>();
    found.set(column, rules);
    const rule = error.keyword;
    if (rules.has(rule)) continue;
    const value = column === null || !Object.hasOwn(row, column) ? undefined : row[column];
    rules.set(rule, { column, rule, value, message: messageOf(told, row, column, exact) });
  }
  const order = new Map(Object.keys(row).map((name, index) => [name, index]));
  const rank = (column: string | null): number =>
    column === null ? order.size + 1 : (order.get(column) ?? order.size);
  return [...found].sort(([a], [b]) => rank(a) - rank(b)).flatMap(([, rules]) => [...rules.values()]);
}

function messageOf(
  told: Told,
  row: Row,
  column: string | null,
  exact: (column: string) => string | undefined,
): string {
  const { error } = told;
  const way = wayOf(error);
  const digits = column !== null && way.length === 1 && error.instancePath !== '' ? exact(column) : undefined;
  const { text, hint } = describe(told, digits);
  const place = way.length === 0 ? 'the row ' : `${shorten(visible(placeText(way, row)), 120)}: `;
  return `${place}${text} (${error.keyword})${hint === '' ? '' : `; ${hint}`}`;
}

/** The first step into the row; for keys that are missing or not allowed at the top, that key. */
function columnOf(error: ErrorObject): string | null {
  return wayOf(error)[0] ?? null;
}

/** The keys that lead to the value in question, with the one that is missing or not allowed. */
function wayOf({ instancePath, params }: ErrorObject): string[] {
  const steps = instancePath.split('/').slice(1);
  const way = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key: unknown =
    params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return typeof key === 'string' ? [...way, key] : way;
}

/** `address.city`, `tags[2]`. */
function placeText(way: readonly string[], row: Row): string {
  let at: unknown = row;
  let text = '';
  for (const key of way) {
    if (Array.isArray(at)) text += `[${key}]`;
    else text += text === '' ? key : `.${key}`;
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Row)[key] : undefined;
  }
  return text;
}
