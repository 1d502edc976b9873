/** What the issue remembers from run to run, and what follows from it. Plain values; nothing here asks GitHub. */

import type { Verdict } from '../../../core/gate/types.ts';

/** One run of the drift check. */
export interface RunNote {
  readonly run: number;
  /** A run that is attempted again is the same run. */
  readonly attempt: number;
  /** When it began, ISO 8601. Runs are ordered by it, whichever ended first. */
  readonly at: string;
  readonly verdict: Verdict;
  /** The largest effect over its threshold. */
  readonly score: number;
  /** How many columns have drifted. */
  readonly columns: number;
}

/** Drifted runs in a row; inconclusive ones in between neither count nor end it. */
export interface Streak {
  readonly count: number;
  /** Null: not known. */
  readonly since: string | null;
}

export interface DriftMemory {
  readonly version: 1;
  /** The oldest first. */
  readonly runs: readonly RunNote[];
  /** As it was before the first of `runs`. */
  readonly before: Streak;
  /** Columns of the last drifted run, the farthest over its threshold first, at most 20, long names cut. */
  readonly columns: readonly string[];
  /** The last retraining; `run` null: by a run that is not known. */
  readonly retrained: { readonly run: number | null; readonly at: string } | null;
  /** The drift check itself closed the issue, because the drift had ended. */
  readonly closed: boolean;
}

/** Some 110 characters each. */
const mostRuns = 60;
export const mostColumns = 20;
const nameLimit = 80;

const noStreak: Streak = { count: 0, since: null };
export const noMemory: DriftMemory = {
  version: 1,
  runs: [],
  before: noStreak,
  columns: [],
  retrained: null,
  closed: false,
};

export function streakOf({ before, runs }: Pick<DriftMemory, 'before' | 'runs'>): Streak {
  return runs.reduce(advance, before);
}

function advance(streak: Streak, { verdict, at }: RunNote): Streak {
  switch (verdict) {
    case 'pass':
      return noStreak;
    case 'fail':
      return { count: streak.count + 1, since: streak.count === 0 ? at : streak.since };
    case 'inconclusive':
      return streak;
  }
}

/** Adds a run, or replaces its earlier attempt. `columns`: of a drifted run. */
export function record(memory: DriftMemory, note: RunNote, columns: readonly string[]): DriftMemory {
  const runs = union(memory.runs, [note]);
  const isLatest = runs.at(-1)?.run === note.run;
  const shown = columns.slice(0, mostColumns).map((name) => [...name].slice(0, nameLimit).join(''));
  return trim({
    ...memory,
    runs,
    columns: note.verdict === 'fail' && (isLatest || memory.columns.length === 0) ? shown : memory.columns,
  });
}

/** What two issues remember that were opened at the same time; `first` is the one that stays. */
export function merge(first: DriftMemory, second: DriftMemory): DriftMemory {
  return trim({
    ...first,
    runs: union(first.runs, second.runs),
    before: first.before.count >= second.before.count ? first.before : second.before,
    columns: first.columns.length > 0 ? first.columns : second.columns,
    retrained: later(first.retrained, second.retrained),
  });
}

export function holds({ runs }: DriftMemory, { run, attempt }: RunNote): boolean {
  return runs.some((each) => each.run === run && each.attempt === attempt);
}

/** Drifted runs in a row that began after the last retraining was requested. */
export function driftedSinceRetraining({ runs, before, retrained }: DriftMemory): number {
  if (retrained === null) return streakOf({ runs, before }).count;
  const later = runs.filter(({ run, at }) => run !== retrained.run && at > retrained.at);
  return streakOf({ runs: later, before: noStreak }).count;
}

export function later(a: DriftMemory['retrained'], b: DriftMemory['retrained']): DriftMemory['retrained'] {
  if (a === null || b === null) return a ?? b;
  return a.at >= b.at ? a : b;
}

function union(a: readonly RunNote[], b: readonly RunNote[]): readonly RunNote[] {
  const byRun = new Map<number, RunNote>();
  for (const note of [...a, ...b]) {
    const known = byRun.get(note.run);
    if (known === undefined || known.attempt <= note.attempt) byRun.set(note.run, note);
  }
  return [...byRun.values()].sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : x.run - y.run));
}

function trim(memory: DriftMemory): DriftMemory {
  const dropped = memory.runs.slice(0, Math.max(0, memory.runs.length - mostRuns));
  return {
    ...memory,
    runs: memory.runs.slice(dropped.length),
    before: streakOf({ before: memory.before, runs: dropped }),
  };
}

/** Null: not what `DriftMemory` says, or of another version. */
export function parseMemory(value: unknown): DriftMemory | null {
  if (!isObject(value) || value.version !== 1) return null;
  const { runs, before, columns, retrained, closed } = value;
  const sound =
    Array.isArray(runs) &&
    runs.every(isNote) &&
    isStreak(before) &&
    Array.isArray(columns) &&
    columns.every((name) => typeof name === 'string') &&
    (retrained === null || isRetrained(retrained)) &&
    typeof closed === 'boolean';
  // Every property was looked at.
  return sound ? (value as unknown as DriftMemory) : null;
}

function isNote(value: unknown): boolean {
  return (
    isObject(value) &&
    isCount(value.run) &&
    isCount(value.attempt) &&
    isTime(value.at) &&
    (value.verdict === 'pass' || value.verdict === 'fail' || value.verdict === 'inconclusive') &&
    typeof value.score === 'number' &&
    isCount(value.columns)
  );
}

function isStreak(value: unknown): boolean {
  return isObject(value) && isCount(value.count) && (value.since === null || isTime(value.since));
}

function isRetrained(value: unknown): boolean {
  return isObject(value) && (value.run === null || isCount(value.run)) && isTime(value.at);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
