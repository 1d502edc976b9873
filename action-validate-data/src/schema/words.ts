/** What an error of ajv says, in words: what stands there, and what is wanted. */

import type { ErrorObject } from 'ajv';
import { nearest } from '../../../core/gate/index.ts';
import { shorten, visible } from '../../../core/report/index.ts';
import { documentOf } from './documents.ts';
import { formatTitle, shown, titlesOf, typeTitle, valueLimit } from './titles.ts';
import type { Told } from './unions.ts';
import { isSchemaObject } from './walk.ts';

export interface Words {
  /** `-3 is less than 0`. */
  readonly text: string;
  /** What may help, after the rule: `did you mean active?`. */
  readonly hint: string;
}

const listLimit = 300;
const mostListed = 10;

/** `digits`: of the value, where a double would change them. */
export function describe(told: Told, digits?: string): Words {
  const { error } = told;
  const value = digits ?? shown(error.data);
  const plain = (text: string): Words => ({ text, hint: '' });
  switch (error.keyword) {
    case 'type':
      return { text: typeText(error, value), hint: typeHint(error) };
    case 'enum':
      return enumWords(error, value);
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return additionalWords(error);
    case 'anyOf':
    case 'oneOf':
      return plain(unionText(told, value));
    case 'propertyNames':
      return plain(nameText(told));
    default:
      return plain(keywordText(error, value));
  }
}

function keywordText(error: ErrorObject, value: string): string {
  const { keyword, params, data } = error;
  const { limit } = params;
  switch (keyword) {
    case 'required':
      return 'missing';
    case 'minimum':
    case 'formatMinimum':
      return `${value} is less than ${shown(limit, false)}`;
    case 'maximum':
    case 'formatMaximum':
      return `${value} is greater than ${shown(limit, false)}`;
    case 'exclusiveMinimum':
    case 'formatExclusiveMinimum':
      return `${value} is not greater than ${shown(limit, false)}`;
    case 'exclusiveMaximum':
    case 'formatExclusiveMaximum':
      return `${value} is not less than ${shown(limit, false)}`;
    case 'multipleOf':
      return `${value} is not a multiple of ${params.multipleOf}`;
    case 'minLength':
      return `${value} has ${counted(lengthOf(data), 'character')}, at least ${limit} required`;
    case 'maxLength':
      return `${value} has ${counted(lengthOf(data), 'character')}, at most ${limit} allowed`;
    case 'pattern':
      return `${value} does not match ${shorten(visible(String(params.pattern)), valueLimit)}`;
    case 'format':
      return `${value} is not ${formatTitle(String(params.format))}`;
    case 'const':
      return `${value} is not ${shown(params.allowedValue)}`;
    case 'dependentRequired':
    case 'dependencies':
      return `missing, required where ${shown(params.property, false)} is given`;
    case 'minItems':
      return `${counted(sizeOf(data), 'item')}, at least ${limit} required`;
    case 'maxItems':
    case 'items':
    case 'additionalItems':
    case 'unevaluatedItems':
      return `${counted(sizeOf(data), 'item')}, at most ${limit} allowed`;
    case 'uniqueItems':
      return `items ${Math.min(params.i, params.j)} and ${Math.max(params.i, params.j)} are the same`;
    case 'contains':
      return containsText(params.minContains, params.maxContains);
    case 'minProperties':
      return `${holds(error, value)} ${counted(keysOf(data), 'key')}, at least ${limit} required`;
    case 'maxProperties':
      return `${holds(error, value)} ${counted(keysOf(data), 'key')}, at most ${limit} allowed`;
    case 'not':
      return error.instancePath === '' ? 'is as it must not be' : `${value} is not allowed`;
    case 'if':
      return `does not keep to \`${params.failingKeyword}\``;
    case 'false schema':
      return error.instancePath === '' ? 'is not allowed, as no row is' : 'no value is allowed';
    default:
      return `${error.instancePath === '' ? '' : `${value} `}${visible(error.message ?? 'is not valid')}`;
  }
}

/** The row is not shown: its message begins with `the row`. */
function holds({ instancePath }: ErrorObject, value: string): string {
  return instancePath === '' ? 'has' : `${value} has`;
}

function containsText(least: number, most: number | undefined): string {
  const wanted = most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return `${wanted} of the items must be as \`contains\` says`;
}

function typeText({ data, params }: ErrorObject, value: string): string {
  const names = [params.type as string | string[]].flat();
  const wanted = `${names.map((name) => typeTitle(name)).join(' or ')} is required`;
  if (data === null) return `null, ${wanted}`;
  const isFraction = typeof data === 'number' && names.includes('integer');
  return isFraction ? `${value} is not whole, ${wanted}` : `${value} is ${kindOf(data)}, ${wanted}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'boolean' ? 'a boolean' : typeTitle(typeof value);
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Why a text that looks like a number is none: by JSON, and so by the rule for cells of CSV. */
function typeHint({ data, params }: ErrorObject): string {
  if (typeof data !== 'string' || data.length > 100) return '';
  const names = [params.type as string | string[]].flat();
  const text = data.trim();
  if (names.includes('boolean') && /^(?:true|false)$/i.test(text)) return 'only true and false are booleans';
  if (!names.includes('number') && !names.includes('integer')) return '';
  if (jsonNumber.test(data))
    return Number.isFinite(Number(data)) ? 'the number is in quotes' : 'too large for a double';
  if (jsonNumber.test(text)) return 'blanks stand around the number';
  if (/^[+-]?0\d+(?:\.\d+)?$/.test(text)) return 'a number has no leading zeros';
  if (/^\+[\d.]+$/.test(text)) return 'a number has no plus sign';
  if (/^-?\d{1,3}(?:[,_' ]\d{3})+(?:\.\d+)?$/.test(text)) return 'a number has no thousands separators';
  if (/^-?\d+,\d+$/.test(text)) return 'a number has a decimal point, no comma';
  return '';
}

function enumWords({ params }: ErrorObject, value: string): Words {
  const allowed = params.allowedValues as readonly unknown[];
  const listed = allowed.slice(0, mostListed).map((each) => shown(each, isConfusing(each)));
  const more = allowed.length > mostListed ? ` and ${allowed.length - mostListed} more` : '';
  const list = shorten(listed.join(', '), listLimit);
  const text = allowed.length === 1 ? `${value} is not ${list}` : `${value} is not one of ${list}${more}`;
  return { text, hint: meantValue(value, allowed) };
}

/** Texts that would read as another value without their quotes. */
function isConfusing(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    (!/^\S.*\S$|^\S$/s.test(value) || /^(?:true|false|null|-?[\d.]+)$|,/.test(value))
  );
}

/** `did you mean active?`; values of long lists are not compared, since a million rows may be wrong. */
const meantValue = remembered((value: string, allowed: readonly unknown[]): string => {
  if (!value.startsWith('"') || allowed.length > 500) return '';
  const texts = allowed.filter((each) => typeof each === 'string');
  const near = nearest(value.slice(1, -1), texts);
  return near === undefined ? '' : `did you mean ${shown(near, isConfusing(near))}?`;
});

function additionalWords({ instancePath, params, parentSchema }: ErrorObject): Words {
  const name = String(params.additionalProperty ?? params.unevaluatedProperty);
  const what = instancePath === '' ? 'column' : 'key';
  const properties: unknown = parentSchema?.properties;
  const hint = isSchemaObject(properties) ? meantName(name, properties) : '';
  return { text: `not a ${what} that the schema allows`, hint };
}

const meantName = remembered((name: string, properties: object): string => {
  const near = nearest(name, Object.keys(properties));
  return near === undefined ? '' : `did you mean ${visible(near)}?`;
});

/** Remembers the answers to the first questions about each object. */
function remembered<T extends object>(
  answer: (text: string, about: T) => string,
): (text: string, about: T) => string {
  const known = new WeakMap<T, Map<string, string>>();
  return (text, about) => {
    const answers = known.get(about) ?? new Map<string, string>();
    known.set(about, answers);
    const before = answers.get(text);
    if (before !== undefined) return before;
    const found = answer(text, about);
    if (answers.size < 1000) answers.set(text, found);
    return found;
  };
}

/** `"abc" is neither a number nor null`, or what each branch lacks. */
function unionText({ error, causes }: Told, value: string): string {
  const subject = error.instancePath === '' ? '' : `${value} `;
  const branches: readonly unknown[] = Array.isArray(error.schema) ? error.schema : [];
  const root = isSchemaObject(error.parentSchema) ? documentOf(error.parentSchema) : true;
  const passing: unknown = error.params.passingSchemas;
  if (Array.isArray(passing)) {
    const titles = passing.map((index) => titlesOf(root, branches[Number(index)]));
    const named = titles.every((title) => title !== null) ? `: ${titles.flat().join(' and ')}` : '';
    return `${subject}fits more than one alternative${named}, exactly one is allowed`;
  }
  const titles = branches.map((branch) => titlesOf(root, branch, error.data));
  const names = [...new Set(titles.flatMap((title) => title ?? []))];
  if (titles.every((title) => title !== null) && names.length > 0 && names.length <= 6) {
    const last = names.at(-1);
    if (names.length === 1) return `${subject}is not ${last}`;
    if (names.length === 2) return `${subject}is neither ${names[0]} nor ${last}`;
    return `${subject}is none of ${names.slice(0, -1).join(', ')} and ${last}`;
  }
  const reasons = [...Map.groupBy(causes, ({ branch }) => branch).values()].map((own) => {
    const constant = own.find((cause) => ['const', 'enum'].includes(cause.told.error.keyword));
    const speaks = constant ?? own[0];
    return speaks === undefined ? '' : reasonOf(speaks.told, error);
  });
  const told = reasons.length >= 2 && reasons.length <= 3 ? `: ${reasons.join('; ')}` : '';
  return shorten(`${subject}fits none of the ${branches.length} alternatives${told}`, listLimit);
}

/** The name is shown by its own error, as it begins the message with its invisible characters named. */
function nameText({ causes }: Told): string {
  const [cause] = causes;
  return cause === undefined ? 'the name is not allowed' : `the name ${describe(cause.told).text}`;
}

/** `phone missing`, `name "x" has 1 character, …`. */
function reasonOf(told: Told, union: ErrorObject): string {
  const { instancePath, params } = told.error;
  const way = instancePath.slice(union.instancePath.length).split('/').slice(1);
  const key: unknown = params.missingProperty;
  const place = [...way, ...(typeof key === 'string' ? [key] : [])].join('.');
  return `${place === '' ? '' : `${visible(place)} `}${describe(told).text}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** In code points, as `minLength` counts. */
function lengthOf(value: unknown): number {
  let length = 0;
  if (typeof value === 'string') for (const _ of value) length += 1;
  return length;
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function keysOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
