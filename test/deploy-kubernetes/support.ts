/** Deployments as the action makes them, against a real control plane, with what is told on the way. */

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { KubernetesConfig } from '../../action-deploy/src/config.ts';
import { kubernetesTarget } from '../../action-deploy/src/kubernetes/index.ts';
import type { Patience } from '../../action-deploy/src/kubernetes/patience.ts';
import type {
  Analysis,
  Plan,
  ResolvedImage,
  Rollout,
  Target,
  TimelineEvent,
  World,
} from '../../action-deploy/src/types.ts';
import { type Log, silentLog } from '../../core/report/log.ts';
import type { ControlPlane } from '../support/kubernetes/index.ts';

export interface DeployOptions {
  readonly cluster: ControlPlane;
  /** The input; null: manifests may name any. */
  readonly namespace: string | null;
  /** Written to a folder of its own; or the source as the inputs have it, relative to `workspace`. */
  readonly manifests?: readonly object[];
  readonly source?: KubernetesConfig['source'];
  readonly workspace?: string;
  /** Of `registry.example/web` unless told. */
  readonly image?: ResolvedImage;
  readonly container?: string;
  /** Path; default: the administrator's. */
  readonly kubeconfig?: string;
  readonly patience?: Partial<Patience>;
  readonly timeoutMs?: number;
  readonly rollback?: boolean;
  readonly analysis?: Analysis;
  readonly bakeMs?: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: Omit<TimelineEvent, 'at'>) => void;
  readonly log?: Log;
}

export interface Deployed {
  readonly plan: Plan;
  readonly rollout: Rollout;
  /** `kind subject: text` */
  readonly told: readonly string[];
}

/** Shorter than the action's own: the stand-in's back-offs are shorter, too. */
export const shortPatience: Partial<Patience> = {
  pullMs: 2000,
  configMs: 1500,
  mountMs: 2000,
  schedulingMs: 2000,
  quotaMs: 1500,
  settleMs: 800,
  judgingMs: 500,
  rollbackMs: 30_000,
  cancelledMs: 5000,
  tickMs: 100,
};

/** Of a tag that no registry has; the digest is its own. */
export function imageOf(tag: string, repository = 'registry.example/web'): ResolvedImage {
  const digest = `sha256:${createHash('sha256').update(`${repository}:${tag}`).digest('hex')}`;
  return {
    given: `${repository}:${tag}`,
    repository,
    tag,
    digest,
    reference: `${repository}@${digest}`,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    scan: null,
  };
}

export async function openDeploy(options: DeployOptions): Promise<{ target: Target; world: World }> {
  const { cluster, namespace, patience = {} } = options;
  const workspace = options.workspace ?? (await writeWorkspace(cluster, options.manifests ?? []));
  const world: World = {
    env: {
      PATH: process.env.PATH,
      HOME: cluster.folder,
      KUBECONFIG: options.kubeconfig ?? cluster.kubeconfig,
      ...options.env,
    },
    workspace,
    log: options.log ?? silentLog,
    clock: () => new Date(),
    sleep,
    signal: options.signal ?? new AbortController().signal,
  };
  const config: KubernetesConfig = {
    kind: 'kubernetes',
    eksCluster: null,
    namespace,
    source: options.source ?? { kind: 'manifests', files: [{ path: '.', shown: '.' }] },
    container: options.container ?? null,
  };
  const target = await kubernetesTarget(config, world, { patience: { ...shortPatience, ...patience } });
  return { target, world };
}

export async function deploy(options: DeployOptions): Promise<Deployed> {
  const { target, world } = await openDeploy(options);
  const image = options.image ?? imageOf('2');
  const plan = await target.plan(image, world);
  const told: string[] = [];
  const rollout = await target.roll(plan, image, {
    ...world,
    tell: (event) => {
      told.push(`${event.kind} ${event.subject}: ${event.text}`);
      options.onEvent?.(event);
    },
    deadline: new Date(Date.now() + (options.timeoutMs ?? 60_000)),
    rollback: options.rollback ?? true,
    bakeMs: options.bakeMs ?? 0,
    analysis: options.analysis ?? null,
  });
  return { plan, rollout, told };
}

/** One file for each object; the folder goes with the control plane. */
export async function writeWorkspace(cluster: ControlPlane, manifests: readonly object[]): Promise<string> {
  const workspace = join(cluster.folder, `workspace-${randomBytes(6).toString('hex')}`);
  await mkdir(workspace);
  for (const [index, manifest] of manifests.entries())
    await writeFile(join(workspace, `${String(index).padStart(2, '0')}.yaml`), stringify(manifest));
  return workspace;
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleepFor(milliseconds, undefined, { signal }).catch(() => {});
}
