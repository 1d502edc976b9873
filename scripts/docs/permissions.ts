/** The permissions that the deploy action takes, from the tables that its tests hold its calls against. */

import { iamNeeds } from '../../action-deploy/src/aws/calls.ts';
import { type Permission, permissions } from '../../action-deploy/src/kubernetes/permissions.ts';

/** Markdown: the IAM policies and the RBAC of the README. */
export function permissionText(): string {
  return [
    '**ECS.** A policy for one service; what is left out of `Optional` is told in a notice where it is missed.',
    policy([
      { Sid: 'Image', prefixes: ['ecr:'], resources: ['arn:aws:ecr:eu-west-1:123456789012:repository/api'] },
      {
        Sid: 'Rollout',
        prefixes: ['ecs:'],
        // Registering and listing know no resource.
        resources: ['*'],
      },
    ]),
    '`iam:PassRole` is for the execution role and the task role that the task definition names. `ecr:DescribeImageScanFindings` is for',
    '`max-scan-severity` alone.',
    '',
    '**EKS.** `eks:DescribeCluster` on the cluster, and an access entry that maps the role to a Kubernetes group with this RBAC:',
    '',
    rbac(),
  ].join('\n');
}

interface Part {
  readonly Sid: string;
  readonly prefixes: readonly string[];
  readonly resources: readonly string[];
}

function policy(parts: readonly Part[]): string {
  const statement = (Sid: string, Action: readonly string[], Resource: readonly string[]) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource: Resource.length === 1 ? Resource[0] : Resource,
  });
  const named = (optional: boolean) =>
    Object.entries(iamNeeds)
      .filter(([, need]) => (need.optional === true) === optional)
      .map(([action]) => action);
  const also = [...new Set(Object.values(iamNeeds).flatMap((need) => need.also ?? []))];
  const statements = [
    ...parts.map(({ Sid, prefixes, resources }) =>
      statement(
        Sid,
        [...named(false), ...also].filter((action) => prefixes.some((prefix) => action.startsWith(prefix))),
        resources,
      ),
    ),
    statement(
      'Roles',
      also.filter((action) => action.startsWith('iam:')),
      ['arn:aws:iam::123456789012:role/api-task', 'arn:aws:iam::123456789012:role/api-execution'],
    ),
    statement('Optional', named(true), ['*']),
  ];
  return [
    '',
    '```json',
    JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2),
    '```',
    '',
  ].join('\n');
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
