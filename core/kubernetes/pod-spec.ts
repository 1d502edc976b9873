/** Where the pods of a kind are described. */

import { at, isObject, type JsonObject, type KubeObject, objectAt, put } from './json.ts';

/** Keys down to the pod's specification; null: the kind runs no pods that are known here. */
export function podSpecPath({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string[] | null {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  switch (`${group}/${kind}`) {
    case 'apps/Deployment':
    case 'apps/StatefulSet':
    case 'apps/DaemonSet':
    case 'apps/ReplicaSet':
    case 'batch/Job':
    case '/ReplicationController':
      return ['spec', 'template', 'spec'];
    case 'batch/CronJob':
      return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
    case '/Pod':
      return ['spec'];
    default:
      return null;
  }
}

export function podSpecOf(object: KubeObject): JsonObject | null {
  const path = podSpecPath(object);
  const spec = path === null ? undefined : at(object, ...path);
  return isObject(spec) ? spec : null;
}

/** Labels and annotations of the pods themselves; empty where there are none. */
export function podMetadataOf(object: KubeObject): JsonObject {
  const path = podSpecPath(object);
  return path === null ? {} : objectAt(object, ...path.slice(0, -1), 'metadata');
}

export function withPodSpec(object: KubeObject, spec: JsonObject): KubeObject {
  const path = podSpecPath(object);
  return path === null ? object : (put(object, path, spec) as KubeObject);
}

/** Whose rollout is watched. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

export function workloadKind({
  apiVersion,
  kind,
}: Pick<KubeObject, 'apiVersion' | 'kind'>): WorkloadKind | null {
  if (!apiVersion.startsWith('apps/')) return null;
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet' ? kind : null;
}
