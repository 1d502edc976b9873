/** Runs a scenario and holds what came of it against what is expected. */

import { expect } from 'vitest';
import { createEcsSimulator, type EcsSimulator } from '../support/ecs/index.ts';
import { type Run, run } from './harness.ts';
import type { Scenario } from './scenarios.ts';

export async function simulatorOf({ simulator }: Pick<Scenario, 'simulator'>): Promise<EcsSimulator> {
  const { service, ...rest } = simulator;
  return await createEcsSimulator({
    ...rest,
    // Beside it stands one that nobody may touch.
    services: [{ name: 'web', ...service }, { name: 'bystander' }],
  });
}

export async function runOf(ecs: EcsSimulator, { options }: Pick<Scenario, 'options'>): Promise<Run> {
  return await run(ecs, options?.() ?? {});
}

/** Outcome, cause, rollback, and that nothing was changed but what had to be. */
export function expectOutcome({ rollout }: Run, expected: Scenario): void {
  const [cause] = rollout.causes;
  expect({ outcome: rollout.outcome, rollback: rollout.rollback, cause: cause?.text }).toEqual({
    outcome: expected.outcome,
    rollback: expected.rollback === null ? null : expect.objectContaining(expected.rollback),
    cause: expect.stringMatching(expected.cause),
  });
  expect(cause?.source).toBe(expected.source);
  expect(cause?.text).not.toMatch(/[\n\r]/);
  expect(rollout.unproven).toBeNull();
}

export function expectState(ecs: EcsSimulator, expected: Scenario): void {
  const state = ecs.state();
  expect(state.services.web?.running).toMatchObject(expected.running);
  expectNothingElse(ecs);
}

/** The other service is as it was, and one revision was registered at most. */
export function expectNothingElse(ecs: EcsSimulator): void {
  const { services, families } = ecs.state();
  expect(services.bystander).toMatchObject({
    taskDefinition: 'bystander:3',
    running: { 'bystander:3': 2 },
    deployments: [{ rolloutState: 'COMPLETED' }],
  });
  expect(families.bystander).toHaveLength(3);
  expect(
    ecs.changes().filter(({ operation }) => operation === 'RegisterTaskDefinition').length,
  ).toBeLessThanOrEqual(1);
  for (const { operation, input } of ecs.changes()) {
    expect(JSON.stringify(input)).not.toContain('bystander');
    if (operation === 'UpdateService') {
      expect(Object.keys(input)).toEqual(
        expect.not.arrayContaining(['desiredCount', 'networkConfiguration', 'loadBalancers', 'tags']),
      );
    }
  }
}
