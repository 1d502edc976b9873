/** Writing a reference profile. */

import type { Subject } from '../../gate/types.ts';
import { sortNumbers } from '../../stats/index.ts';
import { hardlyRepeats, looksLikeTime } from '../nature.ts';
import { type CategorySide, presentIn } from '../sides.ts';
import type { DriftSource } from '../source.ts';
import { type CategorySketch, type ProfileColumn, profileFormat, profileVersion } from './format.ts';
import { sketchOf } from './sketch.ts';

/** Bytes of a profile of up to a hundred columns. */
const largest = 200_000;
const leastForColumn = 2000;
/** For what is not in lines of columns. */
const overhead = 2000;
const [fewestPoints, mostPoints] = [16, 1024];
/** A point takes its value and two counts. */
const bytesOfPoint = 22;

/**
 * The profile as text: at most 200 KB for 100 columns, 2 KB a column beyond. The same data give the same text.
 * Identifiers, free text and times leave no value in it.
 */
export async function profileOf(
  source: DriftSource,
  names: readonly string[],
  subjects: readonly Subject[],
): Promise<string> {
  const lines = new Map<string, string>();
  const isNumber = (name: string): boolean => /^(number|time)$/.test(source.columns.get(name)?.family ?? '');
  const head = JSON.stringify(subjects.map(({ name, digest }) => ({ name, ...digest })));
  const budget = Math.max(largest, leastForColumn * names.length) - overhead - Buffer.byteLength(head);
  const share = Math.floor(budget / Math.max(1, names.length));
  let left = budget;
  for (const name of names.filter((each) => !isNumber(each))) {
    const line = await categoryLine(source, name, share);
    lines.set(name, line);
    left -= Buffer.byteLength(line) + 2;
  }
  let open = names.filter(isNumber).length;
  for (const name of names.filter(isNumber)) {
    const line = await numberLine(source, name, Math.floor(left / open));
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

function describe(source: DriftSource, name: string): Pick<ProfileColumn, 'name' | 'family' | 'whole'> {
  const column = source.columns.get(name);
  return { name, family: column?.family ?? 'empty', whole: column?.whole ?? false };
}

async function numberLine(source: DriftSource, name: string, bytes: number): Promise<string> {
  const { sorted, missing } = await source.numbers(name);
  const common = { ...describe(source, name), missing };
  if (sorted.length === 0) return JSON.stringify(common);
  sortNumbers(sorted);
  let points = Math.max(fewestPoints, Math.min(mostPoints, Math.floor(bytes / bytesOfPoint)));
  for (;;) {
    const line = JSON.stringify({ ...common, numbers: sketchOf(sorted, points) });
    if (Buffer.byteLength(line) <= bytes || points === fewestPoints) return line;
    points = Math.max(fewestPoints, Math.floor(points * 0.85));
  }
}

async function categoryLine(source: DriftSource, name: string, bytes: number): Promise<string> {
  const family = source.columns.get(name)?.family;
  if (family === undefined || family === 'empty') {
    return JSON.stringify({ ...describe(source, name), missing: source.rows });
  }
  const side = await source.categories(name);
  const common = { ...describe(source, name), missing: side.missing };
  const line = (categories: CategorySketch): string => JSON.stringify({ ...common, categories });
  const time = looksLikeTime(side);
  if (time || family === 'other' || hardlyRepeats(side)) return line(without(side, time));
  const counts = [...side.counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const room = bytes - Buffer.byteLength(line(without(side, false)));
  const kept: (readonly [string, number])[] = [];
  let used = 0;
  for (const each of counts) {
    used += Buffer.byteLength(JSON.stringify(each)) + 1;
    if (used > room) break;
    kept.push(each);
  }
  const rest = presentIn(side) - kept.reduce((sum, [, count]) => sum + count, 0);
  return line({ counts: kept, rest, distinct: side.distinct, time: false });
}

const without = (side: CategorySide, time: boolean): CategorySketch => ({
  counts: [],
  rest: presentIn(side),
  distinct: side.distinct,
  time,
});
