/** Whether what a workload says of itself proves that the new revision runs: also where nothing is left to be done. */

import { type KubeObject, numberAt, workloadKind } from '../../../../core/kubernetes/index.ts';
import { nameOf } from '../state/comparable.ts';
import { progressOf, wantedPods } from './status.ts';

/** Why nothing is proven, in one sentence; null: it is. `seen`: the object as it is in the cluster; null: it is not there. */
export function unprovenOf(object: KubeObject, seen: KubeObject | null, namespace: string): string | null {
  const kind = workloadKind(object);
  const name = nameOf(object, namespace);
  if (kind === null)
    return `${name} runs the image when its time comes; it is applied, and was not seen to run`;
  if (seen === null) return null;
  const { is } = progressOf(kind, seen);
  if (is === 'on-delete' && !areExchanged(seen, wantedPods(kind, seen)))
    return `${name} has the update strategy OnDelete: its pods run the former image until they are deleted`;
  const wanted = wantedPods(kind, seen);
  if (wanted === 0) return `${name} wants no pods, so that nothing was seen to run`;
  const partition = numberAt(seen, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const updated = numberAt(seen, 'status', 'updatedReplicas') ?? 0;
  return kind === 'StatefulSet' && partition >= wanted && updated === 0
    ? `${name} has a partition of ${partition} and ${wanted} ${wanted === 1 ? 'pod' : 'pods'}, so that all of them stay as they are`
    : null;
}

/** Somebody has deleted all pods since, so that all of them are new. */
function areExchanged(seen: KubeObject, wanted: number): boolean {
  const generation = seen.metadata.generation ?? 0;
  const status = (field: string): number => numberAt(seen, 'status', field) ?? 0;
  const updated = Math.max(status('updatedReplicas'), status('updatedNumberScheduled'));
  const available = Math.max(status('availableReplicas'), status('numberAvailable'));
  return status('observedGeneration') >= generation && updated >= wanted && available >= wanted;
}
