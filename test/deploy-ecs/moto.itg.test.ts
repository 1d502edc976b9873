/**
 * The plan against moto's ECS, which was written by others after AWS's documentation. Its rollouts never go on and it has no
 * service deployments: those are the simulator's matter.
 */

import {
  CreateClusterCommand,
  CreateServiceCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAws } from '../../action-deploy/src/aws/index.ts';
import { ecsTarget } from '../../action-deploy/src/ecs/index.ts';
import { silentLog } from '../../core/report/log.ts';
import { type MotoServer, startMotoServer } from '../support/moto-server.ts';
import { imageOf, repository, webConfig } from './harness.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMotoServer();
});
afterAll(() => moto.stop());

test('reads cluster, service and task definition, and changes nothing', async () => {
  const aws = createAws(moto.clientEnv);
  const client = await aws.ecs();
  await client.send(new CreateClusterCommand({ clusterName: 'prod' }));
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      // Subnets would have to be made by another client.
      networkMode: 'bridge',
      requiresCompatibilities: ['EC2'],
      cpu: '256',
      memory: '512',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      containerDefinitions: [{ name: 'app', image: `${repository}:1.0`, essential: true }],
    }),
  );
  await client.send(
    new CreateServiceCommand({
      cluster: 'prod',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'EC2',
    }),
  );
  const target = ecsTarget(webConfig, aws);
  const world = {
    env: moto.clientEnv,
    workspace: '/nowhere',
    log: silentLog,
    clock: () => new Date(),
    sleep: async () => {},
    signal: new AbortController().signal,
  };
  expect(await target.platforms(world)).toEqual([{ os: 'linux', architecture: 'arm64' }]);
  const plan = await target.plan(imageOf(), world);
  expect(plan.headline).toBe(
    'service web of cluster prod: a new revision of web with api@sha256:bbbbbbbbbbbb in place of web:1 with api:1.0',
  );
  expect(plan.changes).toEqual([
    { place: 'containerDefinitions[app].image', from: `${repository}:1.0`, to: imageOf().reference },
  ]);
  expect(plan.notices.join('\n')).toContain('the rollout is followed without service deployments');
  const { taskDefinitionArns } = await client.send(new ListTaskDefinitionsCommand({ familyPrefix: 'web' }));
  expect(taskDefinitionArns).toHaveLength(1);
  await expect(ecsTarget({ ...webConfig, service: 'wbe' }, aws).plan(imageOf(), world)).rejects.toThrow(
    'there is no service "wbe" in cluster prod; allowed: web; did you mean `web`?',
  );
  aws.close();
});
