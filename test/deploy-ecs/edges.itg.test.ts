import { describe, expect, test } from 'vitest';
import { iamNeeds } from '../../action-deploy/src/aws/index.ts';
import { createEcsSimulator, type Scenario } from '../support/ecs/index.ts';
import { analysisOf, imageOf, run } from './harness.ts';

const web = { name: 'web' };
const dies: Scenario = { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' } }] };

test('a service that is scaled to zero has proven nothing', async () => {
  await using ecs = await createEcsSimulator({ services: [{ ...web, desiredCount: 0 }] });
  const { plan, rollout } = await run(ecs);
  expect(plan.notices).toEqual(['the service is scaled to zero: a rollout will prove nothing']);
  expect(rollout).toMatchObject({
    outcome: 'succeeded',
    unproven: 'service web of cluster prod is scaled to zero: no task has shown that web:4 runs',
  });
});

test('reads that are behind do not mislead', async () => {
  await using ecs = await createEcsSimulator({ services: [web], scenario: { staleReads: 6 } });
  const { rollout } = await run(ecs);
  expect(rollout.outcome).toBe('succeeded');
  expect(ecs.changes()).toHaveLength(2);
});

test('tasks that AWS interrupts are no failure', async () => {
  await using ecs = await createEcsSimulator({
    services: [web],
    scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'spot' }, first: 3 }] },
  });
  const { rollout } = await run(ecs);
  expect(rollout).toMatchObject({ outcome: 'succeeded', causes: [] });
});

test('some tasks die at first: it is waited for, and goes well', async () => {
  await using ecs = await createEcsSimulator({
    services: [web],
    scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' }, first: 2 }] },
  });
  const { rollout, told } = await run(ecs);
  expect(rollout.outcome).toBe('succeeded');
  expect(told.filter(({ kind }) => kind === 'failure').map(({ text }) => text)).toEqual([
    'container app exited with code 1',
    'container app exited with code 1',
  ]);
});

describe('AWS cannot be reached for a while', () => {
  const lasting = { fault: { kind: 'lost', when: 'before' } as const, times: 60 };

  test('while the rollout goes on', async () => {
    await using ecs = await createEcsSimulator({ services: [web] });
    ecs.onCall({ after: ({ operation }) => void (operation === 'UpdateService' && ecs.fail(lasting)) });
    const { rollout, told } = await run(ecs);
    expect(rollout).toMatchObject({ outcome: 'succeeded', causes: [] });
    expect(told.filter(({ kind }) => kind === 'warning')).toHaveLength(1);
  });

  test('while it is rolled back', async () => {
    await using ecs = await createEcsSimulator({ services: [web], scenario: dies });
    ecs.onCall({
      after: ({ operation }) => void (operation === 'StopServiceDeployment' && ecs.fail(lasting)),
    });
    const { rollout } = await run(ecs);
    expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { by: 'action', verified: true } });
  });

  test('and until the time is up: what is left is said to be unknown', async () => {
    await using ecs = await createEcsSimulator({ services: [web] });
    const never = { fault: lasting.fault, times: Number.POSITIVE_INFINITY };
    ecs.onCall({ after: ({ operation }) => void (operation === 'UpdateService' && ecs.fail(never)) });
    const { rollout } = await run(ecs);
    expect(rollout).toMatchObject({
      outcome: 'rollback-failed',
      rollback: { by: 'action', verified: false },
      causes: [{ source: 'deadline' }],
    });
    expect(rollout.left).toMatch(
      /^service web of cluster prod: not known \(.*; ECS goes on with web:4 by itself$/,
    );
    expect(ecs.changes().map(({ operation }) => operation)).toEqual([
      'RegisterTaskDefinition',
      'UpdateService',
    ]);
  });

  test('while it is not known whether UpdateService was carried out: it is not sent again blindly', async () => {
    await using ecs = await createEcsSimulator({ services: [web] });
    ecs.fail({ fault: { kind: 'lost', when: 'after' }, operation: 'UpdateService' });
    ecs.onCall({ after: ({ operation }) => void (operation === 'UpdateService' && ecs.fail(lasting)) });
    const { rollout } = await run(ecs);
    expect(rollout.outcome).toBe('succeeded');
    expect(ecs.journal.filter(({ operation }) => operation === 'UpdateService')).toHaveLength(1);
  });
});

test('a circuit breaker that finds nothing to go back to is not waited for without end', async () => {
  await using ecs = await createEcsSimulator({
    services: [
      {
        ...web,
        rollout: 'FAILED',
        configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      },
    ],
    scenario: dies,
  });
  for (const operation of ['ListServiceDeployments', 'DescribeServiceDeployments']) {
    ecs.fail({ fault: { kind: 'server-error' }, operation, times: Number.POSITIVE_INFINITY });
  }
  const { rollout } = await run(ecs, { rollback: false });
  expect(rollout).toMatchObject({ outcome: 'failed', rollback: null });
  expect(rollout.causes[0]?.source).toBe('unit');
  expect(ecs.now().getTime()).toBeLessThan(new Date('2026-01-05T09:10:00Z').getTime());
});

describe('a cancelled job', () => {
  async function cancelled(rollback: boolean) {
    const abort = new AbortController();
    await using ecs = await createEcsSimulator({
      services: [web],
      scenario: {
        fates: [{ of: 'new', fate: { kind: 'pending' } }],
        happenings: [{ when: { afterMs: 60_000, since: 'deployment' }, do: () => abort.abort() }],
      },
    });
    const { rollout } = await run(ecs, { signal: abort.signal, rollback });
    const ended = ecs.now().getTime() - new Date('2026-01-05T09:01:00Z').getTime();
    return { rollout, ended, changes: ecs.changes().map(({ operation }) => operation) };
  }

  test('rolls back, says what is left, and ends soon', async () => {
    const { rollout, ended, changes } = await cancelled(true);
    expect(rollout.causes[0]).toMatchObject({
      source: 'cancelled',
      text: 'the job was cancelled while web:4 was being rolled out',
    });
    expect(rollout.rollback?.by).toBe('action');
    expect(['rolled-back', 'rollback-failed']).toContain(rollout.outcome);
    expect(rollout.rollback?.verified).toBe(rollout.outcome === 'rolled-back');
    expect(rollout.left).toMatch(/^service web of cluster prod: web:3 runs 2 of 2 tasks/);
    expect(changes).toEqual(['RegisterTaskDefinition', 'UpdateService', 'StopServiceDeployment']);
    expect(ended).toBeLessThan(20_000);
  });

  test('leaves it where it may not roll back, and says so', async () => {
    const { rollout, changes } = await cancelled(false);
    expect(rollout).toMatchObject({ outcome: 'failed', rollback: null, causes: [{ source: 'cancelled' }] });
    expect(rollout.left).toBe(
      'service web of cluster prod: web:4 runs 0 of 2 tasks (being rolled out); web:3 runs 2 tasks (being replaced)',
    );
    expect(changes).toEqual(['RegisterTaskDefinition', 'UpdateService']);
  });

  test('in the midst of UpdateService: it is looked whether it was carried out', async () => {
    const abort = new AbortController();
    await using ecs = await createEcsSimulator({ services: [web] });
    ecs.fail({ fault: { kind: 'lost', when: 'after' }, operation: 'UpdateService' });
    ecs.onCall({
      after: ({ operation }) => {
        if (operation === 'UpdateService') abort.abort();
      },
    });
    const { rollout } = await run(ecs, { signal: abort.signal });
    expect(rollout.causes[0]?.source).toBe('cancelled');
    expect(ecs.changes().map(({ operation }) => operation)).toEqual([
      'RegisterTaskDefinition',
      'UpdateService',
      'StopServiceDeployment',
    ]);
  });

  test('in the midst of UpdateService that nobody can look at: it is not said that nothing was done', async () => {
    const abort = new AbortController();
    await using ecs = await createEcsSimulator({ services: [web] });
    ecs.fail({ fault: { kind: 'lost', when: 'after' }, operation: 'UpdateService' });
    let updatedAt = 0;
    ecs.onCall({
      after: ({ operation }) => {
        if (operation !== 'UpdateService') return;
        updatedAt = ecs.now().getTime();
        abort.abort();
        ecs.fail({ fault: { kind: 'lost', when: 'before' }, times: Number.POSITIVE_INFINITY });
      },
    });
    await expect(run(ecs, { signal: abort.signal })).rejects.toThrow(
      /whether the change was carried out is not known: service web of cluster prod ran web:3 before it/,
    );
    // It was looked for as long as a cancelled job allows, not all at once.
    expect(ecs.now().getTime() - updatedAt).toBeGreaterThan(3_000);
  });

  test('before anything was changed', async () => {
    const abort = new AbortController();
    await using ecs = await createEcsSimulator({ services: [web] });
    await expect(run(ecs, { signal: abort.signal, between: () => abort.abort() })).rejects.toThrow(
      /cancelled; service web of cluster prod runs web:3 as before$/,
    );
    expect(ecs.changes()).toEqual([]);
  });
});

describe('permissions', () => {
  const optional = [
    ['GetLogEvents', /^the log of container app was not read: .*may not use logs:GetLogEvents/],
    ['ListTasks', /^tasks are not looked at: .*may not use ecs:ListTasks/],
    ['DescribeTasks', /^tasks are not looked at: .*may not use ecs:DescribeTasks/],
    ['ListServiceDeployments', /without service deployments: .*may not use ecs:ListServiceDeployments/],
    [
      'DescribeServiceDeployments',
      /without service deployments: .*may not use ecs:DescribeServiceDeployments/,
    ],
    ['DescribeServiceRevisions', /without service deployments: .*may not use ecs:DescribeServiceRevisions/],
  ] as const;
  test.each(optional)('without %s it goes on, with a notice', async (operation, notice) => {
    await using ecs = await createEcsSimulator({
      services: [{ ...web, configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }],
      scenario: dies,
    });
    ecs.fail({ fault: { kind: 'denied' }, operation });
    const { plan, rollout } = await run(ecs);
    expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { verified: true } });
    expect([...plan.notices, ...rollout.notices].filter((text) => notice.test(text))).toHaveLength(1);
  });

  test.each(['RegisterTaskDefinition', 'UpdateService'])(
    'without %s nothing that runs is changed',
    async (operation) => {
      await using ecs = await createEcsSimulator({ services: [web] });
      ecs.fail({ fault: { kind: 'denied' }, operation });
      await expect(run(ecs)).rejects.toThrow(
        new RegExp(
          `is not allowed: role deploy may not use ecs:${operation} .*; allow it on \\S+; service web of cluster prod runs web:3 as before`,
        ),
      );
      expect(ecs.state().services.web?.running).toEqual({ 'web:3': 2 });
    },
  );

  test('without StopServiceDeployment it restores by UpdateService', async () => {
    await using ecs = await createEcsSimulator({
      services: [web],
      scenario: {
        fates: [
          {
            of: ({ taskDefinition }) => !taskDefinition.endsWith(':3'),
            fate: { kind: 'dies', of: 'exit-1' },
          },
        ],
      },
    });
    ecs.fail({ fault: { kind: 'denied' }, operation: 'StopServiceDeployment' });
    const { rollout } = await run(ecs);
    expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { by: 'action', verified: true } });
    expect(ecs.state().services.web?.running).toEqual({ 'web:3': 2 });
  });

  test('the calls of a rollout stay within the policy that the README lists', async () => {
    await using ecs = await createEcsSimulator({ services: [web], scenario: dies });
    const { actions } = await run(ecs);
    expect(actions.filter((action) => !(action in iamNeeds))).toEqual([]);
  });
});

describe('secrets', () => {
  test('values of variables are in no message, plan or result', async () => {
    const secret = 'hunter2-hunter2';
    await using ecs = await createEcsSimulator({
      services: [{ ...web, container: { environment: [{ name: 'DB', value: secret }] } }],
      scenario: dies,
    });
    const environment = [
      { name: 'DB', value: `${secret}-new` },
      { name: 'TOKEN', value: `${secret}-token` },
    ];
    const done = await run(ecs, { config: { environment }, analysis: analysisOf(() => true) });
    expect(JSON.stringify(done)).not.toContain(secret);
    expect(done.plan.changes).toEqual([
      { place: 'containerDefinitions[app].image', from: expect.any(String), to: imageOf().reference },
      { place: 'containerDefinitions[app].environment[DB]', from: '(not shown)', to: '(changed)' },
      { place: 'containerDefinitions[app].environment[TOKEN]', from: null, to: '(set)' },
    ]);
    const registered = ecs.journal.find(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(registered?.input).toMatchObject({ containerDefinitions: [{ environment }] });
  });
});
