/** Names that AWS refuses: too long, or of characters that they may not have. */

import { textAt } from '../../core/kubernetes/index.ts';
import type { PlanCheck, PlanProblem } from './plan.ts';

interface Rule {
  readonly attribute: string;
  readonly most: number;
  readonly least?: number;
  readonly pattern: RegExp;
  /** What the pattern takes, in words. */
  readonly of: string;
}

const hyphenated = /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const balancer: Rule = {
  attribute: 'name',
  most: 32,
  pattern: hyphenated,
  of: 'letters, digits and hyphens, none of them at an end, and does not begin with internal-',
};
const bucket = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** Each from the reference of its API: CreateLoadBalancer, CreateTargetGroup, CreateRole, CreateBucket, … */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  aws_lb: [balancer],
  aws_alb: [balancer],
  aws_lb_target_group: [balancer],
  aws_alb_target_group: [balancer],
  aws_iam_role: [
    { attribute: 'name', most: 64, pattern: /^[\w+=,.@-]+$/, of: 'letters, digits and +=,.@_-' },
  ],
  aws_iam_policy: [
    { attribute: 'name', most: 128, pattern: /^[\w+=,.@-]+$/, of: 'letters, digits and +=,.@_-' },
  ],
  aws_s3_bucket: [
    {
      attribute: 'bucket',
      least: 3,
      most: 63,
      pattern: bucket,
      of: 'lower-case letters, digits, hyphens and points',
    },
    // The provider puts 26 digits behind it.
    {
      attribute: 'bucket_prefix',
      most: 37,
      pattern: /^[a-z0-9][a-z0-9.-]*$/,
      of: 'lower-case letters, digits, hyphens and points',
    },
  ],
  aws_ecs_cluster: [
    { attribute: 'name', most: 255, pattern: /^[\w-]+$/, of: 'letters, digits, hyphens and underscores' },
  ],
  aws_ecs_service: [
    { attribute: 'name', most: 255, pattern: /^[\w-]+$/, of: 'letters, digits, hyphens and underscores' },
  ],
  aws_ecs_task_definition: [
    { attribute: 'family', most: 255, pattern: /^[\w-]+$/, of: 'letters, digits, hyphens and underscores' },
  ],
  aws_eks_cluster: [
    {
      attribute: 'name',
      most: 100,
      pattern: /^[A-Za-z0-9][\w-]*$/,
      of: 'letters, digits, hyphens and underscores, and begins with a letter or a digit',
    },
  ],
  aws_eks_node_group: [
    {
      attribute: 'node_group_name',
      most: 63,
      pattern: /^[A-Za-z0-9][\w-]*$/,
      of: 'letters, digits, hyphens and underscores, and begins with a letter or a digit',
    },
  ],
  aws_sns_topic: [
    {
      attribute: 'name',
      most: 256,
      pattern: /^[\w-]+(?:\.fifo)?$/,
      of: 'letters, digits, hyphens and underscores',
    },
  ],
  aws_kms_alias: [
    {
      attribute: 'name',
      most: 256,
      pattern: /^alias\/(?!aws\/)[\w/-]+$/,
      of: 'letters, digits, /, _ and - behind alias/, and not alias/aws/',
    },
  ],
  aws_cloudwatch_log_group: [
    {
      attribute: 'name',
      most: 512,
      pattern: /^(?!aws\/)[\w./#-]+$/,
      of: 'letters, digits and _-/.#, and does not begin with aws/',
    },
  ],
  aws_cloudwatch_metric_alarm: [
    { attribute: 'alarm_name', most: 255, pattern: /^\P{Cc}+$/u, of: 'characters that can be printed' },
  ],
};

export const refusedNames: PlanCheck = {
  name: 'refused-name',
  refuses:
    'a name that AWS does not take: of a load balancer with more than 32 characters, of a bucket with capitals, …',
  run: (plan) =>
    plan.flatMap(({ address, type, values }) =>
      (rules[type] ?? []).flatMap((rule): PlanProblem[] => {
        const name = textAt(values, rule.attribute);
        if (name === '') return [];
        const { least = 1, most, attribute } = rule;
        if (name.length < least || name.length > most) {
          const bounds = least === 1 ? `at most ${most}` : `${least} to ${most}`;
          return [
            {
              address,
              message: `${attribute} ${name} has ${name.length} characters, and it has ${bounds}`,
              mend: name.length > most ? `shorten it by ${name.length - most}` : 'take a longer one',
            },
          ];
        }
        if (rule.pattern.test(name)) return [];
        return [
          {
            address,
            message: `${attribute} ${name} is not taken: it is of ${rule.of}`,
            mend: 'take another name',
          },
        ];
      }),
    ),
};
