/** Replicas that a HorizontalPodAutoscaler sets are left to it. */

import { drop, type KubeObject, numberAt, objectAt, put, textAt } from '../../../../core/kubernetes/index.ts';
import { ApiFailure, autoscalers, fieldManager, type KubeApi } from '../client/index.ts';
import { appliedBy } from '../state/owned-fields.ts';
import type { Placed } from './place.ts';

const scaled = new Set(['Deployment', 'StatefulSet']);

export interface Autoscaled {
  /** `namespace/Kind/name` of what an autoscaler scales. */
  readonly targets: ReadonlySet<string>;
  readonly notices: readonly string[];
}

/** Of the cluster, and of the objects that are to be applied. */
export async function findAutoscaled(
  api: KubeApi,
  placed: readonly Placed[],
  signal: AbortSignal,
): Promise<Autoscaled> {
  const workloads = placed.filter(({ object }) => scaled.has(object.kind));
  const spaces = new Set(workloads.map(({ object }) => object.metadata.namespace ?? ''));
  const found = placed.filter(({ object }) => object.kind === autoscalers.kind).map(({ object }) => object);
  const notices: string[] = [];
  for (const namespace of spaces) {
    try {
      const { items } = await api.list(autoscalers, namespace, {}, signal);
      found.push(...items);
    } catch (error) {
      if (!(error instanceof ApiFailure) || (error.code !== 403 && error.code !== 404)) throw error;
      // 404: a cluster from before autoscaling/v2.
      if (error.code === 403)
        notices.push(
          `Whether an autoscaler sets replicas in namespace ${namespace} is not known: ${error.message}.`,
        );
    }
  }
  return { targets: new Set(found.map(targetOf)), notices };
}

function targetOf(autoscaler: KubeObject): string {
  const target = objectAt(autoscaler, 'spec', 'scaleTargetRef');
  return `${autoscaler.metadata.namespace ?? ''}/${textAt(target, 'kind')}/${textAt(target, 'name')}`;
}

/**
 * Without `spec.replicas`, where an autoscaler sets it. A value that was applied from here before stays as it is now: not to
 * apply it any more would give the field up, and the server would set its default, one replica.
 */
export function leaveReplicas(
  object: KubeObject,
  live: KubeObject | null,
  { targets }: Autoscaled,
): KubeObject {
  const key = `${object.metadata.namespace ?? ''}/${object.kind}/${object.metadata.name}`;
  if (!scaled.has(object.kind) || !targets.has(key)) return object;
  const without = drop(object, ['spec', 'replicas']) as KubeObject;
  if (live === null) return without;
  const now = numberAt(live, 'spec', 'replicas');
  const isOurs = numberAt(appliedBy(live, fieldManager), 'spec', 'replicas') !== null;
  return isOurs && now !== null ? (put(without, ['spec', 'replicas'], now) as KubeObject) : without;
}
