/** What the analysis is asked, when, and what comes of its answers. */

import { describe, expect, test } from 'vitest';
import type { Analysis } from '../../action-deploy/src/types.ts';
import { createEcsSimulator, type EcsSimulator } from '../support/ecs/index.ts';
import { analysisOf, imageOf, run } from './harness.ts';
import { blueGreen, canary, linear, shifting, updates } from './shifting.ts';

const pauseAt = (...lifecycleStages: ('POST_SCALE_UP' | 'PRE_PRODUCTION_TRAFFIC_SHIFT')[]) => ({
  targetType: 'PAUSE' as const,
  lifecycleStages,
});

describe('the analysis', () => {
  const whole = 'after all of the traffic';

  test('a canary is judged in each bake, and at its end', async () => {
    await using ecs = await shifting();
    const analysis = analysisOf(() => true);
    const { rollout } = await run(ecs, { config: { strategy: canary }, analysis });
    expect(rollout.outcome).toBe('succeeded');
    expect(rollout.unproven).toBeNull();
    const first = 'after 20% of the traffic';
    expect(analysis.stages).toEqual([first, first, whole, whole]);
  });

  test('a linear deployment is judged after each step', async () => {
    await using ecs = await shifting();
    const analysis = analysisOf(() => true);
    await run(ecs, { config: { strategy: linear }, analysis });
    const steps = [25, 50, 75].map((percent) => `after ${percent}% of the traffic`);
    expect(analysis.stages).toEqual([...steps, whole].flatMap((stage) => [stage, stage]));
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
    const [late = 0, over = 0, lateAgain = 0, end = 0] = at;
    // 80% of three minutes, the rest of them, the shift and 80% of four minutes, and the rest of those with the clean-up.
    expect(Math.abs(over - late - 0.2 * 3 * 60_000)).toBeLessThan(15_000);
    expect(lateAgain - late).toBeGreaterThan((0.2 * 3 + 0.8 * 4) * 60_000 - 10_000);
    expect(lateAgain - late).toBeLessThan((0.2 * 3 + 0.8 * 4) * 60_000 + 40_000);
    expect(end - lateAgain).toBeGreaterThan(0.2 * 4 * 60_000 - 10_000);
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
      whole,
      whole,
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

  /** Remembers when it was asked, and whether that was too early. */
  function timed(ecs: EcsSimulator, promotes: (stage: string) => boolean = () => true) {
    const asked: { readonly stage: string; readonly at: number; readonly cutShort: string | undefined }[] =
      [];
    const inner = analysisOf(promotes);
    return {
      asked,
      async judge(...given: Parameters<Analysis['judge']>) {
        const [stage, , cutShort] = given;
        asked.push({ stage, at: ecs.now().getTime(), cutShort });
        const round = await inner.judge(...given);
        return cutShort === undefined ? round : { ...round, promote: false };
      },
    };
  }

  test('a rolling deployment is judged once, when its tasks have been steady for the bake time', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    const analysis = timed(ecs);
    let finished = 0;
    ecs.onCall({
      after: () => {
        const newest = ecs.state().services.web?.serviceDeployments[0];
        if (newest?.taskDefinition !== 'web:4' || newest.status !== 'SUCCESSFUL') return;
        if (finished === 0) finished = ecs.now().getTime();
      },
    });
    const { rollout } = await run(ecs, { analysis, bakeMs: 180_000 });
    expect(rollout).toMatchObject({ outcome: 'succeeded', unproven: null });
    expect(analysis.asked).toMatchObject([{ stage: 'when the new tasks are steady', cutShort: undefined }]);
    const waited = (analysis.asked[0]?.at ?? 0) - finished;
    expect(waited).toBeGreaterThanOrEqual(180_000);
    expect(waited).toBeLessThan(195_000);
  });

  test('a bake time that the deadline cuts short is not found good', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    const analysis = timed(ecs);
    const { rollout } = await run(ecs, { analysis, bakeMs: 280_000, timeoutMs: 300_000 });
    expect(analysis.asked).toMatchObject([
      { cutShort: expect.stringMatching(/^after \d+ s of a bake time of 280 s$/) },
    ]);
    expect(rollout).toMatchObject({ outcome: 'rolled-back', causes: [{ source: 'analysis' }] });
    expect(ecs.state().services.web?.running).toEqual({ 'web:3': 2 });
  });

  test('tasks that die while they are to be judged are a failure of the rollout', async () => {
    await using ecs = await createEcsSimulator({
      services: [{ name: 'web', desiredCount: 1 }],
      scenario: {
        fates: [
          {
            of: ({ taskDefinition }) => taskDefinition.endsWith(':4'),
            fate: { kind: 'dies', of: 'exit-1', afterMs: 90_000 },
          },
        ],
      },
    });
    const analysis = timed(ecs);
    const { rollout } = await run(ecs, { analysis, bakeMs: 20 * 60_000 });
    expect(rollout).toMatchObject({ outcome: 'rolled-back', causes: [{ source: 'unit' }] });
    expect(analysis.asked).toEqual([]);
  });

  test('somebody deploys during the bake time: theirs stays', async () => {
    await using ecs = await createEcsSimulator({
      services: [{ name: 'web' }],
      scenario: {
        happenings: [
          {
            when: { afterMs: 150_000, since: 'deployment' },
            do: (others) => others.deploy('web', { image: 'repo/api:9' }),
          },
        ],
      },
    });
    const { rollout } = await run(ecs, { analysis: timed(ecs), bakeMs: 10 * 60_000 });
    expect(rollout.outcome).toBe('superseded');
    expect(updates(ecs)).toHaveLength(1);
  });

  test('what is found bad at the end of a bake does not go on', async () => {
    await using ecs = await shifting();
    let asked = 0;
    const analysis = timed(ecs, () => ++asked < 2);
    const { rollout } = await run(ecs, { config: { strategy: canary }, analysis });
    expect(analysis.asked.map(({ stage }) => stage)).toEqual(Array(2).fill('after 20% of the traffic'));
    expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { by: 'action', verified: true } });
  });

  test('a rollout that is taken up late in a bake is judged at once, by the times of its own configuration', async () => {
    const inner = { canaryPercent: 20, canaryBakeTimeInMinutes: 4 };
    const configuration = { strategy: 'CANARY', bakeTimeInMinutes: 2, canaryConfiguration: inner } as const;
    await using ecs = await shifting({ configuration });
    ecs.others.deploy('web', { image: imageOf().reference });
    ecs.advanceUntil(
      (state) => state.services.web?.serviceDeployments[0]?.stage === 'PRODUCTION_TRAFFIC_SHIFT',
    );
    ecs.advance(200_000);
    const analysis = timed(ecs);
    const { plan, rollout } = await run(ecs, {
      config: { strategy: { kind: 'canary', percent: 20, stepBakeMinutes: 60, bakeMinutes: 60 } },
      analysis,
    });
    expect(plan.inProgress).not.toBeNull();
    expect(plan.notices.join()).toContain('the rollout that is under way keeps its canary configuration');
    expect(rollout).toMatchObject({ outcome: 'succeeded', unproven: null });
    expect(analysis.asked.map(({ stage }) => stage)).toEqual([
      'after 20% of the traffic',
      'after 20% of the traffic',
      whole,
      whole,
    ]);
    expect(updates(ecs)).toEqual([]);
  });

  test('a step that nobody could see is not said to be judged', async () => {
    await using ecs = await shifting();
    const blind = { kind: 'lost', when: 'before' } as const;
    ecs.onCall({
      after: ({ operation }) => {
        const deployment = ecs.state().services.web?.serviceDeployments[0];
        if (operation !== 'DescribeServiceDeployments' || deployment?.stage !== 'SCALE_UP') return;
        ecs.fail({ fault: blind, times: 60 });
      },
    });
    const { rollout } = await run(ecs, {
      config: { strategy: { ...canary, bakeMinutes: 10 } },
      analysis: timed(ecs),
    });
    expect(rollout.outcome).toBe('succeeded');
    expect(rollout.unproven).toBe('the analysis did not judge the new revision after 20% of the traffic');
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
