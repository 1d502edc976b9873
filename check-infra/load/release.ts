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

/** With the values of these files over its own, without its tests. */
export async function renderChart(
  folder: string,
  place: string,
  values: readonly string[],
  reachability: TextFile | null,
  world: ToolWorld,
): Promise<Release | Unreadable> {
  const args = [
    'template',
    'release',
    folder,
    '--skip-tests',
    ...values.flatMap((file) => ['--values', file]),
  ];
  const what = values.length === 0 ? 'it, with its default values,' : 'it, with these values,';
  const render = async () => await renderWith('helm', args, what, world);
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
    return { place, why: withoutLog(error.message) };
  }
}

/** kubectl logs a reason of several lines as `E1130 10:48:10.082968 8137 run.go:72] "command failed" err=<…>`. */
function withoutLog(message: string): string {
  return message
    .replace(/E\d{4} \S+ +\d+ \S+\] "command failed" err=<\s*(?:error:\s*)?/, '')
    .replace(/\s*>$/, '');
}
