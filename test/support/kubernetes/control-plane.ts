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
import { type AuditEntry, auditPolicy, readAudit } from './audit.ts';
import { type Component, startComponent } from './component.ts';
import {
  type Credentials,
  type FixtureUser,
  kubeconfig,
  makeCredentials,
  type Proof,
  type StaticToken,
  userNames,
} from './credentials.ts';
import { type Access, type Identity, makeUser } from './users.ts';

export interface ControlPlaneOptions {
  /** Bearer tokens that the API server takes beside its own, as those of a cloud provider. */
  readonly tokens?: readonly StaticToken[];
  /** After which silence of a kubelet its node counts as lost; default 20 s, Kubernetes' own is 50 s. */
  readonly nodeGraceSeconds?: number;
  /** After which time pods of a lost node are deleted; default 2 s, Kubernetes' own is 300 s. */
  readonly evictionSeconds?: number;
  /** Further flags, `--name=value`; a flag given again replaces the fixture's. */
  readonly apiServerFlags?: readonly string[];
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
    for (const one of ends.splice(0).reverse()) await one();
    // The other way round, so that none writes of the loss of another.
    for (const component of components.splice(0).reverse()) await component.stop();
    await rm(folder, { recursive: true, force: true });
  };
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ending ??= end();
    return ending;
  };
  try {
    const credentials = await makeCredentials(join(folder, 'credentials'), options.tokens ?? []);
    const store = await startEtcd(etcd, folder, components);
    const url = `https://127.0.0.1:${await freePort()}`;
    const api = new KubeApi(url, credentials.authority.cert, credentials.tokens.admin);
    ends.push(async () => api.close());
    await startApiServer({ programs, folder, components, options, credentials, store, url, api });
    const configs = await writeOwnConfigs(folder, url, credentials);
    // One after the other: what is started while another one fails would be left behind.
    await startScheduler({ programs, folder, components, credentials, config: configs.scheduler });
    await startControllers({
      programs,
      folder,
      components,
      options,
      credentials,
      api,
      config: configs['controller-manager'],
    });
    return face({ url, folder, programs, credentials, components, ends, api, stop, config: configs.admin });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The URL for clients. */
async function startEtcd(command: string, folder: string, components: Component[]): Promise<string> {
  const client = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  components.push(
    await startComponent({
      name: 'etcd',
      command,
      folder,
      args: [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${client}`,
        `--advertise-client-urls=${client}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=default=${peer}`,
        '--unsafe-no-fsync',
      ],
      ready: async () => (await fetch(`${client}/health`)).ok,
    }),
  );
  return client;
}

async function startApiServer(what: {
  readonly programs: Kubernetes;
  readonly folder: string;
  readonly components: Component[];
  readonly options: ControlPlaneOptions;
  readonly credentials: Credentials;
  readonly store: string;
  readonly url: string;
  readonly api: KubeApi;
}): Promise<void> {
  const { programs, folder, components, options, credentials, store, url, api } = what;
  const { files } = credentials;
  const policy = join(folder, 'audit-policy.yaml');
  await writeFile(policy, stringify(auditPolicy));
  const eviction = options.evictionSeconds ?? 2;
  components.push(
    await startComponent({
      name: 'kube-apiserver',
      command: programs.apiServer,
      folder,
      args: [
        `--etcd-servers=${store}`,
        '--bind-address=127.0.0.1',
        '--advertise-address=127.0.0.1',
        `--secure-port=${new URL(url).port}`,
        '--endpoint-reconciler-type=none',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--allow-privileged=true',
        '--authorization-mode=RBAC',
        `--tls-cert-file=${files.serverCertificate}`,
        `--tls-private-key-file=${files.serverKey}`,
        `--client-ca-file=${files.ca}`,
        `--token-auth-file=${files.tokens}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${files.serviceAccountPublicKey}`,
        `--service-account-signing-key-file=${files.serviceAccountKey}`,
        `--kubelet-certificate-authority=${files.ca}`,
        `--kubelet-client-certificate=${files.kubeletClientCertificate}`,
        `--kubelet-client-key=${files.kubeletClientKey}`,
        '--kubelet-preferred-address-types=InternalIP',
        `--default-not-ready-toleration-seconds=${eviction}`,
        `--default-unreachable-toleration-seconds=${eviction}`,
        `--audit-policy-file=${policy}`,
        `--audit-log-path=${auditLogOf(folder)}`,
        '--audit-log-mode=blocking',
        ...(options.apiServerFlags ?? []),
      ],
      ready: async () => (await api.get<string>('/readyz')) === 'ok',
    }),
  );
}

async function startControllers(what: {
  readonly programs: Kubernetes;
  readonly folder: string;
  readonly components: Component[];
  readonly options: ControlPlaneOptions;
  readonly credentials: Credentials;
  readonly api: KubeApi;
  readonly config: string;
}): Promise<void> {
  const { programs, folder, components, options, credentials, api, config } = what;
  components.push(
    await startComponent({
      name: 'kube-controller-manager',
      command: programs.controllerManager,
      folder,
      args: [
        `--kubeconfig=${config}`,
        '--leader-elect=false',
        '--secure-port=0',
        '--kube-api-qps=200',
        '--kube-api-burst=400',
        `--root-ca-file=${credentials.files.ca}`,
        `--service-account-private-key-file=${credentials.files.serviceAccountKey}`,
        // Those that ask a cloud, or give out addresses to nodes.
        '--controllers=*,-node-ipam-controller,-node-route-controller,-service-lb-controller,-cloud-node-lifecycle-controller',
        '--node-monitor-period=1s',
        `--node-monitor-grace-period=${options.nodeGraceSeconds ?? 20}s`,
      ],
      ready: async () => (await api.find('/api/v1/namespaces/default/serviceaccounts/default')) !== undefined,
    }),
  );
}

async function startScheduler(what: {
  readonly programs: Kubernetes;
  readonly folder: string;
  readonly components: Component[];
  readonly credentials: Credentials;
  readonly config: string;
}): Promise<void> {
  const { programs, folder, components, credentials, config } = what;
  const port = await freePort();
  const health = new KubeApi(`https://127.0.0.1:${port}`, credentials.authority.cert, '');
  components.push(
    await startComponent({
      name: 'kube-scheduler',
      command: programs.scheduler,
      folder,
      args: [
        `--kubeconfig=${config}`,
        '--leader-elect=false',
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        `--tls-cert-file=${credentials.files.serverCertificate}`,
        `--tls-private-key-file=${credentials.files.serverKey}`,
        '--kube-api-qps=200',
        '--kube-api-burst=400',
      ],
      ready: async () => (await health.get<string>('/readyz')) === 'ok',
    }).finally(() => health.close()),
  );
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

function auditLogOf(folder: string): string {
  return join(folder, 'audit.log');
}

function face(what: {
  readonly url: string;
  readonly folder: string;
  readonly programs: Kubernetes;
  readonly credentials: Credentials;
  readonly components: readonly Component[];
  readonly ends: (() => Promise<void>)[];
  readonly api: KubeApi;
  readonly config: string;
  readonly stop: () => Promise<void>;
}): ControlPlane {
  const { url, folder, programs, credentials, components, ends, api, config, stop } = what;
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
      env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: config },
      timeoutMs: 120_000,
    });
  return {
    url,
    ca,
    adminToken: credentials.tokens.admin,
    kubeconfig: config,
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
      const entries = await readAudit(auditLogOf(folder));
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
