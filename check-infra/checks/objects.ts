/** What the checks of manifests ask for again and again. */

import {
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  type Manifest,
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

export function objectsOf({ releases }: Infra, ...kinds: readonly string[]): Found[] {
  return releases.flatMap((release) => inRelease(release, ...kinds));
}

/** All of them where no kind is named. */
export function inRelease(release: Release, ...kinds: readonly string[]): Found[] {
  return release.manifests
    .filter(({ object }) => kinds.length === 0 || kinds.includes(object.kind))
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
    const spec = podSpecOf(found.object);
    return spec === null ? [] : [{ ...found, spec }];
  });
}

export function containersOf(spec: JsonObject): Json[] {
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
}

/** `default` where none is named, as the API server has it. */
export function accountOf(spec: JsonObject): string {
  return textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default';
}

export function isSameNamespace(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.namespace === b.metadata.namespace;
}

export type Problem = Omit<Finding, 'check'>;

export function named(check: string, problems: readonly Problem[]): Finding[] {
  return problems.map((problem) => ({ check, ...problem }));
}
