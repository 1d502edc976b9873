/** The tasks of a rollout, as they were seen; ECS forgets stopped ones after an hour. */

import type { Unit } from '../types.ts';
import type { EcsApi } from './api.ts';
import { isFailure } from './call-failure.ts';
import type { Scope } from './calls.ts';
import { short } from './cause.ts';
import { explained } from './explain.ts';
import type { Service, Task } from './model.ts';
import type { Watched } from './phase.ts';
import {
  certainFailure,
  type FailureGroup,
  failureOf,
  sentenceOf,
  type TaskFailure,
} from './task-failure.ts';

/** Units in the report. */
const most = 60;

export class TaskBook {
  private readonly api: EcsApi;
  private readonly tasks = new Map<string, Task>();
  private readonly failed = new Map<string, TaskFailure>();
  /** Why tasks cannot be read; null: they can. */
  private refused: string | null = null;

  constructor(api: EcsApi) {
    this.api = api;
  }

  get notice(): string | null {
    return this.refused === null ? null : `tasks are not looked at: ${this.refused}`;
  }

  /** Failures of the rollout's tasks, the oldest first. */
  get failures(): readonly TaskFailure[] {
    return [...this.failed.values()];
  }

  /** @returns failures that were not known before @throws CallFailure */
  async read(service: Service, watched: Watched, scope: Scope): Promise<readonly TaskFailure[]> {
    if (this.refused !== null) return [];
    try {
      const stopped = await this.api.tasks(service, 'STOPPED', scope);
      const running = await this.api.tasks(service, 'RUNNING', scope);
      // A task may stop between the two answers: what is stopped is stopped.
      for (const task of [...running, ...stopped]) this.tasks.set(task.id, task);
      const present = new Set([...running, ...stopped].map(({ id }) => id));
      this.forget(present);
    } catch (error) {
      if (!isFailure(error, 'denied', 'no-such-operation')) throw error;
      this.refused = explained(error);
      return [];
    }
    return this.fresh(watched);
  }

  private fresh(watched: Watched): readonly TaskFailure[] {
    const found: TaskFailure[] = [];
    const time = ({ stoppedAt }: Task) => stoppedAt?.getTime() ?? 0;
    for (const task of [...this.tasks.values()].sort((a, b) => time(a) - time(b))) {
      if (this.failed.has(task.id) || !belongs(task, watched)) continue;
      const failure = failureOf(task);
      if (failure === null) continue;
      this.failed.set(task.id, failure);
      found.push(failure);
    }
    return found;
  }

  /** A task that was running and is told no more has stopped; how, nobody says. */
  private forget(present: ReadonlySet<string>): void {
    for (const [id, task] of this.tasks) {
      if (!present.has(id) && task.lastStatus !== 'STOPPED') this.tasks.delete(id);
    }
  }

  /** What makes it certain that the rollout cannot end well; null: nothing does. */
  certain(watched: Watched, now: Date): FailureGroup | null {
    const certain = certainFailure(this.failures);
    if (certain === null || certain.first.lasting) return certain;
    return this.outlived(watched, now) ? null : certain;
  }

  /** Whether a task of the rollout lives on well beyond the age at which others died. */
  private outlived(watched: Watched, now: Date): boolean {
    const own = [...this.tasks.values()].filter((task) => belongs(task, watched));
    const lives = own.flatMap(({ startedAt, stoppedAt }) =>
      startedAt === null || stoppedAt === null ? [] : [stoppedAt.getTime() - startedAt.getTime()],
    );
    const age = Math.max(60_000, 2 * Math.max(0, ...lives));
    return own.some(
      ({ lastStatus, startedAt, health }) =>
        lastStatus === 'RUNNING' &&
        health !== 'UNHEALTHY' &&
        startedAt !== null &&
        now.getTime() - startedAt.getTime() > age,
    );
  }

  /** The new ones first, those that failed before the others. */
  units(watched: Watched): readonly Unit[] {
    const units = [...this.tasks.values()]
      .filter((task) => task.lastStatus !== 'STOPPED' || belongs(task, watched))
      .map((task): Unit => unitOf(task, watched));
    const rank = (unit: Unit) => (unit.revision === 'new' ? 0 : 2) + (unit.reason === null ? 1 : 0);
    return units.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1)).slice(0, most);
  }
}

/**
 * Tasks say by which deployment they were started. The same revision may have been rolled out before, so that the task
 * definition alone does not tell.
 */
function belongs(task: Task, { taskDefinition, id, since }: Watched): boolean {
  if (task.taskDefinition !== taskDefinition) return false;
  if (id !== null && task.startedBy !== null) return task.startedBy === id;
  return task.createdAt === null || task.createdAt >= since;
}

function unitOf(task: Task, watched: Watched): Unit {
  const failure = failureOf(task);
  const unhealthy = task.health === 'UNHEALTHY';
  return {
    name: short(task.id),
    revision: belongs(task, watched) ? 'new' : 'old',
    state: task.lastStatus,
    healthy: task.lastStatus === 'RUNNING' && !unhealthy,
    reason: (failure === null ? null : sentenceOf(failure)) ?? (unhealthy ? 'its health check fails' : null),
    startedAt: task.startedAt?.toISOString() ?? null,
    stoppedAt: task.stoppedAt?.toISOString() ?? null,
  };
}
