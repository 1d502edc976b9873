/** The module eks, by its example: its plan, and that its names are those of the manifests. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterOf, mayTalk } from '../../../check-infra/reachability/index.ts';
import { blockIn, ofType, type Planned } from '../../../check-infra/terraform/plan.ts';
import { runtimeChecks } from '../../../check-infra/terraform/runtime.ts';
import { type KubeObject, listAt, podSpecOf, textAt } from '../../../core/kubernetes/index.ts';
import { ensureKubernetes } from '../../../scripts/tools/kubernetes.ts';
import { renderObjects } from '../kubernetes/support.ts';
import { plannedBy, problemsOfModule, theOne } from './planned.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

let folder: TerraformFolder;
let plan: readonly Planned[];
let objects: readonly KubeObject[];
beforeAll(async () => {
  folder = await terraformFolder('modules/eks/examples/cluster');
  plan = await plannedBy(folder);
  objects = await renderObjects((await ensureKubernetes()).kubectl, 'overlays/production');
});
afterAll(async () => await folder?.remove());

function the(type: string, name = ''): Planned {
  return theOne(plan, type, name);
}

test('AWS has nothing against the plan', () => {
  expect(plan.length).toBeGreaterThan(25);
  expect(runtimeChecks.flatMap((check) => check.run(plan))).toEqual([]);
});

test('the API server is open to the networks that are named, its logs are complete, its Secrets encrypted', () => {
  const { values } = the('aws_eks_cluster');
  expect(blockIn(values, 'vpc_config')).toMatchObject({
    endpoint_private_access: true,
    endpoint_public_access: true,
    public_access_cidrs: ['203.0.113.0/24'],
  });
  expect(listAt(values, 'enabled_cluster_log_types')).toEqual([
    'api',
    'audit',
    'authenticator',
    'controllerManager',
    'scheduler',
  ]);
  expect(blockIn(values, 'encryption_config')).toMatchObject({ resources: ['secrets'] });
  expect(blockIn(values, 'access_config')).toEqual({
    authentication_mode: 'API',
    bootstrap_cluster_creator_admin_permissions: false,
  });
});

test('nodes are in three zones, with encrypted disks, and keep their credentials from pods', () => {
  for (const group of ofType(plan, 'aws_eks_node_group')) {
    expect(listAt(group.values, 'subnet_ids')).toHaveLength(3);
    expect(textAt(group.values, 'ami_type')).toContain('x86_64');
  }
  const templates = ofType(plan, 'aws_launch_template');
  expect(templates).toHaveLength(2);
  for (const { values } of templates) {
    expect(blockIn(values, 'metadata_options')).toMatchObject({
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
    expect(blockIn(values, 'block_device_mappings', 'ebs')).toMatchObject({ encrypted: 'true' });
  }
});

test('add-ons are what the manifests count on, with network policies on', () => {
  const addons = ofType(plan, 'aws_eks_addon');
  expect(addons.map(({ values }) => textAt(values, 'addon_name')).toSorted()).toEqual([
    'aws-ebs-csi-driver',
    'coredns',
    'eks-pod-identity-agent',
    'kube-proxy',
    'metrics-server',
    'vpc-cni',
  ]);
  expect(textAt(the('aws_eks_addon', 'vpc-cni').values, 'configuration_values')).toBe(
    '{"enableNetworkPolicy":"true"}',
  );
  // Claims that name no class get the default one.
  const claims = objects.flatMap(({ spec }) => listAt(spec, 'volumeClaimTemplates'));
  expect(claims.length).toBeGreaterThan(0);
  for (const claim of claims) expect(textAt(claim, 'spec', 'storageClassName')).toBe('');
  expect(textAt(the('aws_eks_addon', 'ebs').values, 'configuration_values')).toBe(
    '{"defaultStorageClass":{"enabled":true}}',
  );
});

describe('names of the manifests', () => {
  test('the pipeline is in the group that has a Role in the namespace of production', () => {
    const groups = listAt(the('aws_eks_access_entry', 'deploy').values, 'kubernetes_groups');
    const binding = objects.find(
      ({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'deployers',
    );
    expect(binding?.metadata.namespace).toBe('ml-platform');
    expect(listAt(binding, 'subjects').map((subject) => textAt(subject, 'name'))).toEqual(groups);
  });

  test('the pipeline has no access policy of EKS, by which it would read every Secret', () => {
    const policies = ofType(plan, 'aws_eks_access_policy_association');
    expect(policies.map(({ values }) => textAt(values, 'principal_arn'))).toEqual([
      'arn:aws:iam::123456789012:role/platform-admin',
    ]);
  });

  test('each account with a role of AWS is there, pods run under it, and they reach its credentials', () => {
    const identities = ofType(plan, 'aws_eks_pod_identity_association');
    expect(identities.length).toBeGreaterThan(0);
    const cluster = clusterOf(objects);
    const agent = { is: 'address', name: 'agent', address: '169.254.170.23' } as const;
    for (const { values } of identities) {
      const [namespace, account] = [textAt(values, 'namespace'), textAt(values, 'service_account')];
      const accounts = objects.filter(
        ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === account,
      );
      expect(accounts.map(({ metadata }) => metadata.namespace)).toEqual([namespace]);
      const running = objects.filter((object) => textAt(podSpecOf(object), 'serviceAccountName') === account);
      expect(running).toHaveLength(1);
      const pods = cluster.pods.filter(({ name }) =>
        running.some((one) => name === `${one.kind}/${one.metadata.name}`),
      );
      expect(pods).toHaveLength(1);
      for (const from of pods)
        expect(mayTalk(cluster, from, agent, { port: 80, protocol: 'TCP' }).verdict).toBe('yes');
    }
  });
});

test('the module is valid, and refuses what it should, by its own tests', async () => {
  expect(await problemsOfModule('eks')).toEqual([]);
}, 600_000);
