/** Failed requests by kind, each with an example. */

import type { Redact } from '../inputs/secrets.ts';
import { type Outcome, type OutcomeExample, outcomes } from '../load/index.ts';
import type { Life } from '../run/index.ts';
import { okIndex } from './reading.ts';

export interface FailureKind {
  /** `unexpected 503`, `timeout`, `reset`, … */
  readonly kind: string;
  readonly count: number;
  /** One sentence of the first one; null: none was kept. */
  readonly example: string | null;
  /** Latency of these requests: from due to failure, in ms; null where it never came to one. */
  readonly p50: number | null;
  readonly max: number | null;
}

const mostKinds = 20;
const longestExample = 300;

/** The most frequent first. */
export function failuresOf(lives: readonly Life[], target: number, redact: Redact): readonly FailureKind[] {
  const kinds = new Map<string, { outcome: Outcome; status: number; ms: number[] }>();
  for (const { load } of lives) {
    const { schedule, doneMs, outcome, status } = load.samples;
    for (let i = 0; i < outcome.length; i++) {
      if (schedule.target[i] !== target || outcome[i] === okIndex) continue;
      const name = outcomes[outcome[i] ?? 0] ?? 'unfinished';
      const kind = name === 'unexpected' ? `unexpected ${status[i]}` : name;
      const known = kinds.get(kind) ?? { outcome: name, status: status[i] ?? 0, ms: [] };
      known.ms.push((doneMs[i] ?? Number.NaN) - (schedule.dueMs[i] ?? 0));
      kinds.set(kind, known);
    }
  }
  const examples = lives.flatMap(({ load }) => load.examples).filter((each) => each.target === target);
  return [...kinds]
    .sort(([, a], [, b]) => b.ms.length - a.ms.length)
    .slice(0, mostKinds)
    .map(([kind, { outcome, status, ms }]) => {
      const known = Float64Array.from(ms.filter((each) => Number.isFinite(each))).sort();
      return {
        kind,
        count: ms.length,
        example: exampleOf(examples, outcome, status, redact),
        p50: known[Math.ceil(known.length / 2) - 1] ?? null,
        max: known.at(-1) ?? null,
      };
    });
}

function exampleOf(
  examples: readonly OutcomeExample[],
  outcome: Outcome,
  status: number,
  redact: Redact,
): string | null {
  const found =
    examples.find((each) => each.outcome === outcome && each.status === status) ??
    examples.find((each) => each.outcome === outcome && outcome !== 'unexpected');
  return found === undefined ? null : redact(found.message).slice(0, longestExample);
}
