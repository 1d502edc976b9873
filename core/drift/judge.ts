/** The verdict over all columns: what is beyond its bound, and significant among all tests of the run. */

import { benjaminiHochberg } from '../stats/index.ts';
import type { Comparison } from './comparison.ts';
import { categoryLimit, missingLimit } from './limits.ts';
import { sentenceOf } from './sentence.ts';
import type { ColumnDrift, ColumnRole, DriftSignal } from './types.ts';

/** Both sides of a column, compared; `comparison` is null where they cannot be. */
export interface ComparedColumn {
  readonly column: string;
  readonly role: ColumnRole;
  readonly comparison: Comparison;
  /** What the column was and is, where that changed; the column may be gone. */
  readonly change: { readonly signal: 'type' | 'vanished_column'; readonly sentence: string } | null;
  readonly rows: { readonly reference: number; readonly current: number };
  readonly missing: {
    readonly reference: number;
    readonly current: number;
    /** Of Fisher's exact test; null: nothing is missing. */
    readonly p: number | null;
  };
}

/** Bounds of one column; undefined: the usual one. */
export interface ColumnLimits {
  readonly drift?: number;
  /** Points by which the share of missing values may rise and fall. */
  readonly missingRise?: number;
  readonly missingFall?: number;
  readonly newShare?: number;
  readonly vanishedShare?: number;
}

export interface JudgeOptions {
  /** False discovery rate over all tests of the run. */
  readonly alpha: number;
  /** Values that either side must have. */
  readonly minRows: number;
  readonly limits: ReadonlyMap<string, ColumnLimits>;
}

type Tested = 'distribution' | 'missing' | 'new' | 'vanished';

/** `extra` p-values of the same run, as of the model's metrics, are adjusted together with those of the columns. */
export function judgeColumns(
  columns: readonly ComparedColumn[],
  options: JudgeOptions,
  extra: readonly number[] = [],
): { readonly columns: readonly ColumnDrift[]; readonly extra: readonly number[] } {
  const family = new Family();
  for (const [index, column] of columns.entries()) {
    const { comparison, missing } = column;
    if (!isShort(comparison, options)) {
      family.add(index, 'distribution', comparison.test?.p, comparison.open?.p);
      family.add(index, 'new', comparison.categories?.newP);
      family.add(index, 'vanished', comparison.categories?.vanishedP);
    }
    if (!isShortOfRows(column, options)) family.add(index, 'missing', missing.p);
  }
  for (const [index, p] of extra.entries()) family.add(columns.length + index, 'distribution', p);
  family.adjust();
  return {
    columns: columns.map((column, index) => judgeColumn(column, index, family, options)),
    extra: extra.map((_, index) => family.get(columns.length + index, 'distribution')?.adjusted ?? 1),
  };
}

/** All p-values of a run, adjusted together. */
class Family {
  private readonly entries = new Map<
    string,
    { p: number; low: number; high: number; adjusted: number; adjustedLow: number; adjustedHigh: number }
  >();

  add(index: number, what: Tested, p: number | null | undefined, bounds?: readonly [number, number]): void {
    if (p === null || p === undefined) return;
    const [low, high] = bounds ?? [p, p];
    this.entries.set(`${index} ${what}`, { p, low, high, adjusted: 1, adjustedLow: 1, adjustedHigh: 1 });
  }

  adjust(): void {
    const all = [...this.entries.values()];
    const adjusted = benjaminiHochberg(all.map(({ p }) => p));
    const low = benjaminiHochberg(all.map((entry) => entry.low));
    const high = benjaminiHochberg(all.map((entry) => entry.high));
    for (const [index, entry] of all.entries()) {
      entry.adjusted = adjusted[index] as number;
      entry.adjustedLow = low[index] as number;
      entry.adjustedHigh = high[index] as number;
    }
  }

  get(index: number, what: Tested) {
    return this.entries.get(`${index} ${what}`) ?? null;
  }
}

/** Too few values on a side to say anything of their distribution. */
const isShort = ({ n, m, method }: Comparison, { minRows }: JudgeOptions): boolean =>
  method === null || n < minRows || m < minRows;

const isShortOfRows = ({ rows }: ComparedColumn, { minRows }: JudgeOptions): boolean =>
  rows.reference < minRows || rows.current < minRows;

function judgeColumn(
  column: ComparedColumn,
  index: number,
  family: Family,
  options: JudgeOptions,
): ColumnDrift {
  const { comparison, missing, change } = column;
  const limits = options.limits.get(column.column) ?? {};
  const limit = comparison.usualLimit === null ? null : (limits.drift ?? comparison.usualLimit);
  const found: { signal: DriftSignal; over: number }[] =
    change === null ? [] : [{ signal: change.signal, over: 1 }];
  const signal = (name: DriftSignal, what: Tested, effect: number | null, bound: number): void => {
    const adjusted = family.get(index, what)?.adjusted;
    if (effect === null || adjusted === undefined || adjusted >= options.alpha || effect < bound) return;
    found.push({ signal: name, over: effect / Math.max(bound, Number.MIN_VALUE) });
  };
  const { categories } = comparison;
  const distribution = family.get(index, 'distribution');
  const over = limit === null ? null : overBounds(comparison, distribution, limit, options.alpha);
  if (limit !== null && over?.surely) signal('distribution', 'distribution', comparison.effect, limit);
  const rise = missing.current - missing.reference;
  const bound = rise > 0 ? (limits.missingRise ?? missingLimit) : (limits.missingFall ?? missingLimit);
  signal('missing', 'missing', Math.abs(rise), bound);
  if (categories !== null) {
    signal('new_category', 'new', categories.newShare, limits.newShare ?? categoryLimit);
    signal('vanished_category', 'vanished', categories.vanishedShare, limits.vanishedShare ?? categoryLimit);
  }
  const drifted = found.length > 0;
  const isOpen = !drifted && over?.perhaps === true;
  const significant = distribution !== null && distribution.adjusted < options.alpha;
  const judged = {
    drifted,
    signals: found.map((each) => each.signal),
    score: found.reduce((most, { over }) => Math.max(most, Math.min(over, mostOver)), 0),
    inconclusive: drifted ? null : inconclusive(column, isOpen, options),
  };
  const test = comparison.test;
  return {
    column: column.column,
    role: column.role,
    kind: comparison.kind,
    method: comparison.method,
    unjudged: comparison.unjudged,
    value: comparison.value,
    noise_floor: comparison.noiseFloor,
    effect: comparison.effect,
    threshold: limit,
    test: test === null ? null : { ...test, adjusted_p: distribution?.adjusted ?? test.p },
    n_reference: comparison.n,
    n_current: comparison.m,
    missing: { ...missing, adjusted_p: family.get(index, 'missing')?.adjusted ?? null },
    new_categories: categories?.new ?? [],
    vanished_categories: categories?.vanished ?? [],
    new_share: categories?.newShare ?? null,
    vanished_share: categories?.vanishedShare ?? null,
    ...judged,
    sentence: sentenceOf(column, { ...judged, significant }),
    shape: comparison.shape,
  };
}

/** A bound of 0 makes any change infinitely far over it. */
const mostOver = 1e6;

/** Of what a profile leaves open: whether the data are over both bounds surely, and whether they may be. */
function overBounds(
  { open }: Comparison,
  adjusted: ReturnType<Family['get']>,
  limit: number,
  alpha: number,
): { readonly surely: boolean; readonly perhaps: boolean } {
  // Data leave nothing open: the point estimate decides.
  if (open === null) return { surely: true, perhaps: false };
  if (adjusted === null) return { surely: false, perhaps: false };
  return {
    surely: open.effect[0] >= limit && adjusted.adjustedHigh < alpha,
    perhaps: open.effect[1] >= limit && adjusted.adjustedLow < alpha,
  };
}

function inconclusive(column: ComparedColumn, isOpen: boolean, options: JudgeOptions): string | null {
  const { comparison, rows } = column;
  const { minRows } = options;
  const short = (count: number, what: string, side: string): string =>
    `${count.toLocaleString('en')} ${what} in the ${side} ${count === 1 ? 'is' : 'are'} too few to judge; it takes ${minRows.toLocaleString('en')} (min-rows)`;
  if (rows.reference < minRows) return short(rows.reference, 'rows', 'reference');
  if (rows.current < minRows) return short(rows.current, 'rows', 'current data');
  if (comparison.method === null) return null;
  // No value on either side: nothing is there that could drift.
  if (comparison.n === 0 && comparison.m === 0) return null;
  if (comparison.n < minRows) return short(comparison.n, 'values present', 'reference');
  if (comparison.m < minRows) return short(comparison.m, 'values present', 'current data');
  if (isOpen)
    return 'the profile is too coarse to say whether the change is over its bounds; compare with the data';
  return null;
}
