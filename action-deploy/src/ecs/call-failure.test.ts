import { expect, test } from 'vitest';
import { CallFailure } from './call-failure.ts';

test.each([
  ['UpdateService', 'ecs:UpdateService'],
  ['GetLogEvents', 'logs:GetLogEvents'],
  ['DescribeAlarms', 'cloudwatch:DescribeAlarms'],
])('%s is the action %s', (operation, action) => {
  expect(new CallFailure('denied', operation, 'AccessDenied', '', null).action).toBe(action);
});
