/** Whether somebody else has changed a workload since it was applied. */

import { canonical, type KubeObject, listAt, textAt } from '../../../../core/kubernetes/index.ts';
import { fieldManager } from '../client/index.ts';
import { deploymentAnnotation, nameOf, templateOf } from '../state/comparable.ts';

export interface Expected {
  /** As the API server answered when it was applied. */
  readonly applied: KubeObject;
  /** Of the plan, which the annotation names; null: it is not looked at. */
  readonly digest: string | null;
}

/**
 * What happened, in one sentence; null: nothing. Replicas are for autoscalers and people to change.
 * `now` may be older than what was applied, as a watch tells it.
 */
export function supersededBy({ applied, digest }: Expected, now: KubeObject): string | null {
  const generation = now.metadata.generation ?? 0;
  const appliedGeneration = applied.metadata.generation ?? 0;
  if (now.metadata.uid !== applied.metadata.uid)
    return `${nameOf(now)} was deleted and made anew by somebody else`;
  if (generation < appliedGeneration) return null;
  const isNewer = generation > appliedGeneration;
  if (isNewer && canonical(templateOf(now)) !== canonical(templateOf(applied)))
    return `${nameOf(now)} was changed by ${lastManager(now)} while it was rolled out`;
  if (now.spec !== undefined && isPaused(now) && !isPaused(applied))
    return `${nameOf(now)} was paused by ${lastManager(now)} while it was rolled out`;
  const mark = now.metadata.annotations?.[deploymentAnnotation];
  const isOthers = digest !== null && mark !== undefined && mark !== digest;
  // A watch may still tell of the state before; another run's mark comes with a change of the template.
  return isOthers && isNewer
    ? `${nameOf(now)} was deployed anew by another run while it was rolled out`
    : null;
}

function isPaused(object: KubeObject): boolean {
  return (object.spec as { paused?: unknown } | undefined)?.paused === true;
}

function lastManager(object: KubeObject): string {
  const entries = listAt(object, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'subresource') === '')
    .sort((a, b) => (textAt(a, 'time') < textAt(b, 'time') ? -1 : 1));
  const name = textAt(
    entries.findLast((entry) => textAt(entry, 'manager') !== 'kube-controller-manager'),
    'manager',
  );
  return name === '' || name === fieldManager ? 'somebody else' : name;
}
