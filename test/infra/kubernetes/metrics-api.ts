/**
 * The metrics API that an autoscaler asks (metrics.k8s.io), with the numbers of a test, reached as any other: the API server
 * passes it on to a Service. Its address is on loopback, which the range of Services has to be for that: `serviceRange`.
 */

import { createServer } from 'node:https';
import { makeCertificate } from '../../support/certificates.ts';
import type { ControlPlane } from '../../support/kubernetes/index.ts';
import { eventually } from './support.ts';

/** For `apiServerFlags`. */
export const serviceRange = '--service-cluster-ip-range=127.96.0.0/16';
const address = '127.96.7.7';
const group = 'metrics.k8s.io';
const resources = `/apis/${group}/v1beta1`;

/** Of all pods together, which share it evenly; CPU in cores, memory in MiB. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

export interface MetricsApi {
  /** From now on. */
  use(usage: Usage): void;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

/** Ends with the control plane. */
export async function startMetricsApi(cluster: ControlPlane, usage: Usage): Promise<MetricsApi> {
  const { authority } = cluster.credentials;
  const names = ['metrics-server.kube-system.svc'];
  const { key, cert } = makeCertificate({ commonName: 'metrics-server', names, authority });
  let now = usage;
  const server = createServer({ key, cert }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://metrics');
    const answer = (code: number, body: object): void => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const [, namespace] =
      /^\/apis\/metrics\.k8s\.io\/v1beta1\/namespaces\/([^/]+)\/pods$/.exec(url.pathname) ?? [];
    if (url.pathname === resources) answer(200, discovery);
    else if (namespace === undefined) answer(404, { kind: 'Status', code: 404 });
    else
      podMetrics(cluster, namespace, url.searchParams.get('labelSelector') ?? '', now).then(
        (list) => answer(200, list),
        (error: unknown) => answer(500, { kind: 'Status', code: 500, message: String(error) }),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  cluster.onStop(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const bound = server.address();
  await register(cluster, typeof bound === 'object' && bound !== null ? bound.port : 0);
  return {
    use(next) {
      now = next;
    },
  };
}

const discovery = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${group}/v1beta1`,
  resources: [
    { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
  ],
};

async function podMetrics(
  { api }: ControlPlane,
  namespace: string,
  selector: string,
  { cpu, memory }: Usage,
): Promise<object> {
  const query = `labelSelector=${encodeURIComponent(selector)}&fieldSelector=status.phase%3DRunning`;
  const { items } = await api.get<{ items: readonly Pod[] }>(`/api/v1/namespaces/${namespace}/pods?${query}`);
  const share = (whole: number, unit: number): number => Math.round((whole * unit) / items.length);
  return {
    kind: 'PodMetricsList',
    apiVersion: `${group}/v1beta1`,
    metadata: {},
    items: items.map(({ metadata, spec }) => ({
      metadata: { name: metadata.name, namespace },
      timestamp: new Date().toISOString(),
      window: '1s',
      containers: spec.containers.map(({ name }) => ({
        name,
        usage: { cpu: `${share(cpu, 1000)}m`, memory: `${share(memory, 1024)}Ki` },
      })),
    })),
  };
}

/** As metrics-server's own manifests do; the endpoints only have to be there, the API server goes by the Service's address. */
async function register({ api, ca }: ControlPlane, port: number): Promise<void> {
  const metadata = { name: 'metrics-server' };
  await api.create('/api/v1/namespaces/kube-system/services', {
    metadata,
    spec: { clusterIP: address, ports: [{ name: 'https', port, targetPort: port }] },
  });
  await api.create('/api/v1/namespaces/kube-system/endpoints', {
    metadata,
    subsets: [{ addresses: [{ ip: '10.0.0.7' }], ports: [{ name: 'https', port }] }],
  });
  await api.create('/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: `v1beta1.${group}` },
    spec: {
      group,
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      caBundle: Buffer.from(ca).toString('base64'),
      service: { namespace: 'kube-system', name: metadata.name, port },
    },
  });
  await eventually('the metrics API is served', () =>
    api.find(`${resources}/namespaces/default/pods`).catch(() => null),
  );
}
