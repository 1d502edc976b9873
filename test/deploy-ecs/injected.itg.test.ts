import { describe, expect, test } from 'vitest';
import type { EcsSimulator } from '../support/ecs/index.ts';
import { expectNothingElse, expectOutcome, expectState, runOf, simulatorOf } from './check.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const named = scenarios.map((scenario) => [scenario.name, scenario] as const);
const changing = [
  'RegisterTaskDefinition',
  'UpdateService',
  'StopServiceDeployment',
  'ContinueServiceDeployment',
];

/** Every third call of a rollout, and each that changes something when it is first sent. */
const troubles: readonly (readonly [string, (ecs: EcsSimulator) => void])[] = [
  [
    'calls are throttled',
    (ecs) => {
      for (const operation of changing) ecs.fail({ fault: { kind: 'throttled' }, operation, times: 3 });
      for (let at = 2; at < 2_000; at += 3) ecs.fail({ fault: { kind: 'throttled' }, at });
    },
  ],
  [
    'connections are lost before calls take effect',
    (ecs) => {
      for (const operation of changing) ecs.fail({ fault: { kind: 'lost', when: 'before' }, operation });
      for (let at = 2; at < 2_000; at += 4) ecs.fail({ fault: { kind: 'lost', when: 'before' }, at });
    },
  ],
  [
    'answers are lost after calls took effect',
    (ecs) => {
      for (const operation of changing) ecs.fail({ fault: { kind: 'lost', when: 'after' }, operation });
      for (let at = 3; at < 2_000; at += 4) ecs.fail({ fault: { kind: 'lost', when: 'after' }, at });
    },
  ],
  [
    'ECS answers 500 now and then',
    (ecs) => {
      for (let at = 2; at < 2_000; at += 7) ecs.fail({ fault: { kind: 'server-error' }, at });
    },
  ],
  [
    'credentials expire for a moment, as when they are renewed',
    (ecs) => {
      for (let at = 4; at < 2_000; at += 6) ecs.fail({ fault: { kind: 'expired-token' }, at, times: 1 });
    },
  ],
];

describe.each(troubles)('%s', (_trouble, inject) => {
  test.each(named)('%s', async (_name, scenario) => {
    await using ecs = await simulatorOf(scenario);
    inject(ecs);
    const done = await runOf(ecs, scenario);
    expectOutcome(done, scenario);
    expectState(ecs, scenario);
    expect(ecs.changes().map(({ operation }) => operation)).toEqual(scenario.changes);
  });
});

describe('credentials expire for good while the rollout goes on', () => {
  test.each(named)('%s', async (_name, scenario) => {
    await using ecs = await simulatorOf(scenario);
    const begun = 'UpdateService';
    ecs.onCall({
      after({ operation }) {
        if (operation === begun) ecs.fail({ fault: { kind: 'expired-token' }, after: 12 });
      },
    });
    const { rollout } = await runOf(ecs, scenario);
    const quick =
      rollout.outcome === scenario.outcome && rollout.causes[0]?.reason !== 'ExpiredTokenException';
    if (!quick) {
      expect(rollout).toMatchObject({
        outcome: 'failed',
        rollback: null,
        causes: [{ source: 'platform', text: expect.stringMatching(/credentials have expired/) }],
      });
      expect(rollout.left).toMatch(
        /^not known since 2026-.* at that time service web of cluster prod: web:4 runs .*ECS goes on by itself$/,
      );
    }
    expectNothingElse(ecs);
    expect(scenario.changes.slice(0, 2)).toEqual(
      ecs
        .changes()
        .slice(0, 2)
        .map(({ operation }) => operation),
    );
  });
});

describe('ECS has no service deployments', () => {
  const absent = [
    'ListServiceDeployments',
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'StopServiceDeployment',
    'ContinueServiceDeployment',
  ];
  const seen = scenarios.filter((scenario) => scenario.needsServiceDeployments === undefined);
  test.each(seen.map((scenario): readonly [string, Scenario] => [scenario.name, scenario]))(
    '%s',
    async (_name, scenario) => {
      await using ecs = await simulatorOf(scenario);
      for (const operation of absent) {
        ecs.fail({ fault: { kind: 'server-error' }, operation, times: Number.POSITIVE_INFINITY });
      }
      const done = await runOf(ecs, scenario);
      expectOutcome(done, scenario);
      expectState(ecs, scenario);
      const restored = scenario.changes.map((each) => (absent.includes(each) ? 'UpdateService' : each));
      expect(ecs.changes().map(({ operation }) => operation)).toEqual(restored);
      expect(done.plan.notices.join('\n')).toContain('without service deployments');
    },
  );
});
