import { DescribeServiceRevisionsCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { createEcsSimulator, type Snapshot } from './index.ts';
import { clientsOf } from './test-clients.ts';

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
const status = (state: Snapshot): string | undefined => state.services.web?.serviceDeployments[0]?.status;

test('a rolling deployment starts new tasks, stops the old ones, and completes', async () => {
  await using simulator = await createEcsSimulator({ services: [{ name: 'web' }] });
  const aws = clientsOf(simulator);
  const { arn } = await aws.deploy('repo/api:2');

  expect((await aws.serviceDeployment(arn)).status).toBe('PENDING');
  simulator.advance(30_000);
  expect((await aws.serviceDeployment(arn)).status).toBe('IN_PROGRESS');
  const during = await aws.service();
  expect(during.deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 2, desiredCount: 2 },
    { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2, desiredCount: 2 },
  ]);
  expect(during.taskDefinition).toMatch(/task-definition\/web:4$/);

  simulator.advanceUntil((state) => status(state) === 'SUCCESSFUL', 600_000);
  const after = await aws.service();
  expect(after.deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
  ]);
  expect(after.events?.map(({ message }) => message?.replace(/[0-9a-f]{32}|\d{19}/g, '…'))).toEqual([
    '(service web) has reached a steady state.',
    '(service web) (deployment ecs-svc/…) deployment completed.',
    '(service web) has stopped 2 running tasks: (task …) (task …).',
    '(service web) has started 2 tasks: (task …) (task …).',
    '(service web) has reached a steady state.',
  ]);
  expect(simulator.state().services.web).toMatchObject({ taskDefinition: 'web:4', running: { 'web:4': 2 } });

  const revision = (await aws.serviceDeployment(arn)).targetServiceRevision?.arn ?? '';
  const { serviceRevisions } = await aws.ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] }),
  );
  expect(serviceRevisions?.[0]?.containerImages).toMatchObject([
    {
      containerName: 'app',
      image: 'repo/api:2',
      imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    },
  ]);
});

test('the number of tasks stays within minimum and maximum', async () => {
  await using simulator = await createEcsSimulator({
    services: [
      { name: 'web', desiredCount: 4, configuration: { minimumHealthyPercent: 50, maximumPercent: 100 } },
    ],
  });
  await clientsOf(simulator).deploy('repo/api:2');
  let least = 4;
  let most = 4;
  simulator.advanceUntil((state) => {
    const running = Object.values(state.services.web?.running ?? {}).reduce((sum, n) => sum + n, 0);
    least = Math.min(least, running);
    most = Math.max(most, running);
    return status(state) === 'SUCCESSFUL';
  }, 1_200_000);
  expect({ least, most }).toEqual({ least: 2, most: 4 });
});

test('the circuit breaker trips after three failures and rolls back to the former deployment', async () => {
  await using simulator = await createEcsSimulator({
    services: [{ name: 'web', configuration: breaker }],
    scenario: { fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' } }] },
  });
  const aws = clientsOf(simulator);
  const former = (await aws.service()).deployments?.[0]?.id;
  const { arn } = await aws.deploy('repo/api:2');
  simulator.advanceUntil((state) => status(state) === 'ROLLBACK_IN_PROGRESS', 600_000);
  expect(await aws.serviceDeployment(arn)).toMatchObject({
    statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    rollback: { reason: expect.stringContaining('circuit breaker') },
    deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
  });
  expect((await aws.service()).deployments).toMatchObject([
    { id: former, status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
    {
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    },
  ]);
  simulator.advanceUntil((state) => status(state) === 'ROLLBACK_SUCCESSFUL', 600_000);
  expect((await aws.service()).deployments).toMatchObject([{ id: former, rolloutState: 'COMPLETED' }]);
  expect(simulator.state().services.web).toMatchObject({ taskDefinition: 'web:3', running: { 'web:3': 2 } });

  const { taskArns } = await aws.ecs.send(
    new ListTasksCommand({ cluster: 'prod', serviceName: 'web', desiredStatus: 'STOPPED' }),
  );
  expect(taskArns?.length).toBeGreaterThanOrEqual(3);
});
