/** What happens while the rollout goes on: in the log at once, and in the report as a timeline. */

import type { Log } from '../../core/report/log.ts';
import type { RollingWorld, TimelineEvent } from './types.ts';

/** More than anybody reads; the log has all of them. */
const mostEvents = 500;

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
  const events: TimelineEvent[] = [];
  let left = 0;
  return {
    tell({ at = clock().toISOString(), ...told }) {
      // Never as a warning of the job: GitHub shows ten of them, and the verdict's must be among those.
      log.info(`${marks[told.kind]}${told.subject === '' ? '' : `${told.subject}: `}${told.text}`);
      if (events.length < mostEvents) events.push({ at, ...told });
      else left += 1;
    },
    events() {
      const ordered = events
        .map((event, index) => ({ event, index }))
        .sort((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at) || a.index - b.index)
        .map(({ event }) => event);
      if (left === 0) return ordered;
      const at = ordered.at(-1)?.at ?? clock().toISOString();
      return [
        ...ordered,
        { at, kind: 'progress', subject: '', text: `${left} more events stand in the log` },
      ];
    },
  };
}
