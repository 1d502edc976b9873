/** Strategies that shift traffic, as tests ask for them, and the service that they are for. */

import { createEcsSimulator, type EcsSimulator, type ServiceSpec } from '../support/ecs/index.ts';

export async function shifting(spec: Partial<ServiceSpec> = {}): Promise<EcsSimulator> {
  return await createEcsSimulator({ services: [{ name: 'web', loadBalancer: 'shifting', ...spec }] });
}

export const canary = { kind: 'canary', percent: 20, stepBakeMinutes: 3, bakeMinutes: 4 } as const;
export const linear = { kind: 'linear', percent: 25, stepBakeMinutes: 2, bakeMinutes: 1 } as const;
export const blueGreen = { kind: 'blue-green', bakeMinutes: 5 } as const;

/** What each UpdateService was sent. */
export function updates(ecs: EcsSimulator) {
  return ecs
    .changes()
    .filter(({ operation }) => operation === 'UpdateService')
    .map(({ input }) => input);
}
