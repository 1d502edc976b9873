import { expect, test } from 'vitest';
import type { History } from './history.ts';
import type { Deployment, Service } from './model.ts';
import { stateOf } from './service-state.ts';

const primary: Deployment = {
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: 'web:42',
  desired: 2,
  running: 0,
  pending: 2,
  failed: 0,
  createdAt: null,
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: null,
};
const service = { name: 'web', deployments: [primary] } as unknown as Service;

function history(taskDefinition: string, status: 'IN_PROGRESS' | 'STOP_REQUESTED'): History {
  const revision = { arn: 'revision', taskDefinition, images: [] };
  return { kind: 'known', deployments: [{ arn: 'arn:1', status, createdAt: new Date(0), revision }] };
}

test('what goes on is named by its service deployment', () => {
  expect(stateOf(service, primary, history('web:42', 'IN_PROGRESS'))).toEqual({
    kind: 'going',
    name: 'arn:1',
  });
});

test('a former one that is being stopped does not name what goes on', () => {
  const state = stateOf(service, primary, history('web:41', 'STOP_REQUESTED'));
  expect(state).toEqual({ kind: 'going', name: 'ecs-svc/2' });
});
