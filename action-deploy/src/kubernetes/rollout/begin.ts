/** What comes before the first change: watches are opened, and the former state is kept. */

import { randomUUID } from 'node:crypto';
import { RunError } from '../../../../core/inputs/index.ts';
import { type KubeObject, workloadKind } from '../../../../core/kubernetes/index.ts';
import type { RollingWorld } from '../../types.ts';
import { ApiFailure, type KubeApi, type Mirror, namespaces } from '../client/index.ts';
import { keyOf, makesNamespace, type Prepared, type Wanted } from '../plan/index.ts';
import { nameOf } from '../state/comparable.ts';
import {
  changedSince,
  type FormerObject,
  type RolloutRecord,
  readRecord,
  tryRemoval,
  writeRecord,
} from '../state/record.ts';
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
  /** Of workloads that an earlier run has changed, and that are left out of this one: a way back leads by them, too. */
  readonly others: readonly Sight[];
}

/** Everything that may fail without harm. @throws RunError when it does: nothing was changed. */
export async function begin(options: BeginOptions): Promise<Begun> {
  const { api, prepared, world, signal } = options;
  if (world.signal.aborted) throw new RunError('the job was cancelled before anything was changed');
  try {
    await tryRemoval(api, prepared.recordPlace, signal);
    const sights = await openSights(options, prepared.objects);
    const record = await keepFormerState(options);
    const others = await openOthers(options, record);
    world.tell({
      kind: 'step',
      subject: '',
      text: `the former state is kept in Secret ${prepared.recordPlace.name} until the rollout has ended`,
    });
    return { record, sights, others };
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.reason !== 'CANCELLED') throw error;
    const why = world.signal.aborted ? 'the job was cancelled' : 'the timeout was over';
    throw new RunError(`${why} before anything was changed`);
  }
}

/** Another run may write at the same time; each attempt takes over what is there by then. */
const mostAttempts = 5;

async function keepFormerState(options: BeginOptions): Promise<RolloutRecord> {
  const { api, prepared, signal } = options;
  const { recordPlace, digest } = prepared;
  const owner = randomUUID();
  const isNew = makesNamespace(prepared.objects, recordPlace.namespace);
  const made = new Set<string>();
  try {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const { record: earlier, version } = await readRecord(api, recordPlace, signal);
      const objects = await formerObjects(options, earlier, made);
      if (isNew) await makeNamespaces(options, objects, made);
      const written = await writeRecord(
        api,
        recordPlace,
        { digest, owner, earlier: earlierPlans(digest, earlier), objects },
        version,
        signal,
      );
      if (written !== null) return written;
    }
    throw new RunError(
      `other runs write to Secret ${recordPlace.name} in namespace ${recordPlace.namespace} all the time; nothing was changed: let one job at a time deploy`,
    );
  } catch (error) {
    await dropNamespaces(options, made);
    throw error;
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

/** Without the right to look at them a way back is not verified. */
async function openOthers(options: BeginOptions, record: RolloutRecord): Promise<Sight[]> {
  const { api, prepared, watch } = options;
  const known = new Set(prepared.objects.map(({ object, resource }) => keyOf(object, resource)));
  const opened: Sight[] = [];
  for (const { resource, namespace, name, former } of record.objects) {
    if (former === null || known.has(keyOf(former, resource))) continue;
    const kind = workloadKind(former);
    if (kind === null || namespace === null) continue;
    try {
      const place = { kind, resource, namespace, name };
      opened.push(await Sight.open(api, place, former, Promise.resolve(null), watch));
    } catch (error) {
      // The record is written: what is wrong with the connection shows at the next call.
      if (!(error instanceof ApiFailure)) throw error;
      watch.notice(
        `${nameOf(former, prepared.namespace)} of an earlier rollout is not watched: ${error.message}.`,
      );
    }
  }
  return opened;
}

/**
 * As they are now; or as they were before a rollout that did not end, unless somebody has changed them since. Objects that the
 * other rollout made or changed and this one leaves out are kept in the record.
 */
async function formerObjects(
  options: BeginOptions,
  record: RolloutRecord | null,
  made: ReadonlySet<string>,
): Promise<FormerObject[]> {
  const { api, prepared, signal } = options;
  const earlier = new Map((record?.objects ?? []).map((one) => [formerKey(one), one]));
  const found: FormerObject[] = [];
  for (const { object, resource, isKnown } of prepared.objects) {
    const { namespace = null, name } = object.metadata;
    const isMade = resource.kind === namespaces.kind && made.has(name);
    const live = isKnown && !isMade ? await api.get(resource, namespace, name, signal) : null;
    const here: FormerObject = { resource, namespace, name, former: live };
    const before = earlier.get(formerKey(here));
    earlier.delete(formerKey(here));
    found.push(
      before !== undefined && isStillOurs(live, record, options) ? { ...here, former: before.former } : here,
    );
  }
  return [...earlier.values(), ...found];
}

function isStillOurs(
  live: KubeObject | null,
  record: RolloutRecord | null,
  { watch }: BeginOptions,
): boolean {
  if (record === null || live === null) return record !== null;
  const who = changedSince(live, record.startedAt);
  if (who === null) return true;
  watch.notice(
    `${nameOf(live)} was changed by ${who} since an earlier rollout that did not end: what it is now counts as the former state.`,
  );
  return false;
}

/**
 * The record's own namespace comes before the record; those that are there already are changed with the other objects.
 * `made` gets the names of the others.
 */
async function makeNamespaces(
  { api, prepared, signal }: BeginOptions,
  objects: readonly FormerObject[],
  made: Set<string>,
): Promise<void> {
  const known = objects.filter(({ former }) => former !== null).map(formerKey);
  for (const { object, resource } of prepared.objects) {
    const { name } = object.metadata;
    const isThere = known.includes(formerKey({ resource, namespace: null, name }));
    if (object.kind !== namespaces.kind || made.has(name) || isThere) continue;
    made.add(name);
    await api.apply(resource, object, {}, signal);
  }
}

/** Without a record nothing is begun. */
async function dropNamespaces(
  { api, prepared, watch }: BeginOptions,
  made: ReadonlySet<string>,
): Promise<void> {
  const [resource] = prepared.objects.filter(({ object }) => object.kind === namespaces.kind);
  if (resource === undefined) return;
  for (const name of made)
    await api.delete(resource.resource, null, name, null, watch.signal).catch(() => {});
}

function earlierPlans(digest: string, record: RolloutRecord | null): readonly string[] {
  if (record === null) return [];
  return [...new Set([...record.earlier, record.digest])].filter((one) => one !== digest);
}

function formerKey({ resource, namespace, name }: Omit<FormerObject, 'former'>): string {
  return `${resource.group}/${resource.kind}/${namespace ?? ''}/${name}`;
}
