/**
 * The reference platform on a real control plane: nodes in three zones, disks for its claims, the rendered environments, and
 * what is asked of them in more than one test.
 */

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type KubeObject, parseManifests } from '../../../core/kubernetes/index.ts';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../../support/kubernetes/index.ts';

export const manifests = resolve(import.meta.dirname, '../../../reference-infra/kubernetes');

export type Environment = 'staging' | 'production';
export const environments: readonly Environment[] = ['staging', 'production'];

export const namespaceOf: Readonly<Record<Environment, string>> = {
  staging: 'ml-platform-staging',
  production: 'ml-platform',
};

export interface PlatformCluster {
  readonly cluster: ControlPlane;
  readonly kubelet: Kubelet;
  /** A folder with kubectl alone, for PATH. */
  readonly tools: string;
}

/** `disks`: of how many environments the claims can be bound. */
export async function startPlatformCluster(
  options: ControlPlaneOptions & { readonly disks?: number } = {},
): Promise<PlatformCluster> {
  const { disks = 1, ...rest } = options;
  const cluster = await startControlPlane(rest);
  try {
    const nodes = ['a', 'b', 'c'].map((zone) => ({
      name: `node-${zone}`,
      labels: { 'topology.kubernetes.io/zone': `zone-${zone}` },
    }));
    const kubelet = await startKubelet(cluster, { nodes });
    for (let index = 0; index < disks; index++) {
      for (const [number, size] of ['1Gi', '1Gi', '1Gi', '10Gi'].entries())
        await makeDisk(cluster, `disk-${index}-${number}`, size);
    }
    const tools = join(cluster.folder, 'tools');
    await mkdir(tools);
    await symlink(cluster.programs.kubectl, join(tools, 'kubectl'));
    return { cluster, kubelet, tools };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Made by hand, since nothing here makes volumes for claims; the volume controller binds it. */
async function makeDisk(cluster: ControlPlane, name: string, storage: string): Promise<void> {
  await cluster.api.create('/api/v1/persistentvolumes', {
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/var/disks/${name}` },
    },
  });
}

/** The text that kubectl renders of a kustomization: `overlays/staging`, or an absolute path. */
export async function render(kubectl: string, folder: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(kubectl, ['kustomize', resolve(manifests, folder)], {
    env: { PATH: process.env.PATH },
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(`kubectl kustomize ${folder} ended with exit code ${code}: ${stderr}`);
  return stdout;
}

export async function renderObjects(kubectl: string, folder: string): Promise<readonly KubeObject[]> {
  const text = await render(kubectl, folder);
  return parseManifests(text, (line) => `${folder}:${line}`).map(({ object }) => object);
}

/** `Deployment/ml-api` */
export function nameOf({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.name}`;
}

/** Server-side, with every unknown field refused. */
export async function applyObjects(
  { cluster }: PlatformCluster,
  objects: readonly object[],
  ...args: readonly string[]
): Promise<ProcessResult> {
  const path = join(cluster.folder, `objects-${process.hrtime.bigint()}.yaml`);
  await writeFile(path, objects.map((object) => stringify(object)).join('---\n'));
  return await cluster.kubectl('apply', '--server-side', '--validate=strict', '--filename', path, ...args);
}

/** The environment as an administrator makes it, Secrets included; returns when every pod that is wanted is ready. */
export async function bringUp(platform: PlatformCluster, environment: Environment): Promise<void> {
  const { cluster } = platform;
  const objects = await renderObjects(cluster.programs.kubectl, `overlays/${environment}`);
  const applied = await applyObjects(platform, objects);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await applySecrets(cluster, environment);
  await untilReady(cluster, environment);
}

/** The example, as it is. */
export async function applySecrets(cluster: ControlPlane, environment: Environment): Promise<void> {
  const example = join(manifests, 'base/secret.yaml.example');
  const args = ['apply', '--namespace', namespaceOf[environment], '--filename', example];
  const { code, stderr } = await cluster.kubectl(...args);
  if (code !== 0) throw new Error(stderr);
}

export async function untilReady(cluster: ControlPlane, environment: Environment): Promise<void> {
  const workloads = ['deployment/ml-api', 'deployment/grafana'];
  const sets = ['prometheus', 'alertmanager', 'pushgateway', 'cost-exporter'];
  for (const name of [...workloads, ...sets.map((set) => `statefulset/${set}`)]) {
    const args = ['rollout', 'status', name, '--namespace', namespaceOf[environment], '--timeout=90s'];
    const { code, stdout, stderr } = await cluster.kubectl(...args);
    if (code !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
  }
}

/** Until it is true, or gives a value; asked every 100 ms. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    await sleep(100);
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
}
