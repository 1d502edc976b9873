/** A rollout from the record of the former state to its outcome. */

import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import type { Cause, Rollback, RollingWorld, Rollout } from '../../types.ts';
import type { KubeApi } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { keyOf, type Prepared, type Wanted } from '../plan/index.ts';
import { nameOf } from '../state/comparable.ts';
import type { RolloutRecord } from '../state/record.ts';
import { applyAll } from './apply.ts';
import { bakeAndJudge } from './bake.ts';
import { begin } from './begin.ts';
import {
  analysisCause,
  brokenAnalysisCause,
  cancelledCause,
  deadlineCause,
  refusedCause,
  supersededCause,
} from './causes.ts';
import type { Suspicion } from './diagnose.ts';
import { causesOf } from './evidence.ts';
import { type Ending, type Followed, follow, Wake } from './follow.ts';
import { forget, isTakenOver, leftOut } from './keeping.ts';
import { rollBack } from './rollback.ts';
import type { Sight } from './sight.ts';
import { unprovenBy, whatIsThere } from './what-is-there.ts';

export interface RollOptions {
  readonly api: KubeApi;
  readonly prepared: Prepared;
  readonly world: RollingWorld;
  readonly patience: Patience;
}

/** @throws RunError only where nothing was changed. */
export async function rollOut(options: RollOptions): Promise<Rollout> {
  const run = new Run(options);
  try {
    return await run.whole();
  } finally {
    run.close();
  }
}

interface Failure {
  readonly outcome: 'failed' | 'timed-out';
  readonly causes: readonly Cause[];
}

class Run {
  private readonly options: RollOptions;
  private readonly wake = new Wake();
  /** Of the watches: they outlive a cancelled job, for the way back. */
  private readonly over = new AbortController();
  private readonly notices: string[] = [];
  private sights: readonly Sight[] = [];
  /** Of workloads of an earlier rollout that this one leaves out. */
  private others: readonly Sight[] = [];

  constructor(options: RollOptions) {
    this.options = options;
  }

  close(): void {
    this.over.abort();
  }

  async whole(): Promise<Rollout> {
    const { world, api, prepared, patience } = this.options;
    const time = new AbortController();
    const left = world.deadline.getTime() - world.clock().getTime();
    // Ends calls that are under way at the deadline, or when the job is cancelled.
    const over = world.sleep(Math.max(0, left), time.signal).then(() => time.abort());
    const signal = AbortSignal.any([time.signal, world.signal]);
    try {
      const watch = {
        sleep: world.sleep,
        changed: this.wake.changed,
        signal: this.over.signal,
        opening: signal,
        notice: (line: string) => this.notice(line),
      };
      const { record, sights, others } = await begin({ api, prepared, world, watch, signal });
      this.sights = sights;
      this.others = others;
      const applied = await applyAll(api, prepared.objects, prepared.namespace, patience, world, signal);
      if (applied.is === 'refused') {
        const failure = this.refused(applied.at, applied.text);
        return await this.undo(record, failure);
      }
      return await this.watch(record, applied.objects, signal);
    } finally {
      time.abort();
      await over;
    }
  }

  private async forget(record: RolloutRecord): Promise<void> {
    const { api, prepared } = this.options;
    const trouble = await forget(api, prepared, record, this.over.signal);
    if (trouble !== null) this.notice(trouble);
  }

  private notice(line: string): void {
    if (!this.notices.includes(line)) this.notices.push(line);
  }

  private async watch(
    record: RolloutRecord,
    applied: ReadonlyMap<string, KubeObject>,
    signal: AbortSignal,
  ): Promise<Rollout> {
    const workloads = this.followed(applied);
    const first = await this.follow(workloads, record);
    const { analysis } = this.options.world;
    const ending =
      first.is === 'complete' && analysis !== null ? await this.analyse(workloads, record, signal) : first;
    if ('failure' in ending) return this.undo(record, ending.failure);
    switch (ending.is) {
      case 'complete':
        return this.succeeded(record, applied);
      case 'superseded':
        return this.superseded(record, ending.text);
      case 'failed':
      case 'timed-out':
        return this.undo(record, await this.failureOf(ending));
      case 'cancelled':
        return this.undo(record, { outcome: 'failed', causes: [cancelledCause()] });
    }
  }

  private followed(applied: ReadonlyMap<string, KubeObject>): Followed[] {
    const { digest } = this.options.prepared;
    return this.sights.flatMap((sight) => {
      const { place } = sight;
      const key = keyOf(
        { kind: place.kind, metadata: { name: place.name, namespace: place.namespace } },
        place.resource,
      );
      const object = applied.get(key);
      return object === undefined ? [] : [{ sight, expected: { applied: object, digest } }];
    });
  }

  private follow(
    workloads: readonly Followed[],
    record: RolloutRecord,
    until?: Promise<unknown>,
  ): Promise<Ending> {
    const { world, patience } = this.options;
    return follow({
      workloads,
      since: record.startedAt,
      settleSince: record.startedAt,
      deadline: world.deadline,
      signal: world.signal,
      patience,
      clock: world.clock,
      sleep: world.sleep,
      tell: world.tell,
      wake: this.wake,
      ...(until === undefined ? {} : { until }),
    });
  }

  /** The new pods go on being looked at while the metrics are judged. */
  private async analyse(
    workloads: readonly Followed[],
    record: RolloutRecord,
    signal: AbortSignal,
  ): Promise<Ending | { readonly failure: Failure }> {
    const { world, patience } = this.options;
    if (world.analysis === null) return { is: 'complete' };
    const stop = new AbortController();
    const judging = bakeAndJudge(
      world.analysis,
      { ...world, signal: AbortSignal.any([signal, stop.signal]) },
      patience.judgingMs,
    );
    const ending = await this.follow(workloads, record, judging);
    if (ending.is !== 'complete') {
      stop.abort();
      await judging.catch(() => null);
      return ending;
    }
    try {
      const { round, isCutShort } = await judging;
      if (round.promote && !isCutShort) return ending;
      const isLate = isCutShort && round.lines.every(({ verdict }) => verdict !== 'fail');
      const outcome = isLate ? 'timed-out' : 'failed';
      return { failure: { outcome, causes: [analysisCause(round)] } };
    } catch (error) {
      return { failure: { outcome: 'failed', causes: [brokenAnalysisCause(error)] } };
    }
  }

  private refused(at: Wanted, text: string): Failure {
    const { world, prepared } = this.options;
    if (world.signal.aborted) return { outcome: 'failed', causes: [cancelledCause()] };
    const isLate = world.clock() >= world.deadline;
    const cause = refusedCause(nameOf(at.object, prepared.namespace), text);
    return {
      outcome: isLate ? 'timed-out' : 'failed',
      causes: isLate ? [cause, deadlineCause(this.sights)] : [cause],
    };
  }

  private async failureOf(ending: Extract<Ending, { is: 'failed' | 'timed-out' }>): Promise<Failure> {
    const { api, prepared } = this.options;
    const spaceOf = (suspicion: Suspicion): string => this.namespaceOf(suspicion) ?? prepared.namespace;
    const causes = await causesOf(api, spaceOf, ending.suspicions, this.over.signal);
    return ending.is === 'failed'
      ? { outcome: 'failed', causes }
      : { outcome: 'timed-out', causes: [...causes, deadlineCause(this.sights)] };
  }

  private namespaceOf({ log }: Suspicion): string | null {
    const sight = this.sights.find(({ units }) => units.fresh.some(({ name }) => name === log?.pod));
    return sight?.place.namespace ?? null;
  }

  /** What went wrong is known by now; a way back, or as it is. */
  private async undo(record: RolloutRecord, failure: Failure): Promise<Rollout> {
    const { api, prepared, world, patience } = this.options;
    const [root] = failure.causes;
    world.tell({ kind: 'failure', subject: '', text: root?.text ?? 'the rollout has failed' });
    const { units, ids, state } = whatIsThere(this.sights, prepared);
    const { causes } = failure;
    if (!world.rollback) {
      // A cancelled run may be taken up by the next one.
      if (!world.signal.aborted) await this.forget(record);
      const kept = world.signal.aborted
        ? `; the state before it is kept in Secret ${prepared.recordPlace.name}`
        : '';
      const left = `${state}, as \`rollback\` is false${kept}`;
      return this.ended({ outcome: failure.outcome, causes, left });
    }
    const soon = AbortSignal.any([this.over.signal, AbortSignal.timeout(patience.cancelledMs)]);
    if (await isTakenOver(api, prepared, record, soon)) {
      const text = 'another run has taken up what this one had begun';
      return this.leftToOthers([...causes, supersededCause(text)], text);
    }
    const { rollback, left } = await rollBack({
      api,
      record,
      sights: [...this.sights, ...this.others],
      namespace: prepared.namespace,
      patience,
      world,
      wake: this.wake,
    });
    if (rollback.verified) await this.forget(record);
    return this.ended({
      outcome: rollback.verified ? 'rolled-back' : 'rollback-failed',
      causes,
      // Of what has failed, and not of what runs again.
      units,
      ids,
      rollback: withPlace(rollback, prepared),
      left: rollback.verified
        ? left
        : `${left}. The former objects are kept in Secret ${prepared.recordPlace.name}: the next run puts them back if it fails`,
    });
  }

  private async succeeded(record: RolloutRecord, applied: ReadonlyMap<string, KubeObject>): Promise<Rollout> {
    const { prepared } = this.options;
    for (const line of leftOut(record, prepared)) this.notice(line);
    await this.forget(record);
    const { state } = whatIsThere(this.sights, prepared);
    const unproven = unprovenBy(this.sights, applied, prepared);
    return this.ended({ outcome: 'succeeded', causes: [], left: state, unproven });
  }

  private async superseded(record: RolloutRecord, text: string): Promise<Rollout> {
    this.options.world.tell({ kind: 'failure', subject: '', text });
    await this.forget(record);
    return this.leftToOthers([supersededCause(text)], text);
  }

  private leftToOthers(causes: readonly Cause[], text: string): Rollout {
    const { state } = whatIsThere(this.sights, this.options.prepared);
    return this.ended({ outcome: 'superseded', causes, left: `${text}; nothing was put back. ${state}` });
  }

  private ended(how: Pick<Rollout, 'outcome' | 'causes' | 'left'> & Partial<Rollout>): Rollout {
    const { units, ids } = whatIsThere(this.sights, this.options.prepared);
    return { units, ids, rollback: null, unproven: null, notices: this.notices, ...how };
  }
}

function withPlace(rollback: Rollback, { recordPlace }: Prepared): Rollback {
  return rollback.verified
    ? rollback
    : { ...rollback, text: `${rollback.text} (kept in Secret ${recordPlace.name})` };
}
