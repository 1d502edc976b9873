import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { eksWords, openApiServer } from './eks.ts';
import type { Planned } from './plan.ts';
import { planned, said } from './testing.ts';

const cluster = (network: JsonObject): Planned => planned('aws_eks_cluster', { vpc_config: [network] });

test.each<[string, Planned]>([
  ['from the VPC alone', cluster({ endpoint_public_access: false })],
  ['from an office', cluster({ endpoint_public_access: true, public_access_cidrs: ['203.0.113.0/24'] })],
  [
    'from what is known later',
    planned('aws_eks_cluster', { vpc_config: [{}] }, { vpc_config: [{ public_access_cidrs: true }] }),
  ],
])('an API server that is reached %s is taken', (_, one) => {
  expect(said(openApiServer, one)).toEqual([]);
});

test.each<[string, JsonObject]>([
  ['0.0.0.0/0, since public_access_cidrs names no networks', {}],
  [
    '0.0.0.0/0, since public_access_cidrs names no networks',
    { endpoint_public_access: true, public_access_cidrs: [] },
  ],
  ['0.0.0.0/0', { endpoint_public_access: true, public_access_cidrs: ['203.0.113.0/24', '0.0.0.0/0'] }],
  ['::/0', { endpoint_public_access: true, public_access_cidrs: ['::/0'] }],
])('an API server that is reached from %s is refused', (from, network) => {
  expect(said(openApiServer, cluster(network))).toEqual([
    `aws_eks_cluster.this: its API server is reached from ${from}`,
  ]);
});

test.each<[string, string, JsonObject]>([
  [
    'there is no authentication_mode api',
    'aws_eks_cluster',
    { access_config: [{ authentication_mode: 'api' }] },
  ],
  ['there is no capacity_type spot', 'aws_eks_node_group', { capacity_type: 'spot' }],
  [
    'there is no effect NoSchedule of taints',
    'aws_eks_node_group',
    { taint: [{ key: 'gpu', effect: 'NoSchedule' }] },
  ],
  [
    'there is no type of access_scope Namespace',
    'aws_eks_access_policy_association',
    { access_scope: [{ type: 'Namespace' }] },
  ],
  ['there is no type Standard', 'aws_eks_access_entry', { type: 'Standard' }],
  [
    'the group system:masters is one that EKS gives to nobody',
    'aws_eks_access_entry',
    { kubernetes_groups: ['system:masters', 'ml-platform:deployers'] },
  ],
])('%s', (message, type, values) => {
  expect(said(eksWords, planned(type, values))).toEqual([`${type}.this: ${message}`]);
});

test('the words of EKS are taken', () => {
  expect(
    said(
      eksWords,
      planned('aws_eks_cluster', { access_config: [{ authentication_mode: 'API' }] }),
      planned('aws_eks_node_group', {
        capacity_type: 'SPOT',
        taint: [{ key: 'gpu', effect: 'NO_SCHEDULE' }],
      }),
      planned('aws_eks_access_entry', { type: 'STANDARD', kubernetes_groups: ['ml-platform:deployers'] }),
    ),
  ).toEqual([]);
});
