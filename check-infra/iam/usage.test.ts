/** Calls against policies, both ways. */

import { expect, test } from 'vitest';
import { usageOf } from './index.ts';
import { session, statements } from './testing.ts';

const service = 'arn:aws:ecs:eu-west-1:123456789012:service/prod/api';
const identity = [
  statements(
    {
      Sid: 'Rollout',
      Action: ['ecs:UpdateService', 'ecs:DescribeServices', 'ecs:DeleteService'],
      Resource: service,
    },
    { Sid: 'Logs', Action: 'logs:*' },
    { Sid: 'Rest', NotAction: 'iam:*', Resource: 'arn:aws:s3:::data/*' },
  ),
];

test('what is not allowed says why, and what is never used is named', () => {
  const usage = usageOf({ identity }, session('deploy'), [
    { action: 'ecs:UpdateService', resource: service },
    { action: 'ecs:DescribeServices', resource: service.replace('api', 'other') },
    { action: 'logs:GetLogEvents', resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:a:log-stream:b' },
  ]);
  expect(usage.denied).toHaveLength(1);
  expect(usage.denied[0]?.because).toContain(
    'allows ecs:DescribeServices on arn:aws:ecs:eu-west-1:123456789012:service/prod/other',
  );
  expect(usage.unused).toEqual([
    { statement: 'statement 1 (Rollout)', action: 'ecs:DeleteService' },
    { statement: 'statement 3 (Rest)', action: 'all but iam:*' },
  ]);
});
