/** What of an object is compared: what somebody wants of it, and not what the cluster keeps about it. */

import {
  drop,
  isObject,
  type JsonObject,
  type KubeObject,
  type Metadata,
  objectAt,
} from '../../../../core/kubernetes/index.ts';

/** Holds the digest of the plan that a workload was deployed by: a later run knows its own work by it. */
export const deploymentAnnotation = 'ml-gates.dev/deployment';

/** Kept by controllers and by kubectl. */
const keptAnnotations = [
  deploymentAnnotation,
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  'kubectl.kubernetes.io/last-applied-configuration',
];
const keptMetadata = [
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
];

export function comparable(object: KubeObject): JsonObject {
  let kept: JsonObject = drop(object, ['status']);
  for (const field of keptMetadata) kept = drop(kept, ['metadata', field]);
  for (const name of keptAnnotations) kept = drop(kept, ['metadata', 'annotations', name]);
  return kept;
}

/**
 * What of an object is put back: others keep finalizers and owners, to be asked before it goes; what this manager has applied of
 * them is applied again anyway.
 */
export function restorable(object: KubeObject): JsonObject {
  return drop(drop(comparable(object), ['metadata', 'finalizers']), ['metadata', 'ownerReferences']);
}

/** As it would be sent by somebody who makes it: without what only the cluster sets. */
export function sendable(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  const metadata = Object.fromEntries(
    Object.entries(object.metadata).filter(([field]) => !keptMetadata.includes(field)),
  ) as Metadata;
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata };
}

/** `Deployment/web`, with its namespace where it is not the usual one. */
export function nameOf({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>, usual?: string): string {
  const { namespace, name } = metadata;
  const isElsewhere = namespace !== undefined && usual !== undefined && namespace !== usual;
  return `${kind}/${isElsewhere ? `${namespace}/` : ''}${name}`;
}

/** Of the pods' template, without what nobody wants: null where the object has none. */
export function templateOf(object: KubeObject): JsonObject | null {
  const template = objectAt(object, 'spec').template;
  return isObject(template) ? drop(template, ['metadata', 'creationTimestamp']) : null;
}
