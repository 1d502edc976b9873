/** Objects of Kubernetes as files and tools give them; nothing here talks to a cluster. */

export { type Manifest, parseManifests } from './documents.ts';
export {
  at,
  canonical,
  drop,
  isKubeObject,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  type Metadata,
  numberAt,
  objectAt,
  oneLine,
  put,
  textAt,
} from './json.ts';
export { buildKustomization, isKustomization, kustomizationNames } from './kustomize.ts';
export { podMetadataOf, podSpecOf, type WorkloadKind, withPodSpec, workloadKind } from './pod-spec.ts';
export { type ProgramEnd, type ProgramOptions, runProgram } from './run-program.ts';
export { renderWith, type ToolWorld } from './tool.ts';
