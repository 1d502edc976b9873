/** Reading a reference profile. */

import { visible } from '../../gate/index.ts';
import { RunError } from '../../inputs/index.ts';
import type { ColumnInfo } from '../../tables/index.ts';
import type { CategorySide, NumberSide } from '../sides.ts';
import type { DriftSource } from '../source.ts';
import { type ProfileColumn, type ProfileFile, profileFormat, profileVersion } from './format.ts';
import { expand } from './sketch.ts';
import { validateProfile } from './validate.ts';

/** Of the file's first bytes. */
export const isProfile = (start: string): boolean =>
  /^\uFEFF?\s*\{\s*"format"\s*:\s*"ml-gates-drift-profile"/.test(start);

const mostBytes = 50_000_000;

const fail = (shown: string, what: string): RunError =>
  new RunError(`${shown}: ${what}; write it again by \`mode: profile\``);

/** Before the file is read. @throws RunError when it is too large */
export function requireSize(bytes: number, shown: string): void {
  if (bytes <= mostBytes) return;
  const size = Math.ceil(bytes / 1e6).toLocaleString('en');
  throw fail(shown, `the profile takes ${size} MB, and at most ${mostBytes / 1e6} MB are read`);
}

/** @param shown the file as messages name it. @throws RunError naming what is wrong with it */
export function openProfile(text: string, shown: string): DriftSource {
  const { rows, columns } = parse(text, shown);
  const byName = new Map(columns.map((column) => [column.name, column]));
  return {
    kind: 'profile',
    rows,
    columns: new Map(
      columns.map(({ name, family, whole }): [string, ColumnInfo] => [name, { name, family, whole }]),
    ),
    numbers: async (name) => numbersOf(byName.get(name)),
    categories: async (name) => categoriesOf(byName.get(name)),
  };
}

function parse(text: string, shown: string): ProfileFile {
  requireSize(text.length, shown);
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw fail(shown, 'the profile is cut short or no JSON');
  }
  const { format, version } = typeof file === 'object' && file !== null ? (file as Partial<ProfileFile>) : {};
  if (format !== profileFormat) throw fail(shown, 'this is no drift profile');
  // Before the schema: of another version anything may be otherwise.
  if (version !== profileVersion) {
    const theirs = visible(String(version), 20);
    throw fail(
      shown,
      `it is a profile of version ${theirs}, and this action reads version ${profileVersion}`,
    );
  }
  const profile = validateProfile(file);
  if (typeof profile === 'string') throw fail(shown, profile);
  return profile;
}

function numbersOf(column: ProfileColumn | undefined): NumberSide {
  const { numbers, missing = 0, whole = false } = column ?? {};
  if (numbers === undefined) {
    return { kind: 'numbers', values: new Float64Array(0), missing, whole, error: null };
  }
  const { error, deviation } = numbers;
  return {
    kind: 'numbers',
    values: expand(numbers, whole),
    missing,
    whole,
    error: error.ks === 0 ? null : error,
    ...(deviation === undefined ? {} : { deviation }),
  };
}

function categoriesOf(column: ProfileColumn | undefined): CategorySide {
  const { categories, missing = 0 } = column ?? {};
  const { counts = [], rest = 0, distinct = 0, largest, time = false, addresses = false } = categories ?? {};
  return {
    kind: 'categories',
    counts: new Map(counts),
    rest,
    distinct,
    missing,
    time,
    addresses,
    ...(rest === 0 ? {} : { mostUntold: largest ?? rest }),
  };
}
