/** What happens while the rollout goes on: in the log at once, and in the report as a timeline. */

import type { Log } from '../../core/report/log.ts';
import type { RollingWorld, TimelineEvent } from './types.ts';

/** More than anybody reads; the log has all of them. How it began, and how it ended: there the failure and the rollback are. */
const mostFirst = 200;
const mostLast = 300;

const marks: Readonly<Record<TimelineEvent['kind'], string>> = {
  step: '=> ',
  progress: '   ',
  warning: ' ! ',
  failure: ' x ',
  analysis: ' ? ',
  rollback: '<= ',
};

export interface Timeline {
  readonly tell: RollingWorld['tell'];
  /** In the order of their times. */
  events(): readonly TimelineEvent[];
}

export function createTimeline(log: Log, clock: () => Date): Timeline {
  const first: TimelineEvent[] = [];
  const last: TimelineEvent[] = [];
  let left = 0;
  return {
    tell({ at = clock().toISOString(), ...told }) {
      // Never as a warning of the job: GitHub shows ten of them, and the verdict's must be among those.
      log.info(`${marks[told.kind]}${told.subject === '' ? '' : `${told.subject}: `}${told.text}`);
      if (first.length < mostFirst) {
        first.push({ at, ...told });
        return;
      }
      last.push({ at, ...told });
      if (last.length <= mostLast) return;
      last.shift();
      left += 1;
    },
    events() {
      if (left === 0) return inOrder([...first, ...last]);
      const at = first.at(-1)?.at ?? clock().toISOString();
      const gap: TimelineEvent = {
        at,
        kind: 'progress',
        subject: '',
        text: `${left} more events stand in the log`,
      };
      return [...inOrder(first), gap, ...inOrder(last)];
    },
  };
}

function inOrder(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  return events
    .map((event, index) => ({ event, index }))
    .sort((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at) || a.index - b.index)
    .map(({ event }) => event);
}
