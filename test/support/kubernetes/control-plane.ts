import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ensureEtcd } from '../../../scripts/tools/etcd.ts';
import { ensureKubernetes, type Kubernetes } from '../../../scripts/tools/kubernetes.ts';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import { freePort } from '../server-process.ts';
import { KubeApi } from './api.ts';
import { type AuditEntry, readAudit } from './audit.ts';
import type { Component } from './component.ts';
import {
  type Credentials,
  type FixtureUser,
  kubeconfig,
  makeCredentials,
  type Proof,
  type StaticToken,
  userNames,
} from './credentials.ts';
import { type Plan, type ProcessOptions, processes } from './processes.ts';
import { type Access, type Identity, makeUser } from './users.ts';

export interface ControlPlaneOptions extends ProcessOptions {
  /** Bearer tokens that the API server takes beside its own, as those of a cloud provider. */
  readonly tokens?: readonly StaticToken[];
}

export interface User extends Identity {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
}

export interface ControlPlane {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** PEM of the authority that signed the API server's certificate. */
  readonly ca: string;
  /** May do everything. */
  readonly adminToken: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The administrator's calls. */
  readonly api: KubeApi;
  /** Where files may be put; goes with the control plane. */
  readonly folder: string;
  readonly programs: Kubernetes;
  readonly credentials: Credentials;
  /** A fresh namespace with its default service account: `<prefix>-<random>`. */
  namespace(prefix?: string): Promise<string>;
  /** A user with just these rights. */
  kubeconfigFor(access: Access): Promise<User>;
  /** A kubeconfig for any proof, a wrong or an old one too; its path. */
  writeKubeconfig(user: string, proof: Proof, namespace?: string): Promise<string>;
  /** kubectl as the administrator, with Kubernetes' own exit code. */
  kubectl(...args: string[]): Promise<ProcessResult>;
  /** `kubectl apply` of objects, as the administrator. @throws with what kubectl said */
  apply(namespace: string, ...objects: object[]): Promise<void>;
  /** All requests so far, but for those of the fixture's own parts; `user` leaves only one user's. */
  audit(user?: string): Promise<readonly AuditEntry[]>;
  /** Of the processes that run, by name. */
  readonly pids: Readonly<Record<string, number>>;
  /** What a process has written: etcd, kube-apiserver, kube-controller-manager, kube-scheduler. */
  log(component: string): string;
  /** Calls `end` before the processes are ended, for what belongs to this control plane. */
  onStop(end: () => Promise<void>): void;
  /** Ends all processes and removes all files; safe to call twice. */
  stop(): Promise<void>;
}

const attempts = 3;

/**
 * etcd, API server, controller manager and scheduler of Kubernetes on free ports of loopback, with RBAC and an audit
 * log. There are no nodes: see `startKubelet`. When one of them does not start, none is left.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const etcd = (await ensureEtcd()).program;
  const programs = await ensureKubernetes();
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(etcd, programs, options);
    } catch (error) {
      // A free port can be taken by somebody else before it is used.
      const taken = error instanceof Error && error.message.includes('address already in use');
      if (!taken || attempt === attempts) throw error;
    }
  }
}

async function start(
  etcd: string,
  programs: Kubernetes,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'control-plane-'));
  const components: Component[] = [];
  const ends: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    const ended = [];
    for (const one of ends.splice(0).reverse()) ended.push(await Promise.allSettled([one()]));
    // The other way round, so that none writes of the loss of another.
    for (const component of components.splice(0).reverse()) await component.stop();
    await rm(folder, { recursive: true, force: true });
    for (const result of ended.flat()) if (result.status === 'rejected') throw result.reason;
  };
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ending ??= end();
    return ending;
  };
  try {
    const credentials = await makeCredentials(join(folder, 'credentials'), options.tokens ?? []);
    const store = `http://127.0.0.1:${await freePort()}`;
    const url = `https://127.0.0.1:${await freePort()}`;
    const api = new KubeApi(url, credentials.authority.cert, credentials.tokens.admin);
    ends.push(async () => api.close());
    const configs = await writeOwnConfigs(folder, url, credentials);
    const auditLog = join(folder, 'audit.log');
    const plan = { etcd, store, programs, folder, credentials, options, url, api, configs, auditLog };
    // One after the other: what is started while another one fails would be left behind.
    for (const process of processes) components.push(await process(plan));
    return face({ ...plan, components, ends, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeOwnConfigs(
  folder: string,
  url: string,
  { authority, tokens }: Credentials,
): Promise<Record<FixtureUser, string>> {
  const write = async (user: FixtureUser): Promise<string> => {
    const path = join(folder, `${user}.kubeconfig`);
    const proof: Proof = { kind: 'token', token: tokens[user] };
    const text = kubeconfig({ url, ca: authority.cert, user: userNames[user], proof });
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    admin: await write('admin'),
    'controller-manager': await write('controller-manager'),
    scheduler: await write('scheduler'),
    kubelet: await write('kubelet'),
  };
}

function face(
  what: Plan & {
    readonly components: readonly Component[];
    readonly ends: (() => Promise<void>)[];
    readonly stop: () => Promise<void>;
  },
): ControlPlane {
  const { url, folder, programs, credentials, api, configs, auditLog, components, ends, stop } = what;
  const ca = credentials.authority.cert;
  const writeKubeconfig: ControlPlane['writeKubeconfig'] = async (user, proof, namespace) => {
    const at = join(folder, 'kubeconfigs');
    await mkdir(at, { recursive: true, mode: 0o700 });
    const path = join(at, `${randomBytes(6).toString('hex')}.yaml`);
    const scope = namespace === undefined ? {} : { namespace };
    await writeFile(path, kubeconfig({ url, ca, user, proof, ...scope }), { mode: 0o600 });
    return path;
  };
  const kubectl: ControlPlane['kubectl'] = (...args) =>
    runProcess(programs.kubectl, args, {
      env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: configs.admin },
      timeoutMs: 120_000,
    });
  return {
    url,
    ca,
    adminToken: credentials.tokens.admin,
    kubeconfig: configs.admin,
    api,
    folder,
    programs,
    credentials,
    pids: Object.fromEntries(components.map(({ name, pid }) => [name, pid])),
    writeKubeconfig,
    kubectl,
    stop,
    onStop: (end) => void ends.push(end),
    namespace: (prefix = 'test') => makeNamespace(api, prefix),
    async kubeconfigFor(access) {
      const identity = await makeUser(api, credentials, access);
      const path = await writeKubeconfig(identity.user, identity.proof, access.namespace);
      return { ...identity, kubeconfig: path };
    },
    async apply(namespace, ...objects) {
      const path = join(folder, `apply-${randomBytes(6).toString('hex')}.yaml`);
      await writeFile(path, objects.map((object) => stringify(object)).join('---\n'));
      const { code, stderr } = await kubectl('apply', '--namespace', namespace, '--filename', path);
      await rm(path);
      if (code !== 0) throw new Error(`kubectl apply ended with exit code ${code}: ${stderr.trim()}`);
    },
    async audit(user) {
      const entries = await readAudit(auditLog);
      return user === undefined ? entries : entries.filter((entry) => entry.user === user);
    },
    log(name) {
      const component = components.find((one) => one.name === name);
      if (component === undefined) throw new Error(`no ${name} runs here`);
      return component.log();
    },
  };
}

/** Pods are refused until a controller has made the service account. */
async function makeNamespace(api: KubeApi, prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await api.create('/api/v1/namespaces', { metadata: { name } });
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const account = await api.find(`/api/v1/namespaces/${name}/serviceaccounts/default`);
    if (account !== undefined) return name;
    await sleep(20);
  }
  throw new Error(`the namespace ${name} got no service account`);
}
