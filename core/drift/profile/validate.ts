/** Whether a profile is one: its schema, and what a schema cannot say. People edit what they commit. */

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { visible } from '../../gate/index.ts';
import type { NumberSketch, ProfileColumn, ProfileFile } from './format.ts';
import schema from './profile.schema.json' with { type: 'json' };

let compiled: ValidateFunction<ProfileFile> | undefined;

/** Compiling takes tens of milliseconds: once, and only when a profile is at hand. */
function validator(): ValidateFunction<ProfileFile> {
  compiled ??= new Ajv2020({ strictTypes: false, verbose: true }).compile<ProfileFile>(schema);
  return compiled;
}

/** A profile, or what is wrong with it in words: the first mistake, with its place and what is allowed there. */
export function validateProfile(document: unknown): ProfileFile | string {
  const validate = validator();
  if (!validate(document)) {
    const [error] = validate.errors ?? [];
    return error === undefined ? 'it is no profile' : describe(error, document);
  }
  return inconsistency(document) ?? document;
}

/** `/columns/1/numbers/at/3` reads `column 2 ("age"): numbers.at[3]`. */
function describe(error: ErrorObject, document: unknown): string {
  const [first, index, ...path] = error.instancePath.split('/').slice(1);
  const inColumn = first === 'columns' && index !== undefined;
  const rest = inColumn ? path : [first, index, ...path].filter((each) => each !== undefined);
  const where = rest
    .map((each, at) => (/^\d+$/.test(each) ? `[${each}]` : at === 0 ? each : `.${each}`))
    .join('');
  const column = inColumn ? `${columnAt(document, Number(index))}: ` : '';
  return `${column}${where === '' ? 'it' : where} ${complaint(error)}`;
}

function columnAt(document: unknown, index: number): string {
  const columns = field(document, 'columns');
  const name = Array.isArray(columns) ? field(columns[index], 'name') : undefined;
  return titleOf(index, typeof name === 'string' ? name : null);
}

const titleOf = (index: number, name: string | null): string =>
  `column ${index + 1}${name === null ? '' : ` (${quoted(name)})`}`;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const quoted = (text: string): string => JSON.stringify(visible(text, 80));

function complaint({ keyword, params, parentSchema, message }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
      return `has an unknown field ${quoted(String(params.additionalProperty))}`;
    case 'required':
      return `lacks ${quoted(String(params.missingProperty))}`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case 'minimum':
    case 'maximum':
    case 'type':
      return `must be ${kindOf(String(parentSchema?.type ?? params.type), params)}`;
    case 'minItems':
    case 'maxItems':
      return `must have ${keyword === 'minItems' ? 'at least' : 'at most'} ${params.limit} ${params.limit === 1 ? 'item' : 'items'}`;
    default:
      return message ?? 'is not valid';
  }
}

const mostRows = schema.$defs.count.maximum.toLocaleString('en');

function kindOf(type: string, { comparison }: Readonly<Record<string, unknown>>): string {
  switch (type) {
    case 'integer':
      return `a whole number up to ${mostRows}${comparison === '>=' ? ', and not below 0' : ''}`;
    case 'number':
      return comparison === '>=' ? 'a number from 0 on' : 'a number';
    case 'array':
      return 'a list';
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    default:
      return `an ${type}`;
  }
}

function inconsistency({ rows, columns }: ProfileFile): string | null {
  const names = new Set<string>();
  for (const [index, column] of columns.entries()) {
    if (names.has(column.name)) return `two columns are called ${quoted(column.name)}`;
    names.add(column.name);
    const problem = columnProblem(column, rows);
    if (problem !== null) return `${titleOf(index, column.name)}: ${problem}`;
  }
  return null;
}

function columnProblem(column: ProfileColumn, rows: number): string | null {
  const { family, whole, missing, numbers, categories } = column;
  const isNumber = family === 'number' || family === 'time';
  if (numbers !== undefined && !isNumber) return `numbers stands in a column of the family ${family}`;
  if (categories !== undefined && (isNumber || family === 'empty'))
    return `categories stands in a column of the family ${family}`;
  const own =
    numbers !== undefined
      ? numbersProblem(numbers, whole)
      : categories !== undefined
        ? categoriesProblem(categories)
        : null;
  if (own !== null) return own;
  const present =
    sum(numbers?.at ?? []) +
    sum(numbers?.between ?? []) +
    sum((categories?.counts ?? []).map(([, count]) => count)) +
    (categories?.rest ?? 0);
  return present + missing === rows
    ? null
    : `its counts sum to ${present + missing}, and the profile is of ${rows} rows`;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

function numbersProblem({ values, between, at }: NumberSketch, whole: boolean): string | null {
  if (between.length !== values.length || at.length !== values.length)
    return 'numbers.between and numbers.at must have a number of rows for each of the values';
  if (values.some((each, index) => !Number.isFinite(each) || each <= (values[index - 1] ?? -Infinity)))
    return 'numbers.values must ascend';
  if (whole && !values.every((each) => Number.isInteger(each)))
    return 'numbers.values must be whole numbers, since whole is true';
  if (between[0] !== 0 || at[0] === 0 || at.at(-1) === 0)
    return 'numbers.values must begin with the least value and end with the greatest: rows must equal them';
  return null;
}

function categoriesProblem({
  counts,
  rest,
  distinct,
}: NonNullable<ProfileColumn['categories']>): string | null {
  if (new Set(counts.map(([name]) => name)).size !== counts.length)
    return 'categories.counts names a category twice';
  const [least, most] = [counts.length + Math.min(1, rest), counts.length + rest];
  return distinct < least || distinct > most
    ? `categories.distinct must be from ${least} to ${most}, as counts and rest say`
    : null;
}
