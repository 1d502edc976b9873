/**
 * What was there before a rollout, kept in the cluster until the rollout has ended: a run that is killed leaves it behind, and
 * the next one can still put the former state back. A Secret, since Secrets may be among the objects.
 */

import { gunzipSync, gzipSync } from 'node:zlib';
import { RunError } from '../../../../core/inputs/index.ts';
import {
  isKubeObject,
  isObject,
  type Json,
  type KubeObject,
  listAt,
  numberAt,
  textAt,
} from '../../../../core/kubernetes/index.ts';
import { ApiFailure, fieldManager, type KubeApi, type Serves, secrets } from '../client/index.ts';
import { deploymentAnnotation } from './comparable.ts';
import { pointer } from './difference.ts';

export interface FormerObject {
  readonly resource: Serves;
  readonly namespace: string | null;
  readonly name: string;
  /** Null: there was none. */
  readonly former: KubeObject | null;
}

export interface RolloutRecord {
  /** Of the plan that is rolled out. */
  readonly digest: string;
  /** Of the run that wrote it, and no other one: two may roll out the same plan. */
  readonly owner: string;
  /** Of plans whose runs did not end, and whose former state this is, too. */
  readonly earlier: readonly string[];
  readonly objects: readonly FormerObject[];
  /** When this plan's rollout began, by the server's clock: ISO 8601. */
  readonly startedAt: string;
}

export interface RecordPlace {
  readonly namespace: string;
  /** `ml-gates-deploy-deployment-web` */
  readonly name: string;
}

/** A Secret holds 1 MiB (`MaxSecretSize`). */
const mostBytes = 1024 * 1024;
/** Of the run that wrote it. */
const ownerAnnotation = 'ml-gates.dev/run';
const endedAnnotation = 'ml-gates.dev/ended';
const mostUnpacked = 64 * 1024 * 1024;
const format = 1;

/** DNS-1123 subdomains have 253 characters at most; names of workloads may be as long. */
export function recordPlace(kind: string, name: string, namespace: string): RecordPlace {
  return {
    namespace,
    name: `${fieldManager}-${kind.toLowerCase()}-${name}`.slice(0, 253).replace(/[-.]+$/, ''),
  };
}

/** What is in the record's place. */
export interface Kept {
  /** Null: there is none, or its rollout has ended. */
  readonly record: RolloutRecord | null;
  /** Null: there is no Secret. */
  readonly version: Version | null;
}

/** Of a Secret: a version alone would be taken for that of a new one, once it is deleted. */
interface Version {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** @throws ApiFailure; RunError when it cannot be understood. */
export async function readRecord(api: KubeApi, place: RecordPlace, signal: AbortSignal): Promise<Kept> {
  const secret = await api.get(secrets, place.namespace, place.name, signal);
  if (secret === null) return { record: null, version: null };
  const hasEnded = secret.metadata.annotations?.[endedAnnotation] !== undefined;
  return { record: hasEnded ? null : parseRecord(secret, place), version: versionOf(secret) };
}

/**
 * In place of what was there in `version`, and of nothing else: what another run's record held is taken over by the caller.
 * Null: somebody has written meanwhile. @throws ApiFailure, RunError when too large.
 */
export async function writeRecord(
  api: KubeApi,
  place: RecordPlace,
  record: Omit<RolloutRecord, 'startedAt'>,
  version: Version | null,
  signal: AbortSignal,
): Promise<RolloutRecord | null> {
  const objects = record.objects.map(({ former, ...rest }) => ({
    ...rest,
    former: former === null ? null : slim(former),
  }));
  const { digest, owner, earlier } = record;
  const packed = gzipSync(JSON.stringify({ version: format, digest, owner, earlier, objects }));
  if (packed.length > mostBytes) {
    throw new RunError(
      `the former state of ${objects.length} objects takes ${Math.ceil(packed.length / 1024)} KiB packed, and a Secret holds ` +
        `${mostBytes / 1024} KiB, so that it could not be put back; deploy fewer objects at once`,
    );
  }
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: place.name,
      namespace: place.namespace,
      labels: { 'app.kubernetes.io/managed-by': fieldManager },
      annotations: { [deploymentAnnotation]: digest, [ownerAnnotation]: owner },
      ...version,
    },
    type: 'ml-gates.dev/former-state',
    data: { former: packed.toString('base64') },
  };
  try {
    const written =
      version === null
        ? await api.create(secrets, secret, signal)
        : // Another run's record is taken over, not merged with.
          await api.apply(secrets, secret, { force: true }, signal);
    return { ...record, startedAt: writtenAt(written) };
  } catch (error) {
    const isRefused =
      error instanceof ApiFailure && error.code !== null && error.code !== 403 && error.code < 500;
    if (!isRefused) throw error;
    const now = await api.get(secrets, place.namespace, place.name, signal);
    // The answer may have been lost on the way, and the call repeated.
    if (now !== null && ownerOf(now) === owner) return { ...record, startedAt: writtenAt(now) };
    const isSame =
      now === null ? version === null : versionOf(now).resourceVersion === version?.resourceVersion;
    if (isSame) throw error;
    return null;
  }
}

/** The right is asked for before anything is changed: a record that stays would send a later rollback too far back. @throws ApiFailure */
export async function tryRemoval(api: KubeApi, place: RecordPlace, signal: AbortSignal): Promise<void> {
  try {
    await api.delete(secrets, place.namespace, place.name, null, signal, { dryRun: true });
  } catch (error) {
    // A webhook that knows no dry run says nothing about the right.
    if (!(error instanceof ApiFailure) || error.code === null || error.code === 403) throw error;
  }
}

/** False: another run has taken the record over, or has ended with it. @throws ApiFailure */
export async function isOwnRecord(
  api: KubeApi,
  place: RecordPlace,
  { owner }: RolloutRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const secret = await api.get(secrets, place.namespace, place.name, signal);
  return secret !== null && ownerOf(secret) === owner;
}

/** Leaves the record of another run, which has taken this one's place, or rolls out the same. @throws ApiFailure */
export async function removeRecord(
  api: KubeApi,
  place: RecordPlace,
  { owner }: RolloutRecord,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; attempt < mostRemovals; attempt++) {
    const secret = await api.get(secrets, place.namespace, place.name, signal);
    if (secret === null || ownerOf(secret) !== owner) return;
    const { uid = null, resourceVersion } = secret.metadata;
    const isGone = await api.delete(secrets, place.namespace, place.name, uid, signal, { resourceVersion });
    if (isGone) return;
  }
}

/** Somebody may label it in between. */
const mostRemovals = 5;

/** Where it cannot be deleted: the next run must not go back to what it holds. @throws ApiFailure */
export async function endRecord(
  api: KubeApi,
  place: RecordPlace,
  { owner }: RolloutRecord,
  signal: AbortSignal,
): Promise<void> {
  const secret = await api.get(secrets, place.namespace, place.name, signal);
  if (secret === null || ownerOf(secret) !== owner) return;
  const operations = [
    { op: 'test', path: '/metadata/resourceVersion', value: secret.metadata.resourceVersion ?? '' },
    { op: 'add', path: pointer(['metadata', 'annotations', endedAnnotation]), value: 'true' },
    { op: 'remove', path: '/data/former' },
  ];
  await api.patch(secrets, place.namespace, place.name, operations, signal);
}

function versionOf({ metadata: { uid = '', resourceVersion = '' } }: KubeObject): Version {
  return { uid, resourceVersion };
}

function ownerOf(secret: KubeObject): string | undefined {
  return secret.metadata.annotations?.[ownerAnnotation];
}

/** Of managedFields only what was applied from here matters. */
function slim(object: KubeObject): KubeObject {
  const managedFields = listAt(object, 'metadata', 'managedFields').filter(
    (entry) => textAt(entry, 'manager') === fieldManager,
  );
  const { status: _, ...rest } = object;
  // Names the pods of the former revision of a StatefulSet.
  const revision = textAt(object, 'status', 'updateRevision');
  return {
    ...rest,
    metadata: { ...object.metadata, managedFields },
    ...(revision === '' ? {} : { status: { updateRevision: revision } }),
  } as KubeObject;
}

/** The server notes when a manager has last changed something. */
function writtenAt(secret: KubeObject): string {
  const times = listAt(secret, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'manager') === fieldManager)
    .map((entry) => textAt(entry, 'time'))
    .sort();
  return times.at(-1) ?? secret.metadata.creationTimestamp ?? '';
}

function parseRecord(secret: KubeObject, { namespace, name }: RecordPlace): RolloutRecord {
  const broken = new RunError(
    `the Secret ${name} in namespace ${namespace} should hold the state before an earlier rollout, but cannot be read; look at it, and delete it`,
  );
  let value: Json;
  try {
    const packed = Buffer.from(textAt(secret, 'data', 'former'), 'base64');
    value = JSON.parse(gunzipSync(packed, { maxOutputLength: mostUnpacked }).toString('utf8')) as Json;
  } catch {
    throw broken;
  }
  if (!isObject(value) || numberAt(value, 'version') !== format) throw broken;
  const objects = listAt(value, 'objects').map((item): FormerObject => {
    const resource = isObject(item) ? item.resource : undefined;
    const former = isObject(item) ? item.former : undefined;
    if (!isObject(resource) || (former !== null && !isKubeObject(former))) throw broken;
    return {
      resource: {
        group: textAt(resource, 'group'),
        version: textAt(resource, 'version'),
        kind: textAt(resource, 'kind'),
        plural: textAt(resource, 'plural'),
        namespaced: resource.namespaced === true,
      },
      namespace: textAt(item, 'namespace') || null,
      name: textAt(item, 'name'),
      former,
    };
  });
  return {
    digest: textAt(value, 'digest'),
    owner: textAt(value, 'owner'),
    earlier: listAt(value, 'earlier').map(String),
    objects,
    startedAt: writtenAt(secret),
  };
}

/** Somebody has changed the object since: what was there before that is nobody's wish any more. */
export function changedSince(object: KubeObject, at: string): string | null {
  const since = Date.parse(at);
  const others = listAt(object, 'metadata', 'managedFields').filter(
    (entry) =>
      textAt(entry, 'manager') !== fieldManager &&
      textAt(entry, 'subresource') === '' &&
      // Revision annotations.
      textAt(entry, 'manager') !== 'kube-controller-manager' &&
      Date.parse(textAt(entry, 'time')) > since,
  );
  const [first] = others;
  return first === undefined ? null : textAt(first, 'manager');
}
