/** The client against a server that answers what it is told to; it does not know Kubernetes. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure, type Server as SecureServer } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { RunError } from '../../../../core/inputs/index.ts';
import { makeCertificate } from '../../../../test/support/certificates.ts';
import { KubeApi } from './api.ts';
import type { Connection } from './connection.ts';
import { bearer, type Credentials, fixedCredentials } from './credentials.ts';
import { ApiFailure } from './failure.ts';
import { Mirror } from './mirror.ts';
import { pods } from './resources.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const authority = makeCertificate({ commonName: 'authority' });
const { cert, key } = makeCertificate({
  commonName: 'server',
  names: ['127.0.0.1', 'kubernetes'],
  authority,
});
const { signal } = new AbortController();
const servers: (Server | SecureServer)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server | SecureServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Served {
  readonly api: KubeApi;
  readonly asked: string[];
  readonly pauses: number[];
}

/** Answers in turn; the last one again and again. */
async function serve(
  answers: readonly Answer[],
  {
    credentials,
    connection = {},
    env = {},
  }: { credentials?: Credentials; connection?: Partial<Connection>; env?: Record<string, string> } = {},
): Promise<Served> {
  const asked: string[] = [];
  const port = await listen(
    createSecure({ cert, key }, (request, response) => {
      asked.push(
        `${request.method} ${decodeURIComponent(request.url ?? '')} ${request.headers.authorization ?? ''}`.trim(),
      );
      (answers[asked.length - 1] ?? answers.at(-1))?.(request, response);
    }),
  );
  const pauses: number[] = [];
  const whole: Connection = {
    server: new URL(`https://127.0.0.1:${port}`),
    ca: authority.cert,
    insecure: false,
    serverName: null,
    proxy: null,
    credentials: credentials ?? fixedCredentials({ authorization: null, certificate: null }),
    impersonation: {},
    namespace: null,
    shown: 'context test',
    notices: [],
    ...connection,
  };
  const sleep = async (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
  };
  return { api: new KubeApi(whole, { env, sleep, tell: () => {} }), asked, pauses };
}

const says =
  (body: unknown, status = 200, headers = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
const hangsUp: Answer = (request) => request.socket.destroy();
const pod = (name: string, resourceVersion = '1'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, resourceVersion },
});
const status = (code: number, message: string, more = {}): object => ({
  kind: 'Status',
  code,
  message,
  ...more,
});

describe('repetitions', () => {
  test('429 as long as it says, 503 and lost connections a little longer each time', async () => {
    const { api, pauses } = await serve([
      says(status(429, 'slow down'), 429, { 'retry-after': '3' }),
      says({}, 503),
      hangsUp,
      says(pod('a')),
    ]);
    expect((await api.get(pods, 'prod', 'a', signal))?.metadata.name).toBe('a');
    expect(pauses).toEqual([3000, 500, 1000]);
  });

  test('not without end', async () => {
    const { api, asked } = await serve([says(status(503, 'etcd is away'), 503)]);
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.toThrow(
      'the API server does not get pods "a" in namespace prod (503, after several attempts): etcd is away',
    );
    expect(asked).toHaveLength(6);
  });

  test.each([400, 403, 409, 422])('not after %d', async (code) => {
    const { api, asked } = await serve([says(status(code, 'no'), code)]);
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [
      'of the cloud',
      new Error('Token is expired'),
      'the credentials of context test cannot be had: Token is expired',
    ],
    [
      'of a plugin',
      new RunError('the exec plugin aws has ended with 255'),
      'the exec plugin aws has ended with 255',
    ],
  ])('credentials %s that cannot be had are a failure of the call', async (_of, error, message) => {
    const credentials: Credentials = { get: () => Promise.reject(error), renew: () => false };
    const { api } = await serve([says(pod('a'))], { credentials });
    const failed = api.get(pods, 'ml', 'a', signal);
    await expect(failed).rejects.toBeInstanceOf(ApiFailure);
    await expect(failed).rejects.toMatchObject({ code: null, reason: 'Credentials', message });
    const watched = api.watch(pods, 'ml', {}, '1', signal).next();
    await expect(watched).rejects.toMatchObject({ code: null, reason: 'Credentials', message });
  });

  test('after one 401 with new credentials', async () => {
    let count = 0;
    const credentials: Credentials = {
      get: async () => ({ authorization: bearer(`token-${count}`), certificate: null }),
      renew: () => {
        count += 1;
        return true;
      },
    };
    const { api, asked } = await serve([says({}, 401), says(pod('a'))], { credentials });
    await api.get(pods, 'prod', 'a', signal);
    expect(asked.map((line) => line.split(' ').at(-1))).toEqual(['token-0', 'token-1']);
  });

  test('an aborted signal ends a call that hangs', async () => {
    const { api } = await serve([() => {}]);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 20);
    await expect(api.get(pods, 'prod', 'a', cancel.signal)).rejects.toMatchObject({ reason: 'CANCELLED' });
  });
});

describe('lists', () => {
  test('page by page, and from the first one when a page is too old', async () => {
    const { api, asked } = await serve([
      says({ items: [{ metadata: { name: 'a' } }], metadata: { continue: 'next', resourceVersion: '5' } }),
      says(status(410, 'too old'), 410),
      says({ items: [{ metadata: { name: 'a' } }], metadata: { continue: 'more', resourceVersion: '6' } }),
      says({ items: [{ metadata: { name: 'b' } }], metadata: { resourceVersion: '6' } }),
    ]);
    const { items, resourceVersion } = await api.list(pods, 'prod', { labels: 'app=web' }, signal);
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Pod a', 'Pod b']);
    expect(resourceVersion).toBe('6');
    expect(asked[1]).toBe('GET /api/v1/namespaces/prod/pods?labelSelector=app=web&limit=500&continue=next');
  });
});

describe('watches', () => {
  const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
  const watched =
    (...lines: string[]): Answer =>
    (_request, response) => {
      response.writeHead(200);
      for (const line of lines) response.write(line);
      response.end();
    };
  const list = (version: string, ...items: object[]): Answer =>
    says({ items, metadata: { resourceVersion: version } });

  /** Follows until the server was asked so often. */
  async function follow(
    answers: readonly Answer[],
    requests: number,
  ): Promise<{ names: string[]; asked: string[] }> {
    const { api, asked } = await serve([...answers, () => {}]);
    const end = new AbortController();
    const mirror = await Mirror.start(api, {
      resource: pods,
      namespace: 'prod',
      selection: {},
      sleep: async () => {},
      changed: () => {},
      signal: end.signal,
    });
    while (asked.length < requests) await sleepFor(5);
    const names = mirror.all.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
    end.abort();
    const versions = asked.map((line) =>
      line.includes('watch=true') ? `from ${/resourceVersion=(\w*)/.exec(line)?.[1]}` : 'list',
    );
    return { names, asked: versions };
  }

  test('follow what is added, changed and deleted, and go on where they ended', async () => {
    const { names, asked } = await follow(
      [
        list('10', pod('a'), pod('b')),
        watched(
          event('ADDED', pod('c', '11')),
          event('MODIFIED', pod('a', '12')),
          event('DELETED', pod('b', '13')),
        ),
        watched(event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '20' } })),
      ],
      4,
    );
    expect(names).toEqual(['a@12', 'c@11']);
    expect(asked).toEqual(['list', 'from 10', 'from 13', 'from 20']);
  });

  test('begin anew where the server has forgotten', async () => {
    const { names, asked } = await follow(
      [
        list('10', pod('a')),
        watched(event('ERROR', status(410, 'too old resource version'))),
        list('30', pod('d')),
        says(status(410, 'gone'), 410),
        list('40', pod('e')),
      ],
      6,
    );
    expect(names).toEqual(['e@1']);
    expect(asked).toEqual(['list', 'from 10', 'list', 'from 30', 'list', 'from 40']);
  });

  test('look anew after a lost connection, in the middle of a line too', async () => {
    const cutOff: Answer = (request, response) => {
      response.writeHead(200);
      response.write('{"type":"ADD', () => request.socket.destroy());
    };
    const { names, asked } = await follow([list('10', pod('a')), cutOff, list('11', pod('b'))], 4);
    expect(names).toEqual(['b@1']);
    expect(asked).toEqual(['list', 'from 10', 'list', 'from 11']);
  });
});

describe('trust', () => {
  test('a name that the certificate does not have', async () => {
    const { api } = await serve([says(pod('a'))], { connection: { serverName: 'elsewhere' } });
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.toThrow(
      /^the API server https:\/\/127\.0\.0\.1:\d+ \(context test\) has a certificate for other names: .*; tls-server-name says which to expect$/,
    );
  });

  test('the name that tls-server-name says', async () => {
    const { api } = await serve([says(pod('a'))], { connection: { serverName: 'kubernetes' } });
    expect(await api.get(pods, 'prod', 'a', signal)).not.toBeNull();
  });

  test('an authority that is not known, once and for all', async () => {
    const { api, pauses } = await serve([says(pod('a'))], { connection: { ca: null } });
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.toThrow(/certificate that is not trusted/);
    expect(pauses).toEqual([]);
  });

  test('no trust is wanted', async () => {
    const { api } = await serve([says(pod('a'))], { connection: { ca: null, insecure: true } });
    expect(await api.get(pods, 'prod', 'a', signal)).not.toBeNull();
  });

  test('nobody listens', async () => {
    const { api } = await serve([], { connection: { server: new URL('https://127.0.0.1:1') } });
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.toThrow(
      'the API server https://127.0.0.1:1 (context test) refuses the connection',
    );
  });
});

describe('proxies', () => {
  async function proxy(code = 200): Promise<{ url: URL; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer();
    server.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      if (code !== 200) {
        socket.end(`HTTP/1.1 ${code} No\r\n\r\n`);
        return;
      }
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket);
        socket.pipe(onward);
      });
      socket.once('error', () => onward.destroy());
      onward.once('error', () => socket.destroy());
      socket.once('close', () => onward.destroy());
    });
    return { url: new URL(`http://octo:p%40ss@127.0.0.1:${await listen(server)}`), asked };
  }

  test('the server is reached through it, with TLS from end to end', async () => {
    const { url, asked } = await proxy();
    const { api } = await serve([says(pod('a'))], { connection: { proxy: url } });
    expect(await api.get(pods, 'prod', 'a', signal)).not.toBeNull();
    expect(asked).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ Basic b2N0bzpwQHNz$/)]);
  });

  test('its refusal is told without its password', async () => {
    const { url } = await proxy(407);
    const { api } = await serve([says(pod('a'))], { connection: { proxy: url } });
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.toThrow(
      /cannot be reached: it answers 407 to CONNECT/,
    );
    await expect(api.get(pods, 'prod', 'a', signal)).rejects.not.toThrow(/p%40ss|p@ss/);
  });

  test('that of the environment is not for the loopback', async () => {
    const { api } = await serve([says(pod('a'))], { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } });
    expect(await api.get(pods, 'prod', 'a', signal)).not.toBeNull();
  });
});
