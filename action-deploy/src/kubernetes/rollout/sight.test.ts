import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../core/kubernetes/index.ts';
import { newestSetOf } from './sight.ts';

const template = (image: string, hash?: string): object => ({
  metadata: {
    ...(hash === undefined ? {} : { creationTimestamp: null }),
    labels: { app: 'web', ...(hash === undefined ? {} : { 'pod-template-hash': hash }) },
  },
  spec: { containers: [{ name: 'app', image }] },
});

function object(
  kind: string,
  name: string,
  of: object,
  revision: string,
  creationTimestamp = '',
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, creationTimestamp, annotations: { 'deployment.kubernetes.io/revision': revision } },
    spec: { template: of },
  } as unknown as KubeObject;
}

const first = object('ReplicaSet', 'web-a', template('web:1', 'a'), '1');
const second = object('ReplicaSet', 'web-b', template('web:2', 'b'), '2');

test('the set of the template that is wanted, also while the annotation names the one before', () => {
  const deployment = object('Deployment', 'web', template('web:1'), '2');
  expect(newestSetOf(deployment, [first, second])?.metadata.name).toBe('web-a');
});

test('none while it is not made yet', () => {
  const deployment = object('Deployment', 'web', template('web:3'), '2');
  expect(newestSetOf(deployment, [first, second])).toBeNull();
});

test('the oldest of two alike', () => {
  const set = (name: string, at: string): KubeObject =>
    object('ReplicaSet', name, template('web:1', name), '1', at);
  const sets = [set('younger', '2026-01-02T00:00:00Z'), set('older', '2026-01-01T00:00:00Z')];
  expect(newestSetOf(object('Deployment', 'web', template('web:1'), '1'), sets)?.metadata.name).toBe('older');
});
