/** Objects that are applied together. */

import { quote, RunError } from '../../core/inputs/index.ts';
import {
  buildKustomization,
  parseManifests,
  renderWith,
  type ToolWorld,
} from '../../core/kubernetes/index.ts';
import type { Release, TextFile } from '../infra.ts';
import type { Read } from './parse.ts';

/** @throws RunError with what the tool says, or that there is none. */
export async function renderFolder(
  folder: string,
  place: string,
  reachability: TextFile | null,
  world: ToolWorld,
): Promise<Release> {
  const text = await buildKustomization(folder, `the kustomization ${place}`, world);
  if (text === null)
    throw new RunError(`${quote(place)} needs \`kustomize\` or \`kubectl\` on PATH; neither is there`);
  return { place, manifests: parseManifests(text, () => place), reachability };
}

/** With its default values. @throws RunError with what the tool says, or that there is none. */
export async function renderChart(
  folder: string,
  place: string,
  reachability: TextFile | null,
  world: ToolWorld,
): Promise<Release> {
  const text = await renderWith('helm', ['template', 'release', folder], `the chart ${place}`, world);
  if (text === null) throw new RunError(`${quote(place)} needs \`helm\` on PATH; it is not there`);
  return { place, manifests: parseManifests(text, () => place), reachability };
}

/** Files that belong to no kustomization and no chart; null: there are none. */
export function looseRelease(files: readonly Read[], reachability: TextFile | null): Release | null {
  const manifests = files
    .filter(({ is }) => is === 'manifests')
    .flatMap(({ text, place }) => parseManifests(text, (line) => `${place}:${line}`));
  return manifests.length === 0 ? null : { place: 'manifests', manifests, reachability };
}
