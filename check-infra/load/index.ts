/** A folder as the checks see it: what is applied together is rendered by the users' own tools, the rest is read. */

import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { quote, RunError } from '../../core/inputs/index.ts';
import { kustomizationNames, listAt, objectAt, type ToolWorld } from '../../core/kubernetes/index.ts';
import type { Infra, ParsedFile, Release, ScrapeFile, TextFile } from '../infra.ts';
import { parseFile, type Read } from './parse.ts';
import { looseRelease, renderChart, renderFolder } from './release.ts';
import { readSmall, shownIn, walk } from './walk.ts';

export type LoadWorld = Pick<ToolWorld, 'env' | 'signal'>;

/** @throws RunError naming what cannot be read or rendered. */
export async function loadInfra(root: string, { env, signal }: LoadWorld): Promise<Infra> {
  const stats = await stat(root).catch(() => null);
  if (stats === null || !stats.isDirectory()) throw new RunError(`${quote(root)} is no folder`);
  const { files } = await walk(root);
  const read: Read[] = [];
  for (const path of files) {
    const text = await readSmall(path);
    if (text !== null) read.push({ path, place: shownIn(root, path), text, ...parseFile(path, text) });
  }
  const kustomizations = read.filter(
    (one) => kustomizationNames.some((name) => name === basename(one.path)) && one.value !== null,
  );
  const charts = read.filter(({ path }) => basename(path) === 'Chart.yaml').map(({ path }) => dirname(path));
  const world: ToolWorld = { env, signal, workspace: root };
  const releases: Release[] = [];
  const bases = basesOf(kustomizations);
  for (const { path } of kustomizations) {
    const folder = dirname(path);
    if (isBase(folder, bases) || charts.some((chart) => isBelow(folder, chart))) continue;
    const reachability = reachabilityOf(folder, bases, read);
    releases.push(await renderFolder(folder, shownIn(root, folder), reachability, world));
  }
  for (const folder of charts) {
    // A chart within another one is rendered with it.
    if (charts.some((other) => other !== folder && isBelow(folder, other))) continue;
    const reachability = reachabilityOf(folder, bases, read);
    releases.push(await renderChart(folder, shownIn(root, folder), reachability, world));
  }
  const owned = [...kustomizations.map(({ path }) => dirname(path)), ...charts];
  const free = read.filter(({ path }) => !owned.some((folder) => isBelow(dirname(path), folder)));
  const loose = looseRelease(free, free.find(({ path }) => basename(path) === 'reachability.yaml') ?? null);
  if (loose !== null) releases.push(loose);
  const infra = withConfiguration(releases, kustomizations, read, charts);
  const isEmpty = [infra.releases, infra.rules, infra.dashboards, infra.scrapes].every(
    ({ length }) => length === 0,
  );
  if (isEmpty) {
    throw new RunError(
      `${quote(shownIn(process.cwd(), root))} holds no kustomization, chart, manifest, rules of Prometheus or dashboard`,
    );
  }
  return infra;
}

/** Folder of each kustomization to those that it is built on. */
function basesOf(kustomizations: readonly Read[]): Map<string, string[]> {
  return new Map(
    kustomizations.map(({ path, value }) => {
      const folder = dirname(path);
      const named = ['resources', 'bases', 'components'].flatMap((field) => listAt(value ?? {}, field));
      return [folder, named.flatMap((name) => (typeof name === 'string' ? [resolve(folder, name)] : []))];
    }),
  );
}

function isBase(folder: string, bases: ReadonlyMap<string, readonly string[]>): boolean {
  return [...bases.values()].some((named) => named.includes(folder));
}

function reachabilityOf(
  folder: string,
  bases: ReadonlyMap<string, readonly string[]>,
  read: readonly Read[],
): TextFile | null {
  const own = read.find(({ path }) => path === join(folder, 'reachability.yaml'));
  if (own !== undefined) return own;
  for (const base of bases.get(folder) ?? []) {
    const found = bases.has(base) ? reachabilityOf(base, bases, read) : null;
    if (found !== null) return found;
  }
  return null;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Files that stand alone, and those within ConfigMaps that no file has. */
function withConfiguration(
  releases: readonly Release[],
  kustomizations: readonly Read[],
  read: readonly Read[],
  charts: readonly string[],
): Infra {
  const texts = new Set(read.map(({ text }) => text.trim()));
  const rules: ParsedFile[] = [];
  const dashboards: ParsedFile[] = [];
  const scrapes: ScrapeFile[] = [];
  const sort = (one: Omit<Read, 'path'>, release: Release | null): void => {
    if (one.is === 'rules') rules.push({ ...one, value: one.value ?? {} });
    if (one.is === 'dashboard') dashboards.push({ ...one, value: one.value ?? {} });
    if (one.is === 'scrapes') scrapes.push({ ...one, value: one.value ?? {}, release });
  };
  const inConfigMaps = new Set<string>();
  for (const release of releases) {
    for (const [place, key, text] of configTexts(release)) {
      const one = { place, text, ...parseFile(key, text) };
      if (one.is === 'scrapes') inConfigMaps.add(text.trim());
      // What a file holds too is told under the file's name, but for targets, which are among the release's Services.
      if (one.is === 'scrapes' || !texts.has(text.trim())) sort(one, release);
    }
  }
  for (const one of read) {
    const isTemplate = charts.some((chart) => isBelow(one.path, join(chart, 'templates')));
    if (!isTemplate && !(one.is === 'scrapes' && inConfigMaps.has(one.text.trim()))) sort(one, null);
  }
  return {
    releases,
    kustomizations: kustomizations.map((one) => ({ ...one, value: one.value ?? {} })),
    rules,
    dashboards,
    scrapes,
  };
}

function configTexts({ place, manifests }: Release): [string, string, string][] {
  return manifests
    .filter(({ object }) => object.kind === 'ConfigMap')
    .flatMap(({ object }) =>
      Object.entries(objectAt(object, 'data')).flatMap(([key, text]): [string, string, string][] =>
        typeof text === 'string' ? [[`${place}: ConfigMap/${object.metadata.name}, ${key}`, key, text]] : [],
      ),
    );
}
