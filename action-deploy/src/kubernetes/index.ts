/** Kubernetes as a target: objects are applied server-side, watched through the API, and put back when they do not run. */

import { podSpecOf } from '../../../core/kubernetes/index.ts';
import type { KubernetesConfig } from '../config.ts';
import type { Plan, Platform, ResolvedImage, RollingWorld, Rollout, Target, World } from '../types.ts';
import { ApiFailure, type Connection, findConnection, KubeApi, nodes } from './client/index.ts';
import { type Patience, usualPatience } from './patience.ts';
import { makePlan, type Prepared, renderConfig } from './plan/index.ts';
import { platformsOf } from './platforms.ts';
import { rollOut } from './rollout/index.ts';

export { type Permission, permissions, verbsOfDeployedKinds } from './permissions.ts';

export interface KubernetesOptions {
  /** Default: `usualPatience`. */
  readonly patience?: Partial<Patience>;
}

/** @throws RunError when no cluster is known, or its configuration cannot be used. */
export async function kubernetesTarget(
  config: KubernetesConfig,
  world: World,
  options: KubernetesOptions = {},
): Promise<Target> {
  const connection = await connect(config, world);
  return new KubernetesTarget(config, connection, world, { ...usualPatience, ...options.patience });
}

async function connect({ eksCluster }: KubernetesConfig, world: World): Promise<Connection> {
  if (eksCluster === null) return findConnection(world);
  return (await import('./eks.ts')).eksConnection(eksCluster, world);
}

class KubernetesTarget implements Target {
  private readonly config: KubernetesConfig;
  private readonly api: KubeApi;
  private readonly patience: Patience;
  /** Of the plans that were made; no part of them, since plans are written to the result document. */
  private readonly prepared = new WeakMap<Plan, Prepared>();

  constructor(config: KubernetesConfig, connection: Connection, world: World, patience: Patience) {
    this.config = config;
    this.patience = patience;
    this.api = new KubeApi(connection, { env: world.env, sleep: world.sleep, tell: world.log.debug });
  }

  async plan(image: ResolvedImage, world: World): Promise<Plan> {
    const { plan, prepared } = await makePlan(this.config, image, this.api, this.patience, world);
    this.prepared.set(plan, prepared);
    return plan;
  }

  async roll(plan: Plan, _image: ResolvedImage, world: RollingWorld): Promise<Rollout> {
    const prepared = this.prepared.get(plan);
    if (prepared === undefined) throw new Error('the plan is of another target');
    return rollOut({ api: this.api, prepared, world, patience: this.patience });
  }

  async platforms(world: World): Promise<readonly Platform[] | null> {
    const { manifests } = await renderConfig(this.config, this.api, world);
    const pods = manifests.map(({ object }) => podSpecOf(object)).filter((spec) => spec !== null);
    try {
      const { items } = await this.api.list(nodes, null, {}, world.signal);
      return platformsOf(pods, items);
    } catch (error) {
      // Nodes are no business of most deployers: without the right to list them nothing is known.
      if (error instanceof ApiFailure && error.code === 403) return null;
      throw error;
    }
  }
}
