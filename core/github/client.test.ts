import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../test/support/github-server.ts';
import {
  pullRequestContext,
  recordingLog,
  serverForTests,
  testClient,
} from '../../test/support/github-setup.ts';
import type { ClientOptions, GitHubClient } from './client.ts';
import { describeFailure } from './failure.ts';

const start = serverForTests();

async function list(client: GitHubClient): Promise<string> {
  try {
    await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner: 'octo',
      repo: 'models',
      issue_number: 7,
    });
    return 'done';
  } catch (error) {
    const context = pullRequestContext('https://api.github.test');
    return describeFailure(error, { context, permission: 'pull-requests: write', secrets: ['test-token'] })
      .reason;
  }
}

async function attempts(fault: Omit<Fault, 'operation'>, options: Partial<ClientOptions> = {}) {
  const server = await start();
  server.fail(fault);
  const log = recordingLog();
  const result = await list(testClient(server, { log, ...options }));
  return { result, count: server.count('issues/list-comments'), lines: log.lines };
}

const status = (code: number, message: string, headers: Record<string, string> = {}): Fault['fault'] => ({
  kind: 'status',
  status: code,
  message,
  headers,
});

describe('a passing trouble is overcome', () => {
  test.each([
    ['502', status(502, 'Bad Gateway'), 3],
    ['a lost connection', { kind: 'reset' } as const, 3],
    ['an answer that is cut off', { kind: 'cut' } as const, 3],
    ['429 with retry-after', status(429, 'Too Many Requests', { 'retry-after': '7' }), 2],
    ['403 with retry-after', status(403, 'Slow down', { 'retry-after': '7' }), 2],
    ['a secondary limit', status(403, 'You have exceeded a secondary rate limit', { 'retry-after': '7' }), 2],
  ])('%s', async (_, fault, times) => {
    const { result, count } = await attempts({ fault, times });
    expect(result).toBe('done');
    expect(count).toBe(times + 1);
  });

  test('the wait that GitHub asked for is told', async () => {
    const { lines } = await attempts({ fault: status(429, 'x', { 'retry-after': '7' }), times: 1 });
    expect(lines).toEqual([
      'info: GitHub limits requests: waiting 7 s before GET /repos/{owner}/{repo}/issues/{issue_number}/comments.',
    ]);
  });
});

describe('a lasting trouble ends', () => {
  test('5xx after 3 more attempts', async () => {
    const { result, count } = await attempts({ fault: status(503, 'Service Unavailable') });
    expect(count).toBe(4);
    expect(result).toBe('GitHub answered 503 several times');
  });

  test('lost connections after 3 more attempts', async () => {
    const { result, count } = await attempts({ fault: { kind: 'reset' } });
    expect(count).toBe(4);
    expect(result).toBe('the connection to api.github.test was lost several times');
  });

  test('answers that are cut off', async () => {
    const { result, count } = await attempts({ fault: { kind: 'cut' } });
    expect(count).toBe(4);
    expect(result).toBe('the connection to api.github.test was lost several times');
  });

  test('limits when the waits together would exceed the maximum', async () => {
    const { result, count, lines } = await attempts({ fault: status(429, 'x', { 'retry-after': '25' }) });
    expect(count).toBe(3);
    expect(lines).toHaveLength(2);
    expect(result).toBe('GitHub limits the rate of requests (429, retry after 25 s)');
  });

  test('limits that ask for more than the maximum at once', async () => {
    const { count } = await attempts({ fault: status(429, 'x', { 'retry-after': '61' }) });
    expect(count).toBe(1);
  });

  test('short waits without end', async () => {
    const { count } = await attempts({ fault: status(429, 'x', { 'retry-after': '1' }) });
    expect(count).toBe(5);
  });

  test('the hourly limit, reset in an hour', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600);
    const { result, count } = await attempts({
      fault: status(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': reset,
      }),
    });
    expect(count).toBe(1);
    expect(result).toBe('GitHub limits the rate of requests (403)');
  });

  test('an answer that does not come', async () => {
    const { result, count } = await attempts(
      { fault: { kind: 'slow', milliseconds: 400 } },
      { timeoutMs: 20 },
    );
    expect(count).toBe(4);
    expect(result).toBe('api.github.test did not answer in time');
  });

  test('a closed port', async () => {
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
    const address = socket.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => socket.close(resolve));
    const server = await start();
    const client = testClient(server, { apiUrl: `http://127.0.0.1:${port}` });
    expect(await list(client)).toBe('api.github.test refuses connections');
  });

  test('a name that does not resolve', async () => {
    const server = await start();
    const client = testClient(server, { apiUrl: 'http://github.invalid' });
    expect(await list(client)).toBe('the name api.github.test does not resolve');
  });
});

describe('what will not change is not asked again', () => {
  test.each([
    [401, 'Bad credentials', 'the token is not valid or has expired (401); check `github-token`'],
    [
      404,
      'Not Found',
      'GitHub answered 404: it is gone, or the token cannot see it; the job needs `pull-requests: write`',
    ],
    [410, 'This issue was deleted', 'GitHub refused it (410): This issue was deleted'],
    [422, 'Validation Failed', 'GitHub refused it (422): Validation Failed'],
    [
      403,
      'Resource not accessible by integration',
      'the token lacks the permission `pull-requests: write` (403 Resource not accessible by integration)',
    ],
  ])('%i', async (code, message, expected) => {
    const { result, count } = await attempts({ fault: status(code, message) });
    expect(count).toBe(1);
    expect(result).toBe(expected);
  });

  test('the permission is the one that GitHub names', async () => {
    const { result } = await attempts({
      fault: status(403, 'Resource not accessible by integration', {
        'x-accepted-github-permissions': 'issues=write; pull_requests=write,contents=read',
      }),
    });
    expect(result).toContain('`issues: write` or `pull-requests: write` and `contents: read`');
  });
});

test('an answer that repeats the token does not bring it into a message', async () => {
  const { result } = await attempts({ fault: status(422, 'bad header: token test-token') });
  expect(result).toBe('GitHub refused it (422): bad header: token ***');
});
