/** The lint of one expression, and of what is made of its result. */

import { nearest } from '../../core/gate/index.ts';
import type { Span } from './ast.ts';
import { functions, renamed } from './functions.ts';
import { inferExpression } from './infer.ts';
import type { Knowledge } from './knowledge.ts';
import { canHave, hasAlways, namesOf } from './labels.ts';
import type { Mistake } from './mistake.ts';
import { parsePromql } from './parse.ts';
import type { Value } from './value.ts';

export interface Linted {
  readonly mistakes: readonly Mistake[];
  readonly value: Value;
}

/** What it is for: a graph or an alert shows the numbers to people, a recorded series is looked at by other expressions. */
export type Purpose = 'shown' | 'recorded';

export function lintPromql(text: string, knowledge: Knowledge, purpose: Purpose = 'shown'): Linted {
  const parsed = parsePromql(text);
  if ('error' in parsed) return { mistakes: [syntaxMistake(text, parsed.error)], value: { type: 'unknown' } };
  const { value, mistakes } = inferExpression(text, parsed.expression, knowledge);
  return { value, mistakes: [...mistakes, ...rawCounter(text, value, purpose)] };
}

function syntaxMistake(text: string, { from, to }: Span): Mistake {
  const name = 'promql-syntax';
  const called = text[from] === '(' ? (/([A-Za-z_]\w*)\s*$/.exec(text.slice(0, from))?.[1] ?? null) : null;
  if (called !== null && !functions.has(called)) {
    const near = renamed.get(called) ?? nearest(called, functions.keys());
    const mend = near === undefined ? 'see the functions of Prometheus' : `did you mean ${near}?`;
    return { name, part: `${called}(…)`, message: `there is no function ${called}`, mend };
  }
  const isEnd = from >= text.trimEnd().length;
  return {
    name,
    part: text.slice(Math.max(0, from - 20), Math.max(to, from + 20)).trim(),
    message: isEnd
      ? 'it ends too early: a parenthesis or a side of an operator is missing'
      : `it is not understood from here: \`${text.slice(from, from + 20).trim()}\``,
    mend: 'see the syntax of PromQL',
  };
}

function rawCounter(text: string, value: Value, purpose: Purpose): Mistake[] {
  if (purpose !== 'shown' || value.type !== 'vector') return [];
  if (value.nature !== 'counter' && value.nature !== 'ratio') return [];
  const isRatio = value.nature === 'ratio';
  return [
    {
      name: 'promql-raw-counter',
      part: text.trim(),
      message: isRatio
        ? 'a ratio of counters is one since the process was started: what happens now hardly moves it'
        : `${value.metric ?? 'this'} is a counter: its number says how long its process has run, not what happens`,
      mend: isRatio
        ? 'take the `rate` of both first'
        : `show its rate: \`rate(${value.metric ?? '…'}[5m])\`, or how much it grew: \`increase(${value.metric ?? '…'}[1d])\``,
    },
  ];
}

/** Labels that a text names (`{{ $labels.job }}`, `{{job}}`) and the result cannot have: there stands nothing. */
export function missingLabels(value: Value, named: readonly string[], part: string): Mistake[] {
  if (value.type !== 'vector') return [];
  const { labels } = value;
  const ofLabels = namesOf(labels).filter((name) => hasAlways(labels, name));
  return [...new Set(named)]
    .filter((label) => !canHave(labels, label))
    .map((label) => ({
      name: 'promql-label-not-in-result' as const,
      part,
      message: `the result has no label ${label}: nothing stands there`,
      mend:
        ofLabels.length === 0
          ? 'no label is left: keep it in the expression, `sum by (…)`'
          : `keep it in the expression, or name one of ${ofLabels.join(', ')}`,
    }));
}
