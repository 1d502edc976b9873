/** Lines of thresholds that repeat or exclude each other. */

import { renderCondition } from './condition.ts';
import type { Check } from './types.ts';

export interface Conflict {
  /** Index of the later check, where the caret goes. */
  readonly index: number;
  readonly kind: 'duplicate' | 'contradiction';
  /** Indices of the earlier checks. */
  readonly earlier: readonly number[];
}

/** The values that satisfy a condition over numbers. */
interface Values {
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
  /** For `!=`: the value left out. */
  readonly hole: number | null;
}

/** At most one conflict for each check, with the first earlier check(s) that it conflicts with. */
export function findConflicts(checks: readonly Check[]): Conflict[] {
  const groups = new Map<string, number[]>();
  checks.forEach((check, index) => {
    const key = JSON.stringify([check.metric, check.selector]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  const conflicts: Conflict[] = [];
  for (const group of groups.values()) {
    if (group.length > 1) conflicts.push(...conflictsWithin(checks, group));
  }
  return conflicts.sort((a, b) => a.index - b.index);
}

function conflictsWithin(checks: readonly Check[], group: readonly number[]): Conflict[] {
  const conflicts: Conflict[] = [];
  const seen = new Map<string, number>();
  const required: { index: number; values: Values }[] = [];
  for (const index of group) {
    const check = checks[index] as Check;
    const same = JSON.stringify([bare(check.condition), check.confidence]);
    const first = seen.get(same);
    if (first !== undefined) {
      conflicts.push({ index, kind: 'duplicate', earlier: [first] });
      continue;
    }
    seen.set(same, index);
    const values = check.severity === 'fail' ? satisfying(check) : null;
    if (values === null) continue;
    const earlier = excludedBy(required, values);
    if (earlier.length > 0) conflicts.push({ index, kind: 'contradiction', earlier });
    else required.push({ index, values });
  }
  return conflicts;
}

/** A condition without its spelling: `80%` and `0.8` are the same. */
function bare(condition: Check['condition']): unknown {
  return JSON.parse(JSON.stringify(condition, (key, value) => (key === 'text' ? undefined : value)));
}

function satisfying({ condition }: Check): Values | null {
  const all = { low: -Infinity, lowOpen: false, high: Infinity, highOpen: false, hole: null };
  if (condition.kind === 'between') {
    const { low, high } = condition;
    return {
      ...all,
      ...(low.kind === 'number' ? { low: low.value } : {}),
      ...(high.kind === 'number' ? { high: high.value } : {}),
    };
  }
  if (condition.kind === 'holds') return { ...all, low: 1, high: 1 };
  if (condition.bound.kind === 'baseline') return null;
  const { value } = condition.bound;
  switch (condition.operator) {
    case '>=':
      return { ...all, low: value };
    case '>':
      return { ...all, low: value, lowOpen: true };
    case '<=':
      return { ...all, high: value };
    case '<':
      return { ...all, high: value, highOpen: true };
    case '==':
      return { ...all, low: value, high: value };
    case '!=':
      return { ...all, hole: value };
  }
}

/**
 * The earlier conditions that leave no value together with this one; empty when some value is left. Two ranges
 * that do not meet are enough (Helly's theorem on the line); besides, all may meet in one point that `!=` excludes.
 */
function excludedBy(required: readonly { index: number; values: Values }[], latest: Values): number[] {
  for (const { index, values } of required) {
    if (isEmpty(intersect(values, latest))) return [index];
  }
  const all = required.reduce((sum, { values }) => intersect(sum, values), latest);
  if (all.low !== all.high) return [];
  const point = all.low;
  const holes = [...required.map(({ values }) => values.hole), latest.hole];
  if (!holes.includes(point)) return [];
  return required
    .filter(({ values }) => values.hole === point || values.low === point || values.high === point)
    .map(({ index }) => index);
}

function intersect(a: Values, b: Values): Values {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return {
    low,
    lowOpen: (a.low === low && a.lowOpen) || (b.low === low && b.lowOpen),
    high,
    highOpen: (a.high === high && a.highOpen) || (b.high === high && b.highOpen),
    hole: a.hole ?? b.hole,
  };
}

function isEmpty({ low, lowOpen, high, highOpen, hole }: Values): boolean {
  return low > high || (low === high && (lowOpen || highOpen || hole === low));
}

/** `no value can satisfy both `>= 0.9` (line 1) and …`: the earlier conditions with their lines. */
export function describeEarlier(checks: readonly Check[], indices: readonly number[]): string {
  return indices
    .map((index) => {
      const check = checks[index] as Check;
      const line = check.place === null ? '' : ` of line ${check.place.line}`;
      return `\`${renderCondition(check)}\`${line}`;
    })
    .join(' and ');
}
