/** The verdicts of checks over the table. */

import { judge } from '../../gate/index.ts';
import type { Check, Estimate, Judged } from '../../gate/types.ts';
import type { ColumnDrift } from '../types.ts';
import { defined, type Rows } from './column.ts';

export interface TableDrift {
  readonly rows: Rows;
  readonly columns: readonly ColumnDrift[];
  readonly share: number | null;
  readonly alpha: number;
}

export function judgeRows(check: Check, rows: number): Judged {
  const measurement = {
    metric: check.metric,
    selector: null,
    estimate: defined(rows, rows),
    baseline: null,
    contrast: null,
  };
  return judge(check, measurement, { confidence: 0.95, unit: 'count' });
}

/** With columns of which it is not known, only a verdict that they cannot turn is given. */
export function judgeTable(check: Check, { columns, share }: TableDrift): Judged {
  const features = columns.filter(({ role }) => role === 'feature');
  const drifted = features.filter((column) => column.drifted).length;
  const open = features.filter((column) => column.inconclusive !== null).length;
  const judged = features.filter((column) => column.method !== null || column.drifted).length;
  const isShare = check.metric === 'share_drifted';
  const value = (count: number): number => (isShare ? (judged === 0 ? 0 : count / judged) : count);
  const estimate: Estimate =
    isShare && share === null
      ? { defined: false, reason: 'no column was judged', n: 0 }
      : defined(value(drifted), judged);
  const measurement = { metric: check.metric, selector: null, estimate, baseline: null, contrast: null };
  const options = { confidence: 0.95, samples: 'columns', unit: isShare ? 'ratio' : 'count' } as const;
  const verdict = judge(check, measurement, options);
  if (open === 0 || verdict.verdict === 'inconclusive') return verdict;
  const most = judge(check, { ...measurement, estimate: defined(value(drifted + open), judged) }, options);
  if (most.verdict === verdict.verdict) return verdict;
  return {
    check,
    measurement,
    verdict: 'inconclusive',
    reason: `${open} columns could not be judged, and they decide`,
  };
}
