/** Tells what happens while it happens, each thing once, and keeps what may become a cause. */

import type { RollingWorld } from '../types.ts';
import { short } from './cause.ts';
import { cleanLine } from './clean.ts';
import { readEvent } from './events.ts';
import { lastPart, type Service, type ServiceDeployment, type ServiceEvent } from './model.ts';
import type { Snapshot, Watched } from './phase.ts';
import { sentenceOf, type TaskFailure } from './task-failure.ts';

/** Failed tasks that are told one by one; more of them say nothing new. */
const mostTasks = 12;

export class Story {
  private readonly world: Pick<RollingWorld, 'tell'>;
  private readonly service: string;
  private readonly seen = new Map<string, ServiceEvent>();
  private readonly alarmNames = new Set<string>();
  private readonly hooks = new Set<string>();
  private counts = '';
  private stage = '';
  private tasks = 0;
  private reason: string | null = null;

  /** @param service name */
  constructor(world: Pick<RollingWorld, 'tell'>, service: string) {
    this.world = world;
    this.service = service;
  }

  /** Of the service since the rollout began, oldest first. */
  get events(): readonly ServiceEvent[] {
    return [...this.seen.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  get alarms(): readonly string[] {
    return [...this.alarmNames];
  }

  get failedHooks(): readonly string[] {
    return [...this.hooks];
  }

  get statusReason(): string | null {
    return this.reason;
  }

  tell({ service, deployment }: Snapshot, watched: Watched): void {
    if (service === null) return;
    this.tellEvents(service, watched);
    this.tellCounts(service);
    if (deployment !== null) this.tellStage(deployment);
  }

  private tellEvents(service: Service, { since }: Watched): void {
    for (const event of [...service.events].reverse()) {
      if (event.at < since || this.seen.has(event.id)) continue;
      this.seen.set(event.id, event);
      const { kind, text } = readEvent(event.message);
      this.world.tell({ kind, subject: `service ${this.service}`, text, at: event.at.toISOString() });
    }
  }

  private tellCounts(service: Service): void {
    const counts = service.deployments
      .map(({ taskDefinition, running, pending, desired, status }) => {
        const of = status === 'PRIMARY' ? ` of ${desired}` : '';
        const more = pending > 0 ? `, ${pending} pending` : '';
        return `${lastPart(taskDefinition)} runs ${running}${of}${more}`;
      })
      .join('; ');
    if (counts === this.counts) return;
    this.counts = counts;
    this.world.tell({ kind: 'progress', subject: `service ${this.service}`, text: counts });
  }

  private tellStage(deployment: ServiceDeployment): void {
    const { stage, weight, triggeredAlarms, hooks, status, statusReason } = deployment;
    const traffic = weight === null ? '' : `, ${weight}% of the traffic on the new revision`;
    const line = stage === null ? '' : `stage ${stage}${traffic}`;
    if (line !== '' && line !== this.stage) {
      this.stage = line;
      this.world.tell({ kind: 'step', subject: 'deployment', text: line });
    }
    for (const name of triggeredAlarms) {
      if (this.alarmNames.has(name)) continue;
      this.alarmNames.add(name);
      const text = `the alarm ${cleanLine(name, 120)} went off`;
      this.world.tell({ kind: 'failure', subject: 'deployment', text });
    }
    for (const hook of hooks) {
      const bad = hook.status === 'FAILED' || hook.status === 'TIMED_OUT';
      if (bad && hook.target !== null) this.hooks.add(hook.target);
    }
    if (statusReason !== null && status !== 'SUCCESSFUL') this.reason = statusReason;
  }

  tellFailures(failures: readonly TaskFailure[]): void {
    for (const failure of failures) {
      this.tasks++;
      if (this.tasks > mostTasks) continue;
      const more = this.tasks === mostTasks ? ' (further tasks are counted, not told)' : '';
      this.world.tell({
        kind: 'failure',
        subject: `task ${short(failure.task)}`,
        text: `${sentenceOf(failure)}${more}`,
        ...(failure.at === null ? {} : { at: failure.at.toISOString() }),
      });
    }
  }
}
