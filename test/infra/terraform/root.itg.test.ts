/** Both environments are planned from one root: what differs is what their variables say, and AWS has nothing against it. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { foundationChecks } from '../../../check-infra/terraform/foundations.ts';
import { ofType, type Planned } from '../../../check-infra/terraform/plan.ts';
import { runtimeChecks } from '../../../check-infra/terraform/runtime.ts';
import { at, textAt } from '../../../core/kubernetes/index.ts';
import { plannedBy } from './planned.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

const reference = resolve(import.meta.dirname, '../../../reference-infra');
const environments = ['staging', 'production'] as const;
type Environment = (typeof environments)[number];

let folder: TerraformFolder;
const plans = new Map<Environment, readonly Planned[]>();
beforeAll(async () => {
  folder = await terraformFolder('aws');
  for (const name of environments)
    plans.set(name, await plannedBy(folder, `-var-file=environments/${name}.tfvars`));
});
afterAll(async () => await folder?.remove());

function addresses(name: Environment): Set<string> {
  return new Set(plans.get(name)?.map(({ address }) => address));
}

test('it is valid, and refuses each bad value', async () => {
  expect(await folder.validate()).toEqual([]);
  const { passed, runs, said } = await folder.test();
  expect(passed, said).toBe(true);
  expect(runs.filter((run) => !run.endsWith(': pass'))).toEqual([]);
  const { validated, refused } = await folder.rules();
  expect(validated.filter((variable) => !refused.includes(variable))).toEqual([]);
  expect(validated.length).toBeGreaterThan(12);
});

test('what one environment has and the other does not, a variable says', () => {
  const [staging, production] = [addresses('staging'), addresses('production')];
  const admins = (account: string): string[] =>
    ['aws_eks_access_entry', 'aws_eks_access_policy_association'].map(
      (type) => `module.eks.${type}.admins["arn:aws:iam::${account}:role/platform-admin"]`,
    );
  // cluster_admin_role_arns
  expect([...staging].filter((one) => !production.has(one))).toEqual(admins('111111111111'));
  expect([...production].filter((one) => !staging.has(one)).sort()).toEqual([
    ...admins('222222222222'),
    // alarm_emails
    'module.monitoring.aws_sns_topic_subscription.alarms["email on-call@example.com"]',
    // nat_per_zone
    ...['aws_eip.nat', 'aws_nat_gateway.this'].flatMap((kind) =>
      ['b', 'c'].map((zone) => `module.network.${kind}["eu-west-1${zone}"]`),
    ),
  ]);
});

describe.each(environments)('%s', (name) => {
  const plan = (): readonly Planned[] => plans.get(name) ?? [];

  test('AWS has nothing against the plan', () => {
    expect(plan().length).toBeGreaterThan(150);
    expect([...foundationChecks, ...runtimeChecks].flatMap((check) => check.run(plan()))).toEqual([]);
  });

  test('each flow of security-groups.yaml is a rule at either end, which names the other', () => {
    const text = readFileSync(join(reference, 'security/aws/security-groups.yaml'), 'utf8');
    const { groups, flows } = parse(text) as {
      groups: Record<string, string>;
      flows: { from: string; to: string; port: number | 'all'; why: string }[];
    };
    const wanted = flows.flatMap(({ from, to, port }) => {
      const flow = `["${from}-to-${to}-${port}"]`;
      const kinds = [...(to in groups ? ['ingress'] : []), ...(from in groups ? ['egress'] : [])];
      return kinds.map((kind) => `aws_vpc_security_group_${kind}_rule.this${flow}`);
    });
    const rules = rulesIn(plan());
    expect(rules.map(({ address }) => address).sort()).toEqual(wanted.sort());
    for (const { why } of flows)
      expect(rules.some(({ values }) => textAt(values, 'description') === why)).toBe(true);
    for (const { address, values, unknown } of rules) {
      const [, from = '', to = ''] = /\["(.+)-to-(.+)-\w+"\]/.exec(address) ?? [];
      const peer = address.includes('_ingress_') ? from : to;
      expect(at(unknown, 'referenced_security_group_id') === true, address).toBe(peer in groups);
      expect(at(values, 'cidr_ipv4') !== undefined && at(values, 'cidr_ipv4') !== null, address).toBe(
        peer === 'callers' || peer === 'internet',
      );
    }
  });

  test('all addresses are admitted on 443 by the load balancer alone, where it is public, and left for on 443', () => {
    const world = rulesIn(plan()).filter(({ values }) => textAt(values, 'cidr_ipv4') === '0.0.0.0/0');
    expect(world.every(({ values }) => values.from_port === 443 && values.to_port === 443)).toBe(true);
    expect(world.map(({ address }) => /\["(.+)"\]/.exec(address)?.[1]).sort()).toEqual([
      ...(name === 'production' ? ['callers-to-load-balancer-443'] : []),
      'nodes-to-internet-443',
      'service-to-internet-443',
    ]);
  });

  test('no secret has a value in the plan', () => {
    expect(ofType(plan(), 'aws_secretsmanager_secret')).toHaveLength(1);
    expect(ofType(plan(), 'aws_secretsmanager_secret_version')).toEqual([]);
  });

  test('everything has its name and its environment, so that both can be in one account', () => {
    const named = [
      'aws_iam_role',
      'aws_ecs_cluster',
      'aws_eks_cluster',
      'aws_lb',
      'aws_ecr_repository',
      'aws_kms_alias',
    ];
    for (const { address, values } of ofType(plan(), ...named))
      expect(textAt(values, 'name'), address).toContain(`ml-api-${name}`);
  });

  test('the backend has a lock, and the state that the roles are for', () => {
    const backend = readFileSync(join(reference, `terraform/aws/environments/${name}.s3.tfbackend`), 'utf8');
    const tfvars = readFileSync(join(reference, `terraform/aws/environments/${name}.tfvars`), 'utf8');
    const of = (text: string, key: string): string | undefined =>
      new RegExp(`^${key} += "?([^"\\n]*)`, 'm').exec(text)?.[1];
    expect(of(backend, 'use_lockfile')).toBe('true');
    expect(of(backend, 'encrypt')).toBe('true');
    expect(of(backend, 'key')).toBe(`${name}/terraform.tfstate`);
    expect(`arn:aws:s3:::${of(backend, 'bucket')}`).toBe(of(tfvars, 'state_bucket_arn'));
    expect(of(backend, 'kms_key_id')).toBe(of(tfvars, 'state_kms_key_arn'));
  });
});

function rulesIn(plan: readonly Planned[]): readonly Planned[] {
  return ofType(plan, 'aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule').filter(
    ({ address }) => !address.startsWith('module.'),
  );
}
