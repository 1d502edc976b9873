/** The processes of a control plane and their flags. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Kubernetes } from '../../../scripts/tools/kubernetes.ts';
import { freePort } from '../server-process.ts';
import { KubeApi } from './api.ts';
import { auditPolicy } from './audit.ts';
import { type Component, startComponent } from './component.ts';
import type { Credentials, FixtureUser } from './credentials.ts';

export interface ProcessOptions {
  /** After which silence of a kubelet its node counts as lost; default 20 s, Kubernetes' own is 50 s. */
  readonly nodeGraceSeconds?: number;
  /** After which time pods of a lost node are deleted; default 2 s, Kubernetes' own is 300 s. */
  readonly evictionSeconds?: number;
  /** Further flags, `--name=value`; a flag given again replaces the fixture's. */
  readonly apiServerFlags?: readonly string[];
}

/** What is decided before anything is started. */
export interface Plan {
  readonly etcd: string;
  readonly programs: Kubernetes;
  readonly folder: string;
  readonly credentials: Credentials;
  readonly options: ProcessOptions;
  /** Of etcd, for its client. */
  readonly store: string;
  /** Of the API server. */
  readonly url: string;
  /** The administrator's calls. */
  readonly api: KubeApi;
  /** Paths of kubeconfigs. */
  readonly configs: Readonly<Record<FixtureUser, string>>;
  /** Path. */
  readonly auditLog: string;
}

/** In the order in which they are started; each is ready when the next one comes. */
export const processes: readonly ((plan: Plan) => Promise<Component>)[] = [
  startEtcd,
  startApiServer,
  startScheduler,
  startControllers,
];

async function startEtcd({ etcd, folder, store }: Plan): Promise<Component> {
  const peer = `http://127.0.0.1:${await freePort()}`;
  return await startComponent({
    name: 'etcd',
    command: etcd,
    folder,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${store}`,
      `--advertise-client-urls=${store}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
    ],
    ready: async () => (await fetch(`${store}/health`)).ok,
  });
}

async function startApiServer(plan: Plan): Promise<Component> {
  const { programs, folder, credentials, options, store, url, api, auditLog } = plan;
  const { files } = credentials;
  const policy = join(folder, 'audit-policy.yaml');
  await writeFile(policy, stringify(auditPolicy));
  const eviction = options.evictionSeconds ?? 2;
  return await startComponent({
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
      `--audit-log-path=${auditLog}`,
      '--audit-log-mode=blocking',
      ...(options.apiServerFlags ?? []),
    ],
    ready: async () => (await api.get<string>('/readyz')) === 'ok',
  });
}

async function startScheduler({ programs, folder, credentials, configs }: Plan): Promise<Component> {
  const port = await freePort();
  const health = new KubeApi(`https://127.0.0.1:${port}`, credentials.authority.cert, '');
  return await startComponent({
    name: 'kube-scheduler',
    command: programs.scheduler,
    folder,
    args: [
      `--kubeconfig=${configs.scheduler}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${credentials.files.serverCertificate}`,
      `--tls-private-key-file=${credentials.files.serverKey}`,
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
    ready: async () => (await health.get<string>('/readyz')) === 'ok',
  }).finally(() => health.close());
}

async function startControllers({
  programs,
  folder,
  credentials,
  options,
  api,
  configs,
}: Plan): Promise<Component> {
  return await startComponent({
    name: 'kube-controller-manager',
    command: programs.controllerManager,
    folder,
    args: [
      `--kubeconfig=${configs['controller-manager']}`,
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
  });
}
