/** The checks of a column that no threshold names. */

import { percentText, renderCheck, writeName } from '../../gate/index.ts';
import type { Check, Condition } from '../../gate/types.ts';
import { categoryLimit, missingLimit } from '../limits.ts';
import type { ColumnDrift } from '../types.ts';
import type { ColumnMetric } from './column.ts';

/** Only what there is something to say about: nothing is missing in most columns. */
export function usualChecks(column: ColumnDrift): Check[] {
  const selector = writeName(column.column);
  const checks: Check[] = [];
  if (column.signals.includes('vanished_column')) return [usual('present', selector, { kind: 'holds' })];
  if (column.signals.includes('type')) checks.push(usual('same_type', selector, { kind: 'holds' }));
  else if (column.threshold !== null || column.inconclusive !== null) {
    const bound = column.threshold ?? 0;
    checks.push(usual('drift', selector, upTo('<', bound, String(Number(bound.toPrecision(4))))));
  }
  if (column.missing.p !== null) {
    checks.push(
      usual('missing', selector, {
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
  if (column.new_categories.length > 0) checks.push(usual('new_categories', selector, bound));
  if (column.vanished_categories.length > 0) checks.push(usual('vanished_categories', selector, bound));
  return checks;
}

const upTo = (operator: '<' | '<=', value: number, text: string): Condition => ({
  kind: 'compare',
  operator,
  bound: { kind: 'number', value, text },
});

function usual(metric: ColumnMetric, selector: string, condition: Condition): Check {
  const check: Check = {
    id: '',
    metric,
    selector,
    condition,
    confidence: null,
    severity: 'fail',
    place: null,
  };
  return { ...check, id: renderCheck(check) };
}
