/** Writing a reference profile. */

import { createHash } from 'node:crypto';
import type { Subject } from '../../gate/types.ts';
import { fairShares } from '../../report/index.ts';
import { sortNumbers } from '../../stats/index.ts';
import { areAddresses, looksLikeTime } from '../nature.ts';
import { type CategorySide, presentIn } from '../sides.ts';
import type { DriftSource } from '../source.ts';
import { bytesOf, type CountedValue, within } from './cut.ts';
import {
  type CategorySketch,
  type ProfileColumn,
  type ProfileFile,
  profileFormat,
  profileVersion,
} from './format.ts';
import { countedPoints, measured, type Points } from './sketch.ts';
import { tellable } from './tellable.ts';

/** Bytes of a profile of up to a hundred columns. */
const largest = 200_000;
const leastForColumn = 2000;
/** What columns of numbers leave to categories is beyond it: some eighty points. */
const leastForNumbers = 1600;
/** Of one column of categories, and of all of them while they are read. */
const [mostForCategories, mostHeld] = [40_000, 16_000_000];
/** For what is not in lines of columns. */
const overhead = 2000;
/** Longer lists of sources are told by their digest. */
const mostForSources = 8000;
const [fewestPoints, mostPoints] = [16, 1024];
/** At least what a point takes: its value and two counts. */
const bytesOfPoint = 10;
/** What deviation and error take, which are measured when the points stand. */
const bytesOfError = 110;

/**
 * The profile as text: at most 200 KB for 100 columns, 2 KB a column beyond. The same data give the same text. No value
 * of identifiers, free text, e-mail addresses and times is in it (`tellable`).
 */
export async function profileOf(
  source: DriftSource,
  names: readonly string[],
  subjects: readonly Subject[],
): Promise<string> {
  const lines = new Map<string, string>();
  const isNumber = (name: string): boolean => /^(number|time)$/.test(source.columns.get(name)?.family ?? '');
  const head = JSON.stringify(sourcesOf(subjects));
  const budget = Math.max(largest, leastForColumn * names.length) - overhead - Buffer.byteLength(head);
  let left = budget;
  const most = Math.max(leastForColumn, Math.min(mostForCategories, Math.floor(mostHeld / names.length)));
  const columns = new Map<string, CategoryColumn>();
  for (const name of names.filter((each) => !isNumber(each))) {
    columns.set(name, await categoryColumn(source, name, most));
  }
  const sizes = new Map([...columns].map(([name, column]) => [name, column.bytes]));
  // A few points less cost little; a category that is left out is lost.
  const room = budget - Math.min(leastForNumbers, budget / names.length) * (names.length - columns.size);
  for (const [name, bytes] of fairShares(sizes, Math.floor(room))) {
    const line = (columns.get(name) as CategoryColumn).line(bytes);
    lines.set(name, line);
    left -= Buffer.byteLength(line) + 2;
  }
  let open = names.filter(isNumber).length;
  for (const name of names.filter(isNumber)) {
    const line = await numberLine(source, name, Math.floor(left / open) - 2);
    lines.set(name, line);
    left -= Buffer.byteLength(line) + 2;
    open -= 1;
  }
  return [
    `{"format":"${profileFormat}","version":${profileVersion},"rows":${source.rows},`,
    `"sources":${head},`,
    `"columns":[\n${names.map((name) => lines.get(name) ?? '').join(',\n')}\n]}\n`,
  ].join('\n');
}

function sourcesOf(subjects: readonly Subject[]): ProfileFile['sources'] {
  const all = subjects.map(({ name, digest }) => ({ name, ...digest }));
  if (Buffer.byteLength(JSON.stringify(all)) <= mostForSources) return all;
  // As `sha256sum` lists them.
  const list = all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
  return [{ name: `list of ${all.length} files`, sha256: createHash('sha256').update(list).digest('hex') }];
}

function describe(source: DriftSource, name: string): Pick<ProfileColumn, 'name' | 'family' | 'whole'> {
  const column = source.columns.get(name);
  return { name, family: column?.family ?? 'empty', whole: column?.whole ?? false };
}

async function numberLine(source: DriftSource, name: string, bytes: number): Promise<string> {
  const { values, missing, whole } = await source.numbers(name);
  const common = { ...describe(source, name), missing };
  if (values.length === 0) return JSON.stringify(common);
  const sorted = sortNumbers(values);
  const line = (numbers: Points): string => JSON.stringify({ ...common, numbers });
  const room = bytes - bytesOfError;
  let most = Math.max(fewestPoints, Math.min(mostPoints, Math.floor(room / bytesOfPoint)));
  for (;;) {
    const points = countedPoints(sorted, most, whole);
    const used = Buffer.byteLength(line(points));
    if (used <= room || most === fewestPoints) return line(measured(sorted, points, whole));
    most = Math.max(fewestPoints, Math.min(most - 1, Math.floor((most * room) / used)));
  }
}

interface CategoryColumn {
  /** Of its line with all that it has to tell. */
  readonly bytes: number;
  /** Cut to so many bytes: the most frequent are told. */
  line(bytes: number): string;
}

async function categoryColumn(source: DriftSource, name: string, most: number): Promise<CategoryColumn> {
  const described = describe(source, name);
  if (described.family === 'empty') {
    const line = JSON.stringify({ ...described, missing: source.rows });
    return { bytes: Buffer.byteLength(line) + 2, line: () => line };
  }
  const side = await source.categories(name);
  const present = presentIn(side);
  const { distinct, missing } = side;
  const nature = { time: looksLikeTime(side), ...(areAddresses(side) ? { addresses: true } : {}) };
  const lineOf = (counts: readonly CountedValue[], largest: number): string => {
    const rest = present - counts.reduce((sum, [, count]) => sum + count, 0);
    const untold = rest === 0 ? {} : { largest };
    const categories: CategorySketch = { counts, rest, distinct, ...untold, ...nature };
    return JSON.stringify({ ...described, missing, categories });
  };
  const bare = Buffer.byteLength(lineOf([], present)) + 2;
  const held = within(described.family === 'other' ? [] : tellable(side), most - bare, present);
  // Not in what is returned: it would hold the column while the others are read.
  const largest = largestUntold(side, held);
  return {
    bytes: bare + bytesOf(held),
    line(bytes) {
      const told = within(held, bytes - bare, present);
      return lineOf(told, Math.max(largest, held[told.length]?.[1] ?? 0));
    },
  };
}

/** Rows of the largest category that is not told; of values beyond the reader's cap it may be all. */
function largestUntold({ counts, rest }: CategorySide, told: readonly CountedValue[]): number {
  const names = new Set(told.map(([name]) => name));
  let largest = rest;
  for (const [name, count] of counts) if (count > largest && !names.has(name)) largest = count;
  return largest;
}
