/** What runs, what would run, and how they differ. Nothing is stored. */

import { createHash } from 'node:crypto';
import { RunError } from '../../../../core/inputs/index.ts';
import {
  at,
  canonical,
  type KubeObject,
  listAt,
  type Manifest,
  objectAt,
  podSpecOf,
  textAt,
  type WorkloadKind,
  workloadKind,
} from '../../../../core/kubernetes/index.ts';
import type { KubernetesConfig } from '../../config.ts';
import type { Plan, ResolvedImage, Revision, Rollout, World } from '../../types.ts';
import { type Discovery, type KubeApi, namespaces } from '../client/index.ts';
import type { Patience } from '../patience.ts';
import { inOrder, placeImage, render } from '../render/index.ts';
import { unprovenOf } from '../rollout/proof.ts';
import { progressOf, revisionOf, wantedPods } from '../rollout/status.ts';
import { nameOf } from '../state/comparable.ts';
import { type RecordPlace, type RolloutRecord, readRecord, recordPlace } from '../state/record.ts';
import { changesOf } from '../state/show.ts';
import { findAutoscaled } from './autoscaled.ts';
import { placeObjects } from './place.ts';
import { areSettled } from './settled.ts';
import { tryApply, type Wanted } from './try-apply.ts';

export { keyOf } from './place.ts';
export type { Wanted } from './try-apply.ts';

/** What the rollout needs beside what the plan says; holds values of Secrets, and is no part of any record. */
export interface Prepared {
  readonly digest: string;
  /** In the order of application. */
  readonly objects: readonly Wanted[];
  /** Where objects are that name no namespace. */
  readonly namespace: string;
  /** What is told of, of all that is deployed. */
  readonly primary: Wanted;
  readonly recordPlace: RecordPlace;
  /** Of an earlier run that did not end. */
  readonly record: RolloutRecord | null;
}

/** What is rendered, before the image is put in. */
export async function renderConfig(
  config: KubernetesConfig,
  api: KubeApi,
  world: World,
): Promise<{ manifests: readonly Manifest[]; notices: readonly string[]; namespace: string }> {
  const namespace = config.namespace ?? api.connection.namespace ?? 'default';
  const facts = async (): Promise<{ version: string; capabilities: readonly string[] }> => ({
    version: await api.version(world.signal),
    capabilities: (await api.discovery(world.signal)).capabilities,
  });
  const rendered = await render(config.source, namespace, facts, world);
  return { ...rendered, namespace };
}

/** @throws RunError that says what cannot be deployed, and why. */
export async function makePlan(
  config: KubernetesConfig,
  image: ResolvedImage,
  api: KubeApi,
  patience: Patience,
  world: World,
): Promise<{ plan: Plan; prepared: Prepared }> {
  const { signal } = world;
  const { manifests, notices, namespace } = await renderConfig(config, api, world);
  const placed = placeImage(manifests, image, config.container);
  const discovery: Discovery = await api.discovery(signal);
  const objects = inOrder(
    placeObjects(placed.manifests, {
      discovery,
      given: config.namespace,
      usual: namespace,
      mayDiffer: config.source.kind === 'helm',
    }),
  );
  const digest = digestOf(objects.map(({ object }) => object));
  const autoscaled = await findAutoscaled(api, objects, signal);
  const wanted = await tryApply(api, objects, autoscaled, digest, signal);
  for (const one of wanted) refusePaused(one, namespace);
  const primary = primaryOf(wanted, image.reference);
  const place = recordPlace(
    primary.object.kind,
    primary.object.metadata.name,
    primary.object.metadata.namespace ?? namespace,
  );
  const { record } = await readRecord(api, place, signal);
  const changes = wanted.flatMap(({ object, live, after }) =>
    live === null ? changesOf(null, after ?? object, namespace) : changesOf(live, after ?? object, namespace),
  );
  const unchanged =
    changes.length === 0 &&
    record === null &&
    wanted.every(({ live }) => live === null || isRunning(live)) &&
    (await areSettled(api, wanted, patience.settleMs, world));
  const inProgress = record?.digest === digest ? `${nameOf(primary.object, namespace)}` : null;
  const prepared: Prepared = { digest, objects: wanted, namespace, primary, recordPlace: place, record };
  const before = revisionFor(wanted, primary, 'live', namespace);
  const plan: Plan = {
    headline: headlineOf(primary, wanted, image, namespace),
    unchanged,
    changes,
    before,
    after: revisionFor(wanted, primary, 'after', namespace) ?? { name: null, images: [], desired: null },
    inProgress,
    current: idsOf(primary, namespace),
    strategy: 'rolling',
    leastMs: 0,
    left: before === null ? 'nothing runs yet' : `${before.name ?? 'it'} runs`,
    unproven: unchanged ? unprovenOf(primary.object, primary.live, namespace) : null,
    notices: [
      ...api.connection.notices,
      ...notices,
      ...autoscaled.notices,
      ...workloadNotices(wanted, namespace),
      ...(record !== null && inProgress === null
        ? [
            `An earlier rollout did not end (Secret ${place.name}): what was there before it is what a rollback puts back.`,
          ]
        : []),
    ],
  };
  return { plan, prepared };
}

function digestOf(objects: readonly KubeObject[]): string {
  // A label's value has 63 characters; an annotation's may be longer, but names of rollouts should be short, too.
  return createHash('sha256').update(canonical(objects)).digest('hex').slice(0, 32);
}

/** The first workload that runs the image, else the first object that does. */
function primaryOf(wanted: readonly Wanted[], reference: string): Wanted {
  const running = wanted.filter(({ object }) => imagesOf(object).some(({ image }) => image === reference));
  const primary = running.find(({ object }) => workloadKind(object) !== null) ?? running[0];
  if (primary === undefined) throw new RunError('no object runs the image');
  return primary;
}

function refusePaused({ object, after, place }: Wanted, namespace: string): void {
  const whole = after ?? object;
  if (workloadKind(whole) !== 'Deployment' || objectAt(whole, 'spec').paused !== true) return;
  const isWished = objectAt(object, 'spec').paused === true;
  const how = isWished
    ? `take spec.paused out of ${place}`
    : `resume it with: kubectl rollout resume deployment/${object.metadata.name}`;
  throw new RunError(`${nameOf(object, namespace)} is paused, so that nothing would be rolled out; ${how}`);
}

/** True also of what runs no pods. */
function isRunning(live: KubeObject): boolean {
  const kind = workloadKind(live);
  if (kind === null) return true;
  const { is } = progressOf(kind, live);
  return is === 'complete' || is === 'on-delete';
}

function imagesOf(object: KubeObject): { container: string; image: string }[] {
  const spec = podSpecOf(object);
  if (spec === null) return [];
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    listAt(spec, list).map((item) => ({ container: textAt(item, 'name'), image: textAt(item, 'image') })),
  );
}

function revisionFor(
  wanted: readonly Wanted[],
  primary: Wanted,
  side: 'live' | 'after',
  namespace: string,
): Revision | null {
  const read = (one: Wanted): KubeObject | null => (side === 'live' ? one.live : (one.after ?? one.object));
  const main = read(primary);
  if (main === null) return null;
  const workloads = wanted.filter(({ object }) => workloadKind(object) !== null);
  const images = (workloads.length === 0 ? [primary] : workloads).flatMap((one) => {
    const object = read(one);
    if (object === null) return [];
    const owner = workloads.length > 1 ? `${nameOf(object, namespace)} ` : '';
    return imagesOf(object).map(({ container, image }) => ({ container: `${owner}${container}`, image }));
  });
  const kind = workloadKind(main);
  return {
    name: side === 'live' && kind !== null ? rolloutName(kind, main, namespace) : null,
    images,
    desired: kind === null || (kind === 'DaemonSet' && side === 'after') ? null : wantedPods(kind, main),
  };
}

function idsOf({ object, live }: Wanted, namespace: string): Rollout['ids'] {
  const kind = live === null ? null : workloadKind(object);
  if (live === null || kind === null) return noIds;
  return {
    deployment: rolloutName(kind, live, namespace),
    taskDefinitionArn: null,
    revision: revisionOf(kind, live),
  };
}

export const noIds: Rollout['ids'] = { deployment: null, taskDefinitionArn: null, revision: null };

/** `Deployment/web@7` */
export function rolloutName(kind: WorkloadKind, object: KubeObject, namespace: string): string {
  const revision = revisionOf(kind, object);
  return `${nameOf(object, namespace)}${revision === null ? '' : `@${revision}`}`;
}

function headlineOf(
  { object, live }: Wanted,
  wanted: readonly Wanted[],
  image: ResolvedImage,
  namespace: string,
): string {
  const where = object.metadata.namespace ?? namespace;
  const former = live === null ? [] : imagesOf(live);
  const places = imagesOf(object).filter((entry) => entry.image === image.reference);
  const before = former.find(({ container }) => places.some((entry) => entry.container === container));
  const change =
    live === null
      ? 'is made'
      : before === undefined || before.image === image.reference
        ? 'as it is'
        : `in place of ${shortImage(before.image)}`;
  const others = wanted.length - 1;
  const rest = others === 0 ? '' : `, with ${others} further ${others === 1 ? 'object' : 'objects'}`;
  return `${object.kind} ${object.metadata.name} in namespace ${where}: ${shortImage(image.reference)} ${change}${rest}`;
}

/** `api@sha256:1f3c5d7e…` */
function shortImage(image: string): string {
  const [name = '', digest] = image.split('@');
  const last = name.split('/').at(-1) ?? name;
  return digest === undefined ? last : `${last}@${digest.slice(0, 19)}…`;
}

function workloadNotices(wanted: readonly Wanted[], namespace: string): string[] {
  return wanted.flatMap(({ object, after }) => {
    const whole = after ?? object;
    const kind = workloadKind(whole);
    if (kind === null) return [];
    const name = nameOf(whole, namespace);
    const strategy = objectAt(whole, 'spec', 'updateStrategy');
    const { partition } = objectAt(strategy, 'rollingUpdate');
    const notices: string[] = [];
    if (kind !== 'Deployment' && textAt(strategy, 'type') === 'OnDelete')
      notices.push(
        `${name} has the update strategy OnDelete: its pods stay as they are until somebody deletes them.`,
      );
    if (typeof partition === 'number' && partition > 0)
      notices.push(`${name} has a partition: its pods below ordinal ${partition} stay as they are.`);
    const unprobed = listAt(whole, 'spec', 'template', 'spec', 'containers')
      .filter((container) => at(container, 'readinessProbe') === undefined)
      .map((container) => textAt(container, 'name'));
    if (unprobed.length > 0) {
      const containers =
        unprobed.length === 1 ? `container ${unprobed[0]}` : `containers ${unprobed.join(', ')}`;
      notices.push(
        `${name}: ${containers} without a readiness probe, so that ready only means that the process runs; new pods must run for a while before they count.`,
      );
    }
    return notices;
  });
}

/** Of the record's namespace: it may be among what is deployed. */
export function makesNamespace(objects: readonly Wanted[], namespace: string): boolean {
  return objects.some(
    ({ object, live }) =>
      object.kind === namespaces.kind && object.metadata.name === namespace && live === null,
  );
}
