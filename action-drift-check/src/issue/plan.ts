/** What a run means for the issue: pure, so that every course of events can be tested. */

import { type DriftMemory, noMemory, type RunNote, record, streakOf } from './memory.ts';

/** The issue as it stands; `memory` null: it was edited away. */
export interface Standing {
  readonly open: boolean;
  readonly memory: DriftMemory | null;
}

export type Plan =
  | { readonly do: 'nothing' }
  | {
      readonly do: 'open' | 'update' | 'close' | 'reopen';
      readonly memory: DriftMemory;
      /** Somebody closed the issue while this drift lasts: it stays closed, and nothing is retrained. */
      readonly dismissed: boolean;
      /** The earlier record was lost. */
      readonly lost: boolean;
    };

export function plan(standing: Standing | null, note: RunNote, columns: readonly string[], now: Date): Plan {
  const lost = standing !== null && standing.memory === null;
  const earlier = standing === null ? noMemory : (standing.memory ?? lostMemory(standing, now));
  const before = streakOf(earlier);
  const after = record(earlier, note, columns);
  const open = { ...after, closed: false };
  const common = { dismissed: false, lost };
  const drifts = streakOf(after).count > 0;

  if (standing === null) return drifts ? { ...common, do: 'open', memory: open } : { do: 'nothing' };
  if (standing.open) {
    // An issue that somebody reopened after the drift had ended is theirs to close.
    return !drifts && before.count > 0
      ? { ...common, do: 'close', memory: { ...after, closed: true } }
      : { ...common, do: 'update', memory: open };
  }
  const dismissed = before.count > 0 && !earlier.closed;
  if (!drifts) {
    return before.count > 0
      ? { ...common, do: 'update', memory: { ...after, closed: true } }
      : { do: 'nothing' };
  }
  return dismissed
    ? { ...common, dismissed, do: 'update', memory: open }
    : { ...common, do: 'reopen', memory: open };
}

/**
 * The careful reading of an issue whose record is gone: an open one stands for a drift that goes on, a closed one for
 * one that ended, and a retraining may just have been requested.
 */
function lostMemory({ open }: Standing, now: Date): DriftMemory {
  return {
    ...noMemory,
    before: { count: open ? 1 : 0, since: null },
    retrained: { run: null, at: now.toISOString() },
    closed: !open,
  };
}
