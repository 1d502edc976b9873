/** The outcome of a rollout as a check, and in words. */

import type { Judged } from '../../core/gate/types.ts';
import { judgeHolding } from './judge-holding.ts';
import type { Cause, Outcome, Rollback } from './types.ts';

export interface Ended {
  readonly outcome: Outcome;
  readonly causes: readonly Cause[];
  readonly rollback: Rollback | null;
  readonly left: string;
  readonly unproven: string | null;
}

const words: Readonly<Record<Outcome, string>> = {
  succeeded: 'the rollout succeeded',
  unchanged: 'nothing had to be changed',
  planned: 'planned, nothing was changed',
  'rolled-back': 'the rollout failed and was rolled back',
  'rollback-failed': 'the rollout failed, and so did its rollback',
  failed: 'the rollout failed',
  'timed-out': 'the rollout did not end in time',
  superseded: 'another deployment took the place of this one',
};

export function passes(outcome: Outcome): boolean {
  return outcome === 'succeeded' || outcome === 'unchanged' || outcome === 'planned';
}

/** One line: the first thing that went wrong; null: nothing did. */
export function causeOf({ outcome, causes, left }: Ended): string | null {
  if (passes(outcome)) return null;
  return causes[0]?.text ?? `${words[outcome]}: ${left}`;
}

/** The check `rollout`: the cause comes first, since a phone shows the beginning of a line. */
export function rolloutCheck(ended: Ended): Judged {
  const { outcome, causes, rollback, left, unproven } = ended;
  const passed = passes(outcome);
  const parts = [causes[0]?.text, words[outcome], rollback?.verified === true ? rollback.text : left];
  const reason = (passed ? [words[outcome], left] : parts)
    .filter((part) => part !== undefined && part !== '')
    .join('; ');
  return judgeHolding({
    metric: 'rollout',
    selector: null,
    holds: passed,
    reason,
    unproven: passed ? unproven : null,
  });
}
