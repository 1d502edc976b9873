/**
 * A chart, rendered by `helm template` for the cluster's version and kinds. Helm keeps no release of it, and its hooks do not
 * run: what must run before a new version does (a Job or a Pod as a `pre-install` or `pre-upgrade` hook, a migration mostly)
 * cannot be left out without harm, so that such a chart is refused; all other hooks are left out and told.
 */

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { quote, RunError } from '../../../../core/inputs/index.ts';
import {
  canonical,
  type KubeObject,
  type Manifest,
  parseManifests,
  renderWith,
  type ToolWorld,
} from '../../../../core/kubernetes/index.ts';
import type { KubernetesConfig } from '../../config.ts';
import { within } from './manifests.ts';

type HelmSource = Extract<KubernetesConfig['source'], { kind: 'helm' }>;

export interface ClusterFacts {
  /** `1.33.13` */
  readonly version: string;
  /** `apps/v1`, `apps/v1/Deployment`, … */
  readonly capabilities: readonly string[];
}

/** @throws RunError when helm is not there, what it says, or when the chart cannot be deployed without its hooks. */
export async function renderHelm(
  source: HelmSource,
  namespace: string,
  cluster: ClusterFacts,
  world: ToolWorld,
): Promise<{ manifests: Manifest[]; notices: string[] }> {
  await checkFiles(source, world);
  const what = `the chart ${source.chart}`;
  const args = [
    'template',
    source.release,
    isAddress(source.chart) ? source.chart : resolve(world.workspace, source.chart),
    '--namespace',
    namespace,
    '--include-crds',
    '--skip-tests',
    '--kube-version',
    cluster.version,
    ...cluster.capabilities.flatMap((name) => ['--api-versions', name]),
    ...source.values.flatMap(({ path }) => ['--values', resolve(world.workspace, path)]),
  ];
  const render = async (): Promise<Manifest[]> => {
    const text = await renderWith('helm', args, what, world);
    if (text === null) throw new RunError('helm-chart needs `helm` on PATH; it is not there');
    return parseTemplates(text, what);
  };
  const all = await render();
  refuseChance(all, await render(), what);
  const { kept, notices } = withoutHooks(all, what);
  if (kept.length === 0) throw new RunError(`${what} renders no object`);
  return { manifests: kept, notices };
}

function isAddress(chart: string): boolean {
  return /^[a-z]+:\/\//.test(chart);
}

async function checkFiles({ chart, values }: HelmSource, { workspace }: ToolWorld): Promise<void> {
  const files = values.map(({ path, shown }) => ({ input: 'helm-values', path, shown }));
  if (!isAddress(chart)) files.push({ input: 'helm-chart', path: chart, shown: chart });
  for (const { input, path, shown } of files) {
    const whole = resolve(workspace, path);
    if ((await stat(whole).catch(() => null)) === null)
      throw new RunError(`${input}: ${quote(shown)} does not exist`);
    await within(whole, shown, workspace);
  }
}

/** `# Source: web/templates/deployment.yaml` stands before each document. */
function parseTemplates(text: string, what: string): Manifest[] {
  const sources = new Map<number, string>();
  let source: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('---')) source = null;
    source = /^# Source: (.+)$/.exec(line)?.[1] ?? source;
    if (source !== null) sources.set(index + 1, source);
  }
  return parseManifests(text, (line) => sources.get(line) ?? what);
}

/**
 * `helm template` has no cluster to look in, so that what a chart makes up (a password, a certificate) is another one each
 * time: every deployment would exchange it.
 */
function refuseChance(first: readonly Manifest[], second: readonly Manifest[], what: string): void {
  const digests = new Map(second.map(({ object }) => [keyOf(object), digestOf(object)]));
  const changed = first.filter(({ object }) => digests.get(keyOf(object)) !== digestOf(object));
  const [one] = changed;
  if (one === undefined) return;
  throw new RunError(
    `${what} makes up ${one.object.kind}/${one.object.metadata.name} (${one.place}) anew each time it is rendered, so that every ` +
      'deployment would exchange it; set what is made up, such as a password, in helm-values',
  );
}

function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''} ${metadata.name}`;
}

function digestOf(object: KubeObject): string {
  return createHash('sha256').update(canonical(object)).digest('hex');
}

const running = new Set(['Job', 'Pod']);

function withoutHooks(all: readonly Manifest[], what: string): { kept: Manifest[]; notices: string[] } {
  const kept: Manifest[] = [];
  const left: string[] = [];
  for (const manifest of all) {
    const { kind, metadata } = manifest.object;
    const hooks = (metadata.annotations?.['helm.sh/hook'] ?? '').split(',').map((hook) => hook.trim());
    if (hooks[0] === '') {
      kept.push(manifest);
      continue;
    }
    // Helm 2's way to install definitions, which have no hook's life of their own.
    if (hooks.includes('crd-install')) {
      kept.push(manifest);
      continue;
    }
    const before = hooks.find((hook) => hook === 'pre-install' || hook === 'pre-upgrade');
    if (running.has(kind) && before !== undefined) {
      throw new RunError(
        `${what} has the ${kind} ${metadata.name} as a ${before} hook (${manifest.place}), and hooks are not run here: switch it off in ` +
          'helm-values, and run what it does as a step before this one',
      );
    }
    left.push(`${kind}/${metadata.name} (${hooks.join(', ')})`);
  }
  const notices =
    left.length === 0 ? [] : [`Hooks of ${what} are not run, and were left out: ${left.join(', ')}.`];
  return { kept, notices };
}
