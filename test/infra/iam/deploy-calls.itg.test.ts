/** The calls of real rollouts against the policy of the role that deploys: all are allowed, and nothing is allowed that is never used. */

import { expect, test } from 'vitest';
import { iamNeeds } from '../../../action-deploy/src/aws/index.ts';
import { type Call, usageOf } from '../../../check-infra/iam/index.ts';
import { run } from '../../deploy-ecs/harness.ts';
import { scenarios } from '../../deploy-ecs/scenarios.ts';
import { createEcsSimulator } from '../../support/ecs/index.ts';
import { iamCalls } from './deploy-calls.ts';
import { account, readPolicy, values } from './policies.ts';

const played = [
  'every task dies: exit-1',
  'the circuit breaker stops, and the action restores',
  'an alarm rolls back',
  'the analysis does not promote at a pause',
];

async function callsOf(name: string): Promise<Call[]> {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario "${name}"`);
  const { service, ...simulator } = scenario.simulator;
  await using ecs = await createEcsSimulator({ ...simulator, services: [{ name: 'web', ...service }] });
  await run(ecs, scenario.options?.());
  // The simulator's role has a name of its own.
  return ecs.journal
    .flatMap((call) => iamCalls(call))
    .map((call) => ({
      ...call,
      resource: call.resource.replace(/role\/ecsTaskExecutionRole$/, 'role/workload/ml-execution'),
    }));
}

/** Calls of ECR are made elsewhere (action-deploy/src/image/ecr.test.ts), and held against the same table. */
const ofEcr = Object.keys(iamNeeds)
  .filter((action) => action.startsWith('ecr:') && action !== 'ecr:DescribeRepositories')
  .map((action): Call => ({ action, resource: values.repository_arn ?? '' }));

const role = `arn:aws:iam::${account}:role/pipeline/ml-deploy`;
const caller = {
  is: 'session',
  role,
  session: `arn:aws:sts::${account}:assumed-role/ml-deploy/run`,
} as const;

test('the calls of rollouts are allowed by the policy of the role that deploys, and all that it allows is used', async () => {
  const calls = [...ofEcr];
  for (const name of played) calls.push(...(await callsOf(name)));
  const policies = { identity: [readPolicy('deploy-ecs')], boundary: [readPolicy('boundary')] };
  const { denied, unused } = usageOf(policies, caller, calls);
  expect(denied.map(({ because }) => because)).toEqual([]);
  expect(unused).toEqual([]);
  expect(calls.length).toBeGreaterThan(100);
});

test('what the action can do without, and the policy leaves out, is for names that the policy refuses anyway', () => {
  const allowed = readPolicy('deploy-ecs').statements.flatMap(({ actions }) => actions.patterns);
  const needs = new Set(Object.entries(iamNeeds).flatMap(([action, { also = [] }]) => [action, ...also]));
  expect([...needs].filter((action) => !allowed.includes(action)).sort()).toEqual([
    'ecr:DescribeRepositories',
    'ecs:ListClusters',
    'ecs:ListServices',
    // In deploy-eks.json.
    'eks:DescribeCluster',
  ]);
  expect(allowed.filter((action) => !needs.has(action))).toEqual([]);
});

test('another service of the cluster is out of reach', () => {
  const other = (action: string): string =>
    action === 'iam:PassRole'
      ? `arn:aws:iam::${account}:role/admin`
      : `arn:aws:ecs:eu-west-1:${account}:service/prod/other`;
  const calls = [
    'ecs:UpdateService',
    'ecs:DescribeServices',
    'iam:PassRole',
    'ecs:ExecuteCommand',
    'ecs:DeleteService',
  ].map((action) => ({
    action,
    resource: other(action),
    context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  }));
  expect(usageOf({ identity: [readPolicy('deploy-ecs')] }, caller, calls).denied).toHaveLength(calls.length);
});
