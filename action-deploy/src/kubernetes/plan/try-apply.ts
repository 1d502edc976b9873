/** Each object as it is and as it would be: read, and applied by the server without storing it. */

import { nearest } from '../../../../core/gate/index.ts';
import { RunError } from '../../../../core/inputs/index.ts';
import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import { ApiFailure, conflicts, fieldManager, type KubeApi, namespaces } from '../client/index.ts';
import { deploymentAnnotation, nameOf } from '../state/comparable.ts';
import { type Autoscaled, leaveReplicas } from './autoscaled.ts';
import type { Placed } from './place.ts';

/** An object on its way. */
export interface Wanted extends Placed {
  /** What is sent. */
  readonly object: KubeObject;
  /** Null: there is none yet. */
  readonly live: KubeObject | null;
  /** As the server would store it; null where it cannot say yet, since its namespace or its kind is made before it. */
  readonly after: KubeObject | null;
}

const atOnce = 8;

/** @throws RunError with all that the server refuses. */
export async function tryApply(
  api: KubeApi,
  placed: readonly Placed[],
  autoscaled: Autoscaled,
  digest: string,
  signal: AbortSignal,
): Promise<Wanted[]> {
  const made = new Set(
    placed.filter(({ object }) => object.kind === 'Namespace').map(({ object }) => object.metadata.name),
  );
  // By the place of the object: answers come in any order.
  const problems: string[][] = placed.map(() => []);
  const clashes: string[][] = placed.map(() => []);
  const results: (Wanted | null)[] = new Array(placed.length).fill(null);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < placed.length; index = next++) {
      const one = placed[index];
      if (one === undefined) return;
      try {
        results[index] = await tryOne(api, one, autoscaled, digest, made, signal);
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.code === null || error.code === 401) throw error;
        const named = `${nameOf(one.object)} (${one.place})`;
        const found = error.code === 409 ? conflicts(error.causes) : [];
        clashes[index] = found.map((clash) => `${named}: ${clash}`);
        if (found.length === 0) problems[index] = [`${one.place}: ${await explain(api, error, one, signal)}`];
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const others = clashes.flat();
  const all = [...problems.flat(), ...(others.length === 0 ? [] : [conflictMessage(others)])];
  if (all.length > 0) throw new RunError([...new Set(all)].join('\n'));
  return results.filter((result) => result !== null);
}

async function tryOne(
  api: KubeApi,
  placed: Placed,
  autoscaled: Autoscaled,
  digest: string,
  made: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Wanted> {
  const { object, resource, isKnown } = placed;
  if (!isKnown) return { ...placed, live: null, after: null };
  const { namespace, name } = object.metadata;
  const live = await api.get(resource, namespace ?? null, name, signal);
  const sent = marked(leaveReplicas(object, live, autoscaled), digest);
  try {
    const after = await api.apply(resource, sent, { dryRun: true }, signal);
    return { ...placed, object: sent, live, after };
  } catch (error) {
    const isTooEarly =
      error instanceof ApiFailure && error.code === 404 && namespace !== undefined && made.has(namespace);
    if (isTooEarly) return { ...placed, object: sent, live: null, after: null };
    throw error;
  }
}

/** Workloads say by whose plan they run. */
function marked(object: KubeObject, digest: string): KubeObject {
  if (!object.apiVersion.startsWith('apps/')) return object;
  const annotations = { ...object.metadata.annotations, [deploymentAnnotation]: digest };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Adds what can be said of the two mistakes that are made most. */
async function explain(
  api: KubeApi,
  error: ApiFailure,
  { object }: Placed,
  signal: AbortSignal,
): Promise<string> {
  const { namespace, name } = object.metadata;
  if (error.code === 404 && namespace !== undefined && error.said.includes('namespaces')) {
    const names = await api
      .list(namespaces, null, {}, signal)
      .then(({ items }) => items.map((item) => item.metadata.name))
      .catch(() => []);
    const near = nearest(namespace, names);
    const hint =
      near === undefined ? '; add it to what is deployed, or create it first' : `; did you mean ${near}?`;
    return `the namespace ${namespace} does not exist${hint}`;
  }
  const isImmutable = error.causes.some(({ message }) => message.includes('immutable'));
  if (isImmutable && object.kind === 'Job') {
    return `Job/${name} exists, and a Job's pods cannot be changed: give it a name of its own for each version, or delete it first (ttlSecondsAfterFinished does so by itself)`;
  }
  return isImmutable ? `${error.message}. Delete the object first, or give it another name` : error.message;
}

function conflictMessage(clashes: readonly string[]): string {
  return (
    `others manage fields that the manifests set:\n${clashes.map((clash) => `  ${clash}`).join('\n')}\n` +
    'Nothing was changed. Take these fields out of the manifests, or hand them over once: ' +
    `kubectl apply --server-side --force-conflicts --field-manager=${fieldManager} -f …`
  );
}
