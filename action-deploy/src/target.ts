/** The target by its kind; only the one that is used is loaded. */

import type { Aws } from './aws/index.ts';
import type { EcsConfig, KubernetesConfig } from './config.ts';
import type { Target, World } from './types.ts';

export async function openTarget(
  config: EcsConfig | KubernetesConfig,
  aws: Aws,
  world: World,
): Promise<Target> {
  switch (config.kind) {
    case 'ecs':
      return (await import('./ecs/index.ts')).ecsTarget(config, aws);
    case 'kubernetes':
      return (await import('./kubernetes/index.ts')).kubernetesTarget(config, world);
  }
}
