import { describe, expect, test } from 'vitest';
import { createEcsSimulator, type EcsSimulator, type ServiceSpec } from '../support/ecs/index.ts';
import { analysisOf, run } from './harness.ts';

const pauseAt = (...lifecycleStages: ('POST_SCALE_UP' | 'PRE_PRODUCTION_TRAFFIC_SHIFT')[]) => ({
  targetType: 'PAUSE' as const,
  lifecycleStages,
});

async function shifting(spec: Partial<ServiceSpec> = {}): Promise<EcsSimulator> {
  return await createEcsSimulator({ services: [{ name: 'web', loadBalancer: 'shifting', ...spec }] });
}

const canary = { kind: 'canary', percent: 20, stepBakeMinutes: 3, bakeMinutes: 4 } as const;
const linear = { kind: 'linear', percent: 25, stepBakeMinutes: 2, bakeMinutes: 1 } as const;
const blueGreen = { kind: 'blue-green', bakeMinutes: 5 } as const;

const updates = (ecs: EcsSimulator) =>
  ecs
    .changes()
    .filter(({ operation }) => operation === 'UpdateService')
    .map(({ input }) => input);

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

describe('the analysis', () => {
  test('a canary is judged in each bake', async () => {
    await using ecs = await shifting();
    const analysis = analysisOf(() => true);
    const { rollout } = await run(ecs, { config: { strategy: canary }, analysis });
    expect(rollout.outcome).toBe('succeeded');
    expect(analysis.stages).toEqual(['after 20% of the traffic', 'after all of the traffic']);
  });

  test('a linear deployment is judged after each step', async () => {
    await using ecs = await shifting();
    const analysis = analysisOf(() => true);
    await run(ecs, { config: { strategy: linear }, analysis });
    expect(analysis.stages).toEqual([
      'after 25% of the traffic',
      'after 50% of the traffic',
      'after 75% of the traffic',
      'after all of the traffic',
    ]);
  });

  test('late in a bake: most of it is judged', async () => {
    await using ecs = await shifting();
    const at: number[] = [];
    const inner = analysisOf(() => true);
    const analysis = {
      judge: async (...given: Parameters<typeof inner.judge>) => {
        at.push(ecs.now().getTime());
        return await inner.judge(...given);
      },
    };
    const { told } = await run(ecs, { config: { strategy: canary }, analysis });
    expect(told.map(({ text }) => text)).toContain(
      'stage PRODUCTION_TRAFFIC_SHIFT, 20% of the traffic on the new revision',
    );
    const [first = 0, second = 0] = at;
    // From 80% of three minutes of canary to 80% of the four of the last bake, with the shift in between.
    expect(second - first).toBeGreaterThan((0.2 * 3 + 0.8 * 4) * 60_000 - 10_000);
    expect(second - first).toBeLessThan((0.2 * 3 + 0.8 * 4) * 60_000 + 40_000);
  });

  test('pauses are ended when it promotes, each of them', async () => {
    await using ecs = await shifting({
      configuration: {
        strategy: 'LINEAR',
        bakeTimeInMinutes: 1,
        linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 2 },
        lifecycleHooks: [pauseAt('POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT')],
      },
    });
    const analysis = analysisOf(() => true);
    const { rollout } = await run(ecs, {
      config: { strategy: { ...linear, percent: 50 } },
      analysis,
    });
    expect(rollout.outcome).toBe('succeeded');
    expect(analysis.stages).toEqual([
      'at the pause POST_SCALE_UP',
      'at the pause PRE_PRODUCTION_TRAFFIC_SHIFT',
      'at the pause PRE_PRODUCTION_TRAFFIC_SHIFT',
      'after all of the traffic',
    ]);
    expect(
      ecs
        .changes()
        .filter(({ operation }) => operation === 'ContinueServiceDeployment')
        .map(({ input }) => input),
    ).toMatchObject([{ action: 'CONTINUE' }, { action: 'CONTINUE' }, { action: 'CONTINUE' }]);
  });

  test('a pause is told, and left to others, where there is none', async () => {
    await using ecs = await createEcsSimulator({
      services: [
        {
          name: 'web',
          loadBalancer: 'shifting',
          configuration: {
            strategy: 'BLUE_GREEN',
            bakeTimeInMinutes: 0,
            lifecycleHooks: [
              {
                targetType: 'PAUSE',
                lifecycleStages: ['POST_SCALE_UP'],
                timeoutConfiguration: { timeoutInMinutes: 10, action: 'CONTINUE' },
              },
            ],
          },
        },
      ],
    });
    const { rollout, told } = await run(ecs, {
      config: { strategy: { kind: 'blue-green', bakeMinutes: 0 } },
    });
    expect(rollout.outcome).toBe('succeeded');
    const pauses = told.filter(({ text }) => text.startsWith('paused at'));
    expect(pauses.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^paused at POST_SCALE_UP by a hook of the service, which waits for: aws ecs continue-service-deployment --service-deployment-arn arn:\S+ --hook-id ecs-pause-\S+ --action CONTINUE; ECS does CONTINUE at 2026-/,
      ),
    ]);
    expect(ecs.changes().map(({ operation }) => operation)).not.toContain('ContinueServiceDeployment');
  });

  test('a rolling deployment is judged once, when its tasks are steady', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    const analysis = analysisOf(() => true);
    const { rollout } = await run(ecs, { analysis });
    expect(rollout.outcome).toBe('succeeded');
    expect(analysis.stages).toEqual(['when the new tasks are steady']);
  });

  test('a refusal at a pause leaves the pause where nobody may roll back', async () => {
    await using ecs = await shifting({
      configuration: {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 5,
        lifecycleHooks: [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')],
      },
    });
    const { rollout } = await run(ecs, {
      config: { strategy: blueGreen },
      analysis: analysisOf(() => false),
      rollback: false,
    });
    expect(rollout).toMatchObject({ outcome: 'failed', rollback: null, causes: [{ source: 'analysis' }] });
    expect(rollout.left).toMatch(/paused at PRE_PRODUCTION_TRAFFIC_SHIFT/);
    expect(ecs.changes().map(({ operation }) => operation)).toEqual([
      'RegisterTaskDefinition',
      'UpdateService',
    ]);
  });
});
