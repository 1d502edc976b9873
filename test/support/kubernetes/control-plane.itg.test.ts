import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ensureEtcd } from '../../../scripts/tools/etcd.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { startComponent } from './component.ts';
import { type ControlPlane, type PolicyRule, startControlPlane, type User } from './index.ts';

let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane({
    tokens: [{ token: 'k8s-aws-v1.example', user: 'octo', groups: ['deployers', 'readers'] }],
  });
});
afterAll(() => cluster?.stop());

const readPods: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

/** kubectl as somebody, with nothing of the fixture's own settings. */
function kubectlAs(kubeconfig: string, ...args: string[]): ReturnType<typeof runProcess> {
  const env = { PATH: process.env.PATH, HOME: cluster.folder, KUBECONFIG: kubeconfig };
  return runProcess(cluster.programs.kubectl, args, { env, timeoutMs: 60_000 });
}

describe('access', () => {
  test('the kubeconfig holds the authority, and TLS is verified with it', async () => {
    const config = parse(await readFile(cluster.kubeconfig, 'utf8'));
    expect(config.clusters[0].cluster).toEqual({
      server: cluster.url,
      'certificate-authority-data': Buffer.from(cluster.ca).toString('base64'),
    });
    const foreign = await mkdtemp(join(tmpdir(), 'foreign-'));
    try {
      const path = join(foreign, 'config');
      const text = await readFile(cluster.kubeconfig, 'utf8');
      await writeFile(
        path,
        text.replace(/certificate-authority-data: .*\n/, 'insecure-skip-tls-verify: false\n'),
      );
      const refused = await kubectlAs(path, 'get', 'namespaces');
      expect(refused.stderr).toContain('certificate signed by unknown authority');
    } finally {
      await rm(foreign, { recursive: true, force: true });
    }
  });

  test.each(['service-account', 'certificate'] as const)(
    'a user by %s may do what its rules say, and no more',
    async (as) => {
      const namespace = await cluster.namespace();
      const user: User = await cluster.kubeconfigFor({ namespace, rules: [readPods], as });
      expect(await kubectlAs(user.kubeconfig, 'get', 'pods')).toMatchObject({ code: 0 });
      const refused = await kubectlAs(user.kubeconfig, 'get', 'secrets');
      expect(refused.stderr).toContain(`User "${user.user}" cannot list resource "secrets" in API group ""`);
      expect((await kubectlAs(user.kubeconfig, 'get', 'pods', '-n', 'default')).stderr).toContain(
        'forbidden',
      );
    },
  );

  test('rules for the whole cluster hold in every namespace', async () => {
    const namespace = await cluster.namespace();
    const user = await cluster.kubeconfigFor({ namespace, rules: [], clusterRules: [readPods] });
    expect(await kubectlAs(user.kubeconfig, 'get', 'pods', '-n', 'default')).toMatchObject({ code: 0 });
  });

  test('a token from outside is a user with its groups; another one is nobody', async () => {
    const token = 'k8s-aws-v1.example';
    const octo = await cluster.writeKubeconfig('octo', { kind: 'token', token });
    const who = await kubectlAs(octo, 'auth', 'whoami', '-o', 'json');
    const { userInfo } = JSON.parse(who.stdout).status;
    expect(userInfo).toMatchObject({
      username: 'octo',
      groups: ['deployers', 'readers', 'system:authenticated'],
    });
    const wrong = await cluster.writeKubeconfig('octo', { kind: 'token', token: 'k8s-aws-v1.old' });
    expect((await kubectlAs(wrong, 'get', 'pods')).stderr).toMatch(/Unauthorized|must be logged in/);
  });
});

describe('the audit log', () => {
  test('has every call of a user, in order, with the answer, and not the fixture', async () => {
    const namespace = await cluster.namespace();
    const configMaps: PolicyRule = { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'get'] };
    const { user, kubeconfig } = await cluster.kubeconfigFor({ namespace, rules: [configMaps] });
    await kubectlAs(kubeconfig, 'create', 'configmap', 'colours', '--from-literal=sky=blue');
    await kubectlAs(kubeconfig, 'get', 'configmap', 'colours');
    await kubectlAs(kubeconfig, 'delete', 'configmap', 'colours');
    const calls = (await cluster.audit(user)).filter(({ resource }) => resource === 'configmaps');
    expect(calls.map(({ verb, name, code }) => [verb, name, code])).toEqual([
      ['create', 'colours', 201],
      ['get', 'colours', 200],
      ['delete', 'colours', 403],
    ]);
    expect(calls[0]).toMatchObject({ namespace, dryRun: false, body: { data: { sky: 'blue' } } });
    const users = new Set((await cluster.audit()).map((entry) => entry.user));
    expect([...users].filter((name) => name.startsWith('fixture:') || name === 'system:apiserver')).toEqual(
      [],
    );
  });

  test('tells a dry run, and keeps no secret', async () => {
    const namespace = await cluster.namespace();
    const args = ['secret', 'generic', 'door', '--from-literal=key=hidden-words', '--dry-run=server'];
    expect(await cluster.kubectl('create', ...args, '-n', namespace)).toMatchObject({ code: 0 });
    const secrets = (await cluster.audit('admin')).filter(
      (entry) => entry.namespace === namespace && entry.resource === 'secrets',
    );
    expect(secrets.map(({ dryRun, body }) => [dryRun, body])).toEqual([[true, null]]);
    const log = await readFile(join(cluster.folder, 'audit.log'), 'utf8');
    expect(log).not.toContain('hidden-words');
    expect(log).not.toContain(Buffer.from('hidden-words').toString('base64'));
  });
});

describe('its life', () => {
  test('all of it is on loopback', async () => {
    const listening = await runProcess('sh', ['-c', 'cat /proc/net/tcp /proc/net/tcp6']);
    const inodes = new Set<string>();
    for (const pid of Object.values(cluster.pids)) {
      const links = await runProcess('ls', ['-l', `/proc/${pid}/fd`]);
      for (const [, inode] of links.stdout.matchAll(/socket:\[(\d+)\]/g)) if (inode) inodes.add(inode);
    }
    const state = { listen: '0A' };
    const own = listening.stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === state.listen && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0]);
    expect(own.length).toBeGreaterThanOrEqual(4);
    expect(new Set(own)).toEqual(new Set(['0100007F']));
  });

  test('after the stop there is no process and no file of it', async () => {
    const short = await startControlPlane();
    const pids = Object.values(short.pids);
    expect(Object.keys(short.pids).sort()).toEqual([
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
    ]);
    expect(pids.filter(isAlive)).toEqual(pids);
    await Promise.all([short.stop(), short.stop()]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(short.folder)).toBe(false);
  });

  test('what cannot be ended does not keep the rest', async () => {
    const short = await startControlPlane();
    const pids = Object.values(short.pids);
    const ended: string[] = [];
    short.onStop(async () => void ended.push('first'));
    short.onStop(() => Promise.reject(new Error('it hangs')));
    await expect(short.stop()).rejects.toThrow('it hangs');
    expect(ended).toEqual(['first']);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(short.folder)).toBe(false);
  });

  test('a start that fails half way leaves nothing, and says what the process wrote', async () => {
    const etcd = (await ensureEtcd()).program;
    const before = await processesOf(etcd);
    const own = await mkdtemp(join(tmpdir(), 'half-way-'));
    const { TMPDIR } = process.env;
    process.env.TMPDIR = own;
    try {
      await expect(startControlPlane({ apiServerFlags: ['--no-such-flag=1'] })).rejects.toThrow(
        /kube-apiserver did not get ready: it ended \(1\)[\s\S]*unknown flag: --no-such-flag/,
      );
      expect(await readdir(own)).toEqual([]);
      expect(await processesOf(etcd)).toEqual(before);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      await rm(own, { recursive: true, force: true });
    }
  });

  test('a process that does not get ready is ended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'component-'));
    try {
      const command = join(folder, 'stubborn');
      await writeFile(command, '#!/bin/sh\ntrap "" TERM\necho $$\nsleep 60 &\nwait\n');
      await chmod(command, 0o755);
      const ready = async (): Promise<boolean> => false;
      const args = { name: 'stubborn', command, args: [], folder, ready, readyTimeoutMs: 300 };
      await expect(startComponent(args)).rejects.toThrow(
        'stubborn did not get ready: no answer within 0.3 s',
      );
      const pid = Number(await readFile(join(folder, 'stubborn.log'), 'utf8'));
      expect(pid).toBeGreaterThan(1);
      expect(isAlive(pid)).toBe(false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Of this program, started by this process. */
async function processesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await runProcess('ps', ['--ppid', String(process.pid), '-o', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(program))
    .map((line) => line.trim());
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
