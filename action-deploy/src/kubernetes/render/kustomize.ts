/** A kustomization, rendered by `kustomize` or by the one inside `kubectl`. */

import { resolve } from 'node:path';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import {
  buildKustomization,
  isKustomization,
  type Manifest,
  parseManifests,
  type ToolWorld,
} from '../../../../core/kubernetes/index.ts';
import type { ShownFile } from '../../../../core/tables/index.ts';
import { within } from './manifests.ts';

/** @throws RunError when neither tool is there, or what the tool says. */
export async function renderKustomize(folder: ShownFile, world: ToolWorld): Promise<Manifest[]> {
  const path = resolve(world.workspace, folder.path);
  if (!(await isKustomization(path)))
    throw new RunError(`kustomize-path: ${quote(folder.shown)} has no kustomization.yaml`);
  await within(path, folder.shown, world.workspace);
  const what = `the kustomization ${folder.shown}`;
  const text = await buildKustomization(path, what, world);
  if (text === null)
    throw new RunError('kustomize-path needs `kustomize` or `kubectl` on PATH; neither is there');
  const manifests = parseManifests(text, () => what);
  if (manifests.length === 0) throw new RunError(`${what} renders no object`);
  return manifests;
}
