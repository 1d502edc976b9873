/** What the image must be built for: the platforms of the nodes that its pods may run on. */

import {
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  textAt,
} from '../../../core/kubernetes/index.ts';
import type { Platform } from '../types.ts';

/** Null: no node says. */
export function platformsOf(
  pods: readonly JsonObject[],
  nodes: readonly KubeObject[],
): readonly Platform[] | null {
  const found = new Map<string, Platform>();
  for (const node of nodes) {
    if (!pods.some((pod) => mayRunOn(pod, node))) continue;
    const info = objectAt(node, 'status', 'nodeInfo');
    const platform = { os: textAt(info, 'operatingSystem'), architecture: textAt(info, 'architecture') };
    if (platform.os !== '' && platform.architecture !== '')
      found.set(`${platform.os}/${platform.architecture}`, platform);
  }
  return found.size === 0 ? null : [...found.values()];
}

function mayRunOn(pod: JsonObject, node: KubeObject): boolean {
  const labels = objectAt(node, 'metadata', 'labels');
  const selected = Object.entries(objectAt(pod, 'nodeSelector')).every(
    ([key, value]) => labels[key] === value,
  );
  if (objectAt(node, 'spec').unschedulable === true || !selected) return false;
  const taints = listAt(node, 'spec', 'taints').filter(
    (taint) => textAt(taint, 'effect') !== 'PreferNoSchedule',
  );
  if (!taints.every((taint) => isTolerated(taint, listAt(pod, 'tolerations')))) return false;
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const terms = listAt(pod, 'affinity', 'nodeAffinity', required, 'nodeSelectorTerms');
  return (
    terms.length === 0 ||
    terms.some((term) => listAt(term, 'matchExpressions').every((expression) => matches(expression, labels)))
  );
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
function isTolerated(taint: Json, tolerations: readonly Json[]): boolean {
  return tolerations.some((toleration) => {
    const key = textAt(toleration, 'key');
    const effect = textAt(toleration, 'effect');
    const isExists = textAt(toleration, 'operator') === 'Exists';
    if (effect !== '' && effect !== textAt(taint, 'effect')) return false;
    if (key === '') return isExists;
    return (
      key === textAt(taint, 'key') && (isExists || textAt(toleration, 'value') === textAt(taint, 'value'))
    );
  });
}

function matches(expression: Json, labels: JsonObject): boolean {
  const key = textAt(expression, 'key');
  const has = Object.hasOwn(labels, key);
  const value = String(labels[key] ?? '');
  const values = listAt(expression, 'values').map(String);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return has && values.includes(value);
    case 'NotIn':
      return !has || !values.includes(value);
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return !has;
    case 'Gt':
      return has && Number(value) > Number(values[0]);
    case 'Lt':
      return has && Number(value) < Number(values[0]);
    default:
      return true;
  }
}
