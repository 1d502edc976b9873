import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAws } from '../../action-deploy/src/aws/index.ts';
import { ecsTarget } from '../../action-deploy/src/ecs/index.ts';
import { createEcsSimulator, type EcsSimulator } from '../support/ecs/index.ts';
import { imageOf, planOnly, repository, run, webConfig, worldOf } from './harness.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-gates-ecs-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string) {
  const path = join(folder, name);
  await writeFile(path, text);
  return { kind: 'file', file: { path, shown: `deploy/${name}` } } as const;
}

function expectNoChange(ecs: EcsSimulator): void {
  expect(ecs.journal.filter(({ mutating }) => mutating)).toEqual([]);
}

describe('what is asked for is not there', () => {
  test.each([
    [
      { cluster: 'prdo' },
      /^cluster: there is no cluster "prdo" in this account and region; allowed: prod, stage; did you mean `prod`\?$/,
    ],
    [
      { service: 'wbe' },
      /^service: there is no service "wbe" in cluster prod; allowed: codedeploy, .*web; did you mean `web`\?$/,
    ],
    [{ service: 'codedeploy' }, /is deployed by CodeDeploy .* which this action does not drive/],
    [{ service: 'external' }, /has the deployment controller EXTERNAL/],
    [{ service: 'gone' }, /service gone of cluster prod is DRAINING: it was deleted/],
    [
      { container: 'ap' },
      /^container-name: the task definition has no container "ap"; allowed: app; did you mean `app`\?$/,
    ],
    [
      { taskDefinition: { kind: 'family', name: 'wep' } },
      /^task-definition: there is no task definition of the family "wep"; did you mean `web`\?$/,
    ],
  ] as const)('%j', async (config, message) => {
    await using ecs = await createEcsSimulator({
      clusters: ['prod', 'stage'],
      services: [
        { name: 'web' },
        { name: 'codedeploy', controller: 'CODE_DEPLOY' },
        { name: 'external', controller: 'EXTERNAL' },
        { name: 'gone' },
      ],
    });
    ecs.others.deleteService('gone');
    await expect(planOnly(ecs, { config })).rejects.toThrow(message);
    expectNoChange(ecs);
  });

  test('a hint that may not be had is left out', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    ecs.fail({ fault: { kind: 'denied' }, operation: 'ListServices' });
    await expect(planOnly(ecs, { config: { service: 'wbe' } })).rejects.toThrow(
      /^service: there is no service "wbe" in cluster prod$/,
    );
  });

  test('a denial names the action', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    ecs.fail({ fault: { kind: 'denied' }, operation: 'DescribeServices' });
    await expect(planOnly(ecs)).rejects.toThrow(
      /^reading the service is not allowed: role deploy may not use ecs:DescribeServices .*; allow it on arn:/,
    );
  });
});

describe('nothing to do', () => {
  test('what runs is what is wanted, by digest', async () => {
    await using ecs = await createEcsSimulator({
      services: [{ name: 'web', image: `${repository}:2.0@${imageOf().digest}` }],
    });
    const { plan, rollout } = await run(ecs);
    expect(plan).toMatchObject({ unchanged: true, changes: [], inProgress: null });
    expect(plan.headline).toBe('service web of cluster prod: web:3 runs api@sha256:bbbbbbbbbbbb already');
    expect(rollout).toMatchObject({
      outcome: 'unchanged',
      left: expect.stringContaining('web:3 runs 2 of 2'),
    });
    expectNoChange(ecs);
  });

  test('a second run after a good one', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    await run(ecs);
    const before = ecs.changes().length;
    const { rollout } = await run(ecs);
    expect(rollout.outcome).toBe('unchanged');
    expect(ecs.changes()).toHaveLength(before);
  });

  test('only some of the tasks run: that it runs well is not proven', async () => {
    await using ecs = await createEcsSimulator({
      services: [{ name: 'web', image: imageOf().reference, desiredCount: 4 }],
      scenario: { fates: [{ of: () => true, fate: { kind: 'pending' } }] },
    });
    ecs.others.killTask('web');
    ecs.advance(30_000);
    const { plan, rollout } = await run(ecs);
    expect(plan).toMatchObject({ unchanged: true, unproven: 'only 3 of 4 tasks of web:3 run' });
    expect(plan.left).toBe('service web of cluster prod: web:3 runs 3 of 4 tasks');
    expect(rollout.unproven).toBe(plan.unproven);
  });

  test('a service that is scaled to zero proves nothing, however often it is asked', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web', desiredCount: 0 }] });
    const { rollout } = await run(ecs);
    const again = await run(ecs);
    expect(again.plan.unchanged).toBe(true);
    expect(again.rollout.unproven).toBe(rollout.unproven);
    expect(again.rollout.unproven).toMatch(/scaled to zero/);
  });

  test('the same content that failed is rolled out again, by force', async () => {
    await using ecs = await createEcsSimulator({
      services: [{ name: 'web', image: imageOf().reference, rollout: 'FAILED' }],
    });
    const { plan, rollout } = await run(ecs);
    expect(plan).toMatchObject({ unchanged: false, changes: [], after: { name: 'web:3' } });
    expect(rollout.outcome).toBe('succeeded');
    expect(ecs.changes().map(({ operation, input }) => [operation, input])).toMatchObject([
      ['UpdateService', { forceNewDeployment: true }],
    ]);
  });
});

describe('where the task definition comes from', () => {
  test('fields that nobody here knows are kept, and nothing but the image changes', async () => {
    const definition = {
      family: 'web',
      networkMode: 'awsvpc',
      cpu: '512',
      memory: '1024',
      pidMode: 'task',
      ephemeralStorage: { sizeInGiB: 30 },
      volumes: [{ name: 'models' }],
      tags: [{ key: 'team', value: 'ml' }],
      containerDefinitions: [
        { name: 'proxy', image: 'envoyproxy/envoy:v1.30', essential: false, dockerLabels: { a: 'b' } },
        {
          name: 'app',
          image: `${repository}:1.0`,
          mountPoints: [{ sourceVolume: 'models', containerPath: '/models' }],
          secrets: [{ name: 'KEY', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/key' }],
        },
      ],
    } as const;
    await using ecs = await createEcsSimulator({
      services: [{ name: 'web', taskDefinition: structuredClone(definition) as never }],
    });
    await run(ecs);
    const registered = ecs.journal.find(({ operation }) => operation === 'RegisterTaskDefinition')?.input;
    const [proxy, app] = definition.containerDefinitions;
    expect(registered).toMatchObject({
      ...definition,
      containerDefinitions: [proxy, { ...app, image: imageOf().reference }],
    });
    for (const field of ['taskDefinitionArn', 'revision', 'status', 'registeredAt', 'compatibilities']) {
      expect(registered).not.toHaveProperty(field);
    }
  });

  test('a revision that a killed run registered is used again', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    ecs.fail({ fault: { kind: 'denied' }, operation: 'UpdateService' });
    await expect(run(ecs)).rejects.toThrow(/web:4 was registered, and the next run will use it/);
    ecs.clearFaults();
    const { plan, rollout } = await run(ecs);
    expect(plan.after.name).toBe('web:4');
    expect(rollout).toMatchObject({ outcome: 'succeeded', ids: { revision: 'web:4' } });
    expect(ecs.state().families.web).toEqual(['web:1', 'web:2', 'web:3', 'web:4']);
  });

  test('a file, YAML with comments', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    const taskDefinition = await file(
      'task.yaml',
      [
        'family: web # the service',
        'networkMode: awsvpc',
        'requiresCompatibilities: [FARGATE]',
        'cpu: "512"',
        'memory: "1024"',
        'containerDefinitions:',
        '  - name: app',
        '    image: <IMAGE>',
        '    environment: [{ name: LOG_LEVEL, value: debug }]',
      ].join('\n'),
    );
    const { plan, rollout } = await run(ecs, { config: { taskDefinition } });
    expect(rollout.outcome).toBe('succeeded');
    expect(plan.changes.map(({ place, from, to }) => `${place}: ${from} -> ${to}`)).toEqual(
      expect.arrayContaining([
        'cpu: 256 -> 512',
        'memory: 512 -> 1024',
        'containerDefinitions[app].environment[LOG_LEVEL]: (not shown) -> (changed)',
      ]),
    );
    const again = await planOnly(ecs, { config: { taskDefinition } });
    expect(again).toMatchObject({ unchanged: true, changes: [] });
  });

  test('the newest of a family', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }, { name: 'worker' }] });
    const { rollout } = await run(ecs, { config: { taskDefinition: { kind: 'family', name: 'worker' } } });
    expect(rollout).toMatchObject({ outcome: 'succeeded', ids: { revision: 'worker:4' } });
  });

  test('what it runs on', async () => {
    await using ecs = await createEcsSimulator({ services: [{ name: 'web' }] });
    const aws = createAws(ecs.env);
    expect(await ecsTarget(webConfig, aws).platforms(worldOf(ecs))).toEqual([
      { os: 'linux', architecture: 'amd64' },
    ]);
    aws.close();
    expectNoChange(ecs);
  });
});
