/** All columns of two sources, compared one by one. */

import { fisherExact } from '../stats/index.ts';
import type { ColumnFamily, TakeNumbers } from '../tables/index.ts';
import { type CountMethod, compareCategories, noDistance } from './compare-categories.ts';
import type { Comparison } from './comparison.ts';
import type { ComparedColumn } from './judge.ts';
import { areAddresses, hardlyRepeats, looksLikeTime } from './nature.ts';
import { mayHideNew } from './profile/untold.ts';
import { type CategorySide, presentIn, type Side } from './sides.ts';
import type { DriftSource } from './source.ts';
import type { Threads } from './threads.ts';
import { type ColumnRole, categoricalMethods, type DriftMethod } from './types.ts';

export interface WantedColumn {
  readonly name: string;
  readonly role: ColumnRole;
  /** Null: by type. */
  readonly method: DriftMethod | null;
  /** The user asked for it: times and identifiers are judged, too. */
  readonly isNamed: boolean;
}

/** In the order of `wanted`, each of which the reference has. */
export async function compareColumns(
  reference: DriftSource,
  current: DriftSource,
  wanted: readonly WantedColumn[],
  threads: Threads,
): Promise<ComparedColumn[]> {
  const running: Promise<ComparedColumn>[] = [];
  for (const column of wanted) {
    // One after the other: memory holds the columns that threads are at, and one more.
    await threads.room(reference.rows + current.rows);
    const read = await readColumn(reference, current, column.name, threads.take);
    const compared = compareRead(read, column, threads);
    // Its failure is thrown below; until then it must not count as unhandled.
    compared.catch(() => undefined);
    running.push(compared);
  }
  return await Promise.all(running);
}

interface ReadColumn {
  readonly before: { readonly family: ColumnFamily; readonly side: Side };
  /** Null: the current data do not have it. */
  readonly now: { readonly family: ColumnFamily; readonly side: Side } | null;
  readonly rows: ComparedColumn['rows'];
}

async function readColumn(
  reference: DriftSource,
  current: DriftSource,
  name: string,
  take: TakeNumbers,
): Promise<ReadColumn> {
  const read = async (source: DriftSource) => {
    const family = source.columns.get(name)?.family;
    return family === undefined ? null : { family, side: await readSide(source, name, family, take) };
  };
  const before = await read(reference);
  if (before === null) throw new RangeError(`the reference has no column ${name}`);
  return { before, now: await read(current), rows: { reference: reference.rows, current: current.rows } };
}

async function compareRead(
  { before, now, rows }: ReadColumn,
  wanted: WantedColumn,
  threads: Threads,
): Promise<ComparedColumn> {
  const [a, b] = [before.side, now?.side ?? null];
  const common = { column: wanted.name, role: wanted.role, rows, missing: missingOf(a, b, rows) };
  if (now === null || b === null) {
    const comparison = placeholder(a, null, 'the current data do not have it');
    const sentence = 'the current data do not have this column';
    return { ...common, comparison, change: { signal: 'vanished_column', sentence } };
  }
  if (before.family !== 'empty' && now.family !== 'empty' && before.family !== now.family) {
    const sentence = `${familyName(before.family)} became ${familyName(now.family)}${stillNumbers(a, b)}`;
    return {
      ...common,
      comparison: placeholder(a, b, 'its type changed'),
      change: { signal: 'type', sentence },
    };
  }
  const family = before.family === 'empty' ? now.family : before.family;
  return { ...common, comparison: await compareSides(a, b, family, wanted, threads), change: null };
}

function missingOf(a: Side, b: Side | null, rows: ComparedColumn['rows']): ComparedColumn['missing'] {
  const [n, m] = [a.missing, b?.missing ?? 0];
  const any = b !== null && n + m > 0;
  return {
    reference: share(n, rows.reference),
    current: share(m, rows.current),
    p: any ? fisherExact(n, rows.reference - n, m, rows.current - m) : null,
  };
}

const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);

async function readSide(
  source: DriftSource,
  name: string,
  family: ColumnFamily,
  take: TakeNumbers,
): Promise<Side> {
  if (family === 'number' || family === 'time') return await source.numbers(name, take);
  if (family === 'empty') {
    return { kind: 'categories', counts: new Map(), rest: 0, distinct: 0, missing: source.rows };
  }
  return await source.categories(name);
}

async function compareSides(
  a: Side,
  b: Side,
  family: ColumnFamily,
  { method, isNamed }: WantedColumn,
  threads: Threads,
): Promise<Comparison> {
  const asked = isNamed || method !== null;
  if (family === 'empty') return placeholder(a, b, null);
  if (family === 'other') return placeholder(a, b, 'lists and structures are not compared');
  if (family === 'time' && !asked) return placeholder(a, b, 'time goes on by itself');
  if (family === 'number' || family === 'time') {
    // One side may have no value at all.
    if (a.kind !== 'numbers' || b.kind !== 'numbers') return placeholder(a, b, null);
    return await threads.compare({ reference: a, current: b, method, isNamed: asked });
  }
  if (a.kind !== 'categories' || b.kind !== 'categories') return placeholder(a, b, null);
  if (!asked && looksLikeTime(a) && looksLikeTime(b)) return placeholder(a, b, 'time goes on by itself');
  if (!asked && hardlyRepeats(a) && hardlyRepeats(b)) {
    return placeholder(a, b, 'its values hardly repeat, as those of an identifier or of free text');
  }
  if (!asked && areAddresses(a) && areAddresses(b))
    return placeholder(a, b, 'its values are e-mail addresses');
  const counted = categoricalMethods.find((each) => each === method) satisfies CountMethod | undefined;
  const compared = compareCategories(a, b, counted);
  const isOpen = tellsNothing(a) || tellsNothing(b) || mayHideNew(a, b);
  return isOpen ? { ...compared, open: anything } : compared;
}

/** A profile keeps no values of identifiers, free text and times: any of them may be anywhere in its rest. */
const tellsNothing = ({ counts, rest }: CategorySide): boolean => rest > 0 && counts.size === 0;
const anything: Comparison['open'] = { effect: [0, Number.MAX_VALUE], p: [0, 1] };

/** Missing values and type are all that is judged. `unjudged` null: there are no values to compare. */
function placeholder(a: Side, b: Side | null, unjudged: string | null): Comparison {
  const numeric = a.kind === 'numbers' || b?.kind === 'numbers';
  return {
    kind: numeric ? 'numeric' : 'categorical',
    method: unjudged === null ? (numeric ? 'wasserstein' : 'total_variation') : null,
    unjudged,
    ...noDistance,
    test: null,
    open: null,
    n: presentIn(a),
    m: b === null ? 0 : presentIn(b),
    categories: null,
    shape: null,
    facts: null,
  };
}

function familyName(family: ColumnFamily): string {
  switch (family) {
    case 'number':
      return 'numbers';
    case 'boolean':
      return 'true and false';
    case 'text':
      return 'text';
    case 'time':
      return 'times';
    case 'other':
      return 'lists or structures';
    case 'empty':
      return 'nothing';
  }
}

/** What makes text of numbers: often a single cell. */
function stillNumbers(before: Side, now: Side): string {
  if (before.kind !== 'numbers' || now.kind !== 'categories') return '';
  let numbers = 0;
  let other = '';
  for (const [value, count] of now.counts) {
    if (value.trim() !== '' && Number.isFinite(Number(value))) numbers += count;
    else if (other === '') other = value;
  }
  const all = presentIn(now);
  if (numbers === 0 || other === '') return '';
  const shown = other.length > 40 ? `${other.slice(0, 39)}…` : other;
  return `: ${(all - numbers).toLocaleString('en')} of ${all.toLocaleString('en')} values are no numbers, such as ${JSON.stringify(shown)}`;
}
