/** The verdict in words, the same in every report. */

import type { CheckRecord, GateResult, Verdict } from '../gate/types.ts';
import { shorten } from './escape.ts';
import { counted, formatCount } from './format.ts';

/** Longest name and longest sentence from data that a report shows in one place. */
export const nameLimit = 200;
export const sentenceLimit = 400;

/**
 * With more checks than these, those that passed are folded, and the page shows no more than `mostOpenBroken` of the
 * others before what the gate itself has to say: nobody looks through hundreds.
 */
export const mostOpenChecks = 24;
export const mostOpenBroken = 12;

const gateNames: Readonly<Record<string, string>> = {
  'validate-model': 'Model gate',
  'validate-data': 'Data gate',
  'perf-gate': 'Performance gate',
  'drift-check': 'Drift check',
  deploy: 'Deployment',
};

/** How a check ended for the reader: a `warn:` check that does not hold warns, it never fails. */
export type Standing = 'failed' | 'inconclusive' | 'warning' | 'passed';

export const standings: readonly Standing[] = ['failed', 'inconclusive', 'warning', 'passed'];

export const standingIcons: Readonly<Record<Standing, string>> = {
  failed: '❌',
  inconclusive: '❔',
  warning: '⚠️',
  passed: '✅',
};

export function standingOf(check: CheckRecord): Standing {
  if (check.verdict === 'pass') return 'passed';
  if (check.severity === 'warn') return 'warning';
  return check.verdict === 'fail' ? 'failed' : 'inconclusive';
}

/** Failed first, then inconclusive, warnings, passed; within each in the order they were written. */
export function worstFirst(checks: readonly CheckRecord[]): readonly CheckRecord[] {
  return standings.flatMap((standing) => checks.filter((check) => standingOf(check) === standing));
}

export interface Headline {
  readonly verdict: Verdict;
  readonly icon: string;
  /** `Model gate failed: 2 of 5 checks`. The id is text from the workflow: escape it. */
  readonly title: string;
  /** One sentence: why. From data: escape it. */
  readonly reason: string;
}

const verdictIcons: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', inconclusive: '⚠️' };
const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'inconclusive',
};

export function headline(result: GateResult<unknown>): Headline {
  const { verdict, checks, id } = result.predicate.gate;
  const name = `${gateName(result)}${id === '' ? '' : ` (${shorten(id, nameLimit)})`}`;
  return {
    verdict,
    icon: verdictIcons[verdict],
    title: `${name} ${verdictWords[verdict]}${countOf(verdict, checks)}`,
    reason: worstReason(checks),
  };
}

export function gateName(result: GateResult<unknown>): string {
  const { action } = result.predicate.gate;
  return gateNames[action] ?? action;
}

function countOf(verdict: Verdict, checks: readonly CheckRecord[]): string {
  const of = (standing: Standing) => checks.filter((check) => standingOf(check) === standing).length;
  const total = counted(checks.length, 'check');
  const warnings = of('warning') === 0 ? '' : `, ${counted(of('warning'), 'warning')}`;
  switch (verdict) {
    case 'pass':
      return checks.length === 0 ? '' : `: ${total}${warnings}`;
    case 'fail':
      return `: ${formatCount(of('failed'))} of ${total}${warnings}`;
    case 'inconclusive':
      return `: ${formatCount(of('inconclusive'))} of ${total}${warnings}`;
  }
}

/** The reason of the check that decided; when all passed, of the one that passed by the smallest margin. */
function worstReason(checks: readonly CheckRecord[]): string {
  const worst = worstFirst(checks)[0];
  if (worst === undefined) return 'No checks were asked for.';
  if (standingOf(worst) !== 'passed') return describe(worst);
  const closest = checks.reduce(
    (nearest, check) => (margin(check) < margin(nearest) ? check : nearest),
    worst,
  );
  return checks.length === 1 ? describe(closest) : `Closest to its threshold: ${describe(closest)}`;
}

function describe(check: CheckRecord): string {
  return sentence(`${shorten(check.id, nameLimit)}: ${shorten(check.reason, sentenceLimit)}`);
}

export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Distance from the threshold as a share of it; checks without a single bound come last. */
function margin(check: CheckRecord): number {
  if (check.value === null || check.threshold === null) return Number.POSITIVE_INFINITY;
  const scale = Math.max(Math.abs(check.threshold), Math.abs(check.value)) || 1;
  return Math.abs(check.value - check.threshold) / scale;
}
