import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Connection } from '../connection.ts';
import { findConnection } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  await mkdir(join(folder, 'work'));
  await mkdir(join(folder, 'home', '.kube'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
const data = (text: string): string => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

function config({ cluster = {}, user = { token: 'secret' }, context = {} }: Parts = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    clusters: [{ name: 'prod', cluster: { server: 'https://prod.example:6443', ...cluster } }],
    users: [{ name: 'octo', user }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'octo', ...context } }],
  };
}

let count = 0;
async function connect(
  files: readonly (object | string)[],
  env: Record<string, string> = {},
): Promise<Connection> {
  const paths: string[] = [];
  for (const file of files) {
    count += 1;
    const path = join(folder, 'work', `config-${count}`);
    await writeFile(path, typeof file === 'string' ? file : stringify(file));
    paths.push(path);
  }
  const named = paths.length === 0 ? {} : { KUBECONFIG: paths.join(':') };
  return findConnection({
    env: { HOME: join(folder, 'home'), ...named, ...env },
    workspace: join(folder, 'work'),
    clock: () => new Date(),
  });
}

async function refused(
  files: readonly (object | string)[],
  env: Record<string, string> = {},
): Promise<string> {
  return connect(files, env).then(
    () => 'not refused',
    (error: Error) => {
      expect(error.name).toBe('RunError');
      expect(error.message).not.toContain(folder);
      return error.message.replaceAll(/config-\d+/g, 'config');
    },
  );
}

const credential = (connection: Connection) => connection.credentials.get(new AbortController().signal);

describe('what is read', () => {
  test('a context with a token', async () => {
    const connection = await connect([config({ context: { namespace: 'models' } })]);
    expect(connection).toMatchObject({
      server: new URL('https://prod.example:6443'),
      ca: null,
      insecure: false,
      serverName: null,
      proxy: null,
      namespace: 'models',
      notices: [],
    });
    expect(connection.shown).toMatch(/^context prod of config-\d+$/);
    expect(await credential(connection)).toEqual({ authorization: 'Bearer secret', certificate: null });
  });

  test('certificates in the file and beside it', async () => {
    await writeFile(join(folder, 'work', 'ca.pem'), pem('CERTIFICATE'));
    const connection = await connect([
      config({
        cluster: { 'certificate-authority': 'ca.pem', 'tls-server-name': 'kubernetes' },
        user: {
          'client-certificate-data': data(pem('CERTIFICATE')),
          'client-key-data': data(pem('PRIVATE KEY')),
        },
      }),
    ]);
    expect(connection).toMatchObject({ ca: pem('CERTIFICATE'), serverName: 'kubernetes' });
    expect(await credential(connection)).toEqual({
      authorization: null,
      certificate: { cert: pem('CERTIFICATE'), key: pem('PRIVATE KEY') },
    });
  });

  test('a user name and a password', async () => {
    const connection = await connect([config({ user: { username: 'octo', password: 'pa:ss' } })]);
    expect((await credential(connection)).authorization).toBe(`Basic ${data('octo:pa:ss')}`);
  });

  test('a token in a file, which is exchanged meanwhile', async () => {
    const path = join(folder, 'work', 'token');
    await writeFile(path, 'first\n');
    const connection = await connect([config({ user: { tokenFile: 'token' } })]);
    expect((await credential(connection)).authorization).toBe('Bearer first');
    await writeFile(path, 'second');
    expect((await credential(connection)).authorization).toBe('Bearer first');
    connection.credentials.renew();
    expect((await credential(connection)).authorization).toBe('Bearer second');
  });

  test('certificates that are not looked at: a notice', async () => {
    const { insecure, notices } = await connect([config({ cluster: { 'insecure-skip-tls-verify': true } })]);
    expect(insecure).toBe(true);
    expect(notices).toEqual([expect.stringContaining('has insecure-skip-tls-verify')]);
  });

  test('a proxy, and somebody to act as', async () => {
    const user = { token: 't', as: 'deployer', 'as-groups': ['a', 'b'], 'as-user-extra': { Scopes: ['x'] } };
    const connection = await connect([
      config({ cluster: { 'proxy-url': 'http://proxy.example:3128' }, user }),
    ]);
    expect(connection.proxy?.href).toBe('http://proxy.example:3128/');
    expect(connection.impersonation).toEqual({
      'impersonate-user': 'deployer',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-scopes': ['x'],
    });
  });

  test('several files: the first counts, and so does the first current-context', async () => {
    const other = { clusters: [{ name: 'prod', cluster: { server: 'https://first.example' } }] };
    const connection = await connect([other, config(), { 'current-context': 'other' }]);
    expect(connection.server.href).toBe('https://first.example/');
  });

  test('files that are not there are left out where one is', async () => {
    const path = join(folder, 'work', 'present');
    await writeFile(path, stringify(config()));
    const connection = await connect([], { KUBECONFIG: `${join(folder, 'absent')}:${path}` });
    expect(connection.shown).toBe('context prod of present');
  });

  test('the one at home', async () => {
    const path = join(folder, 'home', '.kube', 'config');
    await writeFile(path, stringify(config()));
    expect((await connect([])).shown).toBe('context prod of ~/.kube/config');
    await rm(path);
  });
});

describe('what is refused', () => {
  test.each<[string, readonly (object | string)[], string]>([
    [
      'no context',
      [{ ...config(), 'current-context': '' }],
      'the kubeconfig config has no current-context; set it with `kubectl config use-context` to one of prod',
    ],
    [
      'a context that is not there',
      [{ ...config(), 'current-context': 'prdo' }],
      'the current-context "prdo", but the kubeconfig config has no context of that name; did you mean "prod"?',
    ],
    [
      'a cluster that is not there',
      [config({ context: { cluster: 'prd' } })],
      'context prod names the cluster "prd", but the kubeconfig config has no cluster of that name; did you mean "prod"?',
    ],
    [
      'a user that is not there',
      [config({ context: { user: 'somebody' } })],
      'context prod names the user "somebody", but the kubeconfig config has no user of that name',
    ],
    [
      'an address that is none',
      [config({ cluster: { server: 'prod.example' } })],
      'cluster prod of the kubeconfig config has the server "prod.example"; allowed: https:// addresses',
    ],
    [
      'credentials without encryption',
      [config({ cluster: { server: 'http://prod.example' } })],
      'cluster prod of the kubeconfig config is at http://: credentials are not sent without encryption',
    ],
    [
      'an authority that does not count',
      [
        config({
          cluster: {
            'insecure-skip-tls-verify': true,
            'certificate-authority-data': data(pem('CERTIFICATE')),
          },
        }),
      ],
      'cluster prod of the kubeconfig config has both a certificate authority and insecure-skip-tls-verify; leave one out',
    ],
    [
      'an authority that is not there',
      [config({ cluster: { 'certificate-authority': '/etc/kubernetes/pki/absent.crt' } })],
      'certificate-authority of prod in the kubeconfig config names absent.crt, which does not exist',
    ],
    [
      'an authority that is not PEM',
      [config({ cluster: { 'certificate-authority-data': 'AAAA' } })],
      'certificate-authority-data of prod in the kubeconfig config is not PEM in base64',
    ],
    [
      'a certificate without its key',
      [config({ user: { 'client-certificate-data': data(pem('CERTIFICATE')) } })],
      'user octo of the kubeconfig config has a client certificate without its key',
    ],
    [
      'two ways to prove oneself',
      [config({ user: { token: 't', username: 'u', password: 'p' } })],
      'user octo of the kubeconfig config has a token and a user name; leave one',
    ],
    [
      'a provider of former times',
      [config({ user: { 'auth-provider': { name: 'gcp' } } })],
      'user octo of the kubeconfig config has the auth-provider "gcp", which Kubernetes has dropped; use an exec plugin: gke-gcloud-auth-plugin',
    ],
    [
      'a proxy of another kind',
      [config({ cluster: { 'proxy-url': 'socks5://me:pw@proxy.example:1080' } })],
      'cluster prod of the kubeconfig config has the proxy-url "socks5://proxy.example:1080"; allowed: http:// and https:// proxies',
    ],
    [
      'no YAML',
      ['a: [token: secret'],
      'the kubeconfig config is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 18',
    ],
    ['no mapping', ['- a'], 'the kubeconfig config is not a mapping'],
    [
      'something else',
      [{ apiVersion: 'v1', kind: 'ConfigMap' }],
      'the kubeconfig config is a ConfigMap, not a Config',
    ],
    [
      'an exec plugin of former times',
      [config({ user: { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'aws' } } })],
      'user octo of the kubeconfig has an exec plugin of the version client.authentication.k8s.io/v1alpha1; allowed: client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1. Update aws and make the kubeconfig anew.',
    ],
    [
      'an exec plugin that wants a terminal',
      [
        config({
          user: {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1',
              command: 'login',
              interactiveMode: 'Always',
            },
          },
        }),
      ],
      'the exec plugin of user octo wants a terminal (interactiveMode: Always); a job has none',
    ],
  ])('%s', async (_name, files, message) => {
    expect(await refused(files)).toBe(message);
  });

  test('files that are named and not there', async () => {
    expect(await refused([], { KUBECONFIG: join(folder, 'absent') })).toBe(
      'KUBECONFIG names absent: there is no such file',
    );
  });

  test('nothing at all', async () => {
    expect(await refused([])).toMatch(
      /^no cluster is known: set KUBECONFIG to the path of a kubeconfig, give `cluster`/,
    );
  });
});
