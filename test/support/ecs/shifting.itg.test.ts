import {
  ContinueServiceDeploymentCommand,
  type DeploymentConfiguration,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { createEcsSimulator, type EcsSimulator, type Scenario, type Snapshot } from './index.ts';
import { clientsOf } from './test-clients.ts';

const blueGreen: DeploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 };
const minute = 60_000;

const last = (state: Snapshot) => state.services.web?.serviceDeployments[0];
const ended = (state: Snapshot): boolean =>
  ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'].includes(last(state)?.status ?? '');

async function startSimulator(scenario: Scenario = {}): Promise<EcsSimulator> {
  return await createEcsSimulator({
    services: [{ name: 'web', loadBalancer: 'shifting' }],
    alarms: ['errors'],
    scenario,
  });
}

/** Stages in the order in which they were seen until it ends, with the production weight and how long they lasted in s. */
function course(simulator: EcsSimulator): readonly (readonly [string, number, number])[] {
  const seen: [string, number, number][] = [];
  let key = '';
  simulator.advanceUntil((state) => {
    const { stage = null, step = 0, productionWeight = 0 } = last(state) ?? {};
    if (stage !== null && key !== `${stage} ${step}`) {
      key = `${stage} ${step}`;
      seen.push([stage, productionWeight ?? -1, 0]);
    }
    const entry = seen.at(-1);
    if (entry !== undefined) entry[2]++;
    return ended(state);
  });
  return seen;
}

describe('stages', () => {
  test('blue/green shifts all at once, bakes, and is successful before the old tasks are gone', async () => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', blueGreen);
    const stages = course(simulator);
    expect(stages.map(([stage, weight]) => [stage, weight])).toEqual([
      ['PRE_SCALE_UP', 0],
      ['SCALE_UP', 0],
      ['POST_SCALE_UP', 0],
      ['TEST_TRAFFIC_SHIFT', 0],
      ['POST_TEST_TRAFFIC_SHIFT', 0],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 0],
      ['PRODUCTION_TRAFFIC_SHIFT', 100],
      ['POST_PRODUCTION_TRAFFIC_SHIFT', 100],
      ['BAKE_TIME', 100],
      ['CLEAN_UP', 100],
    ]);
    expect(stages.find(([stage]) => stage === 'BAKE_TIME')?.[2]).toBe(300);

    expect((await aws.serviceDeployment(arn)).status).toBe('SUCCESSFUL');
    expect((await aws.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', rolloutState: 'COMPLETED' },
    ]);
    simulator.advance(2 * minute);
    expect((await aws.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED' },
    ]);
    expect(simulator.state().services.web?.running).toEqual({ 'web:4': 2 });
  });

  test('canary shifts its share first, waits, and then the rest', async () => {
    await using simulator = await startSimulator();
    const canaryConfiguration = { canaryPercent: 12.5, canaryBakeTimeInMinutes: 3 };
    await clientsOf(simulator).deploy('repo/api:2', { strategy: 'CANARY', canaryConfiguration });
    expect(course(simulator).filter(([stage]) => stage === 'PRODUCTION_TRAFFIC_SHIFT')).toEqual([
      ['PRODUCTION_TRAFFIC_SHIFT', 12.5, 185],
      ['PRODUCTION_TRAFFIC_SHIFT', 100, 5],
    ]);
  });

  test('linear shifts in equal steps, and does not wait after the last', async () => {
    await using simulator = await startSimulator();
    const linearConfiguration = { stepPercent: 30, stepBakeTimeInMinutes: 1 };
    await clientsOf(simulator).deploy('repo/api:2', { strategy: 'LINEAR', linearConfiguration });
    expect(course(simulator).filter(([stage]) => stage === 'PRODUCTION_TRAFFIC_SHIFT')).toEqual([
      ['PRODUCTION_TRAFFIC_SHIFT', 30, 65],
      ['PRODUCTION_TRAFFIC_SHIFT', 60, 65],
      ['PRODUCTION_TRAFFIC_SHIFT', 90, 65],
      ['PRODUCTION_TRAFFIC_SHIFT', 100, 5],
    ]);
  });

  test('weights are told of both revisions, and the tasks of both run', async () => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
    });
    simulator.advanceUntil((state) => last(state)?.productionWeight === 10);
    expect(await aws.serviceDeployment(arn)).toMatchObject({
      lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
      targetServiceRevision: { requestedProductionTrafficWeight: 10, runningTaskCount: 2 },
      sourceServiceRevisions: [{ requestedProductionTrafficWeight: 90, runningTaskCount: 2 }],
    });
    expect((await aws.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 2 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
  });

  test('a newer deployment reconciles the service first, and the one before is stopped', async () => {
    await using simulator = await startSimulator({
      happenings: [
        { when: { stage: 'BAKE_TIME' }, do: (others) => others.deploy('web', { image: 'repo/api:9' }) },
      ],
    });
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', blueGreen);
    const stages = course(simulator).map(([stage]) => stage);
    expect(stages.slice(stages.indexOf('POST_PRODUCTION_TRAFFIC_SHIFT') + 1, -1)).toContain(
      'RECONCILE_SERVICE',
    );
    expect((await aws.serviceDeployment(arn)).status).toBe('STOPPED');
    simulator.advance(2 * minute);
    expect(simulator.state().services.web).toMatchObject({
      taskDefinition: 'web:5',
      running: { 'web:5': 2 },
    });
  });
});

describe('pauses', () => {
  const paused = (stage: 'POST_TEST_TRAFFIC_SHIFT' | 'PRE_PRODUCTION_TRAFFIC_SHIFT', minutes = 10) => ({
    ...blueGreen,
    lifecycleHooks: [
      {
        targetType: 'PAUSE' as const,
        lifecycleStages: [stage],
        timeoutConfiguration: { timeoutInMinutes: minutes, action: 'ROLLBACK' as const },
      },
    ],
  });
  const hookOf = async (aws: ReturnType<typeof clientsOf>, arn: string) => {
    const details = (await aws.serviceDeployment(arn)).lifecycleHookDetails ?? [];
    return details.find(({ status }) => status === 'AWAITING_ACTION');
  };

  test('a pause holds the deployment until it is continued', async () => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', paused('POST_TEST_TRAFFIC_SHIFT'));
    simulator.advance(8 * minute);
    const hook = await hookOf(aws, arn);
    expect(hook).toMatchObject({ targetType: 'PAUSE', timeoutAction: 'ROLLBACK' });
    expect(hook?.hookId).toMatch(/^ecs-pause-/);
    expect(await aws.serviceDeployment(arn)).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
    });
    const answer = { serviceDeploymentArn: arn, hookId: hook?.hookId };
    await aws.ecs.send(new ContinueServiceDeploymentCommand(answer));
    await expect(aws.ecs.send(new ContinueServiceDeploymentCommand(answer))).rejects.toThrow(
      'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
    );
    simulator.advanceUntil(ended);
    expect(last(simulator.state())).toMatchObject({ status: 'SUCCESSFUL', taskDefinition: 'web:4' });
    await expect(aws.ecs.send(new ContinueServiceDeploymentCommand(answer))).rejects.toThrow(
      'terminal states',
    );
  });

  test('a canary pauses before each shift', async () => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', {
      ...paused('PRE_PRODUCTION_TRAFFIC_SHIFT'),
      strategy: 'CANARY',
    });
    const weights: (number | undefined)[] = [];
    for (let i = 0; i < 2; i++) {
      simulator.advanceUntil(
        (state) => last(state)?.stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' && last(state)?.step === i,
      );
      simulator.advance(1_000);
      const { targetServiceRevision, lifecycleStage } = await aws.serviceDeployment(arn);
      expect(lifecycleStage).toBe('PRE_PRODUCTION_TRAFFIC_SHIFT');
      weights.push(targetServiceRevision?.requestedProductionTrafficWeight);
      const { hookId } = (await hookOf(aws, arn)) ?? {};
      await aws.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId }));
    }
    expect(weights).toEqual([0, 5]);
    simulator.advanceUntil(ended);
    expect(last(simulator.state())?.status).toBe('SUCCESSFUL');
  });

  test.each([
    [
      'is rolled back',
      async (aws: ReturnType<typeof clientsOf>, arn: string) => {
        const { hookId } = (await hookOf(aws, arn)) ?? {};
        const input = { serviceDeploymentArn: arn, hookId, action: 'ROLLBACK' as const };
        await aws.ecs.send(new ContinueServiceDeploymentCommand(input));
      },
      'pause hook',
    ],
    [
      'times out',
      async () => {},
      'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.',
    ],
  ])('a pause that %s brings the former revision back', async (_, act, reason) => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', paused('POST_TEST_TRAFFIC_SHIFT', 15));
    simulator.advance(5 * minute);
    await act(aws, arn);
    simulator.advanceUntil(ended, 60 * minute);
    const { status, statusReason } = await aws.serviceDeployment(arn);
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(statusReason).toContain(reason);
    expect(simulator.state().services.web).toMatchObject({
      taskDefinition: 'web:3',
      running: { 'web:3': 2 },
    });
  });

  test('ids and stages that the service refuses', async () => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const refused = { ...paused('POST_TEST_TRAFFIC_SHIFT') };
    await expect(
      aws.deploy('repo/api:2', {
        ...refused,
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }],
      }),
    ).rejects.toThrow('Invalid lifecycle stage provided for Pause Hook');
    const { arn } = await aws.deploy('repo/api:2', refused);
    const send = (serviceDeploymentArn: string, hookId: string) =>
      aws.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId }));
    await expect(send(arn, 'x')).rejects.toThrow('ecs-{hookType}-{id}');
    await expect(send(`${arn}x`, 'ecs-pause-1')).rejects.toMatchObject({
      name: 'ServiceDeploymentNotFoundException',
    });
  });
});

describe('what ends a deployment', () => {
  const lambda = 'arn:aws:lambda:eu-west-1:123456789012:function:check';
  const hooked: DeploymentConfiguration = {
    ...blueGreen,
    lifecycleHooks: [
      {
        hookTargetArn: lambda,
        roleArn: 'arn:aws:iam::123456789012:role/hooks',
        lifecycleStages: ['POST_SCALE_UP'],
        timeoutConfiguration: { timeoutInMinutes: 30, action: 'ROLLBACK' },
      },
    ],
  };

  test.each([
    ['FAILED', `Lifecycle hook target ${lambda} returned FAILED status.`],
    ['invalid', `ECS was unable to parse the response from ${lambda} due to HookStatus must not be null`],
    ['silent', 'timed out'],
  ] as const)('a hook that answers %s', async (answer, reason) => {
    await using simulator = await startSimulator({ hooks: { POST_SCALE_UP: answer } });
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', hooked);
    simulator.advanceUntil(ended, 60 * minute);
    const { status, statusReason } = await aws.serviceDeployment(arn);
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(statusReason).toMatch(
      /^Service deployment rolled back because POST_SCALE_UP lifecycle hook\(s\) failed\. /,
    );
    expect(statusReason).toContain(reason);
    expect(simulator.state().services.web?.events.join('\n')).toContain(
      'deployment failed: Service deployment',
    );
  });

  test('a hook that succeeds lets it go on', async () => {
    await using simulator = await startSimulator();
    await clientsOf(simulator).deploy('repo/api:2', hooked);
    simulator.advanceUntil(ended, 60 * minute);
    expect(last(simulator.state())?.status).toBe('SUCCESSFUL');
  });

  const alarmed: DeploymentConfiguration = {
    ...blueGreen,
    alarms: { alarmNames: ['errors'], enable: true, rollback: true },
  };

  test('an alarm while it bakes', async () => {
    await using simulator = await startSimulator({
      happenings: [{ when: { stage: 'BAKE_TIME' }, do: (others) => others.setAlarm('errors', 'ALARM') }],
    });
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', alarmed);
    simulator.advanceUntil(ended, 60 * minute);
    expect(await aws.serviceDeployment(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
      targetServiceRevision: { requestedProductionTrafficWeight: 0 },
    });
    expect(simulator.state().services.web?.running).toEqual({ 'web:3': 2 });
  });

  test('an alarm that rings when it begins is not watched', async () => {
    await using simulator = await startSimulator();
    simulator.others.setAlarm('errors', 'ALARM');
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', alarmed);
    simulator.advanceUntil(ended, 60 * minute);
    expect(await aws.serviceDeployment(arn)).toMatchObject({
      status: 'SUCCESSFUL',
      alarms: { status: 'DISABLED' },
    });
  });

  test.each([
    ['ROLLBACK', 'ROLLBACK_REQUESTED', 'ROLLBACK_SUCCESSFUL', { 'web:3': 2 }],
    ['ABORT', 'STOP_REQUESTED', 'STOPPED', { 'web:3': 2, 'web:4': 2 }],
  ] as const)('a request to stop it: %s', async (stopType, requested, end, running) => {
    await using simulator = await startSimulator();
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2', blueGreen);
    simulator.advanceUntil((state) => last(state)?.stage === 'BAKE_TIME');
    await aws.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType }));
    expect((await aws.serviceDeployment(arn)).status).toBe(requested);
    simulator.advanceUntil(ended, 10 * minute);
    simulator.advance(minute);
    expect((await aws.serviceDeployment(arn)).status).toBe(end);
    expect(simulator.state().services.web?.running).toEqual(running);
    await expect(
      aws.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn })),
    ).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test('tasks that fail trip the circuit breaker before any traffic is shifted', async () => {
    await using simulator = await startSimulator({
      fates: [{ of: 'new', fate: { kind: 'dies', of: 'elb-health' } }],
    });
    await clientsOf(simulator).deploy('repo/api:2', {
      ...blueGreen,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    });
    expect(course(simulator).map(([stage]) => stage)).toEqual(['PRE_SCALE_UP', 'SCALE_UP']);
    expect(last(simulator.state())?.status).toBe('ROLLBACK_SUCCESSFUL');
  });
});

test('what a strategy needs is asked for at once', async () => {
  await using simulator = await createEcsSimulator({ services: [{ name: 'web', loadBalancer: 'plain' }] });
  const aws = clientsOf(simulator);
  const update = (deploymentConfiguration: DeploymentConfiguration) =>
    aws.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', deploymentConfiguration }));
  await expect(update(blueGreen)).rejects.toThrow(
    'advancedConfiguration field is required for all loadBalancers',
  );
  await expect(update({ canaryConfiguration: { canaryPercent: 101 }, strategy: 'CANARY' })).rejects.toThrow(
    /advancedConfiguration|canaryPercent/,
  );
  expect(simulator.changes()).toEqual([]);
});
