import { expect, test } from 'vitest';
import { refusedNames } from './names.ts';
import { planned, said } from './testing.ts';

const long = (length: number): string => 'a'.repeat(length);

test.each([
  ['aws_lb', 'name', long(32)],
  ['aws_lb_target_group', 'name', 'ml-api-green'],
  ['aws_iam_role', 'name', long(64)],
  ['aws_s3_bucket', 'bucket', 'state.ml-platform'],
  ['aws_s3_bucket', 'bucket_prefix', long(37)],
  ['aws_kms_alias', 'name', 'alias/ml-api-logs'],
  ['aws_cloudwatch_log_group', 'name', '/aws/eks/ml-platform/cluster'],
  ['aws_cloudwatch_metric_alarm', 'alarm_name', 'Errors, and what follows'],
  ['aws_sns_topic', 'name', 'alarms.fifo'],
  ['aws_something_else', 'name', long(1000)],
])('%s takes the %s %s', (type, attribute, name) => {
  expect(said(refusedNames, planned(type, { [attribute]: name }))).toEqual([]);
});

test.each([
  ['aws_lb', 'name', long(33), `name ${long(33)} has 33 characters, and it has at most 32`],
  [
    'aws_lb_target_group',
    'name',
    'ml_api',
    'name ml_api is not taken: it is of letters, digits and hyphens, none of them at an end, and does not begin with internal-',
  ],
  [
    'aws_lb',
    'name',
    'internal-api',
    'name internal-api is not taken: it is of letters, digits and hyphens, none of them at an end, and does not begin with internal-',
  ],
  ['aws_iam_role', 'name', long(65), `name ${long(65)} has 65 characters, and it has at most 64`],
  ['aws_s3_bucket', 'bucket', 'ab', 'bucket ab has 2 characters, and it has 3 to 63'],
  [
    'aws_s3_bucket',
    'bucket',
    'State',
    'bucket State is not taken: it is of lower-case letters, digits, hyphens and points',
  ],
  [
    'aws_s3_bucket',
    'bucket_prefix',
    long(38),
    `bucket_prefix ${long(38)} has 38 characters, and it has at most 37`,
  ],
  [
    'aws_kms_alias',
    'name',
    'logs',
    'name logs is not taken: it is of letters, digits, /, _ and - behind alias/, and not alias/aws/',
  ],
])('%s refuses the %s %s', (type, attribute, name, message) => {
  expect(said(refusedNames, planned(type, { [attribute]: name }))).toEqual([`${type}.this: ${message}`]);
});

test('it says by how much a name is too long', () => {
  expect(refusedNames.run([planned('aws_lb', { name: long(40) })])[0]?.mend).toBe('shorten it by 8');
});

test('a name that is known later, or made by AWS, is let be', () => {
  expect(said(refusedNames, planned('aws_lb', {}, { name: true }))).toEqual([]);
});
