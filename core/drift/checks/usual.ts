/** The checks of a column that no threshold names. */

import { impliedCheck, percentText, writeName } from '../../gate/index.ts';
import type { Check, Condition } from '../../gate/types.ts';
import { categoryLimit, missingLimit } from '../limits.ts';
import type { ColumnDrift } from '../types.ts';
import type { ColumnMetric } from './column.ts';

/** Only what there is something to say about: nothing is missing in most columns. */
export function usualChecks(column: ColumnDrift): Check[] {
  const selector = writeName(column.column);
  const checks: Check[] = [];
  if (column.signals.includes('vanished_column')) return [implied('present', selector, { kind: 'holds' })];
  if (column.signals.includes('type')) checks.push(implied('same_type', selector, { kind: 'holds' }));
  else if (column.threshold !== null || column.inconclusive !== null) {
    const bound = column.threshold ?? 0;
    checks.push(implied('drift', selector, upTo('<', bound, String(Number(bound.toPrecision(4))))));
  }
  if (column.missing.p !== null) {
    checks.push(
      implied('missing', selector, {
        kind: 'between',
        low: {
          kind: 'baseline',
          factor: 1,
          offset: -missingLimit,
          text: `baseline - ${percentText(missingLimit)}`,
        },
        high: {
          kind: 'baseline',
          factor: 1,
          offset: missingLimit,
          text: `baseline + ${percentText(missingLimit)}`,
        },
      }),
    );
  }
  const bound = upTo('<=', categoryLimit, percentText(categoryLimit));
  if (column.new_categories.length > 0) checks.push(implied('new_categories', selector, bound));
  if (column.vanished_categories.length > 0) checks.push(implied('vanished_categories', selector, bound));
  return checks;
}

const upTo = (operator: '<' | '<=', value: number, text: string): Condition => ({
  kind: 'compare',
  operator,
  bound: { kind: 'number', value, text },
});

const implied = (metric: ColumnMetric, selector: string, condition: Condition): Check =>
  impliedCheck(metric, selector, condition);
