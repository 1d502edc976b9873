import { expect, test } from 'vitest';
import { planned } from './testing.ts';
import { refusedValue } from './words.ts';

function saidOf(type: string, values: Parameters<typeof planned>[1]): string[] {
  return refusedValue.run([planned(type, values)]).map(({ message, mend }) => `${message}: ${mend}`);
}

test.each([
  ['aws_ecr_repository', { image_tag_mutability: 'IMMUTABLE' }],
  ['aws_ecr_repository', { image_tag_mutability: null, encryption_configuration: [] }],
  ['aws_cloudwatch_log_group', { retention_in_days: 365 }],
  ['aws_cloudwatch_log_group', { retention_in_days: 0 }],
  ['aws_secretsmanager_secret', { recovery_window_in_days: 0 }],
  ['aws_kms_key', { deletion_window_in_days: 7 }],
  ['aws_ecs_task_definition', { requires_compatibilities: ['FARGATE'] }],
  ['aws_other', { status: 'whatever' }],
])('%s with %o is let be', (type, values) => {
  expect(saidOf(type, values)).toEqual([]);
});

test.each([
  [
    'aws_ecr_repository',
    { image_tag_mutability: 'IMMUTABEL' },
    'image_tag_mutability is IMMUTABEL, which AWS does not take: did you mean IMMUTABLE? It is one of MUTABLE, IMMUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION',
  ],
  [
    'aws_ecr_repository',
    { encryption_configuration: [{ encryption_type: 'rot13' }] },
    'encryption_configuration.encryption_type is rot13, which AWS does not take: It is one of AES256, KMS, KMS_DSSE',
  ],
  [
    'aws_flow_log',
    { max_aggregation_interval: 30 },
    'max_aggregation_interval is 30, which AWS does not take: It is one of 60, 600',
  ],
  [
    'aws_kms_key',
    { deletion_window_in_days: 3 },
    'deletion_window_in_days is 3: write a number from 7 to 30',
  ],
  [
    'aws_secretsmanager_secret',
    { recovery_window_in_days: 3 },
    'recovery_window_in_days is 3: write a number from 7 to 30 or 0',
  ],
  [
    'aws_ec2_instance_state',
    { state: 'started' },
    'state is started, which AWS does not take: It is one of running, stopped',
  ],
  [
    'aws_ecs_task_definition',
    { requires_compatibilities: ['FARGATE', 'FARGAT'] },
    'requires_compatibilities is FARGAT, which AWS does not take: did you mean FARGATE? It is one of EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES',
  ],
  [
    'aws_s3_bucket_lifecycle_configuration',
    { rule: [{ status: 'Enabled' }, { status: 'enabled' }] },
    'rule.status is enabled, which AWS does not take: did you mean Enabled? It is one of Enabled, Disabled',
  ],
])('%s with %o is refused', (type, values, message) => {
  expect(saidOf(type, values)).toEqual([message]);
});

test('logs are kept as long as CloudWatch takes', () => {
  expect(saidOf('aws_cloudwatch_log_group', { retention_in_days: 100 })[0]).toContain(
    'retention_in_days is 100, which AWS does not take: It is one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120,',
  );
});
