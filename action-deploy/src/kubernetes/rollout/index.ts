/** A rollout from the record of the former state to its outcome. */

import { RunError } from '../../../../core/inputs/index.ts';
import type { AnalysisRound, Cause, Rollback, RollingWorld, Rollout } from '../../types.ts';
import { ApiFailure, type KubeApi, type KubeObject, type Mirror, oneLine } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { keyOf, makesNamespace, noIds, type Prepared, rolloutName, type Wanted } from '../plan/index.ts';
import { type WorkloadKind, workloadKind } from '../render/index.ts';
import { nameOf } from '../state/comparable.ts';
import {
  changedSince,
  type FormerObject,
  type RolloutRecord,
  removeRecord,
  writeRecord,
} from '../state/record.ts';
import { applyAll } from './apply.ts';
import type { Suspicion } from './diagnose.ts';
import { causesOf } from './evidence.ts';
import { type Ending, type Followed, follow, Wake } from './follow.ts';
import { rollBack } from './rollback.ts';
import { Sight, watchEvents } from './sight.ts';
import { progressOf, revisionOf, wantedPods } from './status.ts';
import { unitsOf } from './units.ts';

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
  private readonly ended = new AbortController();
  private readonly notices: string[] = [];
  private sights: Sight[] = [];

  constructor(options: RollOptions) {
    this.options = options;
  }

  close(): void {
    this.ended.abort();
  }

  async whole(): Promise<Rollout> {
    const { world, api, prepared, patience } = this.options;
    const time = new AbortController();
    const left = prepared.objects.length === 0 ? 0 : world.deadline.getTime() - world.clock().getTime();
    // Ends calls that are under way at the deadline, or when the job is cancelled.
    const over = world.sleep(Math.max(0, left), time.signal).then(() => time.abort());
    const signal = AbortSignal.any([time.signal, world.signal]);
    try {
      const record = await this.begin(signal).catch((error: unknown) => {
        throw this.tooLate(error);
      });
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

  /** Everything that may fail without harm. @throws RunError when it does: nothing was changed. */
  private async begin(signal: AbortSignal): Promise<RolloutRecord> {
    const { api, prepared, world } = this.options;
    if (world.signal.aborted) throw new RunError('the job was cancelled before anything was changed');
    this.sights = await this.open(prepared.objects);
    const objects = await this.formerObjects(signal);
    const { recordPlace, digest } = prepared;
    const isNew = makesNamespace(prepared.objects, recordPlace.namespace);
    if (isNew) await this.makeNamespaces(signal);
    const earlier = earlierPlans(prepared);
    const record = await writeRecord(api, recordPlace, { digest, earlier, objects }, signal).catch(
      async (error: unknown) => {
        if (isNew) await this.dropNamespaces(objects);
        throw error;
      },
    );
    world.tell({
      kind: 'step',
      subject: '',
      text: `the former state is kept in Secret ${recordPlace.name} until the rollout has ended`,
    });
    return record;
  }

  private tooLate(error: unknown): unknown {
    if (!(error instanceof ApiFailure) || error.reason !== 'CANCELLED') return error;
    const why = this.options.world.signal.aborted ? 'the job was cancelled' : 'the timeout was over';
    return new RunError(`${why} before anything was changed`);
  }

  private async open(wanted: readonly Wanted[]): Promise<Sight[]> {
    const { api, prepared, world } = this.options;
    const watch = {
      sleep: world.sleep,
      changed: this.wake.changed,
      signal: this.ended.signal,
      notice: (line: string): void => {
        if (!this.notices.includes(line)) this.notices.push(line);
      },
    };
    const told = new Map<string, Promise<Mirror | null>>();
    return Promise.all(
      wanted.flatMap(({ object, after, resource }) => {
        const kind = workloadKind(object);
        if (kind === null) return [];
        const place = {
          kind,
          resource,
          namespace: object.metadata.namespace ?? prepared.namespace,
          name: object.metadata.name,
        };
        const events = told.get(place.namespace) ?? watchEvents(api, place.namespace, watch);
        told.set(place.namespace, events);
        return [Sight.open(api, place, after ?? object, events, watch)];
      }),
    );
  }

  /**
   * As they are now; or as they were before a rollout that did not end, unless somebody has changed them since. Objects that the
   * other rollout made or changed and this one leaves out are kept in the record.
   */
  private async formerObjects(signal: AbortSignal): Promise<FormerObject[]> {
    const { api, prepared } = this.options;
    const earlier = new Map((prepared.record?.objects ?? []).map((one) => [formerKey(one), one]));
    const found: FormerObject[] = [];
    for (const { object, resource, isKnown } of prepared.objects) {
      const { namespace = null, name } = object.metadata;
      const live = isKnown ? await api.get(resource, namespace, name, signal) : null;
      const here: FormerObject = { resource, namespace, name, former: live };
      const before = earlier.get(formerKey(here));
      earlier.delete(formerKey(here));
      found.push(before !== undefined && this.isStillOurs(live) ? { ...here, former: before.former } : here);
    }
    return [...earlier.values(), ...found];
  }

  private isStillOurs(live: KubeObject | null): boolean {
    const { record } = this.options.prepared;
    if (record === null || live === null) return record !== null;
    const who = changedSince(live, record.startedAt);
    if (who === null) return true;
    this.notices.push(
      `${nameOf(live)} was changed by ${who} since an earlier rollout that did not end: what it is now counts as the former state.`,
    );
    return false;
  }

  /** The record's own namespace comes before the record. */
  private async makeNamespaces(signal: AbortSignal): Promise<void> {
    const { api, prepared } = this.options;
    for (const { object, resource } of prepared.objects)
      if (object.kind === 'Namespace') await api.apply(resource, object, {}, signal);
  }

  /** Those that were just made: without a record nothing is begun. */
  private async dropNamespaces(objects: readonly FormerObject[]): Promise<void> {
    const { api } = this.options;
    for (const { resource, name, former } of objects) {
      if (resource.kind !== 'Namespace' || former !== null) continue;
      await api.delete(resource, null, name, null, this.ended.signal).catch(() => {});
    }
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
    const { world } = this.options;
    if (world.analysis === null) return { is: 'complete' };
    const stop = new AbortController();
    const judging = world.analysis.judge('when all new pods are ready', {
      ...world,
      signal: AbortSignal.any([signal, stop.signal]),
    });
    const ending = await this.follow(workloads, record, judging);
    if (ending.is !== 'complete') {
      stop.abort();
      await judging.catch(() => null);
      return ending;
    }
    try {
      const round = await judging;
      return round.promote ? ending : { failure: { outcome: 'failed', causes: [analysisCause(round)] } };
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      const cause: Cause = {
        source: 'analysis',
        reason: 'AnalysisError',
        text: `the analysis could not be made: ${error.message}`,
        logLines: [],
      };
      return { failure: { outcome: 'failed', causes: [cause] } };
    }
  }

  private refused(at: Wanted, text: string): Failure {
    const { world, prepared } = this.options;
    if (world.signal.aborted) return { outcome: 'failed', causes: [cancelledCause()] };
    const isLate = world.clock() >= world.deadline;
    const cause: Cause = {
      source: 'platform',
      reason: 'ApplyFailed',
      text: `${nameOf(at.object, prepared.namespace)} cannot be applied: ${text}`,
      logLines: [],
    };
    return {
      outcome: isLate ? 'timed-out' : 'failed',
      causes: isLate ? [cause, this.deadlineCause()] : [cause],
    };
  }

  private async failureOf(ending: Extract<Ending, { is: 'failed' | 'timed-out' }>): Promise<Failure> {
    const { api, prepared } = this.options;
    const spaceOf = (suspicion: Suspicion): string => this.namespaceOf(suspicion) ?? prepared.namespace;
    const causes = await causesOf(api, spaceOf, ending.suspicions, this.ended.signal);
    return ending.is === 'failed'
      ? { outcome: 'failed', causes }
      : { outcome: 'timed-out', causes: [...causes, this.deadlineCause()] };
  }

  private namespaceOf({ log }: Suspicion): string | null {
    const sight = this.sights.find(({ units }) => units.fresh.some(({ name }) => name === log?.pod));
    return sight?.place.namespace ?? null;
  }

  private deadlineCause(): Cause {
    const open = this.sights.flatMap(({ object, place }) => {
      const progress = object === null ? null : progressOf(place.kind, object);
      return progress?.is === 'going' ? [`${place.kind}/${place.name}: ${progress.text}`] : [];
    });
    const state = open.length === 0 ? '' : `: ${open.join('; ')}`;
    return {
      source: 'deadline',
      reason: 'Timeout',
      text: `the rollout did not end before its timeout${state}`,
      logLines: [],
    };
  }

  /** What went wrong is known by now; a way back, or as it is. */
  private async undo(record: RolloutRecord, failure: Failure): Promise<Rollout> {
    const { api, prepared, world, patience } = this.options;
    const [root] = failure.causes;
    world.tell({ kind: 'failure', subject: '', text: root?.text ?? 'the rollout has failed' });
    const units = this.units();
    const ids = this.ids();
    if (!world.rollback) {
      // A cancelled run may be taken up by the next one.
      if (!world.signal.aborted) await this.forget(record);
      const kept = world.signal.aborted
        ? `; the state before it is kept in Secret ${prepared.recordPlace.name}`
        : '';
      return {
        outcome: failure.outcome,
        causes: failure.causes,
        units,
        rollback: null,
        left: `${this.state()}, as \`rollback\` is false${kept}`,
        ids,
        unproven: null,
        notices: this.notices,
      };
    }
    const { rollback, left } = await rollBack({
      api,
      record,
      sights: this.sights,
      namespace: prepared.namespace,
      patience,
      world,
      wake: this.wake,
    });
    if (rollback.verified) await this.forget(record);
    return {
      outcome: rollback.verified ? 'rolled-back' : 'rollback-failed',
      causes: failure.causes,
      units,
      rollback: withPlace(rollback, prepared),
      left: rollback.verified
        ? left
        : `${left}. The former objects are kept in Secret ${prepared.recordPlace.name}: the next run puts them back if it fails`,
      ids,
      unproven: null,
      notices: this.notices,
    };
  }

  private async succeeded(record: RolloutRecord, applied: ReadonlyMap<string, KubeObject>): Promise<Rollout> {
    await this.forget(record);
    const unproven = this.unproven(applied);
    return {
      outcome: 'succeeded',
      causes: [],
      units: this.units(),
      rollback: null,
      left: this.state(),
      ids: this.ids(),
      unproven,
      notices: this.notices,
    };
  }

  private async superseded(record: RolloutRecord, text: string): Promise<Rollout> {
    this.options.world.tell({ kind: 'failure', subject: '', text });
    await this.forget(record);
    return {
      outcome: 'superseded',
      causes: [{ source: 'platform', reason: 'Superseded', text, logLines: [] }],
      units: this.units(),
      rollback: null,
      left: `${text}; nothing was put back. ${this.state()}`,
      ids: this.ids(),
      unproven: null,
      notices: this.notices,
    };
  }

  /** A record that stays behind does no harm to the next run but a notice. */
  private async forget({ digest }: RolloutRecord): Promise<void> {
    const { api, prepared } = this.options;
    try {
      await removeRecord(api, prepared.recordPlace, digest, this.ended.signal);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      this.notices.push(`Secret ${prepared.recordPlace.name} could not be deleted: ${error.message}.`);
    }
  }

  private units(): Rollout['units'] {
    return this.sights.flatMap(({ units }) => unitsOf(units.fresh, units.former));
  }

  private ids(): Rollout['ids'] {
    const { primary, namespace } = this.options.prepared;
    const kind = workloadKind(primary.object);
    const object = this.primarySight()?.object ?? null;
    if (kind === null || object === null) return noIds;
    return {
      deployment: rolloutName(kind, object, namespace),
      taskDefinitionArn: null,
      revision: revisionOf(kind, object),
    };
  }

  private primarySight(): Sight | undefined {
    const { object } = this.options.prepared.primary;
    return this.sights.find(({ place }) => place.name === object.metadata.name && place.kind === object.kind);
  }

  /** `Deployment/web@8: 3 of 3 pods are available` */
  private state(): string {
    const { namespace } = this.options.prepared;
    const states = this.sights.map(({ object, place }) =>
      object === null ? `${place.kind}/${place.name} is not there` : stateOf(place.kind, object, namespace),
    );
    return states.length === 0 ? 'the objects are applied; none of them is watched' : states.join('; ');
  }

  private unproven(applied: ReadonlyMap<string, KubeObject>): string | null {
    const { prepared } = this.options;
    const kind = workloadKind(prepared.primary.object);
    const name = nameOf(prepared.primary.object, prepared.namespace);
    if (kind === null)
      return `${name} runs the image when its time comes; it is applied, and was not seen to run`;
    const object =
      this.primarySight()?.object ??
      applied.get(keyOf(prepared.primary.object, prepared.primary.resource)) ??
      null;
    if (object === null) return null;
    if (progressOf(kind, object).is === 'on-delete')
      return `${name} has the update strategy OnDelete: its pods run the former image until they are deleted`;
    return wantedPods(kind, object) === 0 ? `${name} wants no pods, so that nothing was seen to run` : null;
  }
}

function stateOf(kind: WorkloadKind, object: KubeObject, namespace: string): string {
  const progress = progressOf(kind, object);
  const text =
    progress.is === 'on-delete'
      ? 'its pods stay until they are deleted'
      : progress.is === 'paused'
        ? 'paused'
        : progress.text;
  return `${rolloutName(kind, object, namespace)}: ${text}`;
}

function earlierPlans({ digest, record }: Prepared): readonly string[] {
  return record === null
    ? []
    : [...new Set([...record.earlier, record.digest])].filter((one) => one !== digest);
}

function formerKey({ resource, namespace, name }: FormerObject): string {
  return `${resource.group}/${resource.kind}/${namespace ?? ''}/${name}`;
}

function withPlace(rollback: Rollback, { recordPlace }: Prepared): Rollback {
  return rollback.verified
    ? rollback
    : { ...rollback, text: `${rollback.text} (kept in Secret ${recordPlace.name})` };
}

function cancelledCause(): Cause {
  return { source: 'cancelled', reason: 'Cancelled', text: 'the job was cancelled', logLines: [] };
}

function analysisCause({ lines, stage }: AnalysisRound): Cause {
  const bad =
    lines.find(({ verdict }) => verdict === 'fail') ?? lines.find(({ verdict }) => verdict !== 'pass');
  const text = bad === undefined ? 'it does not promote' : `${bad.check}: ${bad.reason}`;
  return {
    source: 'analysis',
    reason: 'AnalysisFailed',
    text: oneLine(`the analysis ${stage} failed: ${text}`),
    logLines: [],
  };
}
