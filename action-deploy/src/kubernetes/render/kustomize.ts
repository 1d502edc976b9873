/** A kustomization, rendered by `kustomize` or by the one inside `kubectl`. */

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import type { ShownFile } from '../../../../core/tables/index.ts';
import { type Manifest, parseManifests } from './documents.ts';
import { within } from './manifests.ts';
import { renderWith, type ToolWorld } from './tool.ts';

/** The names that kustomize itself takes. */
const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** @throws RunError when neither tool is there, or what the tool says. */
export async function renderKustomize(folder: ShownFile, world: ToolWorld): Promise<Manifest[]> {
  const path = resolve(world.workspace, folder.path);
  const found = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => null)));
  if (found.every((stats) => stats === null))
    throw new RunError(`kustomize-path: ${quote(folder.shown)} has no kustomization.yaml`);
  await within(path, folder.shown, world.workspace);
  const what = `the kustomization ${folder.shown}`;
  const text =
    (await renderWith('kustomize', ['build', path], what, world)) ??
    (await renderWith('kubectl', ['kustomize', path], what, world));
  if (text === null)
    throw new RunError('kustomize-path needs `kustomize` or `kubectl` on PATH; neither is there');
  const manifests = parseManifests(text, () => what);
  if (manifests.length === 0) throw new RunError(`${what} renders no object`);
  return manifests;
}
