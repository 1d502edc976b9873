import { describe, expect, test } from 'vitest';
import type { GitHubServer } from '../../test/support/github-server.ts';
import { type Recorded, recordingLog, serverForTests, testClient } from '../../test/support/github-setup.ts';
import { readContext } from './context.ts';
import {
  type Deployment,
  type DeploymentDeps,
  type DeploymentRequest,
  openDeployment,
} from './deployments.ts';

const start = serverForTests();
const SHA = 'c'.repeat(40);
const wanted: DeploymentRequest = {
  sha: SHA,
  environment: 'production',
  environmentUrl: 'https://api.example.com/',
  production: null,
  transient: false,
  description: 'api@sha256:1f3c to service web of cluster prod',
  payload: { action: 'deploy', image: 'ghcr.io/octo/api@sha256:1f3c', target: 'ecs prod/web' },
};

function contextOf(apiUrl: string) {
  const env = {
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REPOSITORY: 'octo/models',
    GITHUB_SHA: SHA,
    GITHUB_RUN_ID: '99',
    GITHUB_API_URL: apiUrl,
  };
  return readContext(env, () => '{}');
}

async function open(
  server: GitHubServer,
  request: Partial<DeploymentRequest> = {},
  deps: Partial<DeploymentDeps> = {},
): Promise<{ deployment: Deployment; log: Recorded }> {
  const log = recordingLog();
  const deployment = await openDeployment(
    { ...wanted, ...request },
    { context: contextOf(server.url), client: testClient(server), log, secrets: ['test-token'], ...deps },
  );
  return { deployment, log };
}

describe('a deployment', () => {
  test('is recorded with what is brought where, and told how it goes', async () => {
    const server = await start();
    const { deployment, log } = await open(server);
    await deployment.tell('in_progress', 'registering the task definition');
    await deployment.tell('success', 'web:41 runs');
    const [made] = server.state.deployments;
    expect(made).toMatchObject({
      sha: SHA,
      environment: 'production',
      production: true,
      transient: false,
      description: wanted.description,
      payload: wanted.payload,
    });
    const logUrl = 'https://github.com/octo/models/actions/runs/99';
    expect(made?.statuses).toMatchObject([
      { state: 'in_progress', description: 'registering the task definition', logUrl },
      { state: 'success', description: 'web:41 runs', logUrl, environmentUrl: 'https://api.example.com/' },
    ]);
    expect(deployment.record).toEqual({
      id: made?.id,
      environment: 'production',
      url: 'https://github.com/octo/models/deployments/production',
      takenUp: false,
    });
    expect(log.lines).toEqual([]);
  });

  test.each([
    [{ environment: 'staging' }, false, false],
    [{ environment: 'live', production: true }, true, false],
    [{ environment: 'pr-7', transient: true }, false, true],
  ])('%j has its flags', async (request, production, transient) => {
    const server = await start();
    await open(server, request);
    expect(server.state.deployments).toMatchObject([{ ...request, production, transient }]);
  });

  test('has a description of at most 140 characters, on one line, whole characters', async () => {
    const server = await start();
    const { deployment } = await open(server, { description: `a\n\tb ${'x'.repeat(500)}` });
    await deployment.tell('failure', `${'x'.repeat(138)}😀😀`);
    const [made] = server.state.deployments;
    expect(made?.description).toMatch(/^a b x{135}…$/);
    expect(made?.statuses[0]?.description).toBe(`${'x'.repeat(138)}…`);
  });

  test('of an environment with a blank and a slash has a page', async () => {
    const server = await start();
    const { deployment } = await open(server, { environment: 'eu west/blue', environmentUrl: null });
    expect(deployment.record?.url).toBe('https://github.com/octo/models/deployments/eu%20west%2Fblue');
  });
});

describe('a second run', () => {
  test.each([
    ['without a status', []],
    ['in progress', ['in_progress']],
    ['queued again', ['failure', 'queued']],
  ] as const)('takes up one that is %s', async (_, states) => {
    const server = await start();
    const first = await open(server);
    for (const state of states) await first.deployment.tell(state as 'in_progress', '');
    const { deployment } = await open(server);
    expect(deployment.record).toMatchObject({ id: first.deployment.record?.id, takenUp: true });
    expect(server.state.deployments).toHaveLength(1);
  });

  test.each([
    ['that has ended well', {}, 'success'],
    ['that has failed', {}, 'failure'],
    ['whose place another one took', {}, 'inactive'],
    ['of another commit', { sha: 'd'.repeat(40) }, 'in_progress'],
    ['of another environment', { environment: 'staging' }, 'in_progress'],
    ['of another image', { payload: { ...wanted.payload, image: 'other' } }, 'in_progress'],
    ['of a job, which GitHub makes without a payload', { payload: {} }, 'in_progress'],
  ] as const)('leaves one %s', async (_, earlier, state) => {
    const server = await start();
    const first = await open(server, earlier);
    await first.deployment.tell(state, '');
    const { deployment } = await open(server);
    expect(deployment.record?.takenUp).toBe(false);
    expect(server.state.deployments).toHaveLength(2);
  });

  test('finds it behind many others', async () => {
    const server = await start();
    const first = await open(server);
    const [made] = server.state.deployments;
    for (let i = 0; i < 250; i++) {
      if (made !== undefined) server.state.deployments.push({ ...made, id: 5000 + i, payload: { i } });
    }
    expect((await open(server)).deployment.record?.id).toBe(first.deployment.record?.id);
  });

  test('reads a payload that comes as a text', async () => {
    const server = await start();
    await open(server);
    server.state.deployments = server.state.deployments.map((each) => ({
      ...each,
      payload: JSON.stringify(each.payload),
    }));
    expect((await open(server)).deployment.record?.takenUp).toBe(true);
  });
});

describe('there is one deployment, not two, when', () => {
  test.each([
    ['the answer gets lost', { kind: 'reset', done: true }, 1],
    ['the answer is cut off', { kind: 'cut' }, 1],
    ['the connection is lost before', { kind: 'reset' }, 2],
    ['GitHub answers 502', { kind: 'status', status: 502, message: 'Bad Gateway' }, 2],
  ] as const)('%s', async (_, fault, asked) => {
    const server = await start();
    server.fail({ operation: 'repos/create-deployment', times: 1, fault });
    const { deployment, log } = await open(server);
    expect(server.count('repos/create-deployment')).toBe(asked);
    expect(server.state.deployments).toHaveLength(1);
    expect(deployment.record).toMatchObject({ id: server.state.deployments[0]?.id, takenUp: false });
    expect(log.lines).toEqual([]);
  });
});

describe('what GitHub does not do is a notice, and nothing else', () => {
  const forbidden = {
    kind: 'status',
    status: 403,
    message: 'Resource not accessible by integration',
  } as const;
  const down = { kind: 'status', status: 503, message: 'Service Unavailable' } as const;

  test.each([
    [
      'repos/list-deployments',
      forbidden,
      '`deployments: write` (403 Resource not accessible by integration)',
    ],
    [
      'repos/create-deployment',
      forbidden,
      '`deployments: write` (403 Resource not accessible by integration)',
    ],
    [
      'repos/create-deployment',
      { ...forbidden, headers: { 'x-accepted-github-permissions': 'deployments=write' } },
      'lacks the permission `deployments: write`',
    ],
    ['repos/create-deployment', down, 'GitHub answered 503 several times'],
    ['repos/create-deployment', { kind: 'reset' } as const, 'was lost several times'],
    [
      'repos/create-deployment',
      { kind: 'status', status: 409, message: 'Conflict' } as const,
      '(409): Conflict',
    ],
    [
      'repos/list-deployment-statuses',
      { kind: 'status', status: 401, message: 'Bad credentials test-token' } as const,
      'not valid or has expired',
    ],
  ])('%s: %j', async (operation, fault, reason) => {
    const server = await start();
    if (operation === 'repos/list-deployment-statuses') await open(server);
    server.fail({ operation, fault });
    const { deployment, log } = await open(server);
    await deployment.tell('in_progress', 'x');
    expect(deployment.record).toBeNull();
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(
      /^notice: No GitHub deployment is recorded: .*\. The rollout goes on without\.$/,
    );
    expect(log.lines[0]).toContain(reason);
    expect(log.lines[0]).not.toContain('test-token');
    expect(deployment.notices).toEqual(log.lines.map((line) => line.replace('notice: ', '')));
    expect(server.count('repos/create-deployment-status')).toBe(0);
  });

  test('a commit that GitHub does not know', async () => {
    const server = await start();
    server.state.commits = ['d'.repeat(40)];
    expect((await open(server)).log.lines.join()).toContain(`No ref found for: ${SHA}`);
  });

  test.each([
    [{ sha: null }, {}, 'the commit is not known'],
    [{}, { client: null }, '`github-token` is empty'],
  ])('%j %j', async (request, deps, reason) => {
    const server = await start();
    const { deployment, log } = await open(server, request, deps);
    expect(deployment.record).toBeNull();
    expect(log.lines.join()).toContain(reason);
    expect(server.received).toEqual([]);
  });

  test('a status: said once for each state', async () => {
    const server = await start();
    const { deployment, log } = await open(server);
    server.fail({ operation: 'repos/create-deployment-status', fault: forbidden });
    await deployment.tell('in_progress', 'x');
    await deployment.tell('in_progress', 'y');
    await deployment.tell('failure', 'z');
    expect(log.lines).toEqual([
      expect.stringContaining(
        'was not told that it is `in_progress`: the token lacks the permission `deployments: write`',
      ),
      expect.stringContaining('was not told that it is `failure`'),
    ]);
  });
});
