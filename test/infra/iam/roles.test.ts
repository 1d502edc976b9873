/** Who may assume which role, and what each can do at most: the policies as they stand, asked. */

import { describe, expect, test } from 'vitest';
import {
  type Caller,
  decide,
  mayAssume,
  type Trigger,
  type Workflow,
} from '../../../check-infra/iam/index.ts';
import { account, policyNames, readPolicy, values } from './policies.ts';

const repo = 'repo:octo-org@123456/octo-repo@456789';
const workflow = (trigger: Trigger, environment: string | null = null, claims = {}): Workflow => ({
  repository: 'octo-org/octo-repo',
  trigger,
  environment,
  subject: { ids: true, keys: null },
  audience: 'sts.amazonaws.com',
  claims: { repository_owner_id: '123456', repository_id: '456789', ...claims },
});
const main = { is: 'branch', name: 'main' } as const;

function can(policies: readonly string[], action: string, resource: string, context = {}): boolean {
  const caller: Caller = {
    is: 'session',
    role: `arn:aws:iam::${account}:role/pipeline/ml-x`,
    session: `arn:aws:sts::${account}:assumed-role/ml-x/run`,
  };
  const identity = policies.map((name) => readPolicy(name));
  const request = { action, resource, caller, context: { 'aws:RequestedRegion': 'eu-west-1', ...context } };
  return decide(request, { identity }).allowed;
}

test('every policy is read without a problem', () => {
  expect(policyNames.length).toBeGreaterThanOrEqual(15);
  for (const name of policyNames) expect(readPolicy(name).statements.length).toBeGreaterThan(0);
});

describe('a token of GitHub', () => {
  const production = readPolicy('trust-github', { subjects: `${repo}:environment:production` });
  const allowed = (given: Workflow): boolean => mayAssume({ trust: production, workflow: given }).allowed;
  test('of the environment opens the role of production, and no other token does', () => {
    expect(allowed(workflow(main, 'production'))).toBe(true);
    expect(allowed(workflow(main))).toBe(false);
    expect(allowed(workflow({ is: 'pull-request' }))).toBe(false);
    expect(allowed(workflow({ is: 'tag', name: 'v1' }))).toBe(false);
    expect(allowed(workflow(main, 'staging'))).toBe(false);
  });
  test('of a repository that was made anew under the same name opens nothing', () => {
    expect(allowed(workflow(main, 'production', { repository_id: '1' }))).toBe(false);
    expect(
      allowed({
        ...workflow(main, 'production', { repository_id: '1' }),
        subject: { ids: false, keys: null },
      }),
    ).toBe(false);
  });
  test('that was made for another service than AWS opens nothing', () => {
    expect(allowed({ ...workflow(main, 'production'), audience: 'https://github.com/octo-org' })).toBe(false);
  });
});

describe('credentials of the role that deploys', () => {
  test('cannot read a secret, a bucket or the state, and open no shell', () => {
    for (const [action, resource] of [
      ['secretsmanager:GetSecretValue', values.secret_arns],
      ['s3:GetObject', `${values.state_bucket_arn}/${values.state_key}`],
      ['ecs:ExecuteCommand', `arn:aws:ecs:eu-west-1:${account}:task/prod/1`],
      ['ecr:PutImage', values.repository_arn],
    ] as const)
      expect(can(['deploy-ecs', 'deploy-eks'], action, resource ?? '')).toBe(false);
  });
  test('can give the task no other role, and no other service the role', () => {
    const passed = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    expect(can(['deploy-ecs'], 'iam:PassRole', values.task_role_arn ?? '', passed)).toBe(true);
    expect(can(['deploy-ecs'], 'iam:PassRole', `arn:aws:iam::${account}:role/admin`, passed)).toBe(false);
    expect(
      can(['deploy-ecs'], 'iam:PassRole', values.task_role_arn ?? '', {
        'iam:PassedToService': 'lambda.amazonaws.com',
      }),
    ).toBe(false);
  });
});

describe('credentials of the role that plans', () => {
  test('change nothing, and read no secret and no other state', () => {
    for (const [action, resource] of [
      ['s3:PutObject', `${values.state_bucket_arn}/${values.state_key}`],
      ['s3:GetObject', `${values.state_bucket_arn}/ml/other.tfstate`],
      ['secretsmanager:GetSecretValue', values.secret_arns],
      ['ecs:UpdateService', `arn:aws:ecs:eu-west-1:${account}:service/prod/web`],
      ['iam:PassRole', values.task_role_arn],
    ] as const)
      expect(can(['terraform-plan'], action, resource ?? '')).toBe(false);
    expect(can(['terraform-plan'], 's3:GetObject', `${values.state_bucket_arn}/${values.state_key}`)).toBe(
      true,
    );
  });
});

describe('credentials of the role that changes the infrastructure', () => {
  const both = ['terraform-plan', 'terraform-apply'];
  const role = `arn:aws:iam::${account}:role/ml-eks-nodes`;
  test('make roles with the boundary only, and cannot take a boundary away', () => {
    const bounded = { 'iam:PermissionsBoundary': values.boundary_arn ?? '' };
    expect(can(both, 'iam:CreateRole', role, bounded)).toBe(true);
    expect(can(both, 'iam:CreateRole', role)).toBe(false);
    expect(can(both, 'iam:AttachRolePolicy', role)).toBe(false);
    expect(can(both, 'iam:DeleteRolePermissionsBoundary', role, bounded)).toBe(false);
  });
  test('cannot change the pipeline’s own roles, the boundary and the identity provider, and make no users', () => {
    for (const [action, resource] of [
      ['iam:PutRolePolicy', `arn:aws:iam::${account}:role/pipeline/ml-apply`],
      ['iam:UpdateAssumeRolePolicy', `arn:aws:iam::${account}:role/pipeline/ml-deploy`],
      ['iam:CreatePolicyVersion', values.boundary_arn],
      ['iam:UpdateOpenIDConnectProviderThumbprint', values.oidc_provider_arn],
      ['iam:CreateUser', `arn:aws:iam::${account}:user/mallory`],
      ['iam:CreateAccessKey', `arn:aws:iam::${account}:user/mallory`],
    ] as const)
      expect(
        can(both, action, resource ?? '', { 'iam:PermissionsBoundary': values.boundary_arn ?? '' }),
      ).toBe(false);
  });
  test('read no secret, and work in one region', () => {
    expect(can(both, 'secretsmanager:GetSecretValue', values.secret_arns ?? '')).toBe(false);
    expect(
      can(both, 'ec2:RunInstances', `arn:aws:ec2:us-east-1:${account}:instance/i-1`, {
        'aws:RequestedRegion': 'us-east-1',
      }),
    ).toBe(false);
  });
});

describe('credentials of a task', () => {
  test('of the execution role read its own secrets, and no others', () => {
    expect(can(['task-execution'], 'secretsmanager:GetSecretValue', values.secret_arns ?? '')).toBe(true);
    expect(
      can(
        ['task-execution'],
        'secretsmanager:GetSecretValue',
        `arn:aws:secretsmanager:eu-west-1:${account}:secret:other-AbCdEf`,
      ),
    ).toBe(false);
    expect(can(['task-execution'], 'ecr:PutImage', values.repository_arn ?? '')).toBe(false);
  });
  test('of the cost exporter read costs, and nothing else', () => {
    expect(can(['cost-exporter'], 'ce:GetCostAndUsage', '*')).toBe(true);
    expect(can(['cost-exporter'], 'ce:GetSavingsPlansUtilization', '*')).toBe(false);
    expect(can(['cost-exporter'], 's3:GetObject', 'arn:aws:s3:::ml-data/raw/1')).toBe(false);
  });
  test('of the data pipeline read raw data and do not change them', () => {
    expect(can(['data-pipeline'], 's3:GetObject', 'arn:aws:s3:::ml-data/raw/1')).toBe(true);
    expect(can(['data-pipeline'], 's3:PutObject', 'arn:aws:s3:::ml-data/curated/1')).toBe(true);
    expect(can(['data-pipeline'], 's3:PutObject', 'arn:aws:s3:::ml-data/raw/1')).toBe(false);
    expect(can(['data-pipeline'], 's3:DeleteObject', 'arn:aws:s3:::ml-data/raw/1')).toBe(false);
  });
});

test('whatever is attached, the boundary keeps roles from giving rights', () => {
  const caller: Caller = {
    is: 'session',
    role: `arn:aws:iam::${account}:role/workload/ml-task`,
    session: `arn:aws:sts::${account}:assumed-role/ml-task/1`,
  };
  const all = { identity: [readPolicy('terraform-apply')], boundary: [readPolicy('boundary')] };
  const context = {
    'iam:PermissionsBoundary': values.boundary_arn ?? '',
    'aws:RequestedRegion': 'eu-west-1',
  };
  const ask = (action: string, resource: string): boolean =>
    decide({ action, resource, caller, context }, all).allowed;
  expect(ask('iam:CreateRole', `arn:aws:iam::${account}:role/ml-x`)).toBe(false);
  expect(ask('sts:AssumeRole', `arn:aws:iam::${account}:role/ml-x`)).toBe(false);
  expect(ask('ec2:DescribeVpcs', '*')).toBe(true);
});
