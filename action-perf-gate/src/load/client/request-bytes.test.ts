import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { RequestTemplate } from '../types.ts';
import { requestBytes } from './request-bytes.ts';

const get: RequestTemplate = {
  name: 'get',
  method: 'GET',
  path: '/a?b=1',
  headers: [],
  body: null,
  weight: 1,
};

/** What Node's own server understands. */
async function understood(
  template: RequestTemplate,
  url: string,
): Promise<Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { body: string }> {
  const server = createServer().listen(0, '127.0.0.1');
  try {
    await new Promise((ready) => server.once('listening', ready));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const got = new Promise<IncomingMessage & { body: string }>((done) => {
      server.on('request', async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        response.end();
        done(Object.assign(request, { body: Buffer.concat(chunks).toString() }));
      });
    });
    const socket = connect(address.port, '127.0.0.1');
    socket.write(requestBytes(template, new URL(url)));
    const { method, url: target, headers, body } = await got;
    socket.destroy();
    return { method, url: target, headers, body } as Awaited<ReturnType<typeof understood>>;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a request is what a server understands by it', async () => {
  const post: RequestTemplate = {
    ...get,
    method: 'POST',
    path: '/predict',
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Key', 'k'],
    ],
    body: new TextEncoder().encode('{"a":"ü"}'),
  };
  const seen = await understood(post, 'http://model.test:8000/v1/');
  expect(seen.method).toBe('POST');
  expect(seen.url).toBe('/v1/predict');
  expect(seen.body).toBe('{"a":"ü"}');
  expect(seen.headers).toMatchObject({
    host: 'model.test:8000',
    'content-type': 'application/json',
    'x-key': 'k',
    'content-length': '10',
  });
});

test('login in the URL becomes basic authentication, unless a header says else', async () => {
  const url = 'http://user:p%40ss@model.test/';
  expect((await understood(get, url)).headers.authorization).toBe(`Basic ${btoa('user:p@ss')}`);
  const own = { ...get, headers: [['Authorization', 'Bearer t']] as const };
  expect((await understood(own, url)).headers.authorization).toBe('Bearer t');
});

test.each([
  ['', 'http://h/base/x?q=1', '/base/x?q=1'],
  ['/x', 'http://h', '/x'],
  ['/x', 'http://h/base', '/base/x'],
  ['x', 'http://h/base/', '/base/x'],
  ['?q=2', 'http://h/base', '/base?q=2'],
  ['/x#part', 'http://h', '/x'],
])('path %j at %s is asked for as %s', async (path, url, target) => {
  expect((await understood({ ...get, path }, url)).url).toBe(target);
});

test('a request without a body says so where a body is usual', () => {
  const bytes = requestBytes({ ...get, method: 'POST' }, new URL('http://h'));
  expect(Buffer.from(bytes).toString()).toContain('content-length: 0\r\n');
  expect(Buffer.from(requestBytes(get, new URL('http://h'))).toString()).not.toContain('content-length');
});

test.each([
  [
    { headers: [['x', 'secret\r\nhost: other']] },
    'Request get: the value of the header x holds a line break or a character outside Latin-1.',
  ],
  [{ headers: [['x', 'secret\n']] }, /header x holds a line break/],
  [{ headers: [['x', 'secret\0']] }, /header x holds a line break/],
  [{ headers: [['x y', 'secret']] }, 'Request get: "x y" is not the name of a header.'],
  [{ headers: [['Content-Length', '5']] }, /Content-Length follows from the request/],
  [{ headers: [['transfer-encoding', 'chunked']] }, /transfer-encoding follows from the request/],
  [{ method: 'GET /x' }, /is not an HTTP method/],
  [{ path: '/a b' }, /its path holds a space/],
  [{ path: '/a\r\nb' }, /its path holds a space/],
] as const)('%j is refused, and no value is shown', (change, message) => {
  const build = (): Uint8Array => requestBytes({ ...get, ...change } as RequestTemplate, new URL('http://h'));
  expect(build).toThrow(message);
  expect(build).not.toThrow(/secret/);
});
