/**
 * What was there before a rollout, kept in the cluster until the rollout has ended: a run that is killed leaves it behind, and
 * the next one can still put the former state back. A Secret, since Secrets may be among the objects.
 */

import { gunzipSync, gzipSync } from 'node:zlib';
import { RunError } from '../../../../core/inputs/index.ts';
import {
  fieldManager,
  isKubeObject,
  isObject,
  type Json,
  type KubeApi,
  type KubeObject,
  listAt,
  numberAt,
  type Serves,
  secrets,
  textAt,
} from '../client/index.ts';
import { deploymentAnnotation } from './comparable.ts';

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
const mostUnpacked = 64 * 1024 * 1024;
const version = 1;

/** DNS-1123 subdomains have 253 characters at most; names of workloads may be as long. */
export function recordPlace(kind: string, name: string, namespace: string): RecordPlace {
  return {
    namespace,
    name: `${fieldManager}-${kind.toLowerCase()}-${name}`.slice(0, 253).replace(/[-.]+$/, ''),
  };
}

/** Null: there is none. @throws ApiFailure; RunError when it cannot be understood. */
export async function readRecord(
  api: KubeApi,
  place: RecordPlace,
  signal: AbortSignal,
): Promise<RolloutRecord | null> {
  const secret = await api.get(secrets, place.namespace, place.name, signal);
  return secret === null ? null : parseRecord(secret, place);
}

/** What another run's record of this deployment held is taken over by its caller. @throws ApiFailure, RunError when too large. */
export async function writeRecord(
  api: KubeApi,
  place: RecordPlace,
  record: Omit<RolloutRecord, 'startedAt'>,
  signal: AbortSignal,
): Promise<RolloutRecord> {
  const objects = record.objects.map(({ former, ...rest }) => ({
    ...rest,
    former: former === null ? null : slim(former),
  }));
  const packed = gzipSync(
    JSON.stringify({ version, digest: record.digest, earlier: record.earlier, objects }),
  );
  if (packed.length > mostBytes) {
    throw new RunError(
      `the former state of ${objects.length} objects takes ${Math.ceil(packed.length / 1024)} KiB packed, and a Secret holds ` +
        `${mostBytes / 1024} KiB, so that it could not be put back; deploy fewer objects at once`,
    );
  }
  const secret = await api.apply(
    secrets,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: place.name,
        namespace: place.namespace,
        labels: { 'app.kubernetes.io/managed-by': fieldManager },
        annotations: { [deploymentAnnotation]: record.digest },
      },
      type: 'ml-gates.dev/former-state',
      data: { former: packed.toString('base64') },
    },
    // Another run's record is taken over, not merged with.
    { force: true },
    signal,
  );
  return { ...record, startedAt: writtenAt(secret) };
}

/** Leaves the record of another plan, whose run has taken this one's place. @throws ApiFailure */
export async function removeRecord(
  api: KubeApi,
  place: RecordPlace,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  const secret = await api.get(secrets, place.namespace, place.name, signal);
  if (secret === null || secret.metadata.annotations?.[deploymentAnnotation] !== digest) return;
  await api.delete(secrets, place.namespace, place.name, secret.metadata.uid ?? null, signal);
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
  if (!isObject(value) || numberAt(value, 'version') !== version) throw broken;
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
