/** A service on a simulated ECS and an image in a registry, both on loopback: what the deploy action is shown on. */

import { makeImage, startRegistry } from '../../action-deploy/src/image/registry/testing.ts';
import { createEcsSimulator, type Fate } from './ecs/index.ts';

export interface DeployScene {
  /** For the action: where AWS is. */
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param fate what becomes of tasks with the new image; null: they run */
export async function startDeployScene(fate: Fate | null): Promise<DeployScene> {
  const image = makeImage({ os: 'linux', architecture: 'amd64' });
  const registry = await startRegistry({
    tags: { 'octo/ml-api': { '2.0': image.manifest } },
    manifests: [image.manifest],
    blobs: [image.config],
  });
  const ecs = await createEcsSimulator({
    services: [
      { name: 'ml-api', configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } } },
    ],
    // Between its calls the action waits for real, so that a rollout takes some seconds here.
    scenario: { msPerCall: 20_000, ...(fate === null ? {} : { fates: [{ of: 'new', fate }] }) },
    startAt: new Date(),
    unchecked: true,
  });
  return {
    env: ecs.env,
    inputs: { target: 'ecs', cluster: 'prod', service: 'ml-api', image: `${registry.host}/octo/ml-api:2.0` },
    async stop() {
      await Promise.all([ecs.close(), registry.stop()]);
    },
  };
}
