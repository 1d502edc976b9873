/**
 * How far a workload is, by its status alone, as `kubectl rollout status` reads it
 * (kubernetes/kubectl, pkg/polymorphichelpers/rollout_status.go).
 */

import {
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  type WorkloadKind,
} from '../../../../core/kubernetes/index.ts';

export type Progress =
  /** `proven`: at least one pod runs. */
  | { readonly is: 'complete'; readonly wanted: number; readonly text: string }
  | { readonly is: 'going'; readonly wanted: number; readonly text: string }
  /** The platform has given up: its own words, and when (ISO 8601). */
  | {
      readonly is: 'stuck';
      readonly wanted: number;
      readonly reason: string;
      readonly text: string;
      readonly at: string;
    }
  | { readonly is: 'paused' }
  /** Pods are exchanged only when somebody deletes them. */
  | { readonly is: 'on-delete' };

export function progressOf(kind: WorkloadKind, object: KubeObject): Progress {
  const generation = numberAt(object, 'metadata', 'generation') ?? 0;
  const observed = numberAt(object, 'status', 'observedGeneration') ?? 0;
  if (kind === 'Deployment' && objectAt(object, 'spec').paused === true) return { is: 'paused' };
  if (kind !== 'Deployment' && textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return { is: 'on-delete' };
  const wanted = wantedPods(kind, object);
  if (observed < generation)
    return { is: 'going', wanted, text: 'its controller has not seen the change yet' };
  switch (kind) {
    case 'Deployment':
      return deployment(object, wanted);
    case 'StatefulSet':
      return statefulSet(object, wanted);
    case 'DaemonSet':
      return daemonSet(object, wanted);
  }
}

/** Pods that are wanted: of a DaemonSet, one for each node that it may run on. */
export function wantedPods(kind: WorkloadKind, object: KubeObject): number {
  return kind === 'DaemonSet'
    ? (numberAt(object, 'status', 'desiredNumberScheduled') ?? 0)
    : (numberAt(object, 'spec', 'replicas') ?? 1);
}

export function conditionOf(
  object: KubeObject,
  type: string,
): { status: string; reason: string; message: string; updatedAt: string } | null {
  const found = listAt(object, 'status', 'conditions').find((item) => textAt(item, 'type') === type);
  if (found === undefined) return null;
  return {
    status: textAt(found, 'status'),
    reason: textAt(found, 'reason'),
    message: textAt(found, 'message'),
    updatedAt: textAt(found, 'lastUpdateTime') || textAt(found, 'lastTransitionTime'),
  };
}

function deployment(object: KubeObject, wanted: number): Progress {
  const progressing = conditionOf(object, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return {
      is: 'stuck',
      wanted,
      reason: progressing.reason,
      text: progressing.message,
      at: progressing.updatedAt,
    };
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const all = numberAt(object, 'status', 'replicas') ?? 0;
  const available = numberAt(object, 'status', 'availableReplicas') ?? 0;
  const unavailable = numberAt(object, 'status', 'unavailableReplicas') ?? 0;
  if (updated < wanted) return { is: 'going', wanted, text: `${updated} of ${wanted} new pods are there` };
  if (all > updated) return { is: 'going', wanted, text: `${all - updated} former pods are still there` };
  if (available < updated || unavailable > 0)
    return { is: 'going', wanted, text: `${available} of ${updated} new pods are available` };
  return { is: 'complete', wanted, text: `${available} of ${wanted} pods are available` };
}

function statefulSet(object: KubeObject, wanted: number): Progress {
  const ready = numberAt(object, 'status', 'readyReplicas') ?? 0;
  const available = numberAt(object, 'status', 'availableReplicas') ?? ready;
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const current = textAt(object, 'status', 'currentRevision');
  const update = textAt(object, 'status', 'updateRevision');
  if (partition > 0) {
    const due = Math.max(0, wanted - partition);
    if (updated < due)
      return { is: 'going', wanted, text: `${updated} of ${due} pods of the partition are new` };
  } else if (current !== update || updated < wanted) {
    // Going back while half of the pods were exchanged makes both revisions one at once.
    return { is: 'going', wanted, text: `${updated} of ${wanted} new pods are there` };
  }
  const runs = Math.min(ready, available);
  if (runs < wanted) return { is: 'going', wanted, text: `${runs} of ${wanted} pods are available` };
  return { is: 'complete', wanted, text: `${runs} of ${wanted} pods are available` };
}

function daemonSet(object: KubeObject, wanted: number): Progress {
  const updated = numberAt(object, 'status', 'updatedNumberScheduled') ?? 0;
  const available = numberAt(object, 'status', 'numberAvailable') ?? 0;
  if (updated < wanted) return { is: 'going', wanted, text: `${updated} of ${wanted} new pods are there` };
  if (available < wanted)
    return { is: 'going', wanted, text: `${available} of ${wanted} pods are available` };
  return { is: 'complete', wanted, text: `${available} of ${wanted} pods are available` };
}

/** `7`, the platform's name of what is rolled out; null: not known yet. */
export function revisionOf(kind: WorkloadKind, object: KubeObject): string | null {
  switch (kind) {
    case 'Deployment':
      return object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? null;
    case 'StatefulSet':
      return textAt(object, 'status', 'updateRevision') || null;
    case 'DaemonSet':
      return String(object.metadata.generation ?? '') || null;
  }
}
