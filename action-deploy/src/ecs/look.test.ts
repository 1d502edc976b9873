/** Answers that ECS gives while its lists are behind, which the simulator's never are. */

import { expect, test } from 'vitest';
import type { EcsApi } from './api.ts';
import { Look } from './look.ts';
import type { Deployment, Service } from './model.ts';
import type { Watched } from './phase.ts';

const begun = new Date('2026-01-05T09:00:00Z');
const scope = { signal: new AbortController().signal, until: new Date('2026-01-05T10:00:00Z') };

function deployment(id: string, taskDefinition: string, status = 'PRIMARY'): Deployment {
  return {
    id,
    status,
    taskDefinition,
    desired: 2,
    running: 0,
    pending: 0,
    failed: 0,
    createdAt: begun,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: null,
  };
}

/** An ECS with these deployments of the service; `listed`: ARNs of service deployments of web:42. */
function looking(deployments: readonly Deployment[], listed: readonly string[], watched: Partial<Watched>) {
  const api = {
    service: async () =>
      ({ arn: 'arn', clusterArn: 'arn', status: 'ACTIVE', deployments }) as unknown as Service,
    serviceDeployments: async () =>
      listed.map((arn) => ({ arn, status: 'IN_PROGRESS', createdAt: begun, target: 'revision' })),
    serviceRevisions: async () => [{ arn: 'revision', taskDefinition: 'web:42', images: [] }],
    serviceDeployment: async (arn: string) => ({ arn }),
  } as unknown as EcsApi;
  const whole: Watched = {
    taskDefinition: 'web:42',
    id: null,
    arn: null,
    since: begun,
    before: new Set(['ecs-svc/1']),
    knownArns: new Set(),
    ...watched,
  };
  return new Look(api, { arn: 'arn', clusterArn: 'arn' }, whole, () => begun, null);
}

test('a service deployment that was there before is not taken for this one', async () => {
  const ours = [deployment('ecs-svc/2', 'web:42')];
  const look = looking(ours, ['arn:old'], { knownArns: new Set(['arn:old']) });
  await look.take(scope);
  expect(look.watched).toMatchObject({ id: 'ecs-svc/2', arn: null });
  const later = looking(ours, ['arn:new', 'arn:old'], { knownArns: new Set(['arn:old']) });
  await later.take(scope);
  expect(later.watched.arn).toBe('arn:new');
});

test('this deployment is found beside one that took its place at once', async () => {
  const look = looking(
    [deployment('ecs-svc/3', 'web:43'), deployment('ecs-svc/2', 'web:42', 'ACTIVE')],
    [],
    {},
  );
  await look.take(scope);
  expect(look.watched.id).toBe('ecs-svc/2');
});

test('a former deployment of the same task definition is not this one', async () => {
  const look = looking([deployment('ecs-svc/1', 'web:42')], [], {});
  await look.take(scope);
  expect(look.watched.id).toBeNull();
});
