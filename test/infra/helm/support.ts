/** The chart as helm renders it, and the kustomizations that it must equal, both as objects. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  parseManifests,
  put,
} from '../../../core/kubernetes/index.ts';
import { ensureHelm } from '../../../scripts/tools/helm.ts';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { nameOf } from '../kubernetes/support.ts';

export const root = resolve(import.meta.dirname, '../../..');
export const chart = join(root, 'reference-infra/helm/ml-platform');

/** helm with nothing of the machine's own settings; `env` may name a cluster. */
export async function runHelm(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  const home = await mkdtemp(join(tmpdir(), 'helm-'));
  try {
    return await runProcess(await ensureHelm(), args, {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: home, ...env },
      timeoutMs: 180_000,
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** `values`: arguments of helm, such as `--set`. @throws with what helm said */
export async function renderChart(
  namespace: string,
  values: readonly string[] = [],
  from = chart,
): Promise<readonly KubeObject[]> {
  const { code, stdout, stderr } = await runHelm([
    'template',
    'ml-platform',
    from,
    '--namespace',
    namespace,
    ...values,
  ]);
  if (code !== 0) throw new Error(problemOf(stderr));
  return parseManifests(stdout, (line) => `the chart:${line}`).map(({ object }) => object);
}

/** Arguments of helm for values, in a file that goes with the test. */
export async function valueArgs(values: JsonObject): Promise<readonly string[]> {
  const file = join(scratchFolder(), 'values.json');
  await writeFile(file, JSON.stringify(values));
  return ['--values', file];
}

/** By name. */
export async function renderValues(values: JsonObject): Promise<Readonly<Record<string, KubeObject>>> {
  return byName(await renderChart('ml-platform', await valueArgs(values)));
}

/** What helm says, without the lines about links that it follows. */
export function problemOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.includes('found symbolic link in path'));
  return lines.join('\n').trim();
}

export function byName(objects: readonly KubeObject[]): Readonly<Record<string, KubeObject>> {
  const named = Object.fromEntries(objects.map((object) => [nameOf(object), object]));
  if (Object.keys(named).length < objects.length) throw new Error('two objects have the same name');
  return named;
}

/**
 * What kustomize renders, with the names that its ConfigMaps have without the hash of their content, wherever a pod has them.
 */
export function withoutHashes(objects: readonly KubeObject[]): readonly KubeObject[] {
  const names = new Map<string, string>();
  for (const { kind, metadata } of objects) {
    const [, plain] = /^(.+)-[2456789bcdfghkmt]{10}$/.exec(metadata.name) ?? [];
    if (kind === 'ConfigMap' && plain !== undefined) names.set(metadata.name, plain);
  }
  return objects.map((object) => {
    const { kind, metadata } = object;
    const own = kind === 'ConfigMap' ? (names.get(metadata.name) ?? metadata.name) : metadata.name;
    return { ...(renamed(object, names) as KubeObject), metadata: { ...metadata, name: own } };
  });
}

/** References to ConfigMaps: of volumes, of whole environments, and of single variables. */
function renamed(value: Json | undefined, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((one: Json) => renamed(one, names));
  if (typeof value !== 'object' || value === null) return value ?? null;
  const fields = Object.entries(value as JsonObject).map(([key, inner]) => {
    const changed = renamed(inner, names);
    const name = objectAt(changed).name;
    const isReference = ['configMap', 'configMapRef', 'configMapKeyRef'].includes(key);
    if (!isReference || typeof name !== 'string') return [key, changed] as const;
    return [key, put(objectAt(changed), ['name'], names.get(name) ?? name)] as const;
  });
  return Object.fromEntries(fields);
}

/** What the chart renders, without the checksums of its pods. */
export function withoutChecksums(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.map((object) => {
    const { annotations, ...metadata } = objectAt(object, 'spec', 'template', 'metadata');
    const left = Object.entries(objectAt(annotations)).filter(([key]) => !key.startsWith('checksum/'));
    if (annotations === undefined) return object;
    const kept = left.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(left) };
    return put(object, ['spec', 'template', 'metadata'], kept) as KubeObject;
  });
}

/** The first container of a workload. */
export function containerOf(object: KubeObject | undefined): JsonObject {
  return objectAt(listAt(object, 'spec', 'template', 'spec', 'containers')[0]);
}
