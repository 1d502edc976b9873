/**
 * In which order objects are applied: what others need comes first, as Helm has it (its `InstallOrder`), and what runs pods
 * comes last. Kinds that are not named here come after all others, as they do with Helm.
 */

import type { Manifest } from '../../../../core/kubernetes/index.ts';

const order = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
];
const places = new Map(order.map((kind, index) => [kind, index]));

/** Stable: objects of one kind stay as the manifests have them. */
export function inOrder<M extends Pick<Manifest, 'object'>>(manifests: readonly M[]): M[] {
  const placeOf = ({ object }: M): number => places.get(object.kind) ?? order.length;
  return [...manifests].sort((a, b) => placeOf(a) - placeOf(b));
}
