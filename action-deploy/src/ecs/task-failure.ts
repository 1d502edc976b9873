/** Why a task stopped, where that is a failure. Pure. */

import { cleanLine } from './clean.ts';
import { hintOf, hintOfExit } from './hints.ts';
import type { Task } from './model.ts';

export interface TaskFailure {
  readonly task: string;
  readonly createdAt: Date | null;
  /** When it stopped. */
  readonly at: Date | null;
  /** ECS's own word: `CannotPullContainerError`, `OutOfMemoryError`, `EssentialContainerExited`. */
  readonly reason: string;
  /** Whose log may tell more; null: none came so far. */
  readonly container: string | null;
  readonly exitCode: number | null;
  /** What happened: `container app exited with code 1`. */
  readonly head: string;
  /** ECS's own words; empty: none beside the head. */
  readonly detail: string;
  /** What it usually means; empty: nothing is known. */
  readonly hint: string;
  /** Another task cannot fare better. */
  readonly lasting: boolean;
}

/** In characters; ECS's own limit for reasons is 1,024. */
const longestDetail = 240;

/** Stopped for reasons that are not the deployment's: by people, by the scheduler, by AWS. */
const notFailures = new Set([
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
]);

/** Null: it is no failure, as a task that is drained, or one that was stopped by somebody; or not all is known yet. */
export function failureOf(task: Task): TaskFailure | null {
  const { stopCode, stoppedReason } = task;
  if (!isTold(task) || (stopCode !== null && notFailures.has(stopCode))) return null;
  const told = stoppedReason ?? '';
  if (stopCode === 'ServiceSchedulerInitiated' && !/failed|unhealthy/i.test(told)) return null;
  if (/^Scaling activity initiated|^Task stopped by|^Your Spot Task/i.test(told)) return null;
  return stopCode === 'EssentialContainerExited' || /^Essential container/i.test(told)
    ? exitOf(task)
    : (healthOf(task, told) ?? startOf(task, told));
}

/** While a task stops, its reason is there before the exit codes of its containers are. */
function isTold({ lastStatus, stopCode, stoppedReason, containers }: Task): boolean {
  if (lastStatus === 'STOPPED') return true;
  if (stoppedReason === null) return false;
  const exits = stopCode === 'EssentialContainerExited';
  return containers.some(({ exitCode, reason }) => exitCode !== null || (reason !== null && !exits));
}

/** The container that died first is not told: others are killed with 137 or 143 after it. */
function exitOf(task: Task): TaskFailure {
  const exited = task.containers.filter(({ exitCode, reason }) => exitCode !== null || reason !== null);
  const culprit =
    exited.find(({ reason }) => reason !== null && /OutOfMemory/i.test(reason)) ??
    exited.find(({ exitCode }) => exitCode !== 0 && exitCode !== 137 && exitCode !== 143) ??
    exited.find(({ exitCode }) => exitCode !== 0) ??
    exited[0];
  const word = 'EssentialContainerExited';
  if (culprit === undefined) return made(task, { reason: word, head: 'an essential container exited' });
  const { name: container, exitCode } = culprit;
  const detail = culprit.reason ?? '';
  const known = hintOf(detail);
  return made(task, {
    reason: wordOf(detail) ?? word,
    container,
    exitCode,
    head: `container ${container} ${exitCode === null ? 'stopped' : `exited with code ${exitCode}`}`,
    detail,
    hint: known?.hint ?? (exitCode === null ? '' : hintOfExit(exitCode)),
    lasting: known?.lasting ?? false,
  });
}

function healthOf(task: Task, told: string): TaskFailure | null {
  const culprit = task.containers.find(({ health }) => health === 'UNHEALTHY') ?? task.containers[0];
  const container = culprit?.name ?? null;
  const group = /failed ELB health checks in \(target-group (\S+?)\)/i.exec(told)?.[1];
  if (group !== undefined) {
    const name = /targetgroup\/([^/]+)\//.exec(group)?.[1] ?? group;
    const head = `the task failed the health checks of target group ${name}`;
    return made(task, { reason: 'FailedElbHealthChecks', container, head });
  }
  if (!/failed container health checks|unhealthy/i.test(told)) return null;
  const head = container === null ? told : `container ${container} failed its health check`;
  return made(task, { reason: 'FailedContainerHealthChecks', container, head });
}

/** It never ran: a container's reason says more than the task's, where there is one. */
function startOf(task: Task, told: string): TaskFailure {
  const blamed = task.containers.find(({ reason }) => reason !== null);
  const detail = wordOf(told) === null && blamed?.reason ? blamed.reason : told;
  const known = hintOf(detail);
  return made(task, {
    reason: wordOf(detail) ?? task.stopCode ?? 'TaskFailedToStart',
    container: blamed?.name ?? null,
    head: `${blamed === undefined ? 'the task' : `container ${blamed.name}`} failed to start`,
    detail,
    hint: known?.hint ?? '',
    lasting: known?.lasting ?? false,
  });
}

type Told = Pick<TaskFailure, 'reason' | 'head'> & Partial<TaskFailure>;

function made(task: Task, told: Told): TaskFailure {
  return {
    task: task.id,
    createdAt: task.createdAt,
    at: task.stoppedAt,
    container: null,
    exitCode: null,
    hint: '',
    lasting: false,
    ...told,
    head: cleanLine(told.head, longestDetail),
    detail: cleanLine(unrepeated(told.detail ?? ''), longestDetail),
  };
}

/** `failed to resolve ref api:2: api:2: not found` says the same thing twice. */
function unrepeated(detail: string): string {
  return detail.replace(/(\S{8,}): \1(?=:)/g, '$1').replace(/[.\s]+$/, '');
}

/** `CannotPullContainerError` of `CannotPullContainerError: …`. */
function wordOf(reason: string): string | null {
  return /^([A-Z][A-Za-z]*(?:Error|Exception|Timeout))\b/.exec(reason.trim())?.[1] ?? null;
}

/**
 * `container app exited with code 137: out of memory: raise `memory`, or use less - OutOfMemoryError: Container killed …`
 *
 * @param telling line of its log; empty: none
 */
export function sentenceOf({ head, detail, hint }: TaskFailure, telling = ''): string {
  const meant = hintOf(telling)?.hint ?? hint;
  const parts = [meant, telling, detail].filter((part) => part !== '');
  return parts.length === 0 ? head : `${head}: ${parts.join(' - ')}`;
}

/** Two failures are the same when nothing but names and numbers of this very attempt differs. */
function signature({ reason, container, exitCode, head, detail }: TaskFailure): string {
  const text = detail
    .replace(/arn:\S+/g, 'arn')
    .replace(/\b[0-9a-f]{8,}\b/g, 'id')
    .replace(/\d+/g, 'n');
  return [reason, container, exitCode, head, text].join('|');
}

export interface FailureGroup {
  readonly first: TaskFailure;
  readonly last: TaskFailure;
  readonly count: number;
  /** Of those, one after the other: tasks that were started together failed of one and the same moment. */
  readonly attempts: number;
  /** When the latest of these attempts ended; milliseconds since 1970. */
  readonly attemptEnd: number;
}

/** The same failures together, the most frequent first; among equals the earliest. */
export function grouped(failures: readonly TaskFailure[]): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const time = ({ at }: TaskFailure) => at?.getTime() ?? 0;
  for (const failure of [...failures].sort((a, b) => time(a) - time(b))) {
    const key = signature(failure);
    const known = groups.get(key);
    const { count = 0, attempts = 0, attemptEnd = 0 } = known ?? {};
    const follows = failure.createdAt === null || failure.createdAt.getTime() >= attemptEnd;
    groups.set(key, {
      first: known?.first ?? failure,
      last: failure,
      count: count + 1,
      attempts: follows ? attempts + 1 : attempts,
      attemptEnd: follows ? time(failure) : attemptEnd,
    });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/**
 * So often the same: then the next one will be, too. What may pass, as a database that is away for half a minute, must come
 * again in a later attempt: all tasks of a service that were started together fail of it at once.
 */
const certainAfter = { lasting: 2, other: 3, attempts: 2 };

/** The failure that makes it certain that no task will run; null: it is not certain. */
export function certainFailure(failures: readonly TaskFailure[]): FailureGroup | null {
  const certain = grouped(failures).find(({ first, count, attempts }) =>
    first.lasting
      ? count >= certainAfter.lasting
      : count >= certainAfter.other && attempts >= certainAfter.attempts,
  );
  return certain ?? null;
}
