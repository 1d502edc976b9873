import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  makeImage,
  startRegistry,
  type TestRegistry,
} from '../../action-deploy/src/image/registry/testing.ts';
import { type ActRun, runAct, stepOf } from '../support/act.ts';
import { copyReleasedAction } from '../support/action-folder.ts';
import { createEcsSimulator, type EcsSimulator, type Scenario } from '../support/ecs/index.ts';
import { type GitHubServer, startGitHubServer } from '../support/github-server.ts';
import { type ResultsServer, startResultsServer } from '../support/results-server.ts';

/** The bundle as a workflow runs it: `uses: org/action-deploy@v1` brings an image to a service on ECS. */

let action: string;
beforeAll(() => {
  action = mkdtempSync(join(tmpdir(), 'action-deploy-'));
  copyReleasedAction('action-deploy', action, []);
});
afterAll(() => rmSync(action, { recursive: true, force: true }));

const image = makeImage({ os: 'linux', architecture: 'amd64' });
let github: GitHubServer;
let results: ResultsServer;
let registry: TestRegistry;
beforeEach(async () => {
  github = await startGitHubServer({ repository: 'octo/iris' });
  results = await startResultsServer();
  registry = await startRegistry({
    tags: { 'octo/api': { '2.0': image.manifest } },
    manifests: [image.manifest],
    blobs: [image.config],
  });
});
afterEach(async () => {
  await github.close();
  await results.close();
  await registry.stop();
});

/** Time goes by with the calls, since the action waits in real time between them. */
async function simulator(scenario: Partial<Scenario> = {}): Promise<EcsSimulator> {
  return await createEcsSimulator({
    services: [
      { name: 'web', configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } } },
    ],
    scenario: { msPerCall: 20_000, ...scenario },
    startAt: new Date(),
  });
}

const workflow = (more: readonly string[]) => `
name: Deploy
on: push
permissions:
  contents: read
  deployments: write
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: deploy
        uses: org/action-deploy@v1
        with:
          target: ecs
          cluster: prod
          service: web
          image: ${registry.host}/octo/api:2.0
          environment-name: production
          environment-url: https://api.example.com
${more.map((line) => `          ${line}`).join('\n')}
      - if: always()
        run: cp gate-results/deploy.json gate-results/deploy.html "$ACT_OUTBOX"
`;

const sha = 'a'.repeat(40);

async function run(
  ecs: EcsSimulator,
  more: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<ActRun> {
  return await runAct({
    workflow: workflow(more),
    event: 'push',
    payload: {
      ref: 'refs/heads/main',
      after: sha,
      repository: { full_name: 'octo/iris', default_branch: 'main', private: false },
    },
    repository: 'octo/iris',
    files,
    actions: { 'org/action-deploy@v1': action },
    env: { GITHUB_API_URL: github.url, ...results.env, ...ecs.env },
    secrets: { GITHUB_TOKEN: 'test-token' },
  });
}

const statuses = () => github.state.deployments.flatMap((deployment) => deployment.statuses);
const operations = (ecs: EcsSimulator) => ecs.changes().map(({ operation }) => operation);

test('an image that runs: a green job, outputs, a GitHub deployment, and nothing to do the next time', async () => {
  await using ecs = await simulator();
  const first = await run(ecs);
  github.expectNoViolations();
  expect(first.exitCode).toBe(0);
  const { outputs, summary } = stepOf(first, 'deploy', 'deploy');
  expect(outputs).toMatchObject({
    verdict: 'pass',
    outcome: 'succeeded',
    'image-digest': image.manifest.digest,
    cause: '',
  });
  expect(outputs['task-definition-arn']).toMatch(/task-definition\/web:4$/);
  expect(summary.split('\n')[0]).toMatch(/Deployment passed/);
  expect(ecs.state().services.web).toMatchObject({ taskDefinition: 'web:4', running: { 'web:4': 2 } });
  expect(github.state.deployments).toMatchObject([
    { environment: 'production', sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
  ]);
  expect(statuses().map(({ state }) => state)).toEqual(['in_progress', 'success']);
  expect([...(results.artifacts[0]?.files.keys() ?? [])].sort()).toEqual(['deploy.html', 'deploy.json']);

  const changed = operations(ecs);
  const second = await run(ecs);
  expect(second.exitCode).toBe(0);
  expect(stepOf(second, 'deploy', 'deploy').outputs).toMatchObject({ verdict: 'pass', outcome: 'unchanged' });
  expect(operations(ecs)).toEqual(changed);
});

test('an image that does not start: a red job with the cause, and what was there runs again', async () => {
  await using ecs = await simulator({ fates: [{ of: 'new', fate: { kind: 'dies', of: 'exit-1' } }] });
  const failed = await run(ecs);
  github.expectNoViolations();
  expect(failed.exitCode).toBe(1);
  const { outputs, summary } = stepOf(failed, 'deploy', 'deploy');
  expect(outputs).toMatchObject({ verdict: 'fail', outcome: 'rolled-back' });
  expect(outputs.cause).toMatch(/exited with code 1/);
  expect(summary).toContain('container app exited with code 1');
  expect(ecs.state().services.web).toMatchObject({ taskDefinition: 'web:3', running: { 'web:3': 2 } });
  expect(statuses().map(({ state }) => state)).toEqual(['in_progress', 'failure']);
});

test('a plan, and a required result that is not there: nothing is changed', async () => {
  await using ecs = await simulator();
  const planned = await run(ecs, ['dry-run: true']);
  expect(planned.exitCode).toBe(0);
  expect(stepOf(planned, 'deploy', 'deploy').outputs).toMatchObject({ verdict: 'pass', outcome: 'planned' });

  const refused = await run(ecs, ['require-results: gate-results/validate-model.json']);
  expect(refused.exitCode).toBe(1);
  const { outputs } = stepOf(refused, 'deploy', 'deploy');
  expect(outputs).toMatchObject({ verdict: 'fail', outcome: 'failed' });
  expect(outputs.cause).toContain('gate-results/validate-model.json');
  expect(operations(ecs)).toEqual([]);
  expect(github.state.deployments).toEqual([]);
});
