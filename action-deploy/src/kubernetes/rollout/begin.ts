/** What comes before the first change: watches are opened, and the former state is kept. */

import { RunError } from '../../../../core/inputs/index.ts';
import type { RollingWorld } from '../../types.ts';
import { ApiFailure, type KubeApi, type KubeObject, type Mirror } from '../client/index.ts';
import { makesNamespace, type Prepared, type Wanted } from '../plan/index.ts';
import { workloadKind } from '../render/index.ts';
import { nameOf } from '../state/comparable.ts';
import { changedSince, type FormerObject, type RolloutRecord, writeRecord } from '../state/record.ts';
import { Sight, type SightWorld, watchEvents } from './sight.ts';

export interface BeginOptions {
  readonly api: KubeApi;
  readonly prepared: Prepared;
  readonly world: RollingWorld;
  /** Of the watches, which go on when the others are over. */
  readonly watch: SightWorld;
  /** Over at the deadline, or when the job is cancelled. */
  readonly signal: AbortSignal;
}

export interface Begun {
  readonly record: RolloutRecord;
  /** Of the workloads. */
  readonly sights: readonly Sight[];
}

/** Everything that may fail without harm. @throws RunError when it does: nothing was changed. */
export async function begin(options: BeginOptions): Promise<Begun> {
  const { api, prepared, world, signal } = options;
  if (world.signal.aborted) throw new RunError('the job was cancelled before anything was changed');
  try {
    const sights = await openSights(options, prepared.objects);
    const objects = await formerObjects(options);
    const { recordPlace, digest } = prepared;
    const isNew = makesNamespace(prepared.objects, recordPlace.namespace);
    if (isNew) await makeNamespaces(options);
    const earlier = earlierPlans(prepared);
    const record = await writeRecord(api, recordPlace, { digest, earlier, objects }, signal).catch(
      async (error: unknown) => {
        if (isNew) await dropNamespaces(options, objects);
        throw error;
      },
    );
    world.tell({
      kind: 'step',
      subject: '',
      text: `the former state is kept in Secret ${recordPlace.name} until the rollout has ended`,
    });
    return { record, sights };
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.reason !== 'CANCELLED') throw error;
    const why = world.signal.aborted ? 'the job was cancelled' : 'the timeout was over';
    throw new RunError(`${why} before anything was changed`);
  }
}

function openSights({ api, prepared, watch }: BeginOptions, wanted: readonly Wanted[]): Promise<Sight[]> {
  const told = new Map<string, Promise<Mirror | null>>();
  return Promise.all(
    wanted.flatMap(({ object, after, resource }) => {
      const kind = workloadKind(object);
      if (kind === null) return [];
      const { name, namespace = prepared.namespace } = object.metadata;
      const events = told.get(namespace) ?? watchEvents(api, namespace, watch);
      told.set(namespace, events);
      return [Sight.open(api, { kind, resource, namespace, name }, after ?? object, events, watch)];
    }),
  );
}

/**
 * As they are now; or as they were before a rollout that did not end, unless somebody has changed them since. Objects that the
 * other rollout made or changed and this one leaves out are kept in the record.
 */
async function formerObjects(options: BeginOptions): Promise<FormerObject[]> {
  const { api, prepared, signal } = options;
  const earlier = new Map((prepared.record?.objects ?? []).map((one) => [formerKey(one), one]));
  const found: FormerObject[] = [];
  for (const { object, resource, isKnown } of prepared.objects) {
    const { namespace = null, name } = object.metadata;
    const live = isKnown ? await api.get(resource, namespace, name, signal) : null;
    const here: FormerObject = { resource, namespace, name, former: live };
    const before = earlier.get(formerKey(here));
    earlier.delete(formerKey(here));
    found.push(
      before !== undefined && isStillOurs(live, options) ? { ...here, former: before.former } : here,
    );
  }
  return [...earlier.values(), ...found];
}

function isStillOurs(live: KubeObject | null, { prepared: { record }, watch }: BeginOptions): boolean {
  if (record === null || live === null) return record !== null;
  const who = changedSince(live, record.startedAt);
  if (who === null) return true;
  watch.notice(
    `${nameOf(live)} was changed by ${who} since an earlier rollout that did not end: what it is now counts as the former state.`,
  );
  return false;
}

/** The record's own namespace comes before the record. */
async function makeNamespaces({ api, prepared, signal }: BeginOptions): Promise<void> {
  for (const { object, resource } of prepared.objects)
    if (object.kind === 'Namespace') await api.apply(resource, object, {}, signal);
}

/** Those that were just made: without a record nothing is begun. */
async function dropNamespaces({ api, watch }: BeginOptions, objects: readonly FormerObject[]): Promise<void> {
  for (const { resource, name, former } of objects) {
    if (resource.kind !== 'Namespace' || former !== null) continue;
    await api.delete(resource, null, name, null, watch.signal).catch(() => {});
  }
}

function earlierPlans({ digest, record }: Prepared): readonly string[] {
  if (record === null) return [];
  return [...new Set([...record.earlier, record.digest])].filter((one) => one !== digest);
}

function formerKey({ resource, namespace, name }: FormerObject): string {
  return `${resource.group}/${resource.kind}/${namespace ?? ''}/${name}`;
}
