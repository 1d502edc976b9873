/** The verdict of one check on one column. */

import { contrastFactor, formatValue, holdsFor } from '../../gate/index.ts';
import type { Check, Estimate, Judged, Verdict } from '../../gate/types.ts';
import type { ColumnDrift } from '../types.ts';

export const columnMetrics = [
  'drift',
  'missing',
  'new_categories',
  'vanished_categories',
  'same_type',
  'present',
] as const;
export type ColumnMetric = (typeof columnMetrics)[number];

export interface Rows {
  readonly reference: number;
  readonly current: number;
}

export function judgeColumn(
  check: Check,
  metric: ColumnMetric,
  column: ColumnDrift,
  { alpha, rows }: { readonly alpha: number; readonly rows: Rows },
): Judged {
  const { verdict, reason } = verdictOf(check, metric, column, alpha);
  return {
    check,
    measurement: {
      metric,
      selector: check.selector,
      estimate: estimateOf(metric, column, rows),
      baseline: metric === 'missing' ? defined(column.missing.reference, rows.reference) : null,
      contrast: null,
    },
    verdict,
    reason,
  };
}

export const defined = (value: number, n: number): Estimate => ({ defined: true, value, interval: null, n });

function estimateOf(metric: ColumnMetric, column: ColumnDrift, rows: Rows): Estimate {
  const values = Math.min(column.n_reference, column.n_current);
  const [value, n] = ((): [number | null, number] => {
    switch (metric) {
      case 'drift':
        return [column.effect, values];
      case 'missing':
        return [column.signals.includes('vanished_column') ? null : column.missing.current, rows.current];
      case 'new_categories':
        return [column.new_share, column.n_current];
      case 'vanished_categories':
        return [column.vanished_share, column.n_reference];
      case 'same_type':
        return [column.signals.includes('type') ? 0 : 1, values];
      case 'present':
        return [column.signals.includes('vanished_column') ? 0 : 1, rows.reference];
    }
  })();
  if (value !== null && n > 0) return defined(value, n);
  return { defined: false, reason: column.unjudged ?? column.inconclusive ?? column.sentence, n };
}

interface Outcome {
  readonly verdict: Verdict;
  readonly reason: string;
}

function verdictOf(check: Check, metric: ColumnMetric, column: ColumnDrift, alpha: number): Outcome {
  const { signals, inconclusive, sentence } = column;
  const said = withoutStop(sentence);
  if (signals.includes('vanished_column') && metric !== 'present')
    return { verdict: 'inconclusive', reason: said };
  switch (metric) {
    case 'drift': {
      if (signals.includes('distribution')) return { verdict: 'fail', reason: said };
      if (inconclusive !== null) return { verdict: 'inconclusive', reason: inconclusive };
      if (column.threshold === null) return { verdict: 'inconclusive', reason: column.unjudged ?? said };
      return { verdict: 'pass', reason: signals.length > 0 ? 'its values are distributed as before' : said };
    }
    case 'same_type':
      return signals.includes('type')
        ? { verdict: 'fail', reason: said }
        : { verdict: 'pass', reason: 'the type is as before' };
    case 'present':
      return signals.includes('vanished_column')
        ? { verdict: 'fail', reason: said }
        : { verdict: 'pass', reason: 'the column is there' };
    case 'missing':
      return missingVerdict(check, column, alpha);
    case 'new_categories':
      return signalVerdict(column, 'new_category', column.new_share, 'new');
    case 'vanished_categories':
      return signalVerdict(column, 'vanished_category', column.vanished_share, 'gone');
  }
}

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

function signalVerdict(
  column: ColumnDrift,
  signal: 'new_category' | 'vanished_category',
  share: number | null,
  word: string,
): Outcome {
  if (column.signals.includes(signal)) return { verdict: 'fail', reason: withoutStop(column.sentence) };
  if (column.inconclusive !== null) return { verdict: 'inconclusive', reason: column.inconclusive };
  if (share === null)
    return { verdict: 'inconclusive', reason: column.unjudged ?? 'the column holds no categories' };
  const what =
    share === 0
      ? `no category is ${word}`
      : `${formatValue(share, 'ratio')} of the values are in categories that are ${word}, no more than chance or the bound allows`;
  return { verdict: 'pass', reason: what };
}

function missingVerdict(
  check: Check,
  { missing, inconclusive, signals, sentence }: ColumnDrift,
  alpha: number,
): Outcome {
  const shares = `${formatValue(missing.current, 'ratio')} are missing, ${formatValue(missing.reference, 'ratio')} were`;
  const outside = !holdsFor(check.condition, missing.current, missing.reference);
  const compares = contrastFactor(check.condition) !== null;
  if (!outside) return { verdict: 'pass', reason: shares };
  if (!compares) return { verdict: 'fail', reason: shares };
  if (signals.includes('missing')) return { verdict: 'fail', reason: withoutStop(sentence) };
  if (inconclusive !== null && missing.adjusted_p === null)
    return { verdict: 'inconclusive', reason: inconclusive };
  if ((missing.adjusted_p ?? 1) < alpha) return { verdict: 'fail', reason: shares };
  return {
    verdict: 'pass',
    reason: `${shares}: chance can do that (p ${formatValue(missing.adjusted_p ?? 1, 'number')})`,
  };
}
