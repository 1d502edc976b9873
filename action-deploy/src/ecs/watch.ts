/** Follows a rollout until its outcome is known, or it is certain, or nobody may wait any longer. */

import type { RollingWorld } from '../types.ts';
import type { EcsApi } from './api.ts';
import { type CallFailure, isFailure } from './call-failure.ts';
import type { Scope } from './calls.ts';
import { cleanLine } from './clean.ts';
import { explained } from './explain.ts';
import type { Look } from './look.ts';
import type { Service } from './model.ts';
import { Pauses } from './pauses.ts';
import { newestOf, othersOf, ownOf, type Phase, phaseOf, rollsBack, type Snapshot } from './phase.ts';
import type { Story } from './story.ts';
import type { TaskBook } from './task-book.ts';
import type { FailureGroup } from './task-failure.ts';
import { type WatchPoint, WatchPoints } from './watch-points.ts';

export type Ending =
  | { readonly kind: 'succeeded' | 'rolled-back' | 'rollback-failed' | 'stopped' | 'gone' }
  | { readonly kind: 'superseded'; readonly by: string }
  | { readonly kind: 'certain'; readonly failure: FailureGroup }
  | { readonly kind: 'analysis'; readonly text: string }
  /** `rollingBack`: ECS was at it, and did not end. */
  | { readonly kind: 'deadline' | 'cancelled'; readonly rollingBack: boolean }
  /** AWS does not let us go on. */
  | { readonly kind: 'shut-out'; readonly failure: CallFailure };

/** In milliseconds. */
const pollEvery = 5_000;
const tasksEvery = 15_000;
/** What ECS may take for its own rollback once it has begun one. */
export const rollbackTime = 15 * 60_000;

/** How long a rollout that is over is waited for that has fewer tasks than are wanted. */
const shortWhile = 2 * 60_000;

/** A rollback of ECS's own has begun by then, or there will be none. */
const rollbackBegins = 2 * 60_000;

export interface WatchParts {
  readonly api: EcsApi;
  readonly look: Look;
  readonly book: TaskBook;
  readonly points: WatchPoints;
  readonly story: Story;
  readonly world: RollingWorld;
}

export class Watch {
  private readonly parts: WatchParts;
  private until: Date;
  private rollingBack = false;
  private tasksAt = 0;
  private failedCount = 0;
  private toldTrouble = false;
  private failedSince: Date | null = null;
  private readonly pauses: Pauses;
  private latest: Snapshot | null = null;
  /** Of the rollout that is followed now. */
  private points: WatchPoints;
  private steadySince: Date | null = null;
  private shortSince: Date | null = null;

  constructor(parts: WatchParts) {
    this.parts = parts;
    this.points = parts.points;
    this.pauses = new Pauses(parts.api, parts.world);
    this.until = parts.world.deadline;
  }

  /** Null: nothing could be read. */
  get snapshot(): Snapshot | null {
    return this.latest;
  }

  /** Shares of the traffic, in percent, whose bake the analysis did not judge. */
  get missed(): readonly number[] {
    return this.parts.world.analysis === null ? [] : this.points.missed;
  }

  async run(): Promise<Ending> {
    const { world } = this.parts;
    for (;;) {
      if (world.signal.aborted) return { kind: 'cancelled', rollingBack: this.rollingBack };
      if (world.clock() >= this.until) return this.overdue();
      const ending = await this.step();
      if (ending !== null) return ending;
      const left = Math.min(this.until.getTime() - world.clock().getTime(), this.bakeLeft() ?? pollEvery);
      await world.sleep(Math.max(0, Math.min(pollEvery, left)), world.signal);
    }
  }

  /** Of the time before the last judgement, in milliseconds; null: that is not waited for. */
  private bakeLeft(): number | null {
    if (this.steadySince === null) return null;
    const { bakeMs, clock } = this.parts.world;
    return Math.max(0, bakeMs - (clock().getTime() - this.steadySince.getTime()));
  }

  /** New tasks that are steady, but not for long enough, are not found good. */
  private async overdue(): Promise<Ending> {
    const { world } = this.parts;
    const left = this.bakeLeft();
    if (left === null) return { kind: 'deadline', rollingBack: this.rollingBack };
    const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
    const cutShort = `after ${seconds(world.bakeMs - left)} of a bake time of ${seconds(world.bakeMs)}`;
    const refusal = await this.ask(this.points.last.stage, cutShort);
    return world.signal.aborted || refusal === null ? { kind: 'cancelled', rollingBack: false } : refusal;
  }

  /** Null: it goes on. */
  private async step(): Promise<Ending | null> {
    const { look, story } = this.parts;
    try {
      const snapshot = await look.take(this.scope);
      this.latest = snapshot;
      this.toldTrouble = false;
      story.tell(snapshot, look.watched);
      const phase = phaseOf(snapshot, look.watched);
      if (snapshot.service !== null) await this.readTasks(snapshot.service, snapshot.at);
      return await this.decide(phase, snapshot);
    } catch (error) {
      if (!isFailure(error)) throw error;
      return this.trouble(error);
    }
  }

  private get scope(): Scope {
    return { signal: this.parts.world.signal, until: this.until };
  }

  /** What cannot be read now may be read later; only what lasts ends the watch. */
  private trouble(failure: CallFailure): Ending | null {
    if (failure.kind === 'credentials' || failure.kind === 'denied') return { kind: 'shut-out', failure };
    if (failure.reason === 'ClusterNotFoundException') return { kind: 'gone' };
    if (failure.kind !== 'ended' && !this.toldTrouble) {
      this.toldTrouble = true;
      this.parts.world.tell({ kind: 'warning', subject: '', text: explained(failure) });
    }
    return null;
  }

  private async readTasks(service: Service, now: Date): Promise<void> {
    const { book, look, story } = this.parts;
    const failed = service.deployments.reduce((sum, each) => sum + each.failed, 0);
    if (now.getTime() - this.tasksAt < tasksEvery && failed === this.failedCount) return;
    const fresh = await book.read(service, look.watched, this.scope);
    this.tasksAt = now.getTime();
    this.failedCount = failed;
    story.tellFailures(fresh);
  }

  private async decide(phase: Phase, snapshot: Snapshot): Promise<Ending | null> {
    const { look, world } = this.parts;
    switch (phase.kind) {
      case 'going':
        return this.goingOn(snapshot);
      case 'succeeded':
        return this.isShort(snapshot) ? null : this.lastJudgement(snapshot);
      case 'rolling-back':
        if (this.isStuck(snapshot)) return { kind: 'stopped' };
        this.beginRollback(snapshot);
        return null;
      case 'renewed': {
        const { watched } = look;
        const { id, createdAt } = phase.by;
        const before = new Set([...watched.before, ...(watched.id === null ? [] : [watched.id])]);
        const knownArns = new Set([...watched.knownArns, ...(watched.arn === null ? [] : [watched.arn])]);
        look.follow({ ...watched, id, arn: null, since: createdAt ?? world.clock(), before, knownArns });
        // It begins from the start: no stage of it has been judged.
        this.points = new WatchPoints(snapshot.service?.configuration ?? {});
        this.steadySince = null;
        const text = `a newer deployment of the same task definition took its place (${id}), and is followed`;
        world.tell({ kind: 'warning', subject: '', text });
        return null;
      }
      case 'superseded':
        return { kind: 'superseded', by: phase.by.taskDefinition };
      case 'rolled-back':
      case 'rollback-failed':
      case 'stopped':
      case 'gone':
        return { kind: phase.kind };
    }
  }

  /**
   * Without service deployments only the configuration says that ECS rolls back; where nothing is there to go back to, it
   * never does. https://github.com/aws/containers-roadmap/issues/1488
   */
  private isStuck({ service, deployment, at }: Snapshot): boolean {
    if (deployment !== null || service === null) return false;
    const newest = newestOf(service);
    if (newest?.id !== this.parts.look.watched.id) return false;
    this.failedSince ??= at;
    return at.getTime() - this.failedSince.getTime() > rollbackBegins;
  }

  private beginRollback({ deployment }: Snapshot): void {
    if (this.rollingBack) return;
    this.rollingBack = true;
    const { world } = this.parts;
    const end = new Date(world.clock().getTime() + rollbackTime);
    if (end > this.until) this.until = end;
    const why = deployment?.rollback?.reason ?? deployment?.statusReason ?? null;
    const text = `ECS rolls the deployment back${why === null ? '' : `: ${cleanLine(why)}`}`;
    world.tell({ kind: 'rollback', subject: '', text });
  }

  private async goingOn(snapshot: Snapshot): Promise<Ending | null> {
    const { book, look, world } = this.parts;
    this.steadySince = null;
    const certain = book.certain(look.watched, world.clock());
    if (certain !== null && snapshot.service !== null) {
      // Where nothing would be done about it, what ECS does by itself is waited for.
      if (world.rollback || !rollsBack(snapshot.service)) return { kind: 'certain', failure: certain };
    }
    if (world.analysis === null) {
      this.pauses.tell(snapshot.deployment);
      return null;
    }
    const point = this.points.due(snapshot.deployment, world.clock());
    return point === null ? null : this.judge(point, snapshot);
  }

  /** ECS may call successful what lacks tasks, or an autoscaler wants more just then: they are given a while. */
  private isShort({ service, at }: Snapshot): boolean {
    const own = service === null ? null : ownOf(service, this.parts.look.watched);
    if (own === null || own.running >= own.desired) {
      this.shortSince = null;
      return false;
    }
    this.shortSince ??= at;
    return at.getTime() - this.shortSince.getTime() < shortWhile;
  }

  /** What ECS calls successful is not judged yet as long as its bake, or the action's own, is not. */
  private async lastJudgement(snapshot: Snapshot): Promise<Ending | null> {
    const { book, look, world } = this.parts;
    if (world.analysis === null) return { kind: 'succeeded' };
    const other = othersOf(snapshot, look.watched, null);
    if (other !== null) return { kind: 'superseded', by: other.taskDefinition };
    if (this.points.rolls) {
      const certain = book.certain(look.watched, world.clock());
      if (certain !== null) return { kind: 'certain', failure: certain };
      if (this.steadySince === null) {
        this.steadySince = snapshot.at;
        const text = `the new tasks are steady; they are judged after ${Math.round(world.bakeMs / 1000)} s`;
        world.tell({ kind: 'step', subject: '', text });
      }
      if ((this.bakeLeft() ?? 0) > 0) return null;
    }
    return (await this.judge(this.points.last, snapshot)) ?? { kind: 'succeeded' };
  }

  /** Null: the new revision may go on. */
  private async judge(point: WatchPoint, { deployment }: Snapshot): Promise<Ending | null> {
    const { world } = this.parts;
    const { stage, hook } = point;
    if (hook === null || !this.pauses.isApproved(hook.id)) {
      const refusal = await this.ask(stage);
      if (world.signal.aborted) return { kind: 'cancelled', rollingBack: false };
      if (refusal !== null) return refusal;
      this.points.pass(point, deployment);
    }
    if (hook === null || deployment === null) return null;
    const failure = await this.pauses.end(deployment, hook.id, this.scope);
    return failure === null ? null : { kind: 'shut-out', failure };
  }

  private async ask(stage: string, cutShort?: string): Promise<Ending | null> {
    const { world } = this.parts;
    if (world.analysis === null) return null;
    const round = await world.analysis.judge(stage, world, cutShort);
    if (round.promote) return null;
    const { lines } = round;
    const bad = lines.filter(({ verdict }) => verdict !== 'pass');
    const told = bad.map(({ check, reason }) => `${check}: ${reason}`).join('; ');
    const text = `the analysis ${stage} does not promote${told === '' ? '' : `: ${cleanLine(told)}`}`;
    return { kind: 'analysis', text };
  }
}
