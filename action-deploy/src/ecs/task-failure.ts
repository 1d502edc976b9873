/** Why a task stopped, where that is a failure. Pure. */

import { cleanLine } from './clean.ts';
import { hintOf, hintOfExit } from './hints.ts';
import type { Task } from './model.ts';

export interface TaskFailure {
  readonly task: string;
  readonly at: Date | null;
  /** ECS's own word: `CannotPullContainerError`, `OutOfMemoryError`, `EssentialContainerExited`. */
  readonly reason: string;
  /** Whose log may tell more; null: none came so far. */
  readonly container: string | null;
  readonly exitCode: number | null;
  /** What happened, without the task's name: failures with the same text are the same failure. */
  readonly text: string;
  /** Empty: none is known. */
  readonly hint: string;
  /** Another task cannot fare better. */
  readonly lasting: boolean;
}

/** In characters; ECS's own limit for reasons is 1,024. */
const longestReason = 240;

/** Stopped for reasons that are not the deployment's: by people, by the scheduler, by AWS. */
const notFailures = new Set([
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
]);

/** Null: it is no failure, as a task that is drained, or one that was stopped by somebody. */
export function failureOf(task: Task): TaskFailure | null {
  if (task.lastStatus !== 'STOPPED' && task.stoppedReason === null) return null;
  const { stopCode, stoppedReason } = task;
  if (stopCode !== null && notFailures.has(stopCode)) return null;
  const told = stoppedReason ?? '';
  if (stopCode === 'ServiceSchedulerInitiated' && !/failed|unhealthy/i.test(told)) return null;
  if (/^Scaling activity initiated|^Task stopped by|^Your Spot Task/i.test(told)) return null;
  return stopCode === 'EssentialContainerExited' || /^Essential container/i.test(told)
    ? exitOf(task)
    : (healthOf(task, told) ?? startOf(task, told));
}

/** The container that died first is not told: others are killed with 137 or 143 after it. */
function exitOf(task: Task): TaskFailure {
  const exited = task.containers.filter(({ exitCode, reason }) => exitCode !== null || reason !== null);
  const culprit =
    exited.find(({ reason }) => reason !== null && /OutOfMemory/i.test(reason)) ??
    exited.find(({ exitCode }) => exitCode !== 0 && exitCode !== 137 && exitCode !== 143) ??
    exited.find(({ exitCode }) => exitCode !== 0) ??
    exited[0];
  if (culprit === undefined) return made(task, 'EssentialContainerExited', null, null, told(task));
  const { name, exitCode, reason } = culprit;
  const word = wordOf(reason ?? '') ?? 'EssentialContainerExited';
  const where = `container ${name}`;
  const exit = exitCode === null ? 'stopped' : `exited with code ${exitCode}`;
  const text = reason === null ? `${where} ${exit}` : `${where} ${exit}: ${reason}`;
  const known = hintOf(reason ?? '');
  const hint = known?.hint ?? (exitCode === null ? '' : hintOfExit(exitCode));
  return { ...made(task, word, name, exitCode, text), hint, lasting: known?.lasting ?? false };
}

function healthOf(task: Task, reason: string): TaskFailure | null {
  const container = task.containers.find(({ health }) => health === 'UNHEALTHY') ?? task.containers[0];
  const group = /failed ELB health checks in \(target-group (\S+?)\)/i.exec(reason)?.[1];
  if (group !== undefined) {
    const name = /targetgroup\/([^/]+)\//.exec(group)?.[1] ?? group;
    const text = `failed the health checks of target group ${name}`;
    return made(task, 'FailedElbHealthChecks', container?.name ?? null, null, text);
  }
  if (!/failed container health checks|unhealthy/i.test(reason)) return null;
  const text = container === undefined ? reason : `container ${container.name} failed its health check`;
  return made(task, 'FailedContainerHealthChecks', container?.name ?? null, null, text);
}

/** It never ran: a container's reason says more than the task's, where there is one. */
function startOf(task: Task, reason: string): TaskFailure {
  const blamed = task.containers.find((container) => container.reason !== null);
  const most = wordOf(reason) === null && blamed?.reason ? blamed.reason : reason;
  const word = wordOf(most) ?? task.stopCode ?? 'TaskFailedToStart';
  const where = blamed === undefined ? '' : `container ${blamed.name}: `;
  const failure = made(task, word, blamed?.name ?? null, null, `${where}${most || 'it failed to start'}`);
  const known = hintOf(most);
  return { ...failure, hint: known?.hint ?? '', lasting: known?.lasting ?? false };
}

function told(task: Task): string {
  return task.stoppedReason ?? 'an essential container exited';
}

function made(
  task: Task,
  reason: string,
  container: string | null,
  exitCode: number | null,
  text: string,
): TaskFailure {
  return {
    task: task.id,
    at: task.stoppedAt,
    reason,
    container,
    exitCode,
    text: cleanLine(text, longestReason),
    hint: '',
    lasting: false,
  };
}

/** `CannotPullContainerError` of `CannotPullContainerError: …`. */
function wordOf(reason: string): string | null {
  return /^([A-Z][A-Za-z]*(?:Error|Exception|Timeout))\b/.exec(reason.trim())?.[1] ?? null;
}

/** Two failures are the same when nothing but names and numbers of this very attempt differs. */
export function signature(failure: TaskFailure): string {
  const text = failure.text
    .replace(/arn:\S+/g, 'arn')
    .replace(/\b[0-9a-f]{8,}\b/g, 'id')
    .replace(/\d+/g, 'n');
  return `${failure.reason}|${failure.container ?? ''}|${failure.exitCode ?? ''}|${text}`;
}

export interface FailureGroup {
  readonly first: TaskFailure;
  readonly last: TaskFailure;
  readonly count: number;
}

/** The same failures together, the most frequent first; among equals the earliest. */
export function grouped(failures: readonly TaskFailure[]): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const time = ({ at }: TaskFailure) => at?.getTime() ?? 0;
  for (const failure of [...failures].sort((a, b) => time(a) - time(b))) {
    const key = signature(failure);
    const known = groups.get(key);
    groups.set(key, {
      first: known?.first ?? failure,
      last: failure,
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** So often the same: then the next one will be, too. */
const certainAfter = { lasting: 2, other: 3 };

/** The failure that makes it certain that no task will run; null: it is not certain. */
export function certainFailure(failures: readonly TaskFailure[]): FailureGroup | null {
  const certain = grouped(failures).find(
    ({ first, count }) => count >= (first.lasting ? certainAfter.lasting : certainAfter.other),
  );
  return certain ?? null;
}
