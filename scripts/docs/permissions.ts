/** The permissions that the deploy action takes: the policy of the reference infrastructure, and the table of its RBAC. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Permission, permissions } from '../../action-deploy/src/kubernetes/permissions.ts';

/** Markdown: the IAM policies and the RBAC of the README. */
export function permissionText(): string {
  return [
    '**ECS.** A policy for one service; statements whose name begins with `Optional` can be left out, and what is missed then is told in',
    'a notice.',
    policy('deploy-ecs.json'),
    '`iam:PassRole` is for the execution role and the task role that the task definition names. `ecr:DescribeImageScanFindings` is for',
    '`max-scan-severity` alone. Why each statement is there stands in',
    '[reference-infra/security/aws](../reference-infra/security/aws/README.md), where the file is. With it a wrong name of a cluster, a',
    'service or a repository is access denied; who also wants to read the nearest name allows `ecs:ListClusters`, `ecs:ListServices`,',
    '`ecs:DescribeServices` and `ecr:DescribeRepositories` on `*`.',
    '',
    '**EKS.** `eks:DescribeCluster` on the cluster, and an access entry that maps the role to a Kubernetes group with this RBAC:',
    '',
    rbac(),
  ].join('\n');
}

/** With the names of an example in place of its places. */
function policy(file: string): string {
  const values: Readonly<Record<string, string>> = {
    partition: 'aws',
    region: 'eu-west-1',
    account_id: '123456789012',
    cluster_name: 'prod',
    service_name: 'api',
    task_family: 'api',
    repository_arn: 'arn:aws:ecr:eu-west-1:123456789012:repository/api',
    task_role_arn: 'arn:aws:iam::123456789012:role/api-task',
    execution_role_arn: 'arn:aws:iam::123456789012:role/api-execution',
    log_group_name: '/ecs/api',
  };
  const text = readFileSync(resolve(import.meta.dirname, '../../reference-infra/security/aws', file), 'utf8');
  const filled = text.replaceAll(/\$\{([a-z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`${file} has a place ${name} that the README has no example for`);
    return value;
  });
  return ['', '```json', filled.trim(), '```', ''].join('\n');
}

function rbac(): string {
  const rows = permissions.map(({ apiGroups, resources, verbs, scope, why, without }: Permission) => {
    const what = resources.map((resource) => `\`${resource}\``).join(', ');
    const group = apiGroups.map((each) => (each === '' ? 'core' : each)).join(', ');
    return `| ${what} | ${group} | ${verbs.join(', ')} | ${scope} | ${why} | ${without ?? 'needed'} |`;
  });
  return [
    '| resources | group | verbs | scope | what for | without it |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
