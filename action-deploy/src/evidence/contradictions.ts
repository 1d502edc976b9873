/**
 * What no gate writes: a document that disagrees with itself. The schema refuses most of it as well, but in words that do
 * not say what it means.
 */

import { fold } from '../../../core/gate/index.ts';
import type { CheckRecord, Verdict } from '../../../core/gate/types.ts';

type Json = Readonly<Record<string, unknown>>;
type Read = Pick<CheckRecord, 'id' | 'severity' | 'verdict'>;

/** Passes of these rest on what chance can do, and not on the bound alone. */
const judgedByChance = new Set([
  ...['drift', 'missing', 'new_categories', 'vanished_categories', 'same_type', 'present'],
]);

/** One line; null: none is seen, and nothing is said of a document that is no gate result. */
export function contradictionOf(document: unknown): string | null {
  const predicate = field(document, 'predicate');
  const gate = field(predicate, 'gate');
  if (!isRecord(predicate) || !isRecord(gate) || !Array.isArray(gate.checks)) return null;
  const checks = gate.checks.filter(isRecord);
  const read = checks.flatMap(readCheck);
  // The schema tells what is wrong with them.
  if (read.length !== gate.checks.length || !isVerdict(gate.verdict)) return null;
  return ofVerdict(gate.verdict, predicate, read) ?? ofLists(predicate, read) ?? ofValues(checks);
}

function ofVerdict(verdict: Verdict, { result }: Json, checks: readonly Read[]): string | null {
  const amount = fold(checks.map((check) => ({ check, verdict: check.verdict })));
  if (amount !== verdict) return `its verdict is ${verdict}, but its checks amount to ${amount}`;
  const warned = checks.some((check) => check.severity === 'warn' && check.verdict !== 'pass');
  const expected = verdict !== 'pass' ? 'FAILED' : warned ? 'WARNED' : 'PASSED';
  const isKnown = result === 'PASSED' || result === 'WARNED' || result === 'FAILED';
  return isKnown && result !== expected
    ? `its result is ${result}, but its verdict makes it ${expected}`
    : null;
}

function ofLists(predicate: Json, checks: readonly Read[]): string | null {
  const idsOf = (wanted: (check: Read) => boolean): string[] => checks.filter(wanted).map(({ id }) => id);
  const lists = {
    passedTests: idsOf(({ verdict }) => verdict === 'pass'),
    warnedTests: idsOf(({ verdict, severity }) => verdict !== 'pass' && severity === 'warn'),
    failedTests: idsOf(({ verdict, severity }) => verdict !== 'pass' && severity === 'fail'),
  };
  for (const [name, ids] of Object.entries(lists)) {
    const listed: unknown = predicate[name];
    if (!Array.isArray(listed)) continue;
    const same = listed.length === ids.length && ids.every((id) => listed.includes(id));
    if (!same) return `its ${name} are not those of its checks`;
  }
  return null;
}

/** A check that passed on its value alone, with a value that breaks the bound. */
function ofValues(checks: readonly Json[]): string | null {
  for (const { id, metric, verdict, value, threshold, condition, baseline, difference } of checks) {
    if (verdict !== 'pass' || typeof metric !== 'string' || judgedByChance.has(metric)) continue;
    if (typeof value !== 'number' || typeof condition !== 'string') continue;
    if (baseline !== null || difference !== null || / at /.test(condition)) continue;
    const operator = /^(>=|>|<=|<|==|!=) /.exec(condition)?.[1];
    if (operator === undefined || typeof threshold !== 'number') continue;
    if (!holds(value, operator, threshold)) return `its check ${String(id)} passes with ${value}`;
  }
  return null;
}

function holds(value: number, operator: string, bound: number): boolean {
  switch (operator) {
    case '>=':
      return value >= bound;
    case '>':
      return value > bound;
    case '<=':
      return value <= bound;
    case '<':
      return value < bound;
    case '==':
      return value === bound;
    default:
      return value !== bound;
  }
}

function readCheck({ id, severity, verdict }: Json): Read[] {
  const isSeverity = severity === 'fail' || severity === 'warn';
  return typeof id === 'string' && isSeverity && isVerdict(verdict) ? [{ id, severity, verdict }] : [];
}

function isVerdict(value: unknown): value is Verdict {
  return value === 'pass' || value === 'fail' || value === 'inconclusive';
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
