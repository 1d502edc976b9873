/** What is to be applied: objects from manifests, a kustomization or a chart. */

import type { Manifest, ToolWorld } from '../../../../core/kubernetes/index.ts';
import type { KubernetesConfig } from '../../config.ts';
import { type ClusterFacts, renderHelm } from './helm.ts';
import { renderKustomize } from './kustomize.ts';
import { readManifests } from './manifests.ts';

export type { ClusterFacts } from './helm.ts';
export { type ImagePlaced, type Placement, placeImage, repositoryOf } from './image.ts';
export { inOrder } from './order.ts';

export interface Rendered {
  readonly manifests: readonly Manifest[];
  readonly notices: readonly string[];
}

/** `facts` are asked for by charts alone. @throws RunError that says what cannot be read or rendered. */
export async function render(
  source: KubernetesConfig['source'],
  namespace: string,
  facts: () => Promise<ClusterFacts>,
  world: ToolWorld,
): Promise<Rendered> {
  switch (source.kind) {
    case 'manifests':
      return {
        manifests: await readManifests(
          source.files.map(({ path }) => path),
          world.workspace,
        ),
        notices: [],
      };
    case 'kustomize':
      return { manifests: await renderKustomize(source.folder, world), notices: [] };
    case 'helm':
      return renderHelm(source, namespace, await facts(), world);
  }
}
