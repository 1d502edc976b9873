import { describe, expect, test } from 'vitest';
import { readContext } from './context.ts';

const ENV = {
  GITHUB_REPOSITORY: 'octo/models',
  GITHUB_SHA: 'merge',
  GITHUB_RUN_ID: '99',
  GITHUB_EVENT_PATH: 'event.json',
};

function read(eventName: string, payload: unknown, env: Record<string, string | undefined> = {}) {
  return readContext({ ...ENV, GITHUB_EVENT_NAME: eventName, ...env }, () => JSON.stringify(payload));
}

const pull = (head: object | null, base = 'octo/models') => ({
  pull_request: { number: 7, head: { sha: 'head', repo: head }, base: { repo: { full_name: base } } },
});

describe('the commit that was judged', () => {
  test('of a pull request is its head, not the merge commit of GITHUB_SHA', () => {
    expect(read('pull_request', pull({ full_name: 'octo/models' })).sha).toBe('head');
  });

  test('of a push is GITHUB_SHA', () => {
    expect(read('push', { after: 'x' }).sha).toBe('merge');
  });

  test('of a comment is unknown, because GITHUB_SHA is the default branch', () => {
    const context = read('issue_comment', { issue: { number: 7, pull_request: { url: 'x' } } });
    expect(context.sha).toBeNull();
    expect(context.pullRequest).toEqual({ number: 7, headSha: null, fork: null });
  });

  test('of a workflow run is the head of that run', () => {
    const context = read('workflow_run', { workflow_run: { head_sha: 'run-head', pull_requests: [] } });
    expect(context.sha).toBe('run-head');
    expect(context.pullRequest).toBeNull();
  });
});

describe('the pull request', () => {
  test('a comment on an issue that is not a pull request has none', () => {
    expect(read('issue_comment', { issue: { number: 7 } }).pullRequest).toBeNull();
  });

  test('of a workflow run is the one of this repository at this head', () => {
    const of = (number: number, sha: string, id: number) => ({
      number,
      head: { sha },
      base: { repo: { id } },
    });
    const context = read('workflow_run', {
      repository: { id: 1 },
      workflow_run: { head_sha: 'h', pull_requests: [of(3, 'h', 2), of(4, 'old', 1), of(5, 'h', 1)] },
    });
    expect(context.pullRequest?.number).toBe(5);
    expect(context.notices).toEqual(['The workflow run belongs to 2 pull requests; the report goes to #5.']);
  });
});

describe('forks', () => {
  test.each([
    ['same repository', 'pull_request', { full_name: 'octo/models' }, false, false, false],
    ['fork', 'pull_request', { full_name: 'mallory/models' }, false, true, true],
    ['deleted fork', 'pull_request', null, false, true, true],
    ['fork, pull_request_target', 'pull_request_target', { full_name: 'mallory/models' }, false, true, false],
    ['fork of a private repository', 'pull_request', { full_name: 'mallory/models' }, true, true, false],
  ])('%s', (_, eventName, head, isPrivate, fork, readOnly) => {
    const context = read(eventName, { ...pull(head), repository: { private: isPrivate } });
    expect(context.pullRequest?.fork).toBe(fork);
    expect(context.readOnlyToken).toBe(readOnly);
  });
});

describe('the branch or tag', () => {
  test.each([
    ['refs/heads/main', 'main'],
    ['refs/heads/feature/x', 'feature/x'],
    ['refs/tags/v1', 'v1'],
    ['refs/pull/7/merge', null],
    [undefined, null],
  ])('%s: %s', (ref, expected) => {
    expect(read('schedule', {}, { GITHUB_REF: ref }).ref).toBe(expected);
  });
});

describe('the run', () => {
  test('later attempts have their own address', () => {
    expect(read('push', {}).run?.url).toBe('https://github.com/octo/models/actions/runs/99');
    expect(read('push', {}, { GITHUB_RUN_ATTEMPT: '2' }).run).toEqual({
      id: 99,
      attempt: 2,
      url: 'https://github.com/octo/models/actions/runs/99/attempts/2',
    });
  });

  test('GitHub Enterprise has its own addresses', () => {
    const context = read(
      'push',
      {},
      { GITHUB_API_URL: 'https://ghe/api/v3/', GITHUB_SERVER_URL: 'https://ghe' },
    );
    expect(context.apiUrl).toBe('https://ghe/api/v3');
    expect(context.run?.url).toBe('https://ghe/octo/models/actions/runs/99');
  });

  test('outside GitHub there is nothing, and nothing fails', () => {
    const context = readContext({}, () => {
      throw new Error('not called');
    });
    expect(context).toMatchObject({ repo: null, sha: null, run: null, pullRequest: null, notices: [] });
  });
});

describe('the event file', () => {
  test.each(['', '{', '[]', 'null', '"x"', '\u0000'])('%j is no event: a notice, no error', (content) => {
    const context = readContext({ ...ENV, GITHUB_EVENT_NAME: 'push' }, () => content);
    expect(context.notices).toEqual([
      'The event file event.json is not a JSON object; pull request comments are not possible in this run.',
    ]);
    expect(context.sha).toBe('merge');
  });

  test('a missing one is a notice', () => {
    const context = readContext({ ...ENV, GITHUB_EVENT_NAME: 'pull_request' }, () => {
      throw new Error('ENOENT');
    });
    expect(context.notices[0]).toContain('event.json cannot be read');
  });

  test.each([
    { pull_request: [] },
    { pull_request: { number: '7; rm' } },
    { pull_request: { number: -1 } },
    { pull_request: 'x' },
  ])('%j names no pull request', (payload) => {
    expect(read('pull_request', payload).pullRequest).toBeNull();
  });
});
