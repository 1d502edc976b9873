import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from './credentials.ts';
import { execCredentials, readExecPlugin } from './exec-plugin.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugin-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const apiVersion = 'client.authentication.k8s.io/v1';
const { signal } = new AbortController();
const clusterInfo = { server: 'https://prod.example', 'certificate-authority-data': 'QUFB' };

/** A script that counts its runs in `runs` and writes what it is told to. */
async function plugin(
  script: string,
  { exec = {}, clock = () => new Date() }: { exec?: object; clock?: () => Date } = {},
): Promise<Credentials> {
  await rm(join(folder, 'runs'), { force: true });
  await writeFile(join(folder, 'login'), `#!/bin/sh\necho >> runs\n${script}\n`, { mode: 0o755 });
  const read = readExecPlugin({ apiVersion, command: './login', ...exec }, 'octo', folder, clusterInfo);
  return execCredentials(read, null, {
    env: { PATH: process.env.PATH, INPUT_SECRET: 'x' },
    workspace: folder,
    clock,
  });
}

const answer = (status: object, version = apiVersion): string =>
  `echo '${JSON.stringify({ apiVersion: version, kind: 'ExecCredential', status })}'`;

test('is told what it may know, and gives a token', async () => {
  const env = [{ name: 'AWS_PROFILE', value: 'prod' }];
  const credentials = await plugin(
    `echo "$KUBERNETES_EXEC_INFO $AWS_PROFILE $INPUT_SECRET $1" > told\n${answer({ token: 'abc' })}`,
    { exec: { env, args: ['--cluster'], provideClusterInfo: true } },
  );
  expect(await credentials.get(signal)).toEqual({ authorization: 'Bearer abc', certificate: null });
  const [info = '', ...rest] = (await readFile(join(folder, 'told'), 'utf8')).trim().split(' ');
  expect(JSON.parse(info)).toEqual({
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: clusterInfo },
  });
  // What is the action's own is not the plugin's.
  expect(rest).toEqual(['prod', '', '--cluster']);
});

test('is run again shortly before its credential ends, and after it was refused', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const credentials = await plugin(answer({ token: 'abc', expirationTimestamp: '2026-01-01T00:15:00Z' }), {
    clock: () => new Date(now),
  });
  const runs = async (): Promise<number> => {
    await credentials.get(signal);
    return (await readFile(join(folder, 'runs'), 'utf8')).length;
  };
  expect([await runs(), await runs()]).toEqual([1, 1]);
  now += 13 * 60_000;
  expect(await runs()).toBe(1);
  now += 90_000;
  expect(await runs()).toBe(2);
  expect(credentials.renew()).toBe(true);
  expect(await runs()).toBe(3);
});

test('several requests at once run it once', async () => {
  const credentials = await plugin(`sleep 0.1\n${answer({ token: 'abc' })}`);
  await Promise.all([credentials.get(signal), credentials.get(signal), credentials.get(signal)]);
  expect(await readFile(join(folder, 'runs'), 'utf8')).toHaveLength(1);
});

test('gives a certificate', async () => {
  const credentials = await plugin(answer({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }));
  expect(await credentials.get(signal)).toEqual({
    authorization: null,
    certificate: { cert: 'CERT', key: 'KEY' },
  });
});

describe('what goes wrong', () => {
  const what = "the exec plugin login of the kubeconfig's user octo";
  test.each([
    [
      'it fails',
      'echo "Error: no such profile" >&2; exit 3',
      `${what} ended with code 3: Error: no such profile`,
    ],
    ['it says nothing of use', 'echo hello', `${what} wrote no JSON`],
    ['something else', `echo '{"kind":"List"}'`, `${what} wrote no ExecCredential`],
    [
      'another version',
      answer({ token: 'a' }, 'client.authentication.k8s.io/v1beta1'),
      `${what} answers in the version client.authentication.k8s.io/v1beta1, and was asked in ${apiVersion}`,
    ],
    ['nothing', answer({}), `${what} gave neither a token nor a client certificate with its key`],
  ])('%s', async (_name, script, message) => {
    const credentials = await plugin(script);
    await expect(credentials.get(signal)).rejects.toThrow(
      new RegExp(`^${message.replaceAll(/[().]/g, '\\$&')}$`),
    );
  });

  test('it is not there: the hint is shown', async () => {
    const credentials = await plugin('', {
      exec: { command: 'no-such-login-program', installHint: 'install it with:\n  brew install it' },
    });
    await expect(credentials.get(signal)).rejects.toThrow(
      /^the exec plugin no-such-login-program of .* is not there; install it with: brew install it$/,
    );
  });

  test('it goes on for ever: a cancelled job ends it', async () => {
    const credentials = await plugin('sleep 100');
    const cancel = new AbortController();
    const given = credentials.get(cancel.signal);
    setTimeout(() => cancel.abort(), 50);
    await expect(given).rejects.toThrow(`${what} was stopped, as the job was cancelled`);
  });
});
