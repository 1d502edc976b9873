/** The examples of the IAM user guide, and its table of what is decided by whom. Each says where it is from. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are policy variables.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { type Caller, decide, type Policies, type Policy } from './index.ts';
import { account, policyOf, session, statements, user } from './testing.ts';

const base = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/';
const doc = (...list: readonly JsonObject[]): Policy => policyOf({ Version: '2012-10-17', Statement: list });

function ask(
  action: string,
  resource: string,
  policies: Policies,
  {
    caller = user('carlossalazar'),
    context = {},
  }: { caller?: Caller; context?: Record<string, string> } = {},
): 'allowed' | 'explicit' | 'implicit' {
  const decision = decide({ action, resource, caller, context }, policies);
  return decision.allowed ? 'allowed' : decision.kind;
}

describe(`${base}reference_policies_evaluation-logic_policy-eval-basics.html`, () => {
  const own = ['arn:aws:s3:::carlossalazar/*', 'arn:aws:s3:::carlossalazar'];
  const identity = [
    doc(
      {
        Sid: 'AllowS3ListRead',
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListAllMyBuckets'],
        Resource: 'arn:aws:s3:::*',
      },
      { Sid: 'AllowS3Self', Effect: 'Allow', Action: 's3:*', Resource: own },
      { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
    ),
  ];
  const bucket = [
    doc({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:user/carlossalazar` },
      Action: 's3:*',
      Resource: own,
    }),
  ];
  test.each([
    ['s3:PutObject', 'arn:aws:s3:::carlossalazar-logs/file', 'explicit'],
    ['s3:PutObject', 'arn:aws:s3:::carlossalazar/file', 'allowed'],
    ['s3:GetBucketLocation', 'arn:aws:s3:::other', 'allowed'],
    ['s3:PutObject', 'arn:aws:s3:::other/file', 'implicit'],
  ])('%s on %s is %s', (action, resource, expected) => {
    expect(ask(action, resource, { identity, resource: bucket })).toBe(expected);
  });
  test('if either of both allows it, it is allowed', () => {
    const file = 'arn:aws:s3:::carlossalazar/file';
    expect(ask('s3:PutObject', file, { identity })).toBe('allowed');
    expect(ask('s3:PutObject', file, { resource: bucket })).toBe('allowed');
    expect(ask('s3:PutObject', file, { resource: bucket }, { caller: user('zhang') })).toBe('implicit');
  });
});

describe(`${base}reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html`, () => {
  const identity = [
    doc(
      { Sid: 'AllowGetList', Effect: 'Allow', Action: ['iam:Get*', 'iam:List*'], Resource: '*' },
      { Sid: 'DenyReports', Effect: 'Deny', Action: 'iam:*Report', Resource: '*' },
    ),
  ];
  test.each([
    ['iam:GetUser', 'allowed'],
    ['IAM:getuser', 'allowed'],
    ['iam:CreatePolicy', 'implicit'],
    ['iam:GetOrganizationsAccessReport', 'explicit'],
  ])('%s is %s', (action, expected) => {
    expect(ask(action, '*', { identity })).toBe(expected);
  });
  test('another policy does not take the deny back', () => {
    const more = [...identity, statements({ Action: 'iam:GenerateCredentialReport' })];
    expect(ask('iam:GenerateCredentialReport', '*', { identity: more })).toBe('explicit');
  });
});

describe(`${base}access_policies_boundaries.html`, () => {
  const boundary = [statements({ Action: ['s3:*', 'cloudwatch:*', 'ec2:*'] })];
  test('Shirley may not create a user, though her policy allows it', () => {
    const identity = [statements({ Action: 'iam:CreateUser' })];
    expect(ask('iam:CreateUser', '*', { identity })).toBe('allowed');
    expect(ask('iam:CreateUser', '*', { identity, boundary })).toBe('implicit');
  });
  test('a boundary gives nothing by itself', () => {
    expect(ask('s3:ListAllMyBuckets', '*', { boundary })).toBe('implicit');
  });
  describe('Zhang, to whom users are delegated', () => {
    const arn = 'arn:aws:iam::111122223333:policy/XCompanyBoundaries';
    const limits = [
      doc(
        {
          Sid: 'CreateOrChangeOnlyWithBoundary',
          Effect: 'Allow',
          Action: ['iam:CreateUser', 'iam:AttachUserPolicy', 'iam:PutUserPermissionsBoundary'],
          Resource: '*',
          Condition: { StringEquals: { 'iam:PermissionsBoundary': arn } },
        },
        {
          Sid: 'Tasks',
          Effect: 'Allow',
          Action: ['cloudwatch:*', 'iam:*Group*', 'iam:GetUser'],
          Resource: '*',
        },
        {
          Sid: 'NoBoundaryPolicyEdit',
          Effect: 'Deny',
          Action: ['iam:CreatePolicyVersion', 'iam:DeletePolicy'],
          Resource: [`arn:aws:iam::${account}:policy/XCompanyBoundaries`],
        },
        {
          Sid: 'NoBoundaryUserDelete',
          Effect: 'Deny',
          Action: 'iam:DeleteUserPermissionsBoundary',
          Resource: '*',
        },
      ),
    ];
    const identity = [statements({ Action: 'iam:*' }, { Action: ['cloudwatch:GetDashboard'] })];
    const zhang = (action: string, resource = '*', context = {}) =>
      ask(action, resource, { identity, boundary: limits }, { caller: user('Zhang'), context });
    test('creates users with the boundary only', () => {
      expect(zhang('iam:CreateUser', '*', { 'iam:PermissionsBoundary': arn })).toBe('allowed');
      expect(zhang('iam:CreateUser')).toBe('implicit');
    });
    test('does not change the boundary', () => {
      expect(zhang('iam:DeletePolicy', `arn:aws:iam::${account}:policy/XCompanyBoundaries`)).toBe('explicit');
      expect(zhang('iam:DeleteUserPermissionsBoundary')).toBe('explicit');
    });
    test('does what both allow', () => {
      expect(zhang('iam:CreateGroup')).toBe('allowed');
      expect(zhang('cloudwatch:GetDashboard')).toBe('allowed');
      expect(zhang('cloudwatch:PutDashboard')).toBe('implicit');
    });
  });
});

describe(`${base}reference_policies_evaluation-logic_policy-eval-denyallow.html, within one account`, () => {
  const bucket = 'arn:aws:s3:::bucket/key';
  const to = (Principal: JsonObject | string) => [
    doc({ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: bucket }),
  ];
  const nothing = [statements({ Action: 'ec2:DescribeVpcs' })];
  const everything = [statements({})];
  const role = { AWS: `arn:aws:iam::${account}:role/app` };
  const sessionOf = { AWS: `arn:aws:sts::${account}:assumed-role/app/run` };
  test.each<[string, Policies, Caller, string]>([
    [
      'a user is granted by name, whatever the boundary leaves out',
      { resource: to({ AWS: `arn:aws:iam::${account}:user/a` }), boundary: nothing },
      user('a'),
      'allowed',
    ],
    ['a role is granted by name', { resource: to(role) }, session('app'), 'allowed'],
    [
      'a role is limited by its boundary',
      { resource: to(role), boundary: nothing },
      session('app'),
      'implicit',
    ],
    [
      'a role is limited by the session policy',
      { resource: to(role), session: nothing },
      session('app'),
      'implicit',
    ],
    [
      'a session is granted by name, whatever boundary and session policy leave out',
      { resource: to(sessionOf), boundary: nothing, session: nothing },
      session('app'),
      'allowed',
    ],
    ['another session of the role is not', { resource: to(sessionOf) }, session('app', 'other'), 'implicit'],
    ['the account is asked in turn', { resource: to({ AWS: account }) }, user('a'), 'implicit'],
    ['and may allow it', { resource: to({ AWS: account }), identity: everything }, user('a'), 'allowed'],
    ['everybody is the one who asks', { resource: to('*') }, session('app'), 'allowed'],
    ['also without credentials', { resource: to('*') }, { is: 'anonymous' }, 'allowed'],
    [
      'a service by its name',
      { resource: to({ Service: 'delivery.logs.amazonaws.com' }) },
      { is: 'service', name: 'delivery.logs.amazonaws.com' },
      'allowed',
    ],
    [
      'and no other',
      { resource: to({ Service: 'delivery.logs.amazonaws.com' }) },
      { is: 'service', name: 'ecs.amazonaws.com' },
      'implicit',
    ],
    ['the root user may do everything', {}, { is: 'root', account }, 'allowed'],
    [
      'but not what the organisation does not allow',
      { serviceControl: [nothing] },
      { is: 'root', account },
      'implicit',
    ],
    [
      'a session policy limits what the role has',
      { identity: everything, session: nothing },
      session('app'),
      'implicit',
    ],
    [
      'each level of the organisation must allow it',
      { identity: everything, serviceControl: [everything, nothing] },
      user('a'),
      'implicit',
    ],
    [
      'and then it is allowed',
      { identity: everything, serviceControl: [everything, everything] },
      user('a'),
      'allowed',
    ],
    [
      'a deny of the organisation is before everything',
      {
        identity: everything,
        serviceControl: [[...everything, statements({ Effect: 'Deny', Action: 's3:*' })]],
      },
      user('a'),
      'explicit',
    ],
    [
      'policies of the organisation for resources limit as well',
      { identity: everything, resourceControl: [nothing] },
      user('a'),
      'implicit',
    ],
  ])('%s', (_, policies, caller, expected) => {
    expect(ask('s3:GetObject', bucket, policies, { caller })).toBe(expected);
  });
});

describe(`${base}reference_policies_evaluation-logic-cross-account.html`, () => {
  // Carlos of account A and the bucket "Production" of account B.
  const [a, b] = ['111111111111', '222222222222'];
  const carlos = user('carlos', a);
  const bucket = 'arn:aws:s3:::production/report';
  const resource = [
    doc({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${a}:user/carlos` },
      Action: 's3:GetObject',
      Resource: bucket,
    }),
  ];
  const identity = [statements({ Action: 's3:*' })];
  test.each<[string, Policies, string]>([
    ['both accounts allow it', { identity, resource }, 'allowed'],
    ['the account of the caller does not', { resource }, 'implicit'],
    ['the account of the bucket does not', { identity }, 'implicit'],
    [
      'a boundary in the account of the caller',
      { identity, resource, boundary: [statements({ Action: 'ec2:*' })] },
      'implicit',
    ],
  ])('%s', (_, policies, expected) => {
    expect(ask('s3:GetObject', bucket, { ...policies, resourceAccount: b }, { caller: carlos })).toBe(
      expected,
    );
  });
});

describe(`${base}reference_policies_elements_notprincipal.html`, () => {
  const other = '444455556666';
  const but = (...arns: readonly string[]) => [
    doc(
      { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' },
      { Effect: 'Deny', NotPrincipal: { AWS: arns }, Action: 's3:*', Resource: '*' },
    ),
  ];
  const bob = `arn:aws:iam::${other}:user/Bob`;
  const root = `arn:aws:iam::${other}:root`;
  const app = session('read-only', 'audit', other);
  const sessionArn = `arn:aws:sts::${other}:assumed-role/read-only/audit`;
  const roleArn = `arn:aws:iam::${other}:role/read-only`;
  test.each<[string, readonly string[], Caller, string]>([
    ['Bob and his account', [bob, root], user('Bob', other), 'allowed'],
    ['Bob without his account', [bob], user('Bob', other), 'explicit'],
    ['another user', [bob, root], user('Eve', other), 'explicit'],
    ['a session, its role and their account', [sessionArn, roleArn, root], app, 'allowed'],
    ['a session without its role', [sessionArn, root], app, 'explicit'],
  ])('%s', (_, arns, caller, expected) => {
    const policies = { resource: but(...arns), identity: [statements({})] };
    expect(ask('s3:GetObject', 'arn:aws:s3:::bucket/key', policies, { caller })).toBe(expected);
  });
});

describe(`${base}reference_policies_elements_condition_operators.html`, () => {
  test('IfExists lets resources without the key be', () => {
    const types = { 'ec2:InstanceType': ['t1.*', 't2.*', 'm3.*'] };
    const strict = {
      identity: [statements({ Action: 'ec2:RunInstances', Condition: { StringLike: types } })],
    };
    const lenient = {
      identity: [statements({ Action: 'ec2:RunInstances', Condition: { StringLikeIfExists: types } })],
    };
    const run = (policies: Policies, context: Record<string, string>) =>
      ask('ec2:RunInstances', '*', policies, { context });
    expect(run(strict, {})).toBe('implicit');
    expect(run(lenient, {})).toBe('allowed');
    expect(run(lenient, { 'ec2:InstanceType': 't2.micro' })).toBe('allowed');
    expect(run(lenient, { 'ec2:InstanceType': 'c5.large' })).toBe('implicit');
  });
  test('Null tells temporary credentials from others', () => {
    const policies = {
      identity: [statements({ Action: 'ec2:*', Condition: { Null: { 'aws:TokenIssueTime': 'true' } } })],
    };
    expect(ask('ec2:StartInstances', '*', policies)).toBe('allowed');
    expect(
      ask('ec2:StartInstances', '*', policies, { context: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } }),
    ).toBe('implicit');
  });
  test('a home folder by a variable', () => {
    const identity = [statements({ Action: 's3:*', Resource: 'arn:aws:s3:::bucket/home/${aws:username}/*' })];
    expect(ask('s3:GetObject', 'arn:aws:s3:::bucket/home/carlossalazar/a/b', { identity })).toBe('allowed');
    expect(ask('s3:GetObject', 'arn:aws:s3:::bucket/home/zhang/a', { identity })).toBe('implicit');
  });
});

describe(`${base}reference_policies_elements_resource.html`, () => {
  test.each([
    ['arn:aws:iam::123456789012:user/accounting/*', 'arn:aws:iam::123456789012:user/accounting/a/b', true],
    ['arn:aws:s3:::bucket/*/test/*', 'arn:aws:s3:::bucket/1/test/object.jpg', true],
    ['arn:aws:s3:::bucket/*/test/*', 'arn:aws:s3:::bucket/1/2/test/3/object.jpg', true],
    ['arn:aws:s3:::bucket/*/test/*', 'arn:aws:s3:::bucket/1-test/object.jpg', false],
    ['arn:aws:ecs:eu-*-1:123456789012:service/a', 'arn:aws:ecs:eu-west-1:123456789012:service/a', true],
    // A wildcard within a part does not go over the colon, one at its end may.
    ['arn:aws:ecs:eu-*-1:123456789012:service/a', 'arn:aws:ecs:eu-x:y-1:123456789012:service/a', false],
    ['arn:aws:ecs:*:service/a', 'arn:aws:ecs:eu-west-1:123456789012:service/a', true],
    [
      'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/api:*',
      'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/api:log-stream:a/b',
      true,
    ],
    ['arn:aws:iam::123456789012:user/Bob', 'arn:aws:iam::123456789012:user/bob', false],
    ['*', '*', true],
    ['arn:aws:s3:::*', '*', false],
  ])('%s and %s: %s', (Resource, resource, expected) => {
    const identity = [statements({ Resource })];
    expect(ask('s3:GetObject', resource, { identity })).toBe(expected ? 'allowed' : 'implicit');
    const others = [statements({ NotResource: Resource })];
    expect(ask('s3:GetObject', resource, { identity: others })).toBe(expected ? 'implicit' : 'allowed');
  });
});

describe('who may assume a role', () => {
  const arn = `arn:aws:iam::${account}:role/deploy`;
  const trust = (Principal: JsonObject) => [doc({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' })];
  const may = [statements({ Action: 'sts:AssumeRole', Resource: arn })];
  test.each<[string, Policies, Caller, string]>([
    [
      'a service that is named',
      { resource: trust({ Service: 'ecs-tasks.amazonaws.com' }) },
      { is: 'service', name: 'ecs-tasks.amazonaws.com' },
      'allowed',
    ],
    [
      'a user that may assume all, but is not trusted',
      { identity: may, resource: trust({ AWS: '999999999999' }) },
      user('a'),
      'implicit',
    ],
    [
      'a user of the account that is trusted, and may',
      { identity: may, resource: trust({ AWS: account }) },
      user('a'),
      'allowed',
    ],
    [
      'a user of the account that is trusted, and may not',
      { resource: trust({ AWS: account }) },
      user('a'),
      'implicit',
    ],
    [
      'the root user where only a service is trusted',
      { resource: trust({ Service: 'ecs-tasks.amazonaws.com' }) },
      { is: 'root', account },
      'implicit',
    ],
    [
      'a user of another account that is trusted, and may',
      { identity: may, resource: trust({ AWS: '999999999999' }) },
      user('a', '999999999999'),
      'allowed',
    ],
  ])('%s', (_, policies, caller, expected) => {
    expect(ask('sts:AssumeRole', arn, policies, { caller })).toBe(expected);
  });
});

test('sentences say which statement and which value decided', () => {
  const identity = [
    policyOf({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Read', Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::a/*' },
        {
          Sid: 'Tls',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    }),
  ];
  const because = (action: string, resource: string, context: Record<string, string> = {}) =>
    decide({ action, resource, caller: user('a'), context }, { identity }).because;
  expect(because('s3:GetObject', 'arn:aws:s3:::a/1')).toBe(
    'allowed by statement 1 (Read) of policies of the caller, which has no condition',
  );
  expect(because('s3:GetObject', 'arn:aws:s3:::a/1', { 'aws:SecureTransport': 'false' })).toBe(
    'denied by statement 2 (Tls) of policies of the caller, since aws:SecureTransport is "false"; a deny is before every allow',
  );
  expect(because('s3:GetObject', 'arn:aws:s3:::b/1')).toBe(
    'not allowed: nothing in the policies of the caller allows s3:GetObject on arn:aws:s3:::b/1; statement 1 (Read) of policies of the caller is for "arn:aws:s3:::a/*"',
  );
});
