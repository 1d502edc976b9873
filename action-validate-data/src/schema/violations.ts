/** From ajv's errors to violations: one a column and rule, in words that say what is wrong and what is wanted. */

import type { ErrorObject } from 'ajv';
import { nearest } from '../../../core/gate/index.ts';
import { shorten, visible } from '../../../core/report/index.ts';

export interface SchemaViolation {
  /** Null: the row as a whole. */
  readonly column: string | null;
  /** The keyword that ajv reported. */
  readonly rule: string;
  readonly value: unknown;
  readonly message: string;
}

const valueLimit = 80;
const composites = new Set(['anyOf', 'oneOf', 'if', 'not']);

/**
 * The violations of a row, in the order of its columns. Of a union that fails, the branch whose type fits the value
 * speaks when there is exactly one: `age: -3 is less than 0 (minimum)` for an integer or null; else the union itself.
 * `exact` gives the digits of a whole number that a double would change.
 */
export function violationsOf(
  errors: readonly ErrorObject[],
  row: Readonly<Record<string, unknown>>,
  exact: (column: string) => string | undefined = () => undefined,
): SchemaViolation[] {
  const found = new Map<string, SchemaViolation>();
  for (const error of speaking(errors)) {
    const column = columnOf(error);
    const key = JSON.stringify([column, error.keyword]);
    if (found.has(key)) continue;
    const value = column === null ? undefined : ownValue(row, column);
    const digits = column === null || error.instancePath.split('/').length > 2 ? undefined : exact(column);
    const message = `${placeOf(error, column)}${describe(error, row, digits)} (${error.keyword})`;
    found.set(key, { column, rule: error.keyword, value, message });
  }
  const order = new Map(Object.keys(row).map((name, index) => [name, index]));
  const rank = (column: string | null): number =>
    column === null ? Number.POSITIVE_INFINITY : (order.get(column) ?? order.size);
  return [...found.values()].sort((a, b) => {
    const [first, second] = [rank(a.column), rank(b.column)];
    return first === second ? 0 : first - second;
  });
}

/** Errors of branches are left to their union, unless exactly one branch was meant. */
function speaking(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => composites.has(keyword));
  if (unions.length === 0) return [...errors];
  const silent = new Set<ErrorObject>();
  for (const union of unions) {
    const inside = errors.filter((error) => error !== union && isInside(error, union));
    const branches = new Map<string, ErrorObject[]>();
    for (const error of inside) {
      const branch = branchOf(error, union);
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const isTypeError = (error: ErrorObject): boolean =>
      error.keyword === 'type' && error.instancePath === union.instancePath;
    const fitting = [...branches.values()].filter((branch) => !branch.some(isTypeError));
    const [meant] = fitting;
    const speaks =
      union.keyword !== 'not' && union.keyword !== 'if' && branches.size > 1 && fitting.length === 1;
    for (const error of inside) if (!speaks || meant?.includes(error) !== true) silent.add(error);
    if (speaks || (union.keyword === 'if' && inside.length > 0)) silent.add(union);
    if (union.keyword === 'if') for (const error of inside) silent.delete(error);
  }
  const left = errors.filter((error) => !silent.has(error));
  return left.length > 0 ? left : [...errors];
}

function isInside(error: ErrorObject, union: ErrorObject): boolean {
  const within =
    error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  if (!within) return false;
  if (union.keyword === 'if') {
    const base = union.schemaPath.replace(/\/if$/, '');
    return error.schemaPath.startsWith(`${base}/then/`) || error.schemaPath.startsWith(`${base}/else/`);
  }
  return error.schemaPath.startsWith(`${union.schemaPath}/`);
}

function branchOf(error: ErrorObject, union: ErrorObject): string {
  return error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
}

/** The first step into the row; for keys that are missing or not allowed at the top, that key. */
function columnOf({ instancePath, keyword, params }: ErrorObject): string | null {
  if (instancePath !== '') return decode(instancePath.slice(1).split('/')[0] ?? '');
  const named: unknown =
    keyword === 'required' || keyword === 'dependentRequired' || keyword === 'dependencies'
      ? params.missingProperty
      : (params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName);
  return typeof named === 'string' ? named : null;
}

/** `age: `, `address.city: `, `tags[2]: `; nothing for the row as a whole. */
function placeOf(error: ErrorObject, column: string | null): string {
  if (column === null) return 'the row ';
  const parts = error.instancePath === '' ? [] : error.instancePath.slice(1).split('/').slice(1).map(decode);
  const key: unknown =
    error.instancePath === ''
      ? undefined
      : (error.params.missingProperty ?? error.params.additionalProperty ?? error.params.unevaluatedProperty);
  const way = typeof key === 'string' ? [...parts, key] : parts;
  const rest = way.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');
  return `${shorten(visible(`${column}${rest}`), 120)}: `;
}

function decode(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function ownValue(row: Readonly<Record<string, unknown>>, column: string): unknown {
  return Object.hasOwn(row, column) ? row[column] : undefined;
}

/** What stands where the error points. */
function valueAt(error: ErrorObject, row: Readonly<Record<string, unknown>>): unknown {
  if (error.instancePath === '') return row;
  let at: unknown = row;
  for (const part of error.instancePath.slice(1).split('/').map(decode)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return shorten(visible(text ?? String(value)), valueLimit);
}

const typeNames: Readonly<Record<string, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  null: 'null',
  array: 'an array',
  object: 'an object',
};

const formatTitles: Readonly<Record<string, string>> = {
  date: 'a date such as 2024-05-31',
  time: 'a time with its zone such as 12:30:00Z',
  'date-time': 'a date and time with its zone such as 2024-05-31T12:30:00Z',
  email: 'an email address',
  uri: 'a URI',
  uuid: 'a UUID',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  hostname: 'a host name',
};

function describe(
  error: ErrorObject,
  row: Readonly<Record<string, unknown>>,
  digits: string | undefined,
): string {
  const { keyword, params } = error;
  const value = valueAt(error, row);
  const text = digits ?? shown(value);
  switch (keyword) {
    case 'type':
      return `${text} is ${kindOf(value)}, ${wanted(params.type)} is required`;
    case 'required':
      return 'missing';
    case 'minimum':
      return `${text} is less than ${params.limit}`;
    case 'maximum':
      return `${text} is greater than ${params.limit}`;
    case 'exclusiveMinimum':
      return `${text} is not greater than ${params.limit}`;
    case 'exclusiveMaximum':
      return `${text} is not less than ${params.limit}`;
    case 'multipleOf':
      return `${text} is not a multiple of ${params.multipleOf}`;
    case 'minLength':
      return `${text} has ${lengthOf(value)} characters, at least ${params.limit} are required`;
    case 'maxLength':
      return `${text} has ${lengthOf(value)} characters, at most ${params.limit} are allowed`;
    case 'pattern':
      return `${text} does not match ${shorten(visible(String(params.pattern)), valueLimit)}`;
    case 'format':
      return `${text} is not ${formatTitles[String(params.format)] ?? `of the format ${params.format}`}`;
    case 'enum':
      return describeEnum(text, value, params.allowedValues);
    case 'const':
      return `${text} is not ${shown(params.allowedValue)}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'the schema does not allow this column';
    case 'dependentRequired':
    case 'dependencies':
      return `missing, and required where ${params.property} is present`;
    case 'minItems':
      return `${sizeOf(value)} items, at least ${params.limit} are required`;
    case 'maxItems':
      return `${sizeOf(value)} items, at most ${params.limit} are allowed`;
    case 'uniqueItems':
      return `items ${params.j} and ${params.i} are the same`;
    case 'minProperties':
      return `has fewer than ${params.limit} keys`;
    case 'maxProperties':
      return `has more than ${params.limit} keys`;
    case 'contains':
      return `${text} does not hold enough of the items that are required`;
    case 'anyOf':
      return column(error) ? `${text} fits none of the alternatives` : 'fits none of the alternatives';
    case 'oneOf':
      return column(error)
        ? `${text} fits ${params.passingSchemas === null ? 'none' : 'more than one'} of the alternatives, exactly one is required`
        : 'fits none or more than one of the alternatives, exactly one is required';
    case 'not':
      return column(error) ? `${text} is what is not allowed` : 'is what is not allowed';
    case 'if':
      return `does not keep to "${params.failingKeyword}"`;
    case 'false schema':
      return 'no value is allowed';
    default:
      return `${text} ${error.message ?? 'is not valid'}`;
  }
}

function column({ instancePath }: ErrorObject): boolean {
  return instancePath !== '';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'not a finite number';
  return typeNames[typeof value] ?? typeof value;
}

function wanted(type: unknown): string {
  const names = Array.isArray(type) ? type.map(String) : String(type).split(',');
  return names.map((name) => typeNames[name] ?? name).join(' or ');
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? [...value].length : 0;
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function describeEnum(text: string, value: unknown, allowed: unknown): string {
  const list = Array.isArray(allowed) ? (allowed as unknown[]) : [];
  const few = list.slice(0, 10).map((each) => (typeof each === 'string' ? visible(each) : shown(each)));
  const more = list.length > few.length ? ` and ${list.length - few.length} more` : '';
  const texts = list.filter((each) => typeof each === 'string');
  const near = typeof value === 'string' && value.length < 100 ? nearest(value, texts) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${visible(near)}?`;
  return `${text} is not one of ${shorten(few.join(', '), 300)}${more}${hint}`;
}
