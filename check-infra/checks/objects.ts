/** What the checks of manifests ask for again and again. */

import {
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  type Manifest,
  objectAt,
  podSpecOf,
  textAt,
} from '../../core/kubernetes/index.ts';
import type { Finding, Infra, Release } from '../infra.ts';

export interface Found {
  readonly release: Release;
  readonly manifest: Manifest;
  readonly object: KubeObject;
  /** `overlays/production: Deployment/web` */
  readonly place: string;
}

/** Groups of the kinds that checks ask for: Knative has a Service of its own, OpenShift a Role. */
const groups: Readonly<Record<string, readonly string[]>> = {
  ClusterRole: ['rbac.authorization.k8s.io'],
  ClusterRoleBinding: ['rbac.authorization.k8s.io'],
  ConfigMap: [''],
  GRPCRoute: ['gateway.networking.k8s.io'],
  HTTPRoute: ['gateway.networking.k8s.io'],
  HorizontalPodAutoscaler: ['autoscaling'],
  Ingress: ['networking.k8s.io', 'extensions'],
  IngressClass: ['networking.k8s.io'],
  NetworkPolicy: ['networking.k8s.io'],
  Role: ['rbac.authorization.k8s.io'],
  RoleBinding: ['rbac.authorization.k8s.io'],
  ScaledObject: ['keda.sh'],
  Service: [''],
  ServiceAccount: [''],
  TCPRoute: ['gateway.networking.k8s.io'],
  TLSRoute: ['gateway.networking.k8s.io'],
};

export function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

export function objectsOf({ releases }: Infra, ...kinds: readonly string[]): Found[] {
  return releases.flatMap((release) => inRelease(release, ...kinds));
}

/** All of them where no kind is named. */
export function inRelease(release: Release, ...kinds: readonly string[]): Found[] {
  return release.manifests
    .filter(
      ({ object }) =>
        kinds.length === 0 ||
        (kinds.includes(object.kind) && (groups[object.kind]?.includes(groupOf(object)) ?? true)),
    )
    .map((manifest) => {
      const { object, place } = manifest;
      return { release, manifest, object, place: `${place}: ${object.kind}/${object.metadata.name}` };
    });
}

export interface Workload extends Found {
  readonly spec: JsonObject;
}

/** Whatever runs pods. */
export function workloadsOf(infra: Infra): Workload[] {
  return infra.releases.flatMap(workloadsIn);
}

export function workloadsIn(release: Release): Workload[] {
  return inRelease(release).flatMap((found) => {
    const spec = podSpecOf(found.object) ?? rolloutSpecOf(found.object);
    return spec === null ? [] : [{ ...found, spec }];
  });
}

/** Of Argo Rollouts, which stands in the place of a Deployment. */
function rolloutSpecOf(object: KubeObject): JsonObject | null {
  if (object.kind !== 'Rollout' || groupOf(object) !== 'argoproj.io') return null;
  const spec = objectAt(object, 'spec', 'template', 'spec');
  return Object.keys(spec).length === 0 ? null : spec;
}

export function containersOf(spec: JsonObject): Json[] {
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
}

/** `default` where none is named, as the API server has it. */
export function accountOf(spec: JsonObject): string {
  return textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default';
}

/** `overlays/production: Deployment/web`, of a workload or Service by its name in the cluster; of a single file its line. */
export function placeOf(release: Release, name: string, namespace: string): string {
  const found = inRelease(release).find(
    ({ object }) => `${object.kind}/${object.metadata.name}` === name && namespaceOf(object) === namespace,
  );
  return found?.place ?? release.place;
}

export function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? 'default';
}

export function isSameNamespace(a: KubeObject, b: KubeObject): boolean {
  return namespaceOf(a) === namespaceOf(b);
}

/**
 * Whether two objects are meant for one namespace: they name it, or none is named and they are rendered together or lie in one
 * folder. Files that lie apart and name none may be applied anywhere.
 */
export function isTogether(a: Found, b: Found): boolean {
  const isNamed = a.object.metadata.namespace !== undefined && b.object.metadata.namespace !== undefined;
  return isSameNamespace(a.object, b.object) && (isNamed || folderOf(a) === folderOf(b));
}

function folderOf({ manifest: { place } }: Found): string {
  return place.replace(/[^/]*:\d+$/, '');
}

const ofKubernetes = /^(?:apps|batch|autoscaling|policy|extensions|)$|(?:^|\.)k8s\.io$/;

/** What could not be read may hold what is missed. */
export function isIncomplete({ broken, unrendered }: Infra): boolean {
  return broken.length > 0 || unrendered.length > 0;
}

/** Objects of operators, which make pods that are not among the manifests. */
export function hasCustomObjects({ manifests }: Release): boolean {
  return manifests.some(({ object }) => !ofKubernetes.test(groupOf(object)));
}

export type Problem = Omit<Finding, 'check'>;

export function named(check: string, problems: readonly Problem[]): Finding[] {
  return problems.map((problem) => ({ check, ...problem }));
}
