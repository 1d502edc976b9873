import { describe, expect, test } from 'vitest';
import { analysisOf, run } from './harness.ts';
import { blueGreen, canary, linear, shifting, updates } from './shifting.ts';

describe('each strategy of ECS', () => {
  const circuit = { enable: true, rollback: true };
  test.each([
    [blueGreen, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 }],
    [
      canary,
      {
        strategy: 'CANARY',
        bakeTimeInMinutes: 4,
        canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 3 },
      },
    ],
    [
      linear,
      {
        strategy: 'LINEAR',
        bakeTimeInMinutes: 1,
        linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 },
      },
    ],
  ])('$kind is set, and everything else of the configuration stays', async (strategy, expected) => {
    await using ecs = await shifting({ configuration: { deploymentCircuitBreaker: circuit } });
    const { plan, rollout } = await run(ecs, { config: { strategy } });
    expect(plan.changes.map(({ place }) => place)).toContain('deploymentConfiguration.strategy');
    expect(plan.notices.join()).toContain('changes its deployment strategy from ROLLING to');
    expect(rollout).toMatchObject({ outcome: 'succeeded', causes: [], rollback: null, unproven: null });
    expect(updates(ecs)).toMatchObject([
      {
        deploymentConfiguration: {
          ...expected,
          deploymentCircuitBreaker: circuit,
          maximumPercent: 200,
          minimumHealthyPercent: 100,
        },
      },
    ]);
    expect(ecs.state().services.web?.running).toEqual({ 'web:4': 2 });
  });

  const nothing = { canaryPercent: null, stepPercent: null, stepBakeMinutes: null, bakeMinutes: null };
  test.each([
    ['blue-green', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 }, 30],
    [
      'canary',
      {
        strategy: 'CANARY',
        bakeTimeInMinutes: 2,
        canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 4 },
      },
      6,
    ],
    ['rolling', {}, 0],
  ] as const)(
    'none is given: the service keeps its %s, with all that belongs to it',
    async (word, configuration, bakes) => {
      await using ecs = await shifting({ configuration });
      const { plan, rollout } = await run(ecs, {
        config: { strategy: { kind: 'own', ...nothing } },
        timeoutMs: 3_600_000,
      });
      expect(rollout.outcome).toBe('succeeded');
      expect(plan).toMatchObject({ strategy: word, leastMs: bakes * 60_000 });
      expect(Object.keys(updates(ecs)[0] ?? {}).sort()).toEqual(['cluster', 'service', 'taskDefinition']);
    },
  );

  test('the same strategy is given, and nothing with it: bakes and shares stay', async () => {
    const configuration = {
      strategy: 'CANARY',
      bakeTimeInMinutes: 3,
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 2 },
    } as const;
    await using ecs = await shifting({ configuration });
    const strategy = { kind: 'canary', percent: null, stepBakeMinutes: null, bakeMinutes: null } as const;
    const { plan } = await run(ecs, { config: { strategy } });
    expect(plan.changes).toHaveLength(1);
    expect(updates(ecs)[0]).not.toHaveProperty('deploymentConfiguration');
  });

  test('rolling is asked for: the service changes over to it, and the plan says so', async () => {
    await using ecs = await shifting({ configuration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 } });
    const { plan } = await run(ecs, { config: { strategy: { kind: 'rolling' } } });
    expect(plan.notices.join()).toContain('changes its deployment strategy from BLUE_GREEN to ROLLING');
    expect(updates(ecs)[0]).toMatchObject({ deploymentConfiguration: { strategy: 'ROLLING' } });
  });

  test('one that is set already is not sent again', async () => {
    await using ecs = await shifting({ configuration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } });
    const { plan } = await run(ecs, { config: { strategy: blueGreen } });
    expect(plan.changes).toHaveLength(1);
    expect(Object.keys(updates(ecs)[0] ?? {}).sort()).toEqual(['cluster', 'service', 'taskDefinition']);
  });

  test('a rollback takes the strategy back as well, without another deployment', async () => {
    await using ecs = await shifting();
    const { rollout } = await run(ecs, { config: { strategy: canary }, analysis: analysisOf(() => false) });
    expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { by: 'action', verified: true } });
    expect(updates(ecs).at(-1)).toMatchObject({ deploymentConfiguration: { strategy: 'ROLLING' } });
    expect(updates(ecs).at(-1)).not.toHaveProperty('taskDefinition');
    expect(ecs.state().services.web?.serviceDeployments).toHaveLength(2);
  });
});

test('a rollback takes shares and bakes back where the strategy was the same', async () => {
  const configuration = {
    strategy: 'CANARY',
    bakeTimeInMinutes: 3,
    canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 2 },
  } as const;
  await using ecs = await shifting({ configuration });
  const strategy = { kind: 'canary', percent: 5, stepBakeMinutes: null, bakeMinutes: null } as const;
  const { rollout } = await run(ecs, { config: { strategy }, analysis: analysisOf(() => false) });
  expect(rollout.outcome).toBe('rolled-back');
  expect(updates(ecs).map(({ deploymentConfiguration }) => deploymentConfiguration)).toMatchObject([
    { canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 2 } },
    configuration,
  ]);
});
