/** Words and numbers of which AWS takes only some; the schema of the provider takes any. */

import { nearest } from '../../core/gate/index.ts';
import { at, type Json, type JsonObject, listAt } from '../../core/kubernetes/index.ts';
import type { PlanCheck, PlanProblem } from './plan.ts';

type Allowed =
  | readonly string[]
  | readonly number[]
  | readonly [least: number, most: number, 'or', ...number[]];

interface Rule {
  /** Names of blocks, then of the attribute. */
  readonly path: readonly string[];
  readonly allowed: Allowed;
}

const rule = (path: string, ...allowed: Allowed): Rule => ({ path: path.split('.'), allowed });

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0: for ever */
const retention: readonly number[] = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Each from the reference of its API. */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  aws_ecr_repository: [
    rule(
      'image_tag_mutability',
      'MUTABLE',
      'IMMUTABLE',
      'MUTABLE_WITH_EXCLUSION',
      'IMMUTABLE_WITH_EXCLUSION',
    ),
    rule('encryption_configuration.encryption_type', 'AES256', 'KMS', 'KMS_DSSE'),
  ],
  aws_cloudwatch_log_group: [
    rule('retention_in_days', ...retention),
    rule('log_group_class', 'STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'),
  ],
  aws_flow_log: [
    rule('traffic_type', 'ACCEPT', 'REJECT', 'ALL'),
    rule('log_destination_type', 'cloud-watch-logs', 's3', 'kinesis-data-firehose'),
    rule('max_aggregation_interval', 60, 600),
  ],
  aws_instance: [rule('tenancy', 'default', 'dedicated', 'host')],
  aws_ec2_instance_state: [rule('state', 'running', 'stopped')],
  aws_vpc: [rule('instance_tenancy', 'default', 'dedicated')],
  aws_vpc_endpoint: [
    rule('vpc_endpoint_type', 'Gateway', 'Interface', 'GatewayLoadBalancer', 'Resource', 'ServiceNetwork'),
  ],
  aws_nat_gateway: [rule('connectivity_type', 'public', 'private')],
  aws_eip: [rule('domain', 'vpc', 'standard')],
  aws_lb: [
    rule('load_balancer_type', 'application', 'network', 'gateway'),
    rule('ip_address_type', 'ipv4', 'dualstack', 'dualstack-without-public-ipv4'),
  ],
  aws_lb_listener: [
    rule('protocol', 'HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC'),
    rule(
      'default_action.type',
      ...[
        'forward',
        'redirect',
        'fixed-response',
        'authenticate-cognito',
        'authenticate-oidc',
        'jwt-validation',
      ],
    ),
  ],
  aws_lb_target_group: [rule('target_type', 'instance', 'ip', 'lambda', 'alb')],
  aws_s3_bucket_versioning: [rule('versioning_configuration.status', 'Enabled', 'Suspended', 'Disabled')],
  aws_s3_bucket_server_side_encryption_configuration: [
    rule('rule.apply_server_side_encryption_by_default.sse_algorithm', 'AES256', 'aws:kms', 'aws:kms:dsse'),
  ],
  aws_s3_bucket_lifecycle_configuration: [rule('rule.status', 'Enabled', 'Disabled')],
  aws_s3_bucket_ownership_controls: [
    rule('rule.object_ownership', 'BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'),
  ],
  aws_kms_key: [
    rule('key_usage', 'ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'),
    rule('deletion_window_in_days', 7, 30, 'or'),
  ],
  aws_secretsmanager_secret: [rule('recovery_window_in_days', 7, 30, 'or', 0)],
  aws_ecs_task_definition: [
    rule('network_mode', 'awsvpc', 'bridge', 'host', 'none'),
    rule('requires_compatibilities', 'EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'),
    rule('runtime_platform.cpu_architecture', 'X86_64', 'ARM64'),
  ],
  aws_ecs_cluster: [rule('setting.value', 'enabled', 'enhanced', 'disabled')],
  aws_sns_topic_subscription: [
    rule(
      'protocol',
      ...['application', 'email', 'email-json', 'firehose', 'http', 'https', 'lambda', 'sms', 'sqs'],
    ),
  ],
};

export const refusedValue: PlanCheck = {
  name: 'refused-value',
  refuses: 'a word or a number that AWS does not know: IMMUTABLE_TAGS, logs that are kept for 100 days, …',
  run: (plan) =>
    plan.flatMap(({ address, type, values }) =>
      (rules[type] ?? []).flatMap(({ path, allowed }) =>
        valuesAt(values, path)
          .filter((value) => !isAllowed(value, allowed))
          .map((value) => problem(address, path, value, allowed)),
      ),
    ),
};

/** What is set; a block may stand several times, and a value may be a list of such. */
function valuesAt(values: JsonObject, path: readonly string[]): (string | number)[] {
  let here: readonly Json[] = [values];
  for (const name of path) {
    here = here.flatMap((one) => {
      const next = at(one, name);
      return Array.isArray(next) ? listAt(one, name) : next === undefined ? [] : [next];
    });
  }
  return here.flatMap((value) =>
    typeof value === 'number' || (typeof value === 'string' && value !== '') ? [value] : [],
  );
}

function isAllowed(value: string | number, allowed: Allowed): boolean {
  const [least, most, or, ...others] = allowed;
  if (or === 'or' && typeof least === 'number' && typeof most === 'number') {
    const number = Number(value);
    return (number >= least && number <= most) || others.some((other) => other === number);
  }
  return allowed.some((one) => String(one) === String(value));
}

function problem(
  address: string,
  path: readonly string[],
  value: string | number,
  allowed: Allowed,
): PlanProblem {
  const [least, most, or, ...others] = allowed;
  const name = path.join('.');
  if (or === 'or') {
    const also = others.length === 0 ? '' : ` or ${others.join(', ')}`;
    return {
      address,
      message: `${name} is ${value}`,
      mend: `write a number from ${least} to ${most}${also}`,
    };
  }
  const words = allowed.map(String);
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  const asked = near === undefined ? '' : `did you mean ${near}? `;
  return {
    address,
    message: `${name} is ${value}, which AWS does not take`,
    mend: `${asked}It is one of ${words.join(', ')}`,
  };
}
