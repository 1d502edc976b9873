/** The policies of reference-infra/security/aws, filled in as Terraform's templatefile does. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Policy, type PolicyKind, parsePolicyText } from '../../../check-infra/iam/index.ts';

export const policyFolder = resolve(import.meta.dirname, '../../../reference-infra/security/aws');

export const policyNames = readdirSync(policyFolder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

export const account = '123456789012';
const service = 'arn:aws:ecs:eu-west-1:123456789012';

/** Of the service that the simulator of ECS has. */
export const values: Readonly<Record<string, string>> = {
  account_id: account,
  boundary_arn: `arn:aws:iam::${account}:policy/pipeline/ml-boundary`,
  cluster_name: 'prod',
  data_bucket: 'ml-data',
  eks_cluster_name: 'ml-platform',
  evidence_bucket: 'ml-evidence',
  execution_role_arn: `arn:aws:iam::${account}:role/workload/ml-execution`,
  log_group_name: '/ecs/web',
  name: 'ml',
  oidc_provider_arn: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
  partition: 'aws',
  region: 'eu-west-1',
  repository_arn: `arn:aws:ecr:eu-west-1:${account}:repository/api`,
  repository_id: '456789',
  secret_arns: `arn:aws:secretsmanager:eu-west-1:${account}:secret:ml/web-AbCdEf`,
  secret_kms_key_arn: `arn:aws:kms:eu-west-1:${account}:key/1`,
  service_name: 'web',
  state_bucket_arn: 'arn:aws:s3:::ml-state',
  state_key: 'ml/production.tfstate',
  state_kms_key_arn: `arn:aws:kms:eu-west-1:${account}:key/2`,
  subjects: 'repo:octo-org@123456/octo-repo@456789:environment:production',
  task_family: 'web',
  task_role_arn: `arn:aws:iam::${account}:role/workload/ml-task`,
};

export function readPolicy(
  name: string,
  more: Readonly<Record<string, string>> = {},
  kind?: PolicyKind,
): Policy {
  const all: Readonly<Record<string, string>> = { ...values, ...more };
  const text = readFileSync(join(policyFolder, `${name}.json`), 'utf8').replaceAll(
    /\$\{([a-z_]+)\}/g,
    (_, key: string) => {
      const value = all[key];
      if (value === undefined) throw new Error(`${name}.json has a place ${key} that nobody fills`);
      return value;
    },
  );
  const read = parsePolicyText(text, `${name}.json`, kind);
  if (read.is === 'wrong') throw new Error(read.problems.join('\n'));
  return read.policy;
}

/** ARN of something of ECS in the example's account. */
export const ecsArn = (rest: string): string => `${service}:${rest}`;
