/** Objects that are applied together, rendered by the users' own tools. */

import { RunError } from '../../core/inputs/index.ts';
import {
  buildKustomization,
  parseManifests,
  renderWith,
  type ToolWorld,
} from '../../core/kubernetes/index.ts';
import type { Release, TextFile, Unreadable } from '../infra.ts';

export async function renderFolder(
  folder: string,
  place: string,
  reachability: TextFile | null,
  world: ToolWorld,
): Promise<Release | Unreadable> {
  const render = async () => await buildKustomization(folder, 'it', world);
  return await rendered(place, reachability, render, '`kustomize` or `kubectl`');
}

/** With its default values, without its tests. */
export async function renderChart(
  folder: string,
  place: string,
  reachability: TextFile | null,
  world: ToolWorld,
): Promise<Release | Unreadable> {
  const args = ['template', 'release', folder, '--skip-tests'];
  const render = async () => await renderWith('helm', args, 'it, with its default values,', world);
  return await rendered(place, reachability, render, '`helm`');
}

async function rendered(
  place: string,
  reachability: TextFile | null,
  render: () => Promise<string | null>,
  tools: string,
): Promise<Release | Unreadable> {
  try {
    const text = await render();
    return text === null
      ? { place, why: `it is rendered by ${tools}, which is not on PATH` }
      : { place, manifests: parseManifests(text, () => place), reachability };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { place, why: error.message };
  }
}
