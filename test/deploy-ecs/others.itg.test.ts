/** Other deployments of the same service: before, beside and after the one that is watched. */

import { describe, expect, test } from 'vitest';
import { createEcsSimulator, type Scenario } from '../support/ecs/index.ts';
import { analysisOf, run } from './harness.ts';

const web = { name: 'web' };
const dies: Scenario = { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' } }] };

test('a newer deployment of the same task definition is followed', async () => {
  await using ecs = await createEcsSimulator({
    services: [web],
    scenario: {
      happenings: [
        {
          when: { afterMs: 20_000, since: 'deployment' },
          do: (others) => others.deploy('web', { taskDefinition: 'web:4' }),
        },
      ],
    },
  });
  const { rollout, told } = await run(ecs);
  expect(rollout.outcome).toBe('succeeded');
  expect(told.map(({ text }) => text).join('\n')).toContain('a newer deployment of the same task definition');
  expect(rollout.ids.deployment).toBe(ecs.state().services.web?.serviceDeployments[0]?.arn);
});

test('somebody deployed between the plan and the rollout: nothing is changed', async () => {
  await using ecs = await createEcsSimulator({ services: [web] });
  const between = () => ecs.others.deploy('web', { image: 'repo/api:9' });
  await expect(run(ecs, { between })).rejects.toThrow(
    'service web of cluster prod was changed since the plan was made: web:4 took the place of web:3; nothing was changed; run again',
  );
  expect(ecs.changes()).toEqual([]);
});

test('a second rollout of the same is not taken for the first one, which ended a moment before', async () => {
  let bad = true;
  await using ecs = await createEcsSimulator({
    services: [{ ...web, configuration: { deploymentCircuitBreaker: { enable: true, rollback: false } } }],
    scenario: {
      fates: [{ of: () => bad, fate: { kind: 'dies', of: 'exit-1', afterMs: 1_000 } }],
      staleReads: 6,
    },
  });
  const first = await run(ecs, { rollback: false });
  expect(first.rollout.outcome).toBe('failed');
  bad = false;
  ecs.advanceUntil((state) => state.services.web?.serviceDeployments[0]?.status === 'STOPPED');
  const second = await run(ecs);
  expect(second.rollout.outcome).toBe('succeeded');
  expect(second.rollout.ids.deployment).toBe(ecs.state().services.web?.serviceDeployments[0]?.arn);
  expect(second.rollout.ids.deployment).not.toBe(first.rollout.ids.deployment);
});

describe('somebody else deploys', () => {
  const theirs = { image: 'repo/api:9' };
  const changed = ['RegisterTaskDefinition', 'UpdateService'];

  test('before this rollout was seen at all: theirs is left alone', async () => {
    await using ecs = await createEcsSimulator({ services: [web] });
    ecs.onCall({
      after: ({ operation }) => void (operation === 'UpdateService' && ecs.others.deploy('web', theirs)),
    });
    const { rollout } = await run(ecs, { timeoutMs: 10 * 60_000 });
    expect(rollout).toMatchObject({ outcome: 'superseded', rollback: null });
    expect(ecs.changes().map(({ operation }) => operation)).toEqual(changed);
    expect(ecs.state().services.web?.taskDefinition).toBe('web:5');
  });

  test('while this rollout is found bad: nothing is sent that would take theirs away', async () => {
    await using ecs = await createEcsSimulator({ services: [web] });
    const analysis = {
      judge: async (...given: Parameters<ReturnType<typeof analysisOf>['judge']>) => {
        ecs.others.deploy('web', theirs);
        return await analysisOf(() => false).judge(...given);
      },
    };
    const { rollout } = await run(ecs, { analysis });
    expect(rollout).toMatchObject({ outcome: 'superseded', rollback: null });
    expect(rollout.causes.map(({ source }) => source)).toEqual(['platform', 'analysis']);
    expect(ecs.changes().map(({ operation }) => operation)).toEqual(changed);
    expect(ecs.state().services.web?.taskDefinition).toBe('web:5');
  });

  test('while this rollout is being stopped: nothing is restored over theirs', async () => {
    await using ecs = await createEcsSimulator({ services: [web], scenario: dies });
    ecs.fail({ fault: { kind: 'denied' }, operation: 'StopServiceDeployment' });
    ecs.onCall({
      before: ({ operation }) => {
        if (operation === 'StopServiceDeployment') ecs.others.deploy('web', theirs);
      },
    });
    const { rollout } = await run(ecs);
    expect(rollout).toMatchObject({ outcome: 'superseded', rollback: null });
    expect(ecs.changes().map(({ operation }) => operation)).toEqual(changed);
  });
});
