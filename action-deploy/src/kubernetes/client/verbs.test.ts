/** What the client sends, and when it sends it again, against a server that notes all of it; it does not know Kubernetes. */

import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../../../test/support/certificates.ts';
import { KubeApi } from './api.ts';
import type { Connection } from './connection.ts';
import { fixedCredentials } from './credentials.ts';
import { Mirror } from './mirror.ts';
import type { Serves } from './options.ts';
import { pods } from './resources.ts';

const authority = makeCertificate({ commonName: 'authority' });
const usual = makeCertificate({ commonName: 'server', names: ['127.0.0.1'], authority });
const { signal } = new AbortController();
const deployments: Serves = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'prod' } };

interface Noted {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Status and body; null: the connection is lost once the request has come. */
type Answer = readonly [number, unknown] | null;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers in turn; the last one again and again. */
async function serve(
  answers: readonly Answer[],
  {
    certificate = usual,
    connection = {},
  }: { certificate?: typeof usual; connection?: Partial<Connection> } = {},
) {
  const noted: Noted[] = [];
  const server = createServer({ cert: certificate.cert, key: certificate.key }, async (request, response) => {
    const url = new URL(request.url ?? '', 'https://server');
    const answer = answers[Math.min(noted.length, answers.length - 1)] ?? null;
    const index = noted.length;
    noted.push({
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: '',
    });
    const body = await text(request);
    noted.splice(index, 1, { ...(noted[index] as Noted), body });
    if (answer === null) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer[0], { 'content-type': 'application/json' });
    response.end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const told: string[] = [];
  const whole: Connection = {
    server: new URL(`https://127.0.0.1:${port}`),
    ca: authority.cert,
    insecure: false,
    serverName: null,
    proxy: null,
    credentials: fixedCredentials({ authorization: 'Bearer secret-token', certificate: null }),
    impersonation: {},
    namespace: null,
    shown: 'context test',
    notices: [],
    ...connection,
  };
  const api = new KubeApi(whole, { env: {}, sleep: async () => {}, tell: (line) => told.push(line) });
  return { api, noted, told };
}

function status(code: number, message: string): Answer {
  return [code, { kind: 'Status', code, message }];
}

describe('what is sent', () => {
  test('server-side apply, strict and in the name of the action', async () => {
    const { api, noted } = await serve([[200, web]]);
    await api.apply(deployments, web, {}, signal);
    expect(noted).toMatchObject([
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/prod/deployments/web',
        query: { fieldManager: 'ml-gates-deploy', fieldValidation: 'Strict' },
        headers: { 'content-type': 'application/apply-patch+yaml', authorization: 'Bearer secret-token' },
      },
    ]);
    expect(Object.keys(noted[0]?.query ?? {})).toHaveLength(2);
    expect(JSON.parse(noted[0]?.body ?? '')).toEqual(web);
  });

  test('a trial, and fields taken over', async () => {
    const { api, noted } = await serve([[200, web]]);
    await api.apply(deployments, web, { dryRun: true, force: true }, signal);
    expect(noted[0]?.query).toMatchObject({ dryRun: 'All', force: 'true' });
  });

  test('a JSON patch', async () => {
    const { api, noted } = await serve([[200, web]]);
    const operations = [{ op: 'test', path: '/metadata/resourceVersion', value: '5' }];
    await api.patch(deployments, 'prod', 'web', operations, signal);
    expect(noted[0]).toMatchObject({
      method: 'PATCH',
      headers: { 'content-type': 'application/json-patch+json' },
    });
    expect(JSON.parse(noted[0]?.body ?? '')).toEqual(operations);
  });

  test('a deletion of just the object that was seen', async () => {
    const { api, noted } = await serve([[200, {}]]);
    await api.delete(deployments, 'prod', 'web', 'uid-1', signal);
    expect(noted[0]).toMatchObject({
      method: 'DELETE',
      path: '/apis/apps/v1/namespaces/prod/deployments/web',
    });
    expect(JSON.parse(noted[0]?.body ?? '')).toMatchObject({
      preconditions: { uid: 'uid-1' },
      propagationPolicy: 'Background',
    });
  });

  test('the log of a container before this one, its last lines alone', async () => {
    const { api, noted } = await serve([[200, 'one\ntwo\n\n']]);
    const options = { container: 'web', previous: true, lines: 20 };
    expect(await api.logs('prod', 'web-1', options, signal)).toEqual(['one', 'two']);
    expect(noted[0]).toMatchObject({
      path: '/api/v1/namespaces/prod/pods/web-1/log',
      query: { container: 'web', previous: 'true', tailLines: '20' },
    });
  });

  test('names are no paths', async () => {
    const { api, noted } = await serve([status(404, 'none')]);
    expect(await api.get(deployments, '../x', 'a/b?c', signal)).toBeNull();
    expect(noted[0]?.path).toBe('/apis/apps/v1/namespaces/..%2Fx/deployments/a%2Fb%3Fc');
  });

  test('below the path of a proxy for several clusters, as somebody else', async () => {
    const { api, noted } = await serve([[200, { gitVersion: 'v1.33.1-eks-abc' }]], {
      connection: { impersonation: { 'impersonate-user': 'octo', 'impersonate-group': ['a', 'b'] } },
    });
    const behind = new URL('/k8s/clusters/c-1/', api.connection.server);
    const { connection } = api;
    const nested = new KubeApi(
      { ...connection, server: behind },
      { env: {}, sleep: async () => {}, tell: () => {} },
    );
    expect(await nested.version(signal)).toBe('1.33.1-eks-abc');
    nested.close();
    expect(noted[0]).toMatchObject({
      path: '/k8s/clusters/c-1/version',
      headers: { 'impersonate-user': 'octo', 'impersonate-group': 'a, b' },
    });
  });
});

describe('when it is sent again', () => {
  test('an apply whose answer was lost: applied twice is applied once', async () => {
    const { api, noted, told } = await serve([null, [503, 'away'], [200, web]]);
    await api.apply(deployments, web, {}, signal);
    expect(noted.map(({ method, body }) => `${method} ${JSON.parse(body).metadata.name}`)).toEqual(
      Array(3).fill('PATCH web'),
    );
    expect(told).toHaveLength(2);
    expect(told.join('\n')).not.toContain('secret-token');
  });

  test('a deletion whose answer was lost: by then the object is gone, or another has its name', async () => {
    for (const end of [status(404, 'not found'), status(409, 'the UID in the precondition does not match')]) {
      const { api, noted } = await serve([null, end]);
      await api.delete(deployments, 'prod', 'web', 'uid-1', signal);
      expect(noted).toHaveLength(2);
    }
  });

  test.each([501, 505])('not after %d, which is the same each time', async (code) => {
    const { api, noted } = await serve([status(code, 'never')]);
    await expect(api.get(deployments, 'prod', 'web', signal)).rejects.toMatchObject({ code });
    expect(noted).toHaveLength(1);
  });

  test('not where credentials that cannot be had anew are refused', async () => {
    const { api, noted } = await serve([status(401, 'Unauthorized')]);
    const refused = api.get(deployments, 'prod', 'web', signal);
    await expect(refused).rejects.toThrow(
      /does not accept the credentials of context test \(401\): they are wrong, or have expired$/,
    );
    await refused.catch((error: Error) => expect(error.message).not.toContain('secret-token'));
    expect(noted).toHaveLength(1);
  });
});

describe('what is no Kubernetes', () => {
  test.each<[string, Answer, RegExp]>([
    ['a page', [200, '<html>Sign in</html>'], /answers what is no JSON: is its address right\?$/],
    ['other JSON', [200, { hello: 'world' }], /answers what is no object of Kubernetes$/],
  ])('%s', async (_name, answer, message) => {
    const { api } = await serve([answer]);
    await expect(api.get(deployments, 'prod', 'web', signal)).rejects.toThrow(message);
  });

  test('a certificate that has expired', async () => {
    const certificate = makeCertificate({
      commonName: 'server',
      names: ['127.0.0.1'],
      authority,
      notBefore: new Date(Date.now() - 20 * 24 * 3600 * 1000),
      notAfter: new Date(Date.now() - 10 * 24 * 3600 * 1000),
    });
    const { api, noted, told } = await serve([[200, web]], { certificate });
    await expect(api.get(deployments, 'prod', 'web', signal)).rejects.toThrow(
      /^the API server https:\/\/127\.0\.0\.1:\d+ \(context test\) has a certificate that has expired$/,
    );
    expect([noted, told]).toEqual([[], []]);
  });
});

describe('a watch is not asked for in a circle without a pause', () => {
  test.each<[string, readonly Answer[]]>([
    [
      'by a server that ends it at once',
      [
        [200, { items: [], metadata: { resourceVersion: '5' } }],
        [200, ''],
      ],
    ],
    [
      'by a server that has always forgotten',
      Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? ([200, { items: [], metadata: { resourceVersion: '5' } }] as const)
          : status(410, 'gone'),
      ),
    ],
  ])('%s', async (_name, answers) => {
    const { api, noted } = await serve(answers);
    const end = new AbortController();
    const pauses: number[] = [];
    await Mirror.start(api, {
      resource: pods,
      namespace: 'prod',
      selection: {},
      sleep: async (milliseconds) => {
        if (pauses.push(milliseconds) === 5) end.abort();
      },
      changed: () => {},
      signal: end.signal,
    });
    while (!end.signal.aborted && noted.length < 40) await sleepFor(2);
    end.abort();
    expect(pauses).toHaveLength(5);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    expect(noted.length).toBeLessThan(20);
  });
});
