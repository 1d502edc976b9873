/** How reports name methods, tests and signals, and write their numbers: the same on the page and in the summary. */

import type { ColumnDrift, ColumnRole, DriftMethod, DriftSignal } from '../../../core/drift/types.ts';
import type { GateRecord } from '../../../core/gate/types.ts';
import { absent, counted, formatNumber, shorten } from '../../../core/report/index.ts';
import type { DriftDetails } from '../types.ts';

/** Longest name of a column, a category and a file, and longest sentence, that a report shows in one place. */
export const columnLimit = 80;
export const categoryLimit = 40;
export const fileLimit = 120;
export const sentenceLimit = 400;

export const methodNames: Readonly<Record<DriftMethod, string>> = {
  ks: 'Kolmogorov-Smirnov distance',
  wasserstein: 'Wasserstein distance',
  psi: 'population stability index',
  jensen_shannon: 'Jensen-Shannon distance',
  hellinger: 'Hellinger distance',
  total_variation: 'total variation distance',
  chi_square: 'chi-square statistic',
  cramers_v: 'Cramér’s V',
  anderson_darling: 'Anderson-Darling statistic',
  energy: 'energy distance',
};

const testNames: Readonly<Record<string, string>> = {
  'kolmogorov-smirnov': 'Kolmogorov-Smirnov test',
  'chi-square': 'chi-square test',
  'anderson-darling': 'Anderson-Darling test',
};

export function testName(name: string): string {
  return testNames[name] ?? shorten(name, 40);
}

export const signalNames: Readonly<Record<DriftSignal, string>> = {
  distribution: 'distribution',
  missing: 'missing values',
  new_category: 'new categories',
  vanished_category: 'vanished categories',
  type: 'type',
  vanished_column: 'column is gone',
};

export const roleNames: Readonly<Record<Exclude<ColumnRole, 'feature'>, string>> = {
  prediction: 'prediction',
  label: 'label',
  score: 'score',
};

/** Three digits, as many as a distance has to say: `0.342`, `1,250`. */
export function amount(value: number | null): string {
  return value === null || !Number.isFinite(value) ? absent : formatNumber(Number(value.toPrecision(3)));
}

/** `0.342 sd`: Wasserstein distances count standard deviations of the reference. */
export function inMethod(value: number | null, method: DriftMethod | null): string {
  const text = amount(value);
  return text === absent || method !== 'wasserstein' ? text : `${text} sd`;
}

/** `0.0368 / 0.1 sd`; a dash where nothing is measured. */
export function effectText({ effect, threshold, method }: ColumnDrift): string {
  const text = amount(effect);
  return text === absent ? absent : `${text} / ${inMethod(threshold, method)}`;
}

/** `p = 0.0031`; below 0.0001 that is all there is to say. */
export function pText(p: number | null): string {
  if (p === null || !Number.isFinite(p)) return absent;
  return p < 0.0001 ? '<\u00a00.0001' : formatNumber(Number(p.toPrecision(2)));
}

/** `12.3%`; never 0% of some, nor 100% of fewer than all. */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return absent;
  if (fraction > 0 && fraction < 0.0001) return '<0.01%';
  if (fraction < 1 && fraction > 0.999) return '>99.9%';
  return `${formatNumber(Number((fraction * 100).toPrecision(fraction >= 0.1 ? 3 : 2)))}%`;
}

/** `0.1% → 2.3%`, `0.1%` when that is what it was. */
export function missingText({ reference, current }: ColumnDrift['missing']): string {
  const [before, now] = [percent(reference), percent(current)];
  return before === now ? before : `${before} → ${now}`;
}

/** `3.2 × its threshold`; what is no matter of degree has none: `column is gone`. */
export function scoreText({ score, signals }: ColumnDrift): string {
  const absolute = signals.find((signal) => signal === 'type' || signal === 'vanished_column');
  if (absolute !== undefined && !(score > 1)) return absoluteSignals[absolute];
  if (!(score > 0)) return 'drifted';
  return score >= 1000 ? 'far over its threshold' : `${amount(score)} × its threshold`;
}

const absoluteSignals = { type: 'type changed', vanished_column: 'column is gone' } as const;

export function signalText({ signals }: ColumnDrift): string {
  return signals.map((signal) => signalNames[signal]).join(', ');
}

/** Text of a category that may be empty or blank. */
export function categoryText(category: string): string {
  return category.trim() === '' ? '(blank)' : shorten(category, categoryLimit);
}

/** `1 feature column`; roles apart, all columns are features. */
export function columnCount(count: number): string {
  return counted(count, 'column');
}

export const isFeature = ({ role }: ColumnDrift): boolean => role === 'feature';
export const isUnknown = ({ inconclusive, drifted }: ColumnDrift): boolean =>
  inconclusive !== null && !drifted;
export const isUnjudged = (column: ColumnDrift): boolean =>
  column.unjudged !== null && !column.drifted && !isUnknown(column);

/** Judged, and the distribution has not drifted. */
export const isQuiet = (column: ColumnDrift): boolean =>
  !column.drifted && !isUnknown(column) && !isUnjudged(column);

/** Columns without drift, the closest to the threshold first. */
export function closestFirst(columns: readonly ColumnDrift[]): readonly ColumnDrift[] {
  const closeness = ({ effect, threshold }: ColumnDrift): number =>
    effect === null || threshold === null || !(threshold > 0) ? -1 : effect / threshold;
  return columns.toSorted((a, b) => closeness(b) - closeness(a));
}

/**
 * `failed` where the column's drift broke a check that fails the gate, or the gate failed and no check speaks of the
 * column; else `warning`: a passed gate shows no failures.
 */
export function levelOf(
  { column }: ColumnDrift,
  { checks, verdict }: GateRecord<DriftDetails>,
): 'failed' | 'warning' {
  const broken = checks.filter(
    (check) => check.verdict !== 'pass' && (check.selector === column || check.selector === `"${column}"`),
  );
  const fails = broken.length > 0 ? broken.some(({ severity }) => severity === 'fail') : verdict === 'fail';
  return fails ? 'failed' : 'warning';
}
