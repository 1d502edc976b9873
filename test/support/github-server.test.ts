import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GitHubServer, startGitHubServer } from './github-server.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGitHubServer();
});
afterEach(async () => {
  await server.close();
});

const HEADERS = {
  authorization: 'token test-token',
  accept: 'application/vnd.github+json',
  'user-agent': 'test',
  'x-github-api-version': '2022-11-28',
};
const COMMENTS = '/repos/octo/models/issues/7/comments';

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(`${server.url}${path}`, {
    method,
    headers: { ...HEADERS, ...type, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

test('what GitHub understands is no violation', async () => {
  expect((await call('POST', COMMENTS, { body: 'hello' })).status).toBe(201);
  expect((await call('GET', `${COMMENTS}?per_page=100&page=1`)).status).toBe(200);
  expect(() => server.expectNoViolations()).not.toThrow();
});

describe('what GitHub would not understand is a violation', () => {
  test.each([
    ['an unknown path', 'GET', '/repos/octo/models/nonsense', undefined, 'no such operation'],
    ['an unknown method', 'PUT', COMMENTS, { body: 'x' }, 'no such operation'],
    ['an unknown query parameter', 'GET', `${COMMENTS}?perpage=5`, undefined, 'no query parameter perpage'],
    ['too large pages', 'GET', `${COMMENTS}?per_page=500`, undefined, 'per_page is above 100'],
    ['a page that is no number', 'GET', `${COMMENTS}?page=x`, undefined, 'must be integer'],
    [
      'a path parameter that is no number',
      'GET',
      '/repos/octo/models/issues/x/comments',
      undefined,
      'integer',
    ],
    ['a missing body', 'POST', COMMENTS, undefined, 'the body is missing'],
    ['a missing property', 'POST', COMMENTS, {}, "must have required property 'body'"],
    ['a misspelt property', 'POST', COMMENTS, { body: 'x', bodyy: 'y' }, 'additional properties'],
    ['a wrong type', 'POST', COMMENTS, { body: 5 }, 'must be string'],
    ['a body that is not JSON', 'POST', COMMENTS, '{', 'not JSON'],
    [
      'a conclusion that does not exist',
      'POST',
      '/repos/octo/models/check-runs',
      { name: 'x', head_sha: 'y', conclusion: 'inconclusive' },
      'must be equal to one of the allowed values',
    ],
    [
      'more than 50 annotations',
      'POST',
      '/repos/octo/models/check-runs',
      { name: 'x', head_sha: 'y', output: { title: 't', summary: 's', annotations: annotations(51) } },
      'must NOT have more than 50 items',
    ],
    ['an operation without a handler', 'GET', '/repos/octo/models/labels', undefined, 'does not know it yet'],
  ])('%s', async (_, method, path, body, expected) => {
    await call(method, path, body);
    expect(server.violations.join('\n')).toContain(expected);
    expect(() => server.expectNoViolations()).toThrow(expected);
  });

  test.each([
    ['authorization', 'no token'],
    ['accept', 'accept is'],
    ['x-github-api-version', 'x-github-api-version is'],
  ])('a bad %s header', async (name, expected) => {
    await call('GET', COMMENTS, undefined, { [name]: 'text/html' });
    expect(server.violations.join('\n')).toContain(expected);
  });

  test('a form instead of JSON', async () => {
    await call('POST', COMMENTS, { body: 'x' }, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(server.violations.join('\n')).toContain('content-type');
  });
});

test('pages link to each other as GitHub links them', async () => {
  for (let i = 0; i < 5; i++) {
    server.state.comments.push({ id: i + 1, issue: 7, author: { login: 'ada', type: 'User' }, body: `${i}` });
  }
  const response = await call('GET', `${COMMENTS}?per_page=2&page=2`);
  const url = `${server.url}${COMMENTS}?per_page=2`;
  expect(response.headers.get('link')).toBe(
    `<${url}&page=1>; rel="prev", <${url}&page=1>; rel="first", <${url}&page=3>; rel="next", <${url}&page=3>; rel="last"`,
  );
  expect(((await response.json()) as { body: string }[]).map(({ body }) => body)).toEqual(['2', '3']);
});

test('an unknown token is refused, another repository is not found', async () => {
  const refused = await call('GET', COMMENTS, undefined, { authorization: 'token other' });
  expect(refused.status).toBe(401);
  expect((await call('GET', '/repos/octo/other/issues/7/comments')).status).toBe(404);
});

function annotations(count: number): unknown[] {
  return Array.from({ length: count }, () => ({
    path: 'a.csv',
    start_line: 1,
    end_line: 1,
    annotation_level: 'failure',
    message: 'm',
  }));
}
