/** What the user's checks say of the columns' bounds. */

import type { Bound, Check, Condition } from '../../gate/types.ts';
import type { ColumnLimits } from '../judge.ts';
import { columnOf } from './catalogue.ts';

export function limitsOf(checks: readonly Check[]): Map<string, ColumnLimits> {
  const limits = new Map<string, ColumnLimits>();
  for (const { metric, selector, condition } of checks) {
    if (selector === null) continue;
    const found = limitOf(metric, condition);
    if (found === null) continue;
    const column = columnOf(selector);
    limits.set(column, { ...limits.get(column), ...found });
  }
  return limits;
}

function limitOf(metric: string, condition: Condition): ColumnLimits | null {
  const bound =
    condition.kind === 'compare' && condition.bound.kind === 'number' ? condition.bound.value : null;
  switch (metric) {
    case 'drift':
      return bound === null ? null : { drift: bound };
    case 'new_categories':
      return bound === null ? null : { newShare: bound };
    case 'vanished_categories':
      return bound === null ? null : { vanishedShare: bound };
    case 'missing':
      return missingLimits(condition);
    default:
      return null;
  }
}

/** `<= baseline + 2%` bounds the rise; any other bound is judged by itself, and the usual ones do not apply. */
function missingLimits(condition: Condition): ColumnLimits {
  const shift = (bound: Bound): number | null =>
    bound.kind === 'baseline' && bound.factor === 1 ? bound.offset : null;
  const none = Number.POSITIVE_INFINITY;
  if (condition.kind === 'between') {
    const [low, high] = [shift(condition.low), shift(condition.high)];
    return { missingFall: low === null ? none : -low, missingRise: high === null ? none : high };
  }
  if (condition.kind !== 'compare') return {};
  const by = shift(condition.bound);
  if (by === null) return { missingRise: none, missingFall: none };
  return condition.operator.startsWith('<')
    ? { missingRise: by, missingFall: none }
    : { missingRise: none, missingFall: -by };
}
