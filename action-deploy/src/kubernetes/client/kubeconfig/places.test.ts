/** Paths in a kubeconfig are relative to their own file, also where several files are merged; and the server sees who asks. */

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../../../../../test/support/certificates.ts';
import { KubeApi } from '../api.ts';
import { findConnection } from './index.ts';

const authority = makeCertificate({ commonName: 'authority' });
const serving = makeCertificate({ commonName: 'server', names: ['127.0.0.1'], authority });
const asking = makeCertificate({ commonName: 'octo', names: ['octo.example'], authority });
const { signal } = new AbortController();

let folder: string;
let server: Server;
let address: string;
/** Who asked: the common name of the client's certificate, and its header. */
let seen: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-places-'));
  server = createServer(
    {
      cert: serving.cert,
      key: serving.key,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      seen.push(`${subject?.CN ?? 'nobody'} ${request.headers.authorization ?? ''}`.trim());
      response.end('{"gitVersion":"v1.33.1"}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = `https://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
});
afterEach(() => server.closeAllConnections());
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** The cluster in one folder, the user in another. */
async function askAs(user: object): Promise<string[]> {
  seen = [];
  const cluster = { server: address, 'certificate-authority': 'pki/ca.crt' };
  await write('clusters/pki/ca.crt', authority.cert);
  await write(
    'clusters/config',
    JSON.stringify({
      'current-context': 'prod',
      clusters: [{ name: 'prod', cluster }],
      contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'octo' } }],
    }),
  );
  await write('users/config', JSON.stringify({ users: [{ name: 'octo', user }] }));
  const connection = await findConnection({
    env: { PATH: process.env.PATH, KUBECONFIG: 'clusters/config:users/config' },
    workspace: folder,
    clock: () => new Date(),
  });
  const api = new KubeApi(connection, { env: {}, sleep: async () => {}, tell: () => {} });
  try {
    expect(await api.version(signal)).toBe('1.33.1');
  } finally {
    api.close();
  }
  return seen;
}

test('a client certificate in files', async () => {
  await write('users/octo.crt', asking.cert);
  await write('users/octo.key', asking.key);
  expect(await askAs({ 'client-certificate': 'octo.crt', 'client-key': './octo.key' })).toEqual(['octo']);
});

test('data counts before a file, which need not be there', async () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const user = {
    'client-certificate': 'absent.crt',
    'client-certificate-data': base64(asking.cert),
    'client-key-data': base64(asking.key),
  };
  expect(await askAs(user)).toEqual(['octo']);
});

test('a token in a file counts before the one beside it', async () => {
  await write('users/token', 'of-the-file\n');
  expect(await askAs({ token: 'of-the-config', tokenFile: 'token' })).toEqual(['nobody Bearer of-the-file']);
});

test.each(['v1', 'v1beta1'])('an exec plugin of the version %s', async (version) => {
  const apiVersion = `client.authentication.k8s.io/${version}`;
  const answer = JSON.stringify({
    apiVersion,
    kind: 'ExecCredential',
    status: { token: `of-${version}`, expirationTimestamp: '2999-01-01T00:00:00Z' },
  });
  await write('users/bin/login', `#!/bin/sh\necho '${answer}'\n`);
  await chmod(join(folder, 'users/bin/login'), 0o755);
  const exec = { apiVersion, command: './bin/login', interactiveMode: 'IfAvailable' };
  expect(await askAs({ exec })).toEqual([`nobody Bearer of-${version}`]);
});

test('nobody in particular', async () => {
  expect(await askAs({})).toEqual(['nobody']);
});
