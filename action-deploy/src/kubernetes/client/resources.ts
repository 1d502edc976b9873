/** The kinds that are asked for by name here; all others are discovered. */

import type { Serves } from './options.ts';

function served(group: string, version: string, kind: string, plural: string, namespaced = true): Serves {
  return { group, version, kind, plural, namespaced };
}

export const namespaces = served('', 'v1', 'Namespace', 'namespaces', false);
export const nodes = served('', 'v1', 'Node', 'nodes', false);
export const pods = served('', 'v1', 'Pod', 'pods');
export const secrets = served('', 'v1', 'Secret', 'secrets');
/** Of the core group: what the scheduler and the kubelet write stands in both. */
export const events = served('', 'v1', 'Event', 'events');
export const replicaSets = served('apps', 'v1', 'ReplicaSet', 'replicasets');
export const controllerRevisions = served('apps', 'v1', 'ControllerRevision', 'controllerrevisions');
export const autoscalers = served('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');
