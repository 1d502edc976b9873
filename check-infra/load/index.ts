/** A folder as the checks see it: what is applied together is rendered by the users' own tools, the rest is read. */

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../../core/gate/index.ts';
import { quote, RunError } from '../../core/inputs/index.ts';
import type { ToolWorld } from '../../core/kubernetes/index.ts';
import type { Infra, Release, Unreadable } from '../infra.ts';
import { composeServicesOf, configurationOf } from './configuration.ts';
import {
  basesOf,
  circular,
  isApplied,
  isKustomizationFile,
  namedIn,
  outerBases,
  reachabilityOf,
  unusedComponents,
  withFolders,
} from './kustomizations.ts';
import { looseReleases } from './loose.ts';
import { notReadIn } from './monitoring.ts';
import { parseFile, type Read } from './parse.ts';
import { policiesOf } from './policies.ts';
import { renderChart, renderFolder } from './release.ts';
import { terraformOf } from './terraform.ts';
import { readSmall, shownIn, walk } from './walk.ts';

export interface LoadWorld extends Pick<ToolWorld, 'env' | 'signal'> {
  /** Files of values for the charts, absolute; none: those that a chart has for it in `ci/`, or its defaults. */
  readonly values?: readonly string[];
}

export interface Loaded {
  readonly infra: Infra;
  /** What was left out, one line each. */
  readonly leftOut: readonly string[];
}

/** `root` is absolute, `shown` as the user wrote it. @throws RunError naming what cannot be read. */
export async function loadInfra(root: string, shown: string, world: LoadWorld): Promise<Loaded> {
  await checkFolder(root, shown);
  for (const file of world.values ?? []) await checkValues(file);
  const { files, links } = await walk(root);
  const all: Read[] = [];
  const large: string[] = [];
  for (const path of files) {
    const text = await readSmall(root, path);
    if (text === null) large.push(path);
    else all.push({ path, place: shownIn(root, path), text, ...parseFile(path, text) });
  }
  const charts = all.filter(({ path }) => basename(path) === 'Chart.yaml').map(({ path }) => dirname(path));
  const read = all.filter(({ path }) => !charts.some((chart) => isBelow(path, join(chart, 'templates'))));
  const kustomizations = read.filter((one) => isKustomizationFile(one) && one.value !== null);
  const { releases, odd, unrendered, unnamed, unused } = await render(
    root,
    read,
    kustomizations,
    charts,
    world,
  );
  const { policies, unknown } = policiesOf(read);
  const { terraform, plans, leftOut: notPlanned } = terraformOf(read, (folder) => shownIn(root, folder));
  const infra: Infra = {
    releases,
    kustomizations: await Promise.all(kustomizations.map(withFolders)),
    ...configurationOf(releases, read),
    policies,
    terraform,
    plans,
    composeServices: composeServicesOf(read),
    broken: [
      ...read.flatMap(({ place, broken }) =>
        broken === null ? [] : [{ place: `${place}:${broken.line}`, why: `it is no YAML: ${broken.why}` }],
      ),
      ...odd,
    ],
    unrendered,
    unusedReachability: read
      .filter(({ path }) => /^reachability\.ya?ml$/.test(basename(path)))
      .filter((one) => !releases.some(({ reachability }) => reachability?.place === one.place))
      .map(({ place }) => place)
      // Of what could not be rendered nothing is known.
      .filter(() => unrendered.length === 0),
  };
  if (isEmpty(infra)) {
    throw new RunError(
      `${quote(shown)} holds no kustomization, chart, manifest, rules of Prometheus, dashboard, policy of AWS or files of Terraform; these are looked for in .yaml, .yml, .json, .rules and .tf files`,
    );
  }
  const told = (paths: readonly string[], what: string): string[] => {
    const [first] = paths;
    if (first === undefined) return [];
    const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
    return [`${shownIn(root, first)}${others}: not looked at, ${what}`];
  };
  const leftOut = [
    // Those of a chart Helm has followed.
    ...told(
      links.filter((path) => !charts.some((chart) => isBelow(path, chart))),
      'links are not followed',
    ),
    ...told(large, 'too large to be a configuration'),
    ...told(unnamed, 'no kustomization names it'),
    ...undecided(infra),
    ...told(unused, 'a component that no kustomization has'),
    ...notPlanned,
    ...notReadIn(releases),
    ...unknown.map((place) => `${place}: not looked at, the plan does not know it before it is applied`),
  ];
  return { infra, leftOut };
}

/** Checks that are silent where what is missed may be in what could not be read. */
function undecided({ broken, unrendered, releases }: Infra): string[] {
  const kinds = new Set(releases.flatMap(({ manifests }) => manifests.map(({ object }) => object.kind)));
  const names = [
    ...(kinds.has('ServiceAccount') ? ['service-account-unused'] : []),
    ...(kinds.has('Service') ? ['service-without-pods'] : []),
  ];
  if (names.length === 0 || broken.length + unrendered.length === 0) return [];
  return [`${names.join(', ')}: not decided, since not everything could be read`];
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

interface Rendered {
  readonly releases: readonly Release[];
  readonly odd: readonly Unreadable[];
  readonly unrendered: readonly Unreadable[];
  /** Manifests beside kustomizations that do not name them. */
  readonly unnamed: readonly string[];
  /** Components that nothing is built on. */
  readonly unused: readonly string[];
}

/** What is rendered, and what stands alone. */
async function render(
  root: string,
  read: readonly Read[],
  kustomizations: readonly Read[],
  charts: readonly string[],
  { env, signal, values = [] }: LoadWorld,
): Promise<Rendered> {
  const world: ToolWorld = { env, signal, workspace: root };
  const outer = await outerBases(root, kustomizations);
  const bases = basesOf([...kustomizations, ...outer.filter(isKustomizationFile)]);
  const known = [...read, ...outer];
  const isOfChart = ({ path }: Read): boolean => charts.some((chart) => isBelow(dirname(path), chart));
  const results: (Release | Unreadable)[] = [
    ...circular(kustomizations, bases)
      .filter((one) => !isOfChart(one))
      .map(({ place }) => ({
        place,
        why: 'it is built on itself, or on one that is, so that nothing can render it',
      })),
    ...read
      .filter((one) => isKustomizationFile(one) && one.value === null && one.broken === null)
      .map(({ place }) => ({ place, why: 'it names nothing: it is empty, or no mapping' })),
  ];
  for (const one of kustomizations) {
    const folder = dirname(one.path);
    if (!isApplied(one, bases) || isOfChart(one)) continue;
    const reachability = reachabilityOf(folder, bases, known);
    results.push(await renderFolder(folder, shownIn(root, folder), reachability, world));
  }
  for (const folder of charts) {
    const file = read.find(({ path }) => path === join(folder, 'Chart.yaml'));
    // A chart within another one is rendered with it; a library renders nothing.
    if (charts.some((other) => other !== folder && isBelow(folder, other))) continue;
    if (file?.value?.type === 'library') continue;
    const reachability = reachabilityOf(folder, bases, read);
    const place = shownIn(root, folder);
    // As chart-testing takes them: where a chart has values for it, its defaults alone need not render.
    const own = values.length > 0 ? [] : valuesIn(folder, read);
    for (const path of own) {
      const name = `${place} with ci/${basename(path)}`;
      results.push(await renderChart(folder, name, [path], reachability, world));
    }
    if (own.length === 0) results.push(await renderChart(folder, place, values, reachability, world));
  }
  const named = new Set(kustomizations.flatMap(namedIn));
  const rest = read.filter(({ path }) => !named.has(path) && !charts.some((folder) => isBelow(path, folder)));
  const folders = read.filter(isKustomizationFile).map(({ path }) => dirname(path));
  const isFree = ({ path }: Read): boolean => !folders.some((folder) => isBelow(path, folder));
  const loose = looseReleases(rest.filter(isFree), (path) => shownIn(root, path));
  return {
    releases: [...results.filter((one) => 'manifests' in one), ...loose.releases],
    odd: loose.odd,
    unused: unusedComponents(kustomizations, bases).map(({ path }) => path),
    unrendered: results.filter((one) => 'why' in one),
    unnamed: rest.filter((one) => !isFree(one) && one.is === 'manifests').map(({ path }) => path),
  };
}

/** `ci/*-values.yaml`: https://github.com/helm/chart-testing#configuration */
function valuesIn(folder: string, read: readonly Read[]): string[] {
  return read
    .map(({ path }) => path)
    .filter((path) => dirname(path) === join(folder, 'ci') && path.endsWith('-values.yaml'));
}

async function checkValues(file: string): Promise<void> {
  const stats = await stat(file).catch(() => null);
  if (!stats?.isFile()) throw new RunError(`--values ${quote(file)} is no file`);
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isEmpty({
  releases,
  rules,
  dashboards,
  scrapes,
  policies,
  terraform,
  plans,
  ...others
}: Infra): boolean {
  const all = [releases, rules, dashboards, scrapes, policies, terraform, plans];
  return [...all, others.broken, others.unrendered].every(({ length }) => length === 0);
}
