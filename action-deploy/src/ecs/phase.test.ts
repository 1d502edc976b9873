import { describe, expect, test } from 'vitest';
import type { Deployment, Service, ServiceDeployment } from './model.ts';
import { othersOf, phaseOf, type Watched } from './phase.ts';

const since = new Date('2026-01-05T09:00:00Z');
const watched: Watched = {
  taskDefinition: 'web:42',
  id: 'ecs-svc/2',
  arn: null,
  since,
  before: new Set(['ecs-svc/1']),
  knownArns: new Set(),
};

function deployment(fields: Partial<Deployment>): Deployment {
  return {
    id: 'ecs-svc/2',
    status: 'PRIMARY',
    taskDefinition: 'web:42',
    desired: 2,
    running: 2,
    pending: 0,
    failed: 0,
    createdAt: since,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: null,
    ...fields,
  };
}

const former = (fields: Partial<Deployment> = {}) =>
  deployment({ id: 'ecs-svc/1', taskDefinition: 'web:41', createdAt: new Date('2026-01-01'), ...fields });
const newer = (taskDefinition: string) =>
  deployment({ id: 'ecs-svc/3', taskDefinition, createdAt: new Date('2026-01-05T09:05:00Z') });

function service(deployments: readonly Deployment[], fields: Partial<Service> = {}): Service {
  return {
    arn: 'arn',
    name: 'web',
    cluster: 'prod',
    clusterArn: 'arn',
    status: 'ACTIVE',
    controller: 'ECS',
    desired: 2,
    running: 2,
    taskDefinition: 'web:42',
    onFargate: true,
    deployments,
    events: [],
    configuration: {},
    ...fields,
  };
}

const serviceDeployment: ServiceDeployment = {
  arn: 'arn',
  status: 'IN_PROGRESS',
  statusReason: null,
  stage: null,
  createdAt: since,
  sources: [],
  target: '',
  weight: null,
  hooks: [],
  rollback: null,
  triggeredAlarms: [],
  circuitBreaker: null,
};

const at = since;
const kindOf = (deployments: readonly Deployment[], fields: Partial<Service> = {}) =>
  phaseOf({ at, service: service(deployments, fields), deployment: null }, watched).kind;

describe('by the deployments of the service', () => {
  const rollsBack = { deploymentCircuitBreaker: { enable: true, rollback: true } };
  test.each([
    ['it goes on', [deployment({}), former({ status: 'ACTIVE' })], {}, 'going'],
    ['it is complete', [deployment({ rolloutState: 'COMPLETED' })], {}, 'succeeded'],
    ['no state, and all run', [deployment({ rolloutState: null })], {}, 'succeeded'],
    [
      'no state, and old ones run',
      [deployment({ rolloutState: null }), former({ status: 'ACTIVE' })],
      {},
      'going',
    ],
    [
      'no state, and one is pending',
      [deployment({ rolloutState: null, running: 1, pending: 1 })],
      {},
      'going',
    ],
    ['it failed', [deployment({ rolloutState: 'FAILED' })], {}, 'stopped'],
    ['it failed, and ECS rolls back', [deployment({ rolloutState: 'FAILED' })], rollsBack, 'rolling-back'],
    ['the former one is the newest again', [former({ rolloutState: 'IN_PROGRESS' })], {}, 'rolling-back'],
    ['the former one is complete again', [former({ rolloutState: 'COMPLETED' })], {}, 'rolled-back'],
    ['the former one failed, too', [former({ rolloutState: 'FAILED' })], {}, 'rollback-failed'],
    ['somebody deployed', [newer('web:43'), deployment({ status: 'ACTIVE' })], {}, 'superseded'],
    ['somebody deployed the same', [newer('web:42'), deployment({ status: 'ACTIVE' })], {}, 'renewed'],
  ] as const)('%s', (_what, deployments, configuration, expected) => {
    expect(kindOf(deployments, { configuration })).toBe(expected);
  });

  test('a service that is deleted', () => {
    expect(kindOf([], { status: 'DRAINING' })).toBe('gone');
    expect(phaseOf({ at, service: null, deployment: null }, watched).kind).toBe('gone');
  });

  test('before its id is known, the former one tells nothing', () => {
    const unknown = { ...watched, id: null };
    const snapshot = { at, service: service([former({ rolloutState: 'COMPLETED' })]), deployment: null };
    expect(phaseOf(snapshot, unknown).kind).toBe('going');
  });
});

test('somebody deployed before its id was seen', () => {
  const unknown = { ...watched, id: null };
  const snapshot = (newest: Deployment) => ({ at, service: service([newest]), deployment: null });
  expect(phaseOf(snapshot(newer('web:43')), unknown)).toMatchObject({ kind: 'superseded' });
  expect(phaseOf(snapshot(newer('web:42')), unknown).kind).toBe('going');
});

describe('whether a rollback would take away what somebody else brought', () => {
  const finished = (status: ServiceDeployment['status']) => ({ ...serviceDeployment, status });
  test.each([
    ['the newest is ours', [deployment({})], null, null],
    ['the newest is the former one', [former()], null, null],
    ['the newest is new, and brings something else', [newer('web:43')], null, 'web:43'],
    ['ours had succeeded before', [newer('web:43')], finished('SUCCESSFUL'), 'web:43'],
    ['it brings the same', [newer('web:42')], null, null],
    ['it brings what would be restored', [newer('web:41')], null, null],
    ['ECS itself has rolled back', [newer('web:40')], finished('ROLLBACK_SUCCESSFUL'), null],
  ] as const)('%s', (_what, deployments, own, expected) => {
    const snapshot = { at, service: service(deployments), deployment: own };
    expect(othersOf(snapshot, watched, 'web:41')?.taskDefinition ?? null).toBe(expected);
  });
});

describe('by the service deployment', () => {
  function kind(status: ServiceDeployment['status'], deployments: readonly Deployment[]): string {
    const own = { ...serviceDeployment, status };
    return phaseOf({ at, service: service(deployments), deployment: own }, watched).kind;
  }
  const old = former({ status: 'ACTIVE' });
  test.each([
    ['PENDING', [deployment({}), old], 'going'],
    ['IN_PROGRESS', [deployment({}), old], 'going'],
    ['STOP_REQUESTED', [deployment({}), old], 'going'],
    ['STOP_REQUESTED', [newer('web:43'), old], 'superseded'],
    ['STOPPED', [newer('web:43'), old], 'superseded'],
    ['STOPPED', [newer('web:42'), old], 'renewed'],
    ['STOPPED', [deployment({ rolloutState: 'FAILED' }), old], 'stopped'],
    // The old tasks are on their way out.
    ['SUCCESSFUL', [deployment({}), old], 'going'],
    ['SUCCESSFUL', [deployment({ rolloutState: 'COMPLETED' })], 'succeeded'],
    ['SUCCESSFUL', [newer('web:43'), deployment({ status: 'ACTIVE' })], 'succeeded'],
    ['ROLLBACK_REQUESTED', [deployment({}), old], 'rolling-back'],
    ['ROLLBACK_IN_PROGRESS', [former({}), deployment({ status: 'ACTIVE' })], 'rolling-back'],
    ['ROLLBACK_SUCCESSFUL', [former({ rolloutState: 'COMPLETED' })], 'rolled-back'],
    ['ROLLBACK_FAILED', [former({ rolloutState: 'FAILED' })], 'rollback-failed'],
  ] as const)('%s', (status, deployments, expected) => {
    expect(kind(status, deployments)).toBe(expected);
  });
});
