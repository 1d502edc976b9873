/** Reading a reference profile: everything is checked, since people edit what they commit. */

import { visible } from '../../gate/index.ts';
import { RunError } from '../../inputs/index.ts';
import type { ColumnFamily, ColumnInfo } from '../../tables/index.ts';
import type { CategorySide, NumberSide } from '../sides.ts';
import type { DriftSource } from '../source.ts';
import {
  type CategorySketch,
  type NumberSketch,
  type ProfileColumn,
  profileFormat,
  profileVersion,
} from './format.ts';
import { expand } from './sketch.ts';

/** Of the file's first bytes. */
export const isProfile = (start: string): boolean =>
  /^\uFEFF?\s*\{\s*"format"\s*:\s*"ml-gates-drift-profile"/.test(start);

/** Rows that are expanded again. */
const mostRows = 100_000_000;

const remedy = 'write it again by `mode: profile`';

/** @param shown the file as messages name it. @throws RunError naming what is wrong with it */
export function openProfile(text: string, shown: string): DriftSource {
  const fail = (what: string): RunError => new RunError(`${shown}: ${what}; ${remedy}`);
  const { rows, columns } = readFile(text, fail);
  const infos = [...columns.values()].map(({ name, family, whole }): [string, ColumnInfo] => [
    name,
    { name, family, whole },
  ]);
  return {
    kind: 'profile',
    rows,
    columns: new Map(infos),
    numbers: async (name) => numbersOf(columns.get(name)),
    categories: async (name) => categoriesOf(columns.get(name)),
  };
}

function numbersOf(column: ProfileColumn | undefined): NumberSide {
  const { numbers, missing = 0, whole = false } = column ?? {};
  if (numbers === undefined)
    return { kind: 'numbers', sorted: new Float64Array(0), missing, whole, error: null };
  const isExact = numbers.error.ks === 0;
  return { kind: 'numbers', sorted: expand(numbers), missing, whole, error: isExact ? null : numbers.error };
}

function categoriesOf(column: ProfileColumn | undefined): CategorySide {
  const { categories, missing = 0 } = column ?? {};
  const { counts = [], rest = 0, distinct = 0, time = false } = categories ?? {};
  return { kind: 'categories', counts: new Map(counts), rest, distinct, missing, time };
}

type Fail = (what: string) => RunError;

function readFile(text: string, fail: Fail) {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw fail('the profile is cut short or no JSON');
  }
  if (!isRecord(file) || file.format !== profileFormat) throw fail('this is no drift profile');
  if (file.version !== profileVersion) {
    const version = visible(String(file.version), 20);
    throw fail(`it is a profile of version ${version}, and this action reads version ${profileVersion}`);
  }
  const { rows } = file;
  if (!isCount(rows)) throw fail(`rows must be a whole number up to ${mostRows.toLocaleString('en')}`);
  if (!Array.isArray(file.columns)) throw fail('it has no columns');
  const columns = new Map<string, ProfileColumn>();
  for (const [index, value] of file.columns.entries()) {
    const column = readColumn(value, rows, (what) => fail(`column ${index + 1}${nameOf(value)}: ${what}`));
    if (columns.has(column.name))
      throw fail(`two columns are called ${JSON.stringify(visible(column.name, 80))}`);
    columns.set(column.name, column);
  }
  return { rows, columns };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostRows;

const nameOf = (value: unknown): string =>
  isRecord(value) && typeof value.name === 'string' ? ` (${JSON.stringify(visible(value.name, 80))})` : '';

const families: readonly string[] = [
  'number',
  'boolean',
  'text',
  'time',
  'other',
  'empty',
] satisfies ColumnFamily[];

function readColumn(value: unknown, rows: number, fail: Fail): ProfileColumn {
  if (!isRecord(value)) throw fail('it is no object');
  const { name, family, whole, missing, numbers, categories } = value;
  if (typeof name !== 'string' || name === '') throw fail('it has no name');
  if (typeof family !== 'string' || !families.includes(family))
    throw fail(`family must be one of ${families.join(', ')}`);
  if (typeof whole !== 'boolean') throw fail('whole must be true or false');
  if (!isCount(missing)) throw fail('missing must be a number of rows');
  const common = { name, family: family as ColumnFamily, whole, missing };
  const isNumber = family === 'number' || family === 'time';
  const sketch = isNumber && numbers !== undefined ? readNumbers(numbers, fail) : null;
  const counted = !isNumber && categories !== undefined ? readCategories(categories, fail) : null;
  const present =
    sum(sketch?.at ?? []) +
    sum(sketch?.between ?? []) +
    sum(counted?.counts.map(([, count]) => count) ?? []) +
    (counted?.rest ?? 0);
  if (present + missing !== rows) {
    throw fail(`its counts sum to ${present + missing}, and the profile is of ${rows} rows`);
  }
  return {
    ...common,
    ...(sketch === null ? {} : { numbers: sketch }),
    ...(counted === null ? {} : { categories: counted }),
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

function readNumbers(value: unknown, fail: Fail): NumberSketch {
  if (!isRecord(value)) throw fail('numbers is no object');
  const { values, between, at, error } = value;
  const isFiniteNumber = (each: unknown): each is number => typeof each === 'number' && Number.isFinite(each);
  if (!isListOf(values, isFiniteNumber) || values.length === 0)
    throw fail('numbers.values must be a list of numbers');
  if (
    !isListOf(between, isCount) ||
    !isListOf(at, isCount) ||
    between.length !== values.length ||
    at.length !== values.length
  ) {
    throw fail('numbers.between and numbers.at must have a number of rows for each of the values');
  }
  if (values.some((each, index) => index > 0 && each <= (values[index - 1] as number)) || between[0] !== 0) {
    throw fail('numbers.values must ascend, from the least value on');
  }
  if (!isRecord(error)) throw fail('numbers.error is missing');
  const { ks, wasserstein, energy } = error;
  const isError = (each: unknown): each is number => isFiniteNumber(each) && each >= 0;
  if (!isError(ks) || !isError(wasserstein) || !isError(energy))
    throw fail('numbers.error must hold three numbers from 0 on');
  return { values, between, at, error: { ks, wasserstein, energy } };
}

function readCategories(value: unknown, fail: Fail): CategorySketch {
  if (!isRecord(value)) throw fail('categories is no object');
  const { counts, rest, distinct, time } = value;
  const isPair = (each: unknown): each is readonly [string, number] =>
    Array.isArray(each) && each.length === 2 && typeof each[0] === 'string' && isCount(each[1]);
  if (!isListOf(counts, isPair))
    throw fail('categories.counts must be a list of pairs of text and a number of rows');
  if (new Set(counts.map(([name]) => name)).size !== counts.length)
    throw fail('categories.counts names a category twice');
  if (!isCount(rest) || !isCount(distinct) || typeof time !== 'boolean') {
    throw fail('categories must say rest, distinct and time');
  }
  return { counts, rest, distinct, time };
}

function isListOf<T>(value: unknown, isItem: (each: unknown) => each is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}
