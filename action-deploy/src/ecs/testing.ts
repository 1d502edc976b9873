/** Tasks as ECS tells them, for tests. */

import type { Task } from './model.ts';
import { failureOf, type TaskFailure } from './task-failure.ts';

const id = 'f'.repeat(32);
export const at = new Date('2026-01-05T09:00:00Z');
export type Container = Task['containers'][number];

export function container(fields: Partial<Container> = {}): Container {
  return { name: 'app', exitCode: null, reason: null, health: null, ...fields };
}

export function task(fields: Partial<Task> = {}): Task {
  return {
    id,
    taskDefinition: 'web:42',
    startedBy: 'ecs-svc/1',
    lastStatus: 'STOPPED',
    health: null,
    createdAt: at,
    startedAt: null,
    stoppedAt: at,
    stopCode: 'TaskFailedToStart',
    stoppedReason: null,
    containers: [container()],
    ...fields,
  };
}

/** So many tasks that failed to start for each reason, one after the other; names begin with the reason's place. */
export function failures(...reasons: readonly (readonly [string, number])[]): TaskFailure[] {
  return reasons.flatMap(([stoppedReason, count], i) =>
    Array.from({ length: count }, (_, j) => {
      const stoppedAt = new Date(at.getTime() + i * 1_000 + j);
      const found = failureOf(
        task({ id: `${i}${j}`.padEnd(32, '0'), stoppedReason, createdAt: stoppedAt, stoppedAt }),
      );
      if (found === null) throw new Error(stoppedReason);
      return found;
    }),
  );
}
