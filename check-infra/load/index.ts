/** A folder as the checks see it: what is applied together is rendered by the users' own tools, the rest is read. */

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../../core/gate/index.ts';
import { quote, RunError } from '../../core/inputs/index.ts';
import type { ToolWorld } from '../../core/kubernetes/index.ts';
import type { Infra, Release, Unreadable } from '../infra.ts';
import { composeServicesOf, configurationOf } from './configuration.ts';
import { basesOf, isApplied, isKustomizationFile, reachabilityOf, withFolders } from './kustomizations.ts';
import { parseFile, type Read } from './parse.ts';
import { looseRelease, renderChart, renderFolder } from './release.ts';
import { readSmall, shownIn, walk } from './walk.ts';

export type LoadWorld = Pick<ToolWorld, 'env' | 'signal'>;

export interface Loaded {
  readonly infra: Infra;
  /** Links that were not followed, as messages name them. */
  readonly links: readonly string[];
}

/** `root` is absolute, `shown` as the user wrote it. @throws RunError naming what cannot be read. */
export async function loadInfra(root: string, shown: string, { env, signal }: LoadWorld): Promise<Loaded> {
  await checkFolder(root, shown);
  const { files, links } = await walk(root);
  const all: Read[] = [];
  for (const path of files) {
    const text = await readSmall(root, path);
    if (text !== null) all.push({ path, place: shownIn(root, path), text, ...parseFile(path, text) });
  }
  const charts = all.filter(({ path }) => basename(path) === 'Chart.yaml').map(({ path }) => dirname(path));
  const read = all.filter(({ path }) => !charts.some((chart) => isBelow(path, join(chart, 'templates'))));
  const kustomizations = read.filter((one) => isKustomizationFile(one) && one.value !== null);
  const { releases, unrendered } = await render(root, read, kustomizations, charts, { env, signal });
  const infra: Infra = {
    releases,
    kustomizations: await Promise.all(kustomizations.map(withFolders)),
    ...configurationOf(releases, read),
    composeServices: composeServicesOf(read),
    broken: read.flatMap(({ place, broken }) =>
      broken === null ? [] : [{ place: `${place}:${broken.line}`, why: broken.why }],
    ),
    unrendered,
  };
  if (isEmpty(infra)) {
    throw new RunError(
      `${quote(shown)} holds no kustomization, chart, manifest, rules of Prometheus or dashboard; these are looked for in .yaml, .yml and .json files`,
    );
  }
  return { infra, links: links.map((path) => shownIn(root, path)) };
}

async function checkFolder(root: string, shown: string): Promise<void> {
  const stats = await stat(root).catch(() => null);
  if (stats?.isDirectory()) return;
  if (stats !== null) throw new RunError(`${quote(shown)} is a file; name the folder that it is in`);
  const beside = await readdir(dirname(root), { withFileTypes: true }).catch(() => []);
  const near = nearest(
    basename(root),
    beside.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  );
  throw new RunError(`${quote(shown)} does not exist${near === undefined ? '' : `; did you mean ${near}?`}`);
}

/** What is rendered, and what stands alone. */
async function render(
  root: string,
  read: readonly Read[],
  kustomizations: readonly Read[],
  charts: readonly string[],
  { env, signal }: LoadWorld,
): Promise<Pick<Infra, 'releases' | 'unrendered'>> {
  const world: ToolWorld = { env, signal, workspace: root };
  const bases = basesOf(kustomizations);
  const results: (Release | Unreadable)[] = [];
  for (const one of kustomizations) {
    const folder = dirname(one.path);
    if (!isApplied(one, bases) || charts.some((chart) => isBelow(folder, chart))) continue;
    const reachability = reachabilityOf(folder, bases, read);
    results.push(await renderFolder(folder, shownIn(root, folder), reachability, world));
  }
  for (const folder of charts) {
    const file = read.find(({ path }) => path === join(folder, 'Chart.yaml'));
    // A chart within another one is rendered with it; a library renders nothing.
    if (charts.some((other) => other !== folder && isBelow(folder, other))) continue;
    if (file?.value?.type === 'library') continue;
    const reachability = reachabilityOf(folder, bases, read);
    results.push(await renderChart(folder, shownIn(root, folder), reachability, world));
  }
  const owned = [...read.filter(isKustomizationFile).map(({ path }) => dirname(path)), ...charts];
  const free = read.filter(({ path }) => !owned.some((folder) => isBelow(path, folder)));
  const loose = looseRelease(free, free.find(({ path }) => basename(path) === 'reachability.yaml') ?? null);
  return {
    releases: [...results.filter((one) => 'manifests' in one), ...(loose === null ? [] : [loose])],
    unrendered: results.filter((one) => 'why' in one),
  };
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isEmpty({ releases, rules, dashboards, scrapes, broken, unrendered }: Infra): boolean {
  return [releases, rules, dashboards, scrapes, broken, unrendered].every(({ length }) => length === 0);
}
