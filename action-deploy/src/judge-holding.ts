import { impliedCheck, judge } from '../../core/gate/index.ts';
import type { Judged } from '../../core/gate/types.ts';

export interface Holding {
  readonly metric: string;
  readonly selector: string | null;
  readonly holds: boolean;
  /** In the place of the usual words. */
  readonly reason: string;
  /** Why it cannot be judged, whatever holds; null: it can. */
  readonly unproven?: string | null;
}

/** A check of something that is so or is not. */
export function judgeHolding({ metric, selector, holds, reason, unproven = null }: Holding): Judged {
  const judged = judge(
    impliedCheck(metric, selector, { kind: 'holds' }),
    {
      metric,
      selector,
      estimate: { defined: true, value: holds ? 1 : 0, interval: null, n: 1 },
      baseline: null,
      contrast: null,
      ...(unproven === null ? {} : { inconclusive: unproven }),
    },
    { confidence: 0.95 },
  );
  return unproven === null ? { ...judged, reason } : judged;
}
