import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { podConnection } from './pod-account.ts';

let folder: string;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-account-'));
  now = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inPod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
const { signal } = new AbortController();

async function connect(
  files: Readonly<Record<string, string>>,
  env: Record<string, string> = inPod,
): Promise<Connection | null> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return podConnection({ env, workspace: folder, clock: () => new Date(now) }, folder);
}

const mounted = { token: 'first\n', 'ca.crt': 'CA', namespace: 'runners\n' };

test('the account of the pod, in its own namespace', async () => {
  const connection = await connect(mounted);
  expect(connection).toMatchObject({
    server: new URL('https://10.0.0.1'),
    ca: 'CA',
    insecure: false,
    namespace: 'runners',
    shown: "the pod's service account",
    notices: [],
  });
  expect(await connection?.credentials.get(signal)).toEqual({
    authorization: 'Bearer first',
    certificate: null,
  });
});

test('the kubelet exchanges the token: it is read once a minute', async () => {
  const connection = await connect(mounted);
  const token = async () => (await connection?.credentials.get(signal))?.authorization;
  expect(await token()).toBe('Bearer first');
  await writeFile(join(folder, 'token'), 'second');
  now += 59_000;
  expect(await token()).toBe('Bearer first');
  now += 1000;
  expect(await token()).toBe('Bearer second');
});

test.each([
  ['10.0.0.1', '6443', 'https://10.0.0.1:6443/'],
  ['fd00::1', '443', 'https://[fd00::1]/'],
  ['kubernetes.default', '443', 'https://kubernetes.default/'],
])('the server %s port %s is at %s', async (host, port, expected) => {
  const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  expect((await connect(mounted, env))?.server.href).toBe(expected);
});

test('without a namespace or an authority in its folder', async () => {
  expect(await connect({ token: 'first' })).toMatchObject({ ca: null, namespace: null });
});

test('outside a pod there is none', async () => {
  expect(await connect(mounted, {})).toBeNull();
  expect(await connect(mounted, { KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toBeNull();
});

test('a pod that gets no token', async () => {
  await expect(connect({ 'ca.crt': 'CA' })).rejects.toThrow(
    'the job runs in a pod without the token of a service account (automountServiceAccountToken), and no kubeconfig is there',
  );
});

test.each([
  ['is taken away', null, "the token file of the pod's service account cannot be read: ENOENT"],
  ['becomes empty', ' \n', "the token file of the pod's service account is empty"],
])('a token that %s', async (_name, text, message) => {
  const connection = await connect(mounted);
  if (text === null) await rm(join(folder, 'token'));
  else await writeFile(join(folder, 'token'), text);
  await expect(connection?.credentials.get(signal)).rejects.toThrow(
    expect.objectContaining({ name: 'RunError', message }),
  );
});
