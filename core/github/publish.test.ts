import { describe, expect, test } from 'vitest';
import type { GitHubServer } from '../../test/support/github-server.ts';
import {
  type PullRequestEvent,
  pullRequestContext,
  recordingLog,
  serverForTests,
  testClient,
} from '../../test/support/github-setup.ts';
import { type PublishDeps, type PublishRequest, publish } from './publish.ts';

const start = serverForTests();

const REPORT_URL = 'https://github.com/octo/models/actions/runs/99/artifacts/5000';

function request(changes: Partial<PublishRequest> = {}): PublishRequest {
  return {
    action: 'validate-model',
    id: '',
    verdict: 'fail',
    enforce: true,
    onInconclusive: 'fail',
    comment: { mode: 'auto', body: ({ reportUrl }) => `Fails. ${reportUrl}` },
    checkRun: { title: 'Fails', summary: ({ reportUrl }) => `See ${reportUrl}`, annotations: [] },
    artifact: { name: 'validate-model-report', files: ['/w/report.html'], root: '/w' },
    ...changes,
  };
}

function deps(
  server: GitHubServer,
  event: PullRequestEvent = {},
  changes: Partial<PublishDeps> = {},
): PublishDeps {
  return {
    context: pullRequestContext(server.url, event),
    client: testClient(server),
    upload: async () => ({ id: 5000, digest: null }),
    log: recordingLog(),
    secrets: ['test-token'],
    suffix: () => '7f3a',
    ...changes,
  };
}

test('comment and check run link to the uploaded report', async () => {
  const server = await start();
  const published = await publish(request(), deps(server));
  expect(published).toEqual({
    reportUrl: REPORT_URL,
    artifactName: 'validate-model-report',
    commentUrl: 'https://github.com/octo/models/pull/7#issuecomment-1001',
    checkRunUrl: 'https://github.com/octo/models/runs/1002',
    notices: [],
  });
  expect(server.state.comments[0]?.body).toContain(`Fails. ${REPORT_URL}`);
  expect(server.state.checkRuns[0]).toMatchObject({
    headSha: 'a'.repeat(40),
    detailsUrl: REPORT_URL,
    externalId: '99/2',
    output: { summary: `See ${REPORT_URL}` },
  });
});

describe('forks', () => {
  test('with a read-only token nothing is asked, and one notice says so', async () => {
    const server = await start();
    const log = recordingLog();
    const published = await publish(request(), deps(server, { fork: true }, { log }));
    expect(server.received).toHaveLength(0);
    expect(published.reportUrl).toBe(REPORT_URL);
    expect(published.notices).toEqual([
      'No pull request comment and no check run written: pull requests from forks get a read-only token. ' +
        'The report is in the job summary.',
    ]);
    expect(log.lines).toEqual(published.notices.map((line) => `notice: ${line}`));
  });

  test('a passing gate that comments on failures only has nothing to tell', async () => {
    const server = await start();
    const changes = {
      verdict: 'pass',
      checkRun: null,
      comment: { mode: 'on-failure', body: () => '' },
    } as const;
    const published = await publish(request(changes), deps(server, { fork: true }));
    expect(published.notices).toEqual([]);
  });

  test('pull_request_target has a token that writes', async () => {
    const server = await start();
    const published = await publish(
      request(),
      deps(server, { fork: true, eventName: 'pull_request_target' }),
    );
    expect(published.notices).toEqual([]);
    expect(server.state.comments).toHaveLength(1);
  });

  test('of private repositories are tried, and the refusal is explained', async () => {
    const server = await start();
    server.fail({
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    const published = await publish(request({ checkRun: null }), deps(server, { fork: true, private: true }));
    expect(published.notices).toEqual([
      'The pull request comment was not written: the token lacks the permission `pull-requests: write` ' +
        '(403 Resource not accessible by integration); pull requests from forks get a read-only token. ' +
        'The report is in the job summary.',
    ]);
  });
});

describe('each part fails for itself', () => {
  test('a missing permission is named by GitHub, the comment is written all the same', async () => {
    const server = await start();
    server.fail({
      operation: 'checks/create',
      fault: {
        kind: 'status',
        status: 403,
        message: 'Resource not accessible by integration',
        headers: { 'x-accepted-github-permissions': 'checks=write' },
      },
    });
    const published = await publish(request(), deps(server));
    expect(published.commentUrl).not.toBeNull();
    expect(published.checkRunUrl).toBeNull();
    expect(published.notices).toEqual([
      'The check run was not written: the token lacks the permission `checks: write` ' +
        '(403 Resource not accessible by integration). The report is in the job summary.',
    ]);
  });

  test('runs of Dependabot are explained', async () => {
    const server = await start();
    server.fail({
      fault: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    const published = await publish(request({ checkRun: null }), deps(server, { actor: 'dependabot[bot]' }));
    expect(published.notices[0]).toContain('runs started by Dependabot get a read-only token by default');
  });

  test('a locked conversation', async () => {
    const server = await start();
    server.state.locked.push(7);
    const published = await publish(request({ checkRun: null }), deps(server));
    expect(published.notices).toEqual([
      'The pull request comment was not written: the conversation is locked (403). The report is in the job summary.',
    ]);
  });

  test('an artifact that cannot be uploaded', async () => {
    const server = await start();
    const upload = async () => {
      throw Object.assign(new Error('Unable to make request: ECONNRESET'), {
        name: 'NetworkError',
        code: 'ECONNRESET',
      });
    };
    const published = await publish(request(), deps(server, {}, { upload }));
    expect(published.reportUrl).toBeNull();
    expect(published.commentUrl).not.toBeNull();
    expect(server.state.checkRuns[0]?.detailsUrl).toContain('/actions/runs/99/attempts/2');
    expect(published.notices).toEqual([
      'The report artifact validate-model-report was not uploaded: the artifact service could not be reached (ECONNRESET).',
    ]);
  });

  test('an artifact under another name', async () => {
    const server = await start();
    const upload = async ({ name }: { name: string }) => {
      if (name === 'validate-model-report') throw new Error('Failed request: (409) Conflict');
      return { id: 6000, digest: null };
    };
    const published = await publish(request(), deps(server, {}, { upload }));
    expect(published.artifactName).toBe('validate-model-report-7f3a');
    expect(published.notices[0]).toContain('was uploaded as validate-model-report-7f3a');
  });

  test('a text that cannot be rendered', async () => {
    const server = await start();
    const body = () => {
      throw new TypeError('defect');
    };
    const published = await publish(request({ comment: { mode: 'auto', body } }), deps(server));
    expect(published.notices).toEqual([
      'The pull request comment was not written: defect. The report is in the job summary.',
    ]);
    expect(published.checkRunUrl).not.toBeNull();
  });
});

describe('a GitHub that is down', () => {
  test.each([
    [
      '5xx',
      { kind: 'status', status: 500, message: 'Server Error' } as const,
      'GitHub answered 500 several times',
    ],
    ['lost connections', { kind: 'reset' } as const, 'was lost several times'],
  ])('%s: asked for the comment, not again for the check run', async (_, fault, expected) => {
    const server = await start();
    server.fail({ fault });
    const published = await publish(request(), deps(server));
    expect(published.notices[0]).toContain(expected);
    expect(published.notices[1]).toBe('The check run was not attempted for the same reason.');
    expect(server.count('checks/create')).toBe(0);
  });

  test('429 beyond the patience', async () => {
    const server = await start();
    const headers = { 'retry-after': '600' };
    server.fail({ fault: { kind: 'status', status: 429, message: 'Too Many Requests', headers } });
    const published = await publish(request({ checkRun: null }), deps(server));
    expect(published.notices).toEqual([
      'The pull request comment was not written: GitHub limits the rate of requests (429, retry after 600 s). ' +
        'The report is in the job summary.',
    ]);
  });
});

test('the annotations that did not arrive are counted', async () => {
  const server = await start();
  server.fail({
    operation: 'checks/update',
    fault: { kind: 'status', status: 422, message: 'Validation Failed' },
  });
  const annotations = Array.from({ length: 60 }, () => ({
    level: 'failure' as const,
    message: 'm',
    path: 'a',
  }));
  const published = await publish(
    request({ checkRun: { title: 't', summary: () => 's', annotations } }),
    deps(server),
  );
  expect(published.checkRunUrl).not.toBeNull();
  expect(published.notices).toEqual([
    'The check run shows 50 of 60 annotations: GitHub refused it (422): Validation Failed.',
  ]);
});

test('a comment event judges the head of the pull request', async () => {
  const server = await start();
  server.state.pulls.push({ number: 7, headSha: 'c'.repeat(40) });
  const context = {
    ...pullRequestContext(server.url),
    sha: null,
    pullRequest: { number: 7, headSha: null, fork: null },
  };
  await publish(request(), deps(server, {}, { context }));
  expect(server.state.checkRuns[0]?.headSha).toBe('c'.repeat(40));
});

test('without a token, one notice', async () => {
  const server = await start();
  const published = await publish(request(), deps(server, {}, { client: null }));
  expect(published.notices).toEqual([
    'No pull request comment and no check run written: `github-token` is empty. The report is in the job summary.',
  ]);
});

test('an event file that could not be read is told', async () => {
  const server = await start();
  const context = {
    ...pullRequestContext(server.url),
    pullRequest: null,
    notices: ['The event file is damaged.'],
  };
  const published = await publish(request({ checkRun: null }), deps(server, {}, { context }));
  expect(published.notices).toEqual(['The event file is damaged.']);
});

test('a push without check run asks nothing and needs no notice', async () => {
  const server = await start();
  const context = { ...pullRequestContext(server.url), pullRequest: null };
  const published = await publish(request({ checkRun: null, artifact: null }), deps(server, {}, { context }));
  expect(published.notices).toEqual([]);
  expect(server.received).toHaveLength(0);
});
