/** Kustomizations, rendered by `kustomize` or by the one inside `kubectl`. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { renderWith, type ToolWorld } from './tool.ts';

/** The names that kustomize itself takes. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export async function isKustomization(folder: string): Promise<boolean> {
  const found = await Promise.all(
    kustomizationNames.map((name) => stat(join(folder, name)).catch(() => null)),
  );
  return found.some((stats) => stats !== null);
}

/** What the tool writes, of an absolute folder; null: neither tool is there. `what` names it in errors. @throws RunError */
export async function buildKustomization(
  folder: string,
  what: string,
  world: ToolWorld,
): Promise<string | null> {
  return (
    (await renderWith('kustomize', ['build', folder], what, world)) ??
    (await renderWith('kubectl', ['kustomize', folder], what, world))
  );
}
