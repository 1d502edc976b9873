/** The root cause, from what ECS left behind. Pure. */

import type { Cause } from '../types.ts';
import { cleanLine } from './clean.ts';
import { type ReadEvent, readEvent, weightOf } from './events.ts';
import { lastPart, type ServiceEvent } from './model.ts';
import { type FailureGroup, grouped, sentenceOf, type TaskFailure } from './task-failure.ts';

export interface Evidence {
  /** Of tasks of this deployment. */
  readonly failures: readonly TaskFailure[];
  /** Since the deployment began. */
  readonly events: readonly ServiceEvent[];
  /** Those that went off, with CloudWatch's reason where it is known. */
  readonly alarms: readonly { readonly name: string; readonly reason: string | null }[];
  /** Last log lines of a task, oldest first; empty where they could not be read. */
  readonly logLines: ReadonlyMap<string, readonly string[]>;
  /** What ECS says of the deployment itself; null: nothing. */
  readonly statusReason: string | null;
  /** ARNs of the functions at lifecycle hooks that failed. */
  readonly failedHooks: readonly string[];
}

/**
 * Tasks that stopped, then events, then alarms, then what ECS says of the deployment.
 *
 * @param service name
 */
export function causesOf(evidence: Evidence, service: string): readonly Cause[] {
  const { failures, events, alarms, logLines, statusReason, failedHooks } = evidence;
  return [
    ...grouped(failures).map((group) => ofTasks(group, logLines)),
    ...ofEvents(events, service),
    ...alarms.map(ofAlarm),
    ...failedHooks.map(ofHook),
    ...(statusReason === null ? [] : [ofStatus(statusReason, service)]),
  ];
}

function ofTasks(group: FailureGroup, logLines: ReadonlyMap<string, readonly string[]>): Cause {
  const { first, last, count } = group;
  const told = [first, last].find(({ task }) => (logLines.get(task)?.length ?? 0) > 0) ?? first;
  const lines = logLines.get(told.task) ?? [];
  const telling = cleanLine(tellingLine(lines), 160);
  const many = count > 1 ? `${count} tasks, as ${short(first.task)}` : `task ${short(first.task)}`;
  return {
    source: 'unit',
    reason: first.reason,
    text: `${sentenceOf(first, telling)} (${many})`,
    logLines: lines,
  };
}

/** The last line that looks like an error; else the last one. */
function tellingLine(lines: readonly string[]): string {
  const errors = lines.filter((line) => /error|exception|fatal|panic|cannot|failed|denied/i.test(line));
  return errors.at(-1) ?? lines.at(-1) ?? '';
}

/** Each kind once, the one nearest to the root first. */
function ofEvents(events: readonly ServiceEvent[], service: string): readonly Cause[] {
  const found = new Map<string, { event: ReadEvent; weight: number; at: number }>();
  for (const { at, message } of events) {
    const event = readEvent(message);
    const weight = weightOf(event);
    if (weight === null || event.reason === null) continue;
    const known = found.get(event.reason);
    if (known === undefined || at.getTime() < known.at) {
      found.set(event.reason, { event, weight, at: at.getTime() });
    }
  }
  return [...found.values()]
    .sort((a, b) => a.weight - b.weight || a.at - b.at)
    .map(({ event }) => ({
      source: 'event',
      reason: event.reason ?? '',
      text: [`service ${service} ${event.text.replace(/[.\s]+$/, '')}`, event.hint]
        .filter((part) => part !== '')
        .join(' - '),
      logLines: [],
    }));
}

function ofAlarm({ name, reason: why }: Evidence['alarms'][number]): Cause {
  const told = why === null ? '' : `: ${cleanLine(why)}`;
  const text = `the alarm ${cleanLine(name, 120)} went off while the new revision rolled out${told}`;
  return { source: 'alarm', reason: 'ALARM', text, logLines: [] };
}

function ofHook(arn: string): Cause {
  const name = cleanLine(arn.split(':').at(-1) ?? arn, 120);
  const text = `the lifecycle hook ${lastPart(name)} did not let the deployment go on`;
  return { source: 'platform', reason: 'LifecycleHookFailed', text, logLines: [] };
}

function ofStatus(reason: string, service: string): Cause {
  return {
    source: 'platform',
    reason: 'DeploymentFailed',
    text: `ECS on service ${service}: ${cleanLine(reason)}`,
    logLines: [],
  };
}

/** Names of tasks are 32 hexadecimal digits; eight tell them apart. */
export function short(task: string): string {
  return /^[0-9a-f]{32}$/.test(task) ? task.slice(0, 8) : task;
}
