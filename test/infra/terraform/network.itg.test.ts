/** The modules network, ecr and state: their own tests, and what of a plan neither Terraform nor its provider looks at. */

import { CreateRepositoryCommand, ECRClient, PutLifecyclePolicyCommand } from '@aws-sdk/client-ecr';
import { expect, onTestFinished, test } from 'vitest';
import { foundationChecks } from '../../../check-infra/terraform/foundations.ts';
import { ofType, type Planned } from '../../../check-infra/terraform/plan.ts';
import { runtimeChecks } from '../../../check-infra/terraform/runtime.ts';
import { listAt, textAt } from '../../../core/kubernetes/index.ts';
import { startMotoServer } from '../../support/moto-server.ts';
import { plannedBy, theOne } from './planned.ts';
import { type TerraformFolder, terraformFolder } from './support.ts';

async function opened(name: string): Promise<TerraformFolder> {
  const folder = await terraformFolder(name);
  onTestFinished(async () => await folder.remove());
  return folder;
}

function problemsOf(plan: readonly Planned[]) {
  return [...foundationChecks, ...runtimeChecks].flatMap((check) => check.run(plan));
}

test.each([
  ['modules/network', 22],
  ['modules/ecr', 10],
  ['modules/state', 8],
])('%s is valid, takes what is good, and refuses each bad value', async (name, least) => {
  const folder = await opened(name);
  expect(await folder.validate()).toEqual([]);
  const { passed, runs, said } = await folder.test();
  expect(passed, said).toBe(true);
  expect(runs.length).toBeGreaterThanOrEqual(least);
  // A bad value that is refused is a run that passes; a run that was left out would not be seen otherwise.
  expect(runs.filter((run) => !run.endsWith(': pass'))).toEqual([]);
});

test('every variable with a rule has a bad value among the tests', async () => {
  for (const name of ['network', 'ecr', 'state']) {
    const folder = await opened(`modules/${name}`);
    const { validated, refused } = await folder.rules();
    expect(validated.filter((variable) => !refused.includes(variable))).toEqual([]);
    expect(validated.length).toBeGreaterThan(1);
  }
});

test('the network has what a task needs to start, and its databases no way out', async () => {
  const folder = await opened('modules/network/examples/three-zones');
  const plan = await plannedBy(folder);
  expect(problemsOf(plan)).toEqual([]);
  const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
  for (const kind of ['private', 'public', 'database']) {
    const subnets = ofType(plan, 'aws_subnet').filter(({ address }) => address.includes(`.${kind}[`));
    expect(subnets.map(({ values }) => textAt(values, 'availability_zone'))).toEqual(zones);
  }
  const services = ofType(plan, 'aws_vpc_endpoint').map(({ values }) => textAt(values, 'service_name'));
  for (const service of ['ecr.api', 'ecr.dkr', 's3', 'logs', 'secretsmanager', 'sts'])
    expect(services).toContain(`com.amazonaws.eu-west-1.${service}`);
  const routes = ofType(plan, 'aws_route').map(({ address }) => address.replace(/^module\.network\./, ''));
  expect(routes).toEqual([
    ...zones.map((zone) => `aws_route.private_to_nat["${zone}"]`),
    'aws_route.public_to_internet',
  ]);
  const closed = theOne(plan, 'aws_default_security_group').values;
  expect([...listAt(closed, 'ingress'), ...listAt(closed, 'egress')]).toEqual([]);
  expect(theOne(plan, 'aws_flow_log').values).toMatchObject({ traffic_type: 'ALL' });
});

test('the state is versioned, encrypted, closed, and reached by TLS alone', async () => {
  const folder = await opened('modules/state/examples/bucket');
  const plan = await plannedBy(folder, '-var=bucket=org-ml-api-terraform');
  expect(problemsOf(plan)).toEqual([]);
  const types = plan.map(({ type }) => type);
  for (const part of ['versioning', 'server_side_encryption_configuration', 'public_access_block', 'policy'])
    expect(types).toContain(`aws_s3_bucket_${part}`);
  // The policy names the bucket's ARN, which the plan does not know: it is read from the state.
  await folder.must('apply', '-auto-approve', '-no-color', '-var=bucket=org-ml-api-terraform');
  const policy = await folder.stateOf('module.state.aws_s3_bucket_policy.this', 'policy');
  expect(JSON.parse(String(policy))).toMatchObject({
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      { Sid: 'NoOtherKey', Effect: 'Deny', Action: 's3:PutObject' },
    ],
  });
  const destroy = await folder.run(
    'destroy',
    '-auto-approve',
    '-no-color',
    '-var=bucket=org-ml-api-terraform',
  );
  expect(destroy.code).not.toBe(0);
  expect(destroy.stderr).toContain('Instance cannot be destroyed');
});

test('ECR takes the rules for old images', async () => {
  const folder = await opened('modules/ecr/examples/repository');
  const plan = await plannedBy(folder);
  expect(problemsOf(plan)).toEqual([]);
  const lifecyclePolicyText = textAt(theOne(plan, 'aws_ecr_lifecycle_policy').values, 'policy');
  const moto = await startMotoServer();
  onTestFinished(async () => await moto.stop());
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const client = new ECRClient({ endpoint: moto.url, region: 'eu-west-1', credentials });
  const repositoryName = 'ml-api';
  await client.send(new CreateRepositoryCommand({ repositoryName }));
  const put = (text: string) =>
    client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: text }));
  await put(lifecyclePolicyText);
  await expect(put(lifecyclePolicyText.replaceAll('"untagged"', '"none"'))).rejects.toThrow(
    /\(none\) not found in enum/,
  );
});
