/** What came of a rollout. */

import type { Cause, Rollback, Rollout } from '../types.ts';
import { readAlarmReasons } from './alarms.ts';
import { isFailure } from './call-failure.ts';
import { type Scope, shortScope } from './calls.ts';
import { causesOf } from './cause.ts';
import { cleanLine } from './clean.ts';
import { cancelled, gone, late, notPromoted, shutOut, superseded, unknown } from './ended-by.ts';
import { explained } from './explain.ts';
import { leftOf, nameOf, pausedText } from './left.ts';
import { readLogs } from './logs.ts';
import type { Look } from './look.ts';
import { lastPart } from './model.ts';
import { ownOf } from './phase.ts';
import type { RollParts } from './roll.ts';
import { platformRollback, rollBack } from './rollback.ts';
import { unprovenBy } from './shown-plan.ts';
import type { Started } from './start.ts';
import type { Story } from './story.ts';
import type { TaskBook } from './task-book.ts';
import { grouped } from './task-failure.ts';
import type { Ending, Watch } from './watch.ts';

/** Evidence is read after that; in milliseconds. */
const evidenceTime = 60_000;
/** Failures whose logs are read. */
const mostLogs = 3;

/** What ended a rollout, made into an outcome: its causes are read, and what ran before is restored where it must be. */
export class Conclusion {
  private readonly parts: RollParts;
  private readonly started: Started;
  private readonly look: Look;
  private readonly book: TaskBook;
  private readonly story: Story;
  private readonly watch: Watch;
  private readonly notices: string[] = [];

  constructor(parts: RollParts, started: Started, look: Look, book: TaskBook, story: Story, watch: Watch) {
    this.parts = parts;
    this.started = started;
    this.look = look;
    this.book = book;
    this.story = story;
    this.watch = watch;
  }

  async of(ending: Ending): Promise<Rollout> {
    const { world } = this.parts;
    switch (ending.kind) {
      case 'succeeded':
        await this.readTasks();
        return this.rollout('succeeded', [], null, await this.unproven());
      case 'superseded':
        return this.rollout('superseded', [superseded(ending.by, this.name)], null);
      case 'gone':
        return this.rollout('failed', [gone(this.name)], null);
      case 'shut-out':
        return this.rollout('failed', [shutOut(ending.failure, this.wanted)], null);
      case 'rolled-back':
      case 'rollback-failed':
        return this.byPlatform(await this.causes(ending));
      case 'stopped':
      case 'certain':
      case 'analysis':
        return this.afterFailure(await this.causes(ending), 'failed');
      case 'deadline':
      case 'cancelled': {
        const causes = await this.causes(ending);
        // It has had its time already.
        if (ending.rollingBack) return this.byPlatform(causes, evidenceTime);
        return this.afterFailure(
          causes,
          ending.kind === 'deadline' && !world.signal.aborted ? 'timed-out' : 'failed',
        );
      }
    }
  }

  private async byPlatform(causes: readonly Cause[], budget?: number): Promise<Rollout> {
    const rollback = await platformRollback(this.rollbackParts, budget);
    return this.rollout(rollback.verified ? 'rolled-back' : 'rollback-failed', causes, rollback);
  }

  /** @param left the outcome where nothing is rolled back */
  private async afterFailure(causes: readonly Cause[], left: 'failed' | 'timed-out'): Promise<Rollout> {
    const { world } = this.parts;
    if (!world.rollback) return this.rollout(left, causes, null);
    const rollback = await rollBack(this.rollbackParts);
    if ('supersededBy' in rollback) {
      return this.rollout('superseded', [superseded(rollback.supersededBy, this.name), ...causes], null);
    }
    world.tell({ kind: 'rollback', subject: '', text: rollback.text });
    return this.rollout(rollback.verified ? 'rolled-back' : 'rollback-failed', causes, rollback);
  }

  private get rollbackParts() {
    const { api, plan, world } = this.parts;
    return {
      api,
      world,
      look: this.look,
      // As the plan saw it: a rollout that was taken up may have been reconfigured by the run that began it.
      service: plan.work.service,
      former: plan.work.former,
      reconfigured: plan.work.configuration !== null && !this.started.takenUp,
    };
  }

  private get name(): string {
    return nameOf(this.started.service);
  }

  private get wanted(): string {
    return lastPart(this.look.watched.taskDefinition);
  }

  /** The cause first that made the run end, unless tasks died: then their death is the root. */
  private async causes(ending: Ending): Promise<readonly Cause[]> {
    const { plan, world } = this.parts;
    const isCancelled = world.signal.aborted;
    if (!isCancelled) await this.readTasks();
    const failures = this.book.failures;
    const telling = grouped(failures).flatMap(({ first, last }) =>
      first === last ? [first] : [last, first],
    );
    const logs = isCancelled
      ? { lines: new Map(), notices: [] }
      : await readLogs(
          this.parts.logs,
          this.parts.api.calls,
          plan.work.definition,
          telling.slice(0, mostLogs),
          this.evidenceScope,
        );
    const alarms = isCancelled
      ? { reasons: new Map<string, string>(), notices: [] }
      : await readAlarmReasons(
          this.parts.cloudwatch,
          this.parts.api.calls,
          this.story.alarms,
          this.evidenceScope,
        );
    this.notices.push(...logs.notices, ...alarms.notices);
    const found = causesOf(
      {
        failures,
        events: this.story.events,
        alarms: this.story.alarms.map((name) => ({ name, reason: alarms.reasons.get(name) ?? null })),
        failedHooks: this.story.failedHooks,
        statusReason: this.story.statusReason,
        logLines: logs.lines,
      },
      this.started.service.name,
    );
    const trigger = this.triggerOf(ending);
    if (trigger === null) return found.length > 0 ? found : [unknown(this.name)];
    const died = found.filter(({ source }) => source === 'unit');
    if (trigger.source === 'deadline') return [...found, trigger];
    // One task that died and was replaced is no reason for what an analysis found.
    const repeated = failures.length > 1;
    return trigger.source === 'analysis' && repeated
      ? [...died, trigger, ...found.filter((cause) => !died.includes(cause))]
      : [trigger, ...found];
  }

  private triggerOf(ending: Ending): Cause | null {
    const { world } = this.parts;
    if (ending.kind === 'cancelled' || (ending.kind === 'analysis' && world.signal.aborted)) {
      return cancelled(this.wanted);
    }
    if (ending.kind === 'analysis') return notPromoted(ending.text);
    if (ending.kind !== 'deadline') return null;
    return late(this.name, this.watch.snapshot?.service ?? null, this.look.watched);
  }

  private get evidenceScope(): Scope {
    const { signal, clock } = this.parts.world;
    return { signal, until: new Date(clock().getTime() + evidenceTime) };
  }

  private async readTasks(): Promise<void> {
    const service = this.watch.snapshot?.service ?? null;
    if (service === null) return;
    try {
      this.story.tellFailures(await this.book.read(service, this.look.watched, this.evidenceScope));
    } catch (error) {
      if (!isFailure(error)) throw error;
      this.notices.push(`tasks were not read at the end: ${explained(error)}`);
    }
  }

  /** Null: that the new revision runs is proven. */
  private async unproven(): Promise<string | null> {
    const { service = null, deployment = null } = this.watch.snapshot ?? {};
    if (service === null) return `${this.name} was not read at the end`;
    const own = ownOf(service, this.look.watched);
    if (own === null) return `the deployment of ${this.wanted} is no longer one of ${this.name}`;
    const few = unprovenBy(service, own);
    if (few !== null) return few;
    const { missed } = this.watch;
    if (missed.length > 0) {
      const shares = missed.map((weight) => `${weight}%`).join(', ');
      return `the analysis did not judge the new revision after ${shares} of the traffic`;
    }
    return deployment === null ? null : this.otherImage(deployment.target);
  }

  /** What ECS says that it runs, held against what was asked for. */
  private async otherImage(revision: string): Promise<string | null> {
    const { api, plan } = this.parts;
    const { container } = plan.work;
    const wanted = plan.after.images.find((each) => each.container === container)?.image ?? '';
    try {
      const [found] = await api.serviceRevisions([revision], this.evidenceScope);
      const image = found?.images.find((each) => each.container === container);
      if (image === undefined) return null;
      const digest = wanted.slice(wanted.indexOf('@') + 1);
      if (image.image.endsWith(digest) || image.digest === digest) return null;
      return `ECS runs ${cleanLine(image.image)} (${image.digest ?? 'no digest'}) in container ${container}, not ${wanted}`;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return null;
    }
  }

  private async rollout(
    outcome: Rollout['outcome'],
    causes: readonly Cause[],
    rollback: Rollback | null,
    unproven: string | null = null,
  ): Promise<Rollout> {
    const { plan } = this.parts;
    const { watched, without } = this.look;
    const left = await this.left();
    return {
      outcome,
      causes,
      units: this.book.units(watched),
      rollback,
      left,
      ids: {
        deployment: watched.arn ?? watched.id,
        taskDefinitionArn: watched.taskDefinition,
        revision: lastPart(watched.taskDefinition),
      },
      unproven,
      notices: [
        ...(without === null || plan.work.history.kind === 'unavailable'
          ? []
          : [`the rollout was followed without service deployments: ${without}`]),
        ...(this.book.notice === null ? [] : [this.book.notice]),
        ...this.notices,
      ],
    };
  }

  private async left(): Promise<string> {
    const { world } = this.parts;
    const scope = world.signal.aborted ? shortScope(world.clock) : this.evidenceScope;
    try {
      const { service, deployment } = await this.look.take(scope);
      return leftOf(service, this.name) + pausedText(deployment);
    } catch (error) {
      if (!isFailure(error)) throw error;
      const seen = this.watch.snapshot;
      const why = explained(error);
      if (seen === null) return `${this.name}: not known (${why}); ECS goes on with ${this.wanted} by itself`;
      const { at, service: then } = seen;
      return `not known since ${at.toISOString()} (${why}); at that time ${leftOf(then, this.name)}; ECS goes on by itself`;
    }
  }
}
