/** The whole action as a process: what a second run says, what it tells GitHub, and how it ends when it is killed. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  makeImage,
  startRegistry,
  type TestRegistry,
} from '../../action-deploy/src/image/registry/testing.ts';
import {
  createEcsSimulator,
  type EcsSimulator,
  type Scenario,
  type ServiceSpec,
} from '../support/ecs/index.ts';
import { type GitHubServer, startGitHubServer } from '../support/github-server.ts';
import { type PrometheusServer, startPrometheus } from '../support/prometheus-servers.ts';
import { type Ended, type Running, startDeploy } from './process.ts';

const image = makeImage({ os: 'linux', architecture: 'amd64' });
let prometheus: PrometheusServer;
let registry: TestRegistry;
let github: GitHubServer;
let running: Running | null = null;

beforeAll(async () => {
  prometheus = await startPrometheus([]);
  registry = await startRegistry({
    tags: { 'octo/api': { '2.0': image.manifest } },
    manifests: [image.manifest],
    blobs: [image.config],
  });
}, 600_000);
afterAll(async () => {
  await prometheus?.stop();
  await registry?.stop();
});
beforeEach(async () => {
  github = await startGitHubServer({ repository: 'octo/iris' });
});
afterEach(async () => {
  running?.process.kill('SIGKILL');
  running = null;
  await github.close();
});

/** Its time goes by with the calls, since the action waits in real time between them. */
async function simulator(spec: Partial<ServiceSpec> = {}, scenario: Scenario = {}): Promise<EcsSimulator> {
  return await createEcsSimulator({
    services: [{ name: 'web', ...spec }],
    scenario: { msPerCall: 20_000, ...scenario },
    startAt: new Date(),
  });
}

function begin(ecs: EcsSimulator, more: Readonly<Record<string, string>> = {}): Running {
  const inputs = {
    target: 'ecs',
    cluster: 'prod',
    service: 'web',
    image: `${registry.host}/octo/api:2.0`,
    'bake-time': '1s',
    strategy: 'rolling',
    'environment-name': 'production',
    'environment-url': 'https://me:secret@api.example.com/',
    'github-token': 'test-token',
    ...more,
  };
  running = startDeploy(inputs, { GITHUB_API_URL: github.url, ...ecs.env });
  return running;
}

const deploy = (ecs: EcsSimulator, more: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  begin(ecs, more).ended;

const gateOf = ({ result }: Ended) => result?.predicate.gate;
const states = () => github.state.deployments.map(({ statuses }) => statuses.map(({ state }) => state));
const updates = (ecs: EcsSimulator) => ecs.changes().map(({ operation }) => operation);

test('a second run asks the analysis that the first one failed', async () => {
  await using ecs = await simulator();
  const analysed = { rollback: 'false', 'prometheus-url': prometheus.url };
  const first = await deploy(ecs, { ...analysed, analysis: 'error_rate: vector(0.5) < 1%' });
  expect(first.code, first.log).toBe(1);
  expect(gateOf(first)?.details).toMatchObject({ outcome: 'failed', strategy: 'rolling' });
  const changed = updates(ecs);

  const second = await deploy(ecs, { ...analysed, analysis: 'error_rate: vector(0.5) < 1%' });
  expect(second.code, second.log).toBe(1);
  expect(gateOf(second)).toMatchObject({
    verdict: 'fail',
    details: {
      outcome: 'failed',
      analysis: [{ stage: 'of what runs already', promote: false }],
      cause: expect.stringMatching(/^the analysis of what runs already does not promote: error_rate/),
    },
  });
  expect(gateOf(second)?.checks.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);

  const third = await deploy(ecs, { ...analysed, analysis: 'error_rate: vector(0.005) < 1%' });
  expect(third.code, third.log).toBe(0);
  expect(gateOf(third)).toMatchObject({ verdict: 'pass', details: { outcome: 'unchanged' } });
  expect(gateOf(third)?.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  expect(updates(ecs)).toEqual(changed);
  expect(states()).toEqual([
    ['in_progress', 'failure'],
    ['in_progress', 'failure'],
    ['in_progress', 'success'],
  ]);
  const [status] = github.state.deployments[0]?.statuses ?? [];
  expect(status?.environmentUrl).toBe('https://api.example.com/');
  github.expectNoViolations();
});

test('what proves nothing is no success, in the first run as in the second', async () => {
  await using ecs = await simulator({ desiredCount: 0 });
  for (const outcome of ['succeeded', 'unchanged']) {
    const ended = await deploy(ecs);
    expect(gateOf(ended), ended.log).toMatchObject({ verdict: 'inconclusive', details: { outcome } });
    expect(ended.code).toBe(1);
  }
  expect(states()).toEqual([
    ['in_progress', 'failure'],
    ['in_progress', 'failure'],
  ]);
});

test('bakes that cannot end in time are refused before anything is changed', async () => {
  await using ecs = await simulator({ loadBalancer: 'shifting' });
  const ended = await deploy(ecs, { strategy: 'linear', 'bake-time': '' });
  expect(ended.code).toBe(1);
  expect(ended.log).toMatch(
    /timeout: 30m does not suffice: the bakes of this linear deployment alone take 50m/,
  );
  expect(updates(ecs)).toEqual([]);
  expect(github.state.deployments).toEqual([]);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s in the midst of a rollout: what was begun is rolled back, and the result says so',
  async (signal) => {
    await using ecs = await simulator({}, { fates: [{ of: 'new', fate: { kind: 'pending' } }] });
    const { process: child, log, ended } = begin(ecs);
    for (let round = 0; round < 600 && !log().includes('told to run web:4'); round++) await sleep(50);
    child.kill(signal);
    const { code, result } = await ended;
    expect(log()).toContain('told to run web:4');
    expect(code, log()).toBe(1);
    expect(result?.predicate.gate).toMatchObject({
      verdict: 'fail',
      details: {
        outcome: 'rolled-back',
        cause: 'the job was cancelled while web:4 was being rolled out',
        rollback: { by: 'action', verified: true },
      },
    });
    expect(updates(ecs)).toEqual(['RegisterTaskDefinition', 'UpdateService', 'StopServiceDeployment']);
    expect(ecs.state().services.web?.running).toEqual({ 'web:3': 2 });
    expect(states()).toEqual([['in_progress', 'failure']]);
  },
);
