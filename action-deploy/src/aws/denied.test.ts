import { describe, expect, test } from 'vitest';
import { regionOfArn } from './arn.ts';
import { parseDenial, withoutEncoded } from './denied.ts';

const role = 'arn:aws:sts::123456789012:assumed-role/deploy/run';

describe('what AWS says of a denial', () => {
  // The wordings of https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  test.each([
    ['because no service control policy allows the A action', 'no service control policy allows it'],
    ['because no resource-based policy allows the A action', 'no resource-based policy allows it'],
    ['because no VPC endpoint policy allows the A action', 'no VPC endpoint policy allows it'],
    ['because no permissions boundary allows the A action', 'no permissions boundary allows it'],
    ['because no session policy allows the A action', 'no session policy allows it'],
    ['with an explicit deny in an identity-based policy', 'an identity-based policy denies it'],
    ['with an explicit deny in a permissions boundary', 'a permissions boundary denies it'],
    [
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1',
      'a service control policy denies it (arn:aws:organizations::1:policy/o-1/service_control_policy/p-1)',
    ],
  ])('%s', (context, because) => {
    const message = `User: ${role} is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/api ${context}`;
    expect(parseDenial(message)).toEqual({
      principal: role,
      action: 'ecr:BatchGetImage',
      resource: 'arn:aws:ecr:eu-west-1:123456789012:repository/api',
      because,
    });
  });

  test.each([
    [`User: ${role} is not authorized to perform: ecs:ListClusters on resource: *`, 'ecs:ListClusters', '*'],
    [`User: ${role} is not authorized to perform ecs:ListTasks`, 'ecs:ListTasks', null],
    [
      'User "arn:aws:iam::1:user/a" is not authorized to perform "logs:GetLogEvents" on resource "arn:aws:logs:x".',
      'logs:GetLogEvents',
      'arn:aws:logs:x',
    ],
    ['Access denied', null, null],
    ['', null, null],
  ])('%s', (message, action, resource) => {
    expect(parseDenial(message)).toMatchObject({ action, resource, because: null });
  });
});

test('an encoded message is cut out wherever it stands', () => {
  const code = 'aZ09-_'.repeat(300);
  expect(withoutEncoded(`You may not. Encoded authorization failure message: ${code}`)).toBe('You may not.');
  expect(withoutEncoded(`denied ${code} here`)).toBe('denied … here');
});

test.each([
  ['arn:aws:ecs:eu-west-1:123456789012:cluster/prod', 'eu-west-1'],
  ['arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/web', 'cn-north-1'],
  ['arn:aws:iam::123456789012:role/deploy', null],
  ['prod', null],
  ['arn:aws:ecs', null],
])('the region of %s is %s', (text, region) => {
  expect(regionOfArn(text)).toBe(region);
});
