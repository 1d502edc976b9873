import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { createEcsSimulator, type EcsSimulator } from './index.ts';
import { clientsOf } from './test-clients.ts';

const web = { services: [{ name: 'web' }] };
const describeWeb = new DescribeServicesCommand({ cluster: 'prod', services: ['web'] });
const force = new UpdateServiceCommand({ cluster: 'prod', service: 'web', forceNewDeployment: true });

/** A call as no SDK would make it. */
async function raw(
  simulator: EcsSimulator,
  operation: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(simulator.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIA/20260105/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return response.status;
}

describe('violations', () => {
  test.each([
    ['UpdateService', { service: 'web', sevice: 'web' }, 'UpdateService.sevice is not known to the service'],
    ['UpdateService', { desiredCount: 1 }, 'UpdateService.service is required'],
    ['UpdateService', { service: 'web', desiredCount: '1' }, 'desiredCount must be a whole number'],
    [
      'UpdateService',
      { service: 'web', deploymentConfiguration: { strategy: 'RED_BLACK' } },
      'strategy is RED_BLACK; allowed: ROLLING, BLUE_GREEN, LINEAR, CANARY',
    ],
    [
      'RegisterTaskDefinition',
      { family: 'web', containerDefinitions: [], revision: 4 },
      'RegisterTaskDefinition.revision is not known to the service',
    ],
    ['RunTask', { taskDefinition: 'web' }, 'the simulator does not know this call'],
  ])('%s with %j', async (operation, body, problem) => {
    const simulator = await createEcsSimulator(web);
    expect(await raw(simulator, operation, body)).toBe(400);
    expect(simulator.violations).toHaveLength(1);
    expect(simulator.violations[0]).toContain(problem);
    expect(simulator.changes()).toEqual([]);
    await expect(simulator.close()).rejects.toThrow(problem);
  });

  test('members that the SDK lets through are caught, too', async () => {
    await using simulator = await createEcsSimulator(web);
    const aws = clientsOf(simulator);
    const input = { cluster: 'prod', services: ['web'], include: ['TAGS', 'EVENTS'] };
    await expect(aws.ecs.send(new DescribeServicesCommand(input as never))).rejects.toThrow('EVENTS');
    expect(simulator.takeViolations()).toEqual(['DescribeServices.include[1] is EVENTS; allowed: TAGS']);
  });

  test('a call without a signature, or one signed for another service', async () => {
    await using simulator = await createEcsSimulator(web);
    await raw(simulator, 'ListClusters', {}, { authorization: '' });
    const scope = 'AWS4-HMAC-SHA256 Credential=AKIA/20260105/eu-west-1/ecr/aws4_request, SignedHeaders=host';
    await raw(simulator, 'ListClusters', {}, { authorization: scope });
    await raw(simulator, 'ListClusters', {}, { 'content-type': 'application/json' });
    expect(simulator.takeViolations()).toEqual([
      'ListClusters: it is not signed for ecs',
      'ListClusters: it is not signed for ecs',
      'ListClusters: the content type must be application/x-amz-json-1.1, is application/json',
    ]);
  });

  test('what is valid and not simulated is said, and not guessed', async () => {
    await using simulator = await createEcsSimulator(web);
    const input: UpdateServiceCommandInput = { cluster: 'prod', service: 'web', enableExecuteCommand: true };
    await expect(clientsOf(simulator).ecs.send(new UpdateServiceCommand(input))).rejects.toThrow();
    await expect(
      clientsOf(simulator).ecs.send(new RunTaskCommand({ taskDefinition: 'web' })),
    ).rejects.toThrow();
    expect(simulator.takeViolations()).toEqual([
      'the simulator does not know UpdateService with enableExecuteCommand',
      expect.stringContaining('RunTask: the simulator does not know this call'),
    ]);
  });
});

describe('failures of the API', () => {
  test.each([
    [{ kind: 'throttled' }, 'ThrottlingException', 'Rate exceeded', 400],
    [
      { kind: 'expired-token' },
      'ExpiredTokenException',
      'The security token included in the request is expired',
      400,
    ],
    [
      { kind: 'denied' },
      'AccessDeniedException',
      'User: arn:aws:sts::123456789012:assumed-role/deploy/run is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:123456789012:service/prod/web because no identity-based policy allows the ecs:UpdateService action',
      400,
    ],
    [{ kind: 'server-error' }, 'ServerException', 'Service Unavailable. Please try again later.', 500],
  ] as const)('%j', async (fault, name, message, httpStatusCode) => {
    await using simulator = await createEcsSimulator(web);
    const aws = clientsOf(simulator);
    simulator.fail({ operation: 'UpdateService', fault });
    await aws.ecs.send(describeWeb);
    await expect(aws.ecs.send(force)).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode } });
    expect(simulator.journal.map(({ outcome }) => outcome)).toEqual(['ok', name]);
    expect(simulator.changes()).toEqual([]);
  });

  test('a throttled call goes through the next time, a denied one never', async () => {
    await using simulator = await createEcsSimulator(web);
    const aws = clientsOf(simulator);
    simulator.fail({ at: 2, fault: { kind: 'throttled' } });
    simulator.fail({ operation: 'UpdateService', fault: { kind: 'denied' } });
    await aws.ecs.send(describeWeb);
    await expect(aws.ecs.send(describeWeb)).rejects.toThrow('Rate exceeded');
    await aws.ecs.send(describeWeb);
    for (let i = 0; i < 3; i++) await expect(aws.ecs.send(force)).rejects.toThrow('not authorized');
    simulator.clearFaults();
    await aws.ecs.send(force);
    expect(simulator.changes().map(({ index }) => index)).toEqual([7]);
  });

  test.each([
    ['before', 0, 1],
    ['after', 1, 2],
  ] as const)('a connection that is lost %s the effect', async (when, changed, deployments) => {
    await using simulator = await createEcsSimulator(web);
    simulator.fail({ operation: 'UpdateService', fault: { kind: 'lost', when } });
    await expect(clientsOf(simulator).ecs.send(force)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.changes()).toHaveLength(changed);
    expect(simulator.journal[0]?.outcome).toBe('lost');
    expect(simulator.state().services.web?.serviceDeployments).toHaveLength(deployments);
  });

  test('hooks are awaited before a call is looked at, and after it took effect', async () => {
    await using simulator = await createEcsSimulator(web);
    const seen: string[] = [];
    const count = (): number => simulator.state().services.web?.serviceDeployments.length ?? 0;
    simulator.onCall({
      before: async ({ index, operation }) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`before ${index} ${operation} ${count()}`);
      },
      after: ({ index, operation }) => void seen.push(`after ${index} ${operation} ${count()}`),
    });
    await clientsOf(simulator).ecs.send(force);
    expect(seen).toEqual(['before 1 UpdateService 1', 'after 1 UpdateService 2']);
  });
});

describe('operations', () => {
  test('what does not exist', async () => {
    await using simulator = await createEcsSimulator(web);
    const { ecs } = clientsOf(simulator);
    const { services, failures } = await ecs.send(
      new DescribeServicesCommand({ cluster: 'prod', services: ['web', 'wbe'] }),
    );
    expect(services).toHaveLength(1);
    expect(failures).toEqual([
      { arn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/wbe', reason: 'MISSING' },
    ]);
    await expect(ecs.send(new DescribeServicesCommand({ services: ['web'] }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
    const missing = new UpdateServiceCommand({ cluster: 'prod', service: 'wbe' });
    await expect(ecs.send(missing)).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
    const definition = new DescribeTaskDefinitionCommand({ taskDefinition: 'wbe' });
    await expect(ecs.send(definition)).rejects.toMatchObject({
      name: 'ClientException',
      message: 'Unable to describe task definition.',
    });
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['prod', 'test'] }));
    expect(clusters?.map(({ clusterName }) => clusterName)).toEqual(['prod']);
  });

  test('lists come in pages', async () => {
    await using simulator = await createEcsSimulator({
      services: [{ name: 'web' }, { name: 'api' }, { name: 'job', cluster: 'batch' }],
    });
    const { ecs } = clientsOf(simulator);
    const first = await ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: 'web', sort: 'DESC', maxResults: 2 }),
    );
    const { nextToken } = first;
    const second = await ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: 'web', sort: 'DESC', maxResults: 2, nextToken }),
    );
    const names = [first, second].map((page) => page.taskDefinitionArns?.map((arn) => arn.split('/').at(-1)));
    expect(names).toEqual([['web:3', 'web:2'], ['web:1']]);
    expect(second.nextToken).toBeUndefined();
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(2);
    expect((await ecs.send(new ListServicesCommand({ cluster: 'prod' }))).serviceArns).toHaveLength(2);
    const { families } = await ecs.send(new ListTaskDefinitionFamiliesCommand({}));
    expect(families).toEqual(['api', 'job', 'web']);
  });

  test('task definitions are registered, described and deregistered', async () => {
    await using simulator = await createEcsSimulator(web);
    const { ecs } = clientsOf(simulator);
    const { taskDefinition: before } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }),
    );
    expect(before).toMatchObject({ revision: 3, status: 'ACTIVE', compatibilities: ['EC2', 'FARGATE'] });
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }],
        tags: [{ key: 'team', value: 'ml' }],
      }),
    );
    expect(taskDefinition).toMatchObject({
      revision: 4,
      containerDefinitions: [{ name: 'app', image: 'nginx', essential: true, cpu: 0, environment: [] }],
    });
    const { tags } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web:4', include: ['TAGS'] }),
    );
    expect(tags).toEqual([{ key: 'team', value: 'ml' }]);
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:4' }));
    expect(
      (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))).taskDefinition?.revision,
    ).toBe(3);
    const inactive = new UpdateServiceCommand({ cluster: 'prod', service: 'web', taskDefinition: 'web:4' });
    await expect(ecs.send(inactive)).rejects.toThrow('TaskDefinition is inactive');
  });

  test('an update that changes nothing starts no deployment', async () => {
    await using simulator = await createEcsSimulator(web);
    const { ecs } = clientsOf(simulator);
    await ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', taskDefinition: 'web:3' }));
    await ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'web', desiredCount: 3 }));
    expect(simulator.state().services.web?.serviceDeployments).toHaveLength(1);
    simulator.advance(120_000);
    expect(simulator.state().services.web?.running).toEqual({ 'web:3': 3 });
  });

  test('alarms and log lines', async () => {
    await using simulator = await createEcsSimulator({
      ...web,
      alarms: ['errors', { name: 'slow', value: 'ALARM' }],
    });
    const { cloudWatch, logs } = clientsOf(simulator);
    const { MetricAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ['errors', 'slow'] }),
    );
    expect(MetricAlarms?.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
      ['errors', 'OK'],
      ['slow', 'ALARM'],
    ]);
    simulator.others.log('/ecs/web', 'ecs/app/1', 'first');
    simulator.others.log('/ecs/web', 'ecs/app/2', 'second');
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/ecs/web', logStreamNames: ['ecs/app/2'] }),
    );
    expect(events?.map(({ message }) => message)).toEqual(['second']);
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: '/ecs/x' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('the same calls give the same names and states, and each call may take its time', async () => {
    const run = async (): Promise<unknown> => {
      await using simulator = await createEcsSimulator({ ...web, scenario: { msPerCall: 5_000 } });
      const aws = clientsOf(simulator);
      await aws.deploy('repo/api:2');
      for (let i = 0; i < 60; i++) await aws.service();
      return { state: simulator.state(), now: simulator.now() };
    };
    const first = await run();
    expect(first).toEqual(await run());
    expect(first).toMatchObject({ state: { services: { web: { running: { 'web:4': 2 } } } } });
  });

  test('sleep advances the time, and not when it was called off', async () => {
    await using simulator = await createEcsSimulator(web);
    const before = simulator.now().getTime();
    await simulator.sleep(10_000);
    await simulator.sleep(10_000, AbortSignal.abort());
    expect(simulator.now().getTime() - before).toBe(10_000);
  });
});
