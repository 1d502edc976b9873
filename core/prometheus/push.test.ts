import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { RunError } from '../inputs/index.ts';
import { type PushOptions, pushMetrics, pushProblem } from './push.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A gateway that answers as told, the last answer again and again. */
async function gateway(...answers: ((response: ServerResponse) => void)[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answers[Math.min(seen.length, answers.length) - 1]?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const answer =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };

const waits: number[] = [];
afterEach(() => {
  waits.length = 0;
});

function push(url: string, options: PushOptions = {}): Promise<void> {
  const sleep = async (milliseconds: number) => waits.push(milliseconds);
  return pushMetrics(
    'x 1\n',
    { url: new URL(url), job: 'a-job', labels: { model: 'm/1' } },
    { sleep, ...options },
  );
}

/** What a failed push says, without the address that it begins with. */
async function said(url: string, options?: PushOptions): Promise<string> {
  const error: unknown = await push(url, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof RunError)) throw new Error(`not refused: ${String(error)}`);
  const base = new URL(url);
  const shown = `${base.origin}${base.pathname}`.replace(/\/+$/, '');
  expect(error.message.startsWith(`${shown} `), error.message).toBe(true);
  return error.message.slice(shown.length + 1);
}

test('one PUT of the text, to the path of the group below the base', async () => {
  const { host, seen } = await gateway(answer(200));
  await push(`http://${host}/behind/a/prefix/`);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    method: 'PUT',
    url: '/behind/a/prefix/metrics/job/a-job/model@base64/bS8x',
    body: 'x 1\n',
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
  expect(seen[0]?.headers.authorization).toBeUndefined();
});

test('202, the answer of old gateways, is a success', async () => {
  const { host } = await gateway(answer(202));
  await expect(push(`http://${host}`)).resolves.toBeUndefined();
});

describe('user name and password of the address', () => {
  test.each([
    ['me:secret', 'me:secret'],
    ['me:50%', 'me:50%'],
    ['m%40e:p%C3%A4ss%3A', 'm@e:päss:'],
    ['me', 'me:'],
    [':token', ':token'],
  ])('%s is sent as basic auth', async (info, pair) => {
    const { host, seen } = await gateway(answer(200));
    await push(`http://${info}@${host}`);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(pair).toString('base64')}`);
  });

  test('no message shows them, though the gateway repeats them', async () => {
    const echo = `authorization: Basic ${Buffer.from('me:s3/cret').toString('base64')} s3/cret s3%2Fcret`;
    const { host } = await gateway(answer(400, echo));
    expect(await said(`http://me:s3%2Fcret@${host}`)).toBe('answers 400: authorization: Basic *** *** ***');
  });
});

describe('what the gateway answers', () => {
  test.each([
    [400, 'pushed metrics are\n  invalid: bad', 'answers 400: pushed metrics are invalid: bad'],
    [400, '', 'answers 400'],
    [400, '\u001b[31m::error::x\u202e', 'answers 400: ‹U+001B›[31m::error::x‹U+202E›'],
    [401, 'Unauthorized', 'answers 401: Unauthorized; a user name and password can stand in the address'],
    [404, 'not here', 'answers 404: not here; no Pushgateway takes pushes below this address'],
    [405, '', 'answers 405; no Pushgateway takes pushes below this address'],
    [500, 'oh', 'answers 500: oh'],
  ])('%d with %j', async (status, body, expected) => {
    const { host, seen } = await gateway(answer(status, body));
    expect(await said(`http://${host}`)).toBe(expected);
    expect(seen).toHaveLength(1);
  });

  test('a wrong password is said to be wrong', async () => {
    const { host } = await gateway(answer(401));
    expect(await said(`http://me:wrong@${host}`)).toBe(
      'answers 401; it does not accept the user name and password of the address',
    );
  });

  test('a long answer is cut', async () => {
    const { host } = await gateway(answer(400, 'x'.repeat(1_000_000)));
    expect(await said(`http://${host}`)).toBe(`answers 400: ${'x'.repeat(300)}…`);
  });

  test('a web page is no success', async () => {
    const { host } = await gateway(answer(200, '<form>', { 'content-type': 'text/html; charset=utf-8' }));
    expect(await said(`http://${host}`)).toBe('answers 200 with a web page: it is not a Pushgateway');
  });

  test.each([
    ['https://gateway.test/metrics/job/a-job/model@base64/bS8x', ' to https://gateway.test'],
    ['https://u:p@login.test/start?token=t#f', ' to https://login.test/start'],
    ['/moved/metrics/job/a-job/model@base64/bS8x', ' to http://HOST/moved'],
    ['http://[', ''],
  ])('a redirect to %s is not followed', async (location, shown) => {
    const { host, seen } = await gateway(answer(307, '', { location }), answer(200));
    const expected = `answers 307, a redirect${shown.replace('HOST', host)}; it is not followed`;
    expect(await said(`http://me:secret@${host}`)).toBe(expected);
    expect(seen).toHaveLength(1);
  });
});

describe('repeated', () => {
  test.each([429, 502, 503, 504])('after %d, twice', async (status) => {
    const { host, seen } = await gateway(answer(status), answer(status), answer(200));
    await push(`http://${host}`);
    expect(seen).toHaveLength(3);
    expect(waits).toEqual([1000, 2000]);
  });

  test('after a lost connection', async () => {
    const { host, seen } = await gateway((response) => response.destroy(), answer(200));
    await push(`http://${host}`);
    expect(seen).toHaveLength(2);
  });

  test('not for ever', async () => {
    const { host, seen } = await gateway(answer(503, 'starting'));
    expect(await said(`http://${host}`)).toBe('answers 503: starting');
    expect(seen).toHaveLength(3);
  });
});

describe('no answer', () => {
  test('nobody listens', async () => {
    const { host } = await gateway(answer(200));
    for (const stop of stops.splice(0)) await stop();
    expect(await said(`http://me:secret@${host}`)).toBe('refuses the connection');
    expect(waits).toHaveLength(2);
  });

  test('a name that nobody knows', async () => {
    expect(await said('http://pushgateway.invalid:9091')).toMatch(/^cannot be reached: /);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['silence', () => {}],
    ['an answer that does not end', (response) => response.writeHead(400).write('half an ')],
  ])('%s ends with the time, and is not tried again', async (_, behave) => {
    const { host, seen } = await gateway(behave);
    expect(await said(`http://${host}`, { timeoutMilliseconds: 200 })).toBe('did not answer within 0.2 s');
    expect(seen).toHaveLength(1);
  });
});

describe('the address as an input', () => {
  test.each([
    'http://gateway:9091',
    'http://gateway:9091/',
    'https://me:secret@example.org/pushgateway/',
    'https://example.org/metrics-gateway',
  ])('%s is taken', (url) => {
    expect(pushProblem(new URL(url))).toBeNull();
  });

  test.each([
    ['http://me:secret@gateway:9091/metrics', 'http://gateway:9091'],
    ['http://gateway:9091/a/metrics/job/drift', 'http://gateway:9091/a'],
    ['http://gateway:9091/metrics/', 'http://gateway:9091'],
  ])('%s names its /metrics', (url, nearest) => {
    expect(pushProblem(new URL(url))).toMatchObject({
      message: 'the address names its /metrics; job and labels are added to the base',
      nearest,
    });
  });

  test.each(['http://gateway:9091/?token=x', 'http://gateway:9091/#x'])(
    '%s has a place for no push',
    (url) => {
      const problem = pushProblem(new URL(url));
      expect(problem?.message).toContain('a query or a fragment');
      expect(JSON.stringify(problem)).not.toContain('token');
    },
  );
});
