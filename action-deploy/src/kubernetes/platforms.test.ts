import { expect, test } from 'vitest';
import type { JsonObject, KubeObject } from '../../../core/kubernetes/index.ts';
import { platformsOf } from './platforms.ts';

function node(
  architecture: string,
  more: { labels?: object; taints?: object[]; unschedulable?: boolean; os?: string } = {},
): KubeObject {
  const { labels = {}, taints = [], unschedulable = false, os = 'linux' } = more;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: architecture, labels: { 'kubernetes.io/arch': architecture, ...labels } },
    spec: { taints, unschedulable },
    status: { nodeInfo: { operatingSystem: os, architecture } },
  } as unknown as KubeObject;
}

const gpu = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const nodes = [
  node('amd64'),
  node('arm64', { labels: { pool: 'arm', cores: '64' } }),
  node('s390x', { taints: [gpu] }),
  node('riscv64', { unschedulable: true }),
  node('ppc64le', { taints: [{ key: 'slow', effect: 'PreferNoSchedule' }], labels: { pool: 'slow' } }),
];
const affinity = (...matchExpressions: object[]): object => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  },
});

test.each<[string, object, string[]]>([
  ['anywhere but where it may not', {}, ['amd64', 'arm64', 'ppc64le']],
  ['a selector', { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, ['arm64']],
  [
    'a toleration',
    { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] },
    ['amd64', 'arm64', 's390x', 'ppc64le'],
  ],
  [
    'one of another value',
    { tolerations: [{ key: 'nvidia.com/gpu', value: 'absent' }] },
    ['amd64', 'arm64', 'ppc64le'],
  ],
  ['one of everything', { tolerations: [{ operator: 'Exists' }] }, ['amd64', 'arm64', 's390x', 'ppc64le']],
  ['In', affinity({ key: 'pool', operator: 'In', values: ['arm', 'x'] }), ['arm64']],
  ['NotIn', affinity({ key: 'pool', operator: 'NotIn', values: ['arm'] }), ['amd64', 'ppc64le']],
  ['Exists', affinity({ key: 'pool', operator: 'Exists' }), ['arm64', 'ppc64le']],
  ['DoesNotExist', affinity({ key: 'pool', operator: 'DoesNotExist' }), ['amd64']],
  ['Gt', affinity({ key: 'cores', operator: 'Gt', values: ['32'] }), ['arm64']],
  ['Lt', affinity({ key: 'cores', operator: 'Lt', values: ['32'] }), []],
])('%s', (_name, pod, expected) => {
  const found = platformsOf([pod as JsonObject], nodes);
  expect(found?.map(({ architecture }) => architecture) ?? []).toEqual(expected);
});

test('no node, or none that tells: nothing is known', () => {
  expect(platformsOf([{}], [])).toBeNull();
  expect(platformsOf([{}], [node('amd64', { os: '' })])).toBeNull();
});
