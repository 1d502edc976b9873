import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { createEcsSimulator, type EcsSimulator, type FailureName, type Snapshot } from './index.ts';
import { clientsOf, type TestClients } from './test-clients.ts';

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
const minute = 60_000;
const last = (state: Snapshot) => state.services.web?.serviceDeployments[0];
const status = (state: Snapshot): string | undefined => last(state)?.status;

async function stoppedTasks(aws: TestClients): Promise<readonly Task[]> {
  const { taskArns } = await aws.ecs.send(
    new ListTasksCommand({ cluster: 'prod', serviceName: 'web', desiredStatus: 'STOPPED' }),
  );
  if (taskArns === undefined || taskArns.length === 0) return [];
  const { tasks } = await aws.ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: taskArns }));
  return tasks ?? [];
}

async function firstDeath(failure: FailureName): Promise<{
  readonly task: Task | undefined;
  readonly events: readonly string[];
  readonly log: readonly (string | undefined)[];
}> {
  await using simulator = await createEcsSimulator({
    services: [{ name: 'web', loadBalancer: 'plain' }],
    scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: failure } }] },
  });
  const aws = clientsOf(simulator);
  await aws.deploy('repo/api:2');
  const died = ({ services }: Snapshot): boolean =>
    services.web?.stopped.some(({ taskDefinition }) => taskDefinition === 'web:4') === true;
  simulator.advanceUntil(died, 10 * minute);
  const task = (await stoppedTasks(aws)).find((t) => t.taskDefinitionArn?.endsWith('/web:4') && t.stoppedAt);
  const id = task?.taskArn?.split('/').at(-1);
  const log = await aws.logs
    .send(new GetLogEventsCommand({ logGroupName: '/ecs/web', logStreamName: `ecs/app/${id}` }))
    .then(({ events }) => (events ?? []).map(({ message }) => message))
    .catch((error: unknown) => {
      expect(error).toMatchObject({ name: 'ResourceNotFoundException' });
      return [];
    });
  return { task, log, events: simulator.state().services.web?.events ?? [] };
}

describe('tasks that die', () => {
  const start = 'TaskFailedToStart';
  const exited = 'EssentialContainerExited';
  const scheduler = 'ServiceSchedulerInitiated';
  test.each([
    ['cannot-pull-not-found', start, /^CannotPullContainerError: .*repo\/api:2: not found$/, undefined],
    [
      'cannot-pull-platform',
      start,
      /^CannotPullContainerError: .*matching platform 'linux\/amd64'$/,
      undefined,
    ],
    ['cannot-pull-denied', start, /^CannotPullContainerError: .*403 Forbidden$/, undefined],
    ['cannot-pull-network', start, /^CannotPullContainerError: .*i\/o timeout$/, undefined],
    ['init-secrets', start, /^ResourceInitializationError: unable to pull secrets/, undefined],
    ['init-logs', start, /^ResourceInitializationError: failed to validate logger args/, undefined],
    ['cannot-start', start, /^CannotStartContainerError: /, undefined],
    ['runtime-timeout', start, /^ContainerRuntimeTimeoutError: /, undefined],
    ['out-of-memory', exited, /^Essential container in task exited$/, 137],
    ['exit-1', exited, /^Essential container in task exited$/, 1],
    ['exit-0', exited, /^Essential container in task exited$/, 0],
    ['exec-format', exited, /^Essential container in task exited$/, 1],
    ['container-health', scheduler, /^Task failed container health checks$/, 137],
    ['elb-health', scheduler, /^Task failed ELB health checks in \(target-group arn:aws:elastic/, 143],
    ['spot', 'SpotInterruption', /^Your Spot Task was interrupted\.$/, 143],
    ['stopped-by-user', 'UserInitiated', /^Task stopped by user$/, 143],
  ] as const)('%s', async (failure, stopCode, reason, exitCode) => {
    const { task } = await firstDeath(failure);
    expect(task).toMatchObject({
      stopCode,
      lastStatus: 'STOPPED',
      stoppedReason: expect.stringMatching(reason),
    });
    expect(task?.containers?.[0]?.exitCode).toBe(exitCode);
  });

  test('what the container says stands beside it, and its last lines in its log', async () => {
    const { task, log } = await firstDeath('out-of-memory');
    expect(task?.containers?.[0]?.reason).toBe('OutOfMemoryError: Container killed due to memory usage');
    expect(log).toEqual(['loading model', 'allocating 3.1 GiB']);
    expect((await firstDeath('init-secrets')).log).toEqual([]);
  });

  test('unhealthy tasks are told by events, and replaced', async () => {
    const { events } = await firstDeath('elb-health');
    const text = events.join('\n').replace(/[0-9a-f]{32}/g, 'id');
    expect(text).toMatch(
      /\(service web\) \(task id\) \(port 8080\) is unhealthy in \(target-group arn:\S+\) due to \(reason Health checks failed with these codes: \[500\]\)\./,
    );
    expect(text).toMatch(
      /has started \d tasks: .* Amazon ECS replaced \d tasks due to an unhealthy status\./,
    );
  });

  test('an interruption of a task that was healthy is no failure of the deployment', async () => {
    await using simulator = await createEcsSimulator({
      services: [{ name: 'web', configuration: breaker }],
      scenario: {
        happenings: [
          { when: { afterMs: 40_000, since: 'deployment' }, do: (others) => others.killTask('web', 'spot') },
        ],
      },
    });
    await clientsOf(simulator).deploy('repo/api:2');
    simulator.advanceUntil((state) => status(state) === 'SUCCESSFUL', 20 * minute);
    expect(simulator.state().services.web?.stopped.map(({ stopCode }) => stopCode)).toContain(
      'SpotInterruption',
    );
  });

  test('some that fail at first do not trip the breaker where others become healthy', async () => {
    await using simulator = await createEcsSimulator({
      services: [{ name: 'web', configuration: breaker }],
      scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' }, first: 2 }] },
    });
    await clientsOf(simulator).deploy('repo/api:2');
    simulator.advanceUntil((state) => status(state) === 'SUCCESSFUL', 20 * minute);
    expect(simulator.state().services.web?.running).toEqual({ 'web:4': 2 });
  });
});

describe('deployments that do not end well', () => {
  test.each([
    ['are never healthy', { kind: 'unhealthy' }, { 'web:3': 2, 'web:4': 2 }],
    ['stay pending', { kind: 'pending' }, { 'web:3': 2 }],
    ['are not placed', { kind: 'unplaced' }, { 'web:3': 2 }],
  ] as const)('tasks that %s: without a breaker it goes on for ever', async (_, fate, running) => {
    await using simulator = await createEcsSimulator({
      services: [{ name: 'web' }],
      scenario: { fates: [{ of: 'new', fate }] },
    });
    await clientsOf(simulator).deploy('repo/api:2');
    simulator.advance(3 * 60 * minute);
    expect(status(simulator.state())).toBe('IN_PROGRESS');
    expect(simulator.state().services.web?.running).toEqual(running);
  });

  test('a task that finds no place is told once, and counts', async () => {
    await using simulator = await createEcsSimulator({
      services: [{ name: 'web', configuration: breaker }],
      scenario: { fates: [{ of: 'new', fate: { kind: 'unplaced' } }] },
    });
    await clientsOf(simulator).deploy('repo/api:2');
    simulator.advanceUntil((state) => status(state) === 'ROLLBACK_SUCCESSFUL', 60 * minute);
    const placing = (simulator.state().services.web?.events ?? []).filter((e) =>
      e.includes('unable to place'),
    );
    expect(placing).toHaveLength(1);
    expect(placing[0]).toMatch(
      /^\(service web\) was unable to place a task because no container instance met all/,
    );
  });

  test('a breaker without rollback stops it, and leaves what runs', async () => {
    await using simulator = await createEcsSimulator({
      services: [
        { name: 'web', configuration: { deploymentCircuitBreaker: { enable: true, rollback: false } } },
      ],
      scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'cannot-pull-not-found' } }] },
    });
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2');
    simulator.advanceUntil((state) => status(state) === 'STOPPED', 60 * minute);
    expect((await aws.serviceDeployment(arn)).stoppedAt).toBeInstanceOf(Date);
    const started = simulator.state().services.web?.events.length;
    simulator.advance(30 * minute);
    expect(simulator.state().services.web).toMatchObject({
      taskDefinition: 'web:4',
      running: { 'web:3': 2 },
    });
    expect(simulator.state().services.web?.events.length).toBe(started);
    expect((await aws.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED' },
      { status: 'ACTIVE', rolloutState: 'COMPLETED' },
    ]);
  });

  test('a rollback whose tasks die, too, fails', async () => {
    await using simulator = await createEcsSimulator({
      services: [
        { name: 'web', configuration: { ...breaker, minimumHealthyPercent: 0, maximumPercent: 100 } },
      ],
      scenario: {
        fates: [
          { of: 'new', fate: { kind: 'dies', of: 'exit-1' } },
          { of: 'old', fate: { kind: 'dies', of: 'init-secrets' } },
        ],
      },
    });
    await clientsOf(simulator).deploy('repo/api:2');
    simulator.advanceUntil((state) => status(state) === 'ROLLBACK_FAILED', 60 * minute);
    simulator.advance(10 * minute);
    expect(simulator.state().services.web?.running).toEqual({});
  });

  test('without a deployment that ever ended well there is nothing to roll back to', async () => {
    await using simulator = await createEcsSimulator({
      services: [{ name: 'web', configuration: breaker, rollout: 'FAILED', desiredCount: 1 }],
      scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' } }] },
    });
    await clientsOf(simulator).deploy('repo/api:2');
    simulator.advanceUntil((state) => status(state) === 'ROLLBACK_FAILED', 60 * minute);
    expect(last(simulator.state())?.statusReason).toBe(
      'No rollback candidate was found to run the rollback.',
    );
  });

  test('an alarm after the old tasks are gone brings them back', async () => {
    await using simulator = await createEcsSimulator({
      services: [
        { name: 'web', configuration: { alarms: { alarmNames: ['errors'], enable: true, rollback: true } } },
      ],
      alarms: ['errors'],
    });
    const aws = clientsOf(simulator);
    const former = (await aws.service()).deployments?.[0]?.id;
    await aws.deploy('repo/api:2');
    simulator.advanceUntil((state) => state.services.web?.deployments.length === 1, 20 * minute);
    expect(status(simulator.state())).toBe('IN_PROGRESS');
    simulator.others.setAlarm('errors', 'ALARM');
    simulator.advanceUntil((state) => status(state) === 'ROLLBACK_SUCCESSFUL', 20 * minute);
    expect((await aws.service()).deployments).toMatchObject([{ id: former, rolloutState: 'COMPLETED' }]);
    expect(simulator.state().services.web).toMatchObject({
      taskDefinition: 'web:3',
      running: { 'web:3': 2 },
    });
  });
});

describe('others', () => {
  const started = async (act: (simulator: EcsSimulator) => void) => {
    const simulator = await createEcsSimulator({ services: [{ name: 'web' }] });
    const aws = clientsOf(simulator);
    const { arn } = await aws.deploy('repo/api:2');
    simulator.advance(30_000);
    act(simulator);
    return { simulator, aws, arn };
  };

  test('a newer deployment takes its place', async () => {
    const { simulator, aws, arn } = await started(({ others }) =>
      others.deploy('web', { image: 'repo/api:9' }),
    );
    expect((await aws.serviceDeployment(arn)).status).toBe('STOP_REQUESTED');
    simulator.advanceUntil((state) => status(state) === 'SUCCESSFUL', 20 * minute);
    expect((await aws.serviceDeployment(arn)).status).toBe('STOPPED');
    expect(simulator.state().services.web).toMatchObject({
      images: { app: 'repo/api:9' },
      running: { 'web:5': 2 },
    });
    const { serviceDeployments } = await aws.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'prod', service: 'web' }),
    );
    expect(serviceDeployments?.map((d) => d.status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL']);
    expect(simulator.changes()).toHaveLength(2);
    await simulator.close();
  });

  test('a service scaled to zero ends well, and runs nothing', async () => {
    const { simulator } = await started(({ others }) => others.scale('web', 0));
    simulator.advanceUntil((state) => status(state) === 'SUCCESSFUL', 20 * minute);
    expect(simulator.state().services.web).toMatchObject({ desiredCount: 0, running: {} });
    await simulator.close();
  });

  test('a service that is deleted drains, and takes its deployments along', async () => {
    const { simulator, aws, arn } = await started(({ others }) => others.deleteService('web'));
    expect((await aws.service()).status).toBe('DRAINING');
    simulator.advance(2 * minute);
    expect(await aws.service()).toMatchObject({ status: 'INACTIVE', deployments: [], runningCount: 0 });
    await expect(aws.serviceDeployment(arn)).rejects.toThrow('no service deployment');
    await expect(
      aws.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', forceNewDeployment: true })),
    ).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
    await simulator.close();
  });

  test('a rollback that somebody asks for', async () => {
    const { simulator } = await started(({ others }) => others.rollBack('web'));
    simulator.advanceUntil((state) => status(state) === 'ROLLBACK_SUCCESSFUL', 20 * minute);
    expect(simulator.state().services.web).toMatchObject({
      taskDefinition: 'web:3',
      running: { 'web:3': 2 },
    });
    await simulator.close();
  });
});

test.each(['CODE_DEPLOY', 'EXTERNAL'] as const)(
  'services under %s refuse a deployment',
  async (controller) => {
    await using simulator = await createEcsSimulator({ services: [{ name: 'web', controller }] });
    const aws = clientsOf(simulator);
    expect(await aws.service()).toMatchObject({
      deploymentController: { type: controller },
      deployments: [],
      taskSets: [{ status: 'PRIMARY', runningCount: 2 }],
    });
    await expect(aws.deploy('repo/api:2')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(`on services with a ${controller} deployment controller`),
    });
  },
);

test('reads after a write may still show the state before it', async () => {
  await using simulator = await createEcsSimulator({
    services: [{ name: 'web' }],
    scenario: { staleReads: 2 },
  });
  const aws = clientsOf(simulator);
  await aws.deploy('repo/api:2');
  const seen: (string | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    const { services } = await aws.ecs.send(
      new DescribeServicesCommand({ cluster: 'prod', services: ['web'] }),
    );
    seen.push(services?.[0]?.taskDefinition?.split('/').at(-1));
  }
  expect(seen).toEqual(['web:3', 'web:3', 'web:4']);
});
