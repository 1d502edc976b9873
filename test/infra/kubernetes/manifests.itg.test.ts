/** What kustomize makes of the manifests, what a real API server says to it, and what may never come into them. */

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, type Json, type KubeObject, listAt, put, textAt } from '../../../core/kubernetes/index.ts';
import { ensureKubernetes } from '../../../scripts/tools/kubernetes.ts';
import { rules } from './rules.ts';
import {
  applyObjects,
  applySecrets,
  environments,
  eventually,
  manifests,
  nameOf,
  namespaceOf,
  type PlatformCluster,
  render,
  renderObjects,
  startPlatformCluster,
  untilReady,
} from './support.ts';

let kubectl: string;
let platform: PlatformCluster;
beforeAll(async () => {
  kubectl = (await ensureKubernetes()).kubectl;
  platform = await startPlatformCluster({ disks: environments.length });
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

describe.each(environments)('%s', (environment) => {
  const namespace = namespaceOf[environment];
  let objects: readonly KubeObject[];
  beforeAll(async () => {
    objects = await renderObjects(kubectl, `overlays/${environment}`);
  });

  test('renders the same from any folder', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'rendered-'));
    try {
      await cp(resolve(manifests, '..'), elsewhere, {
        recursive: true,
        filter: (path) => !path.includes('ml-api/node_modules'),
      });
      const copy = join(elsewhere, 'kubernetes/overlays', environment);
      expect(await render(kubectl, copy)).toBe(await render(kubectl, `overlays/${environment}`));
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  test('everything but its namespace is in the namespace, once', () => {
    const outside = objects.filter(({ metadata }) => metadata.namespace !== namespace).map(nameOf);
    expect(outside).toEqual([`Namespace/${namespace}`]);
    expect(new Set(objects.map(nameOf)).size).toBe(objects.length);
  });

  test('its pipeline applies all of it but what decides over rights', async () => {
    const isSecurity = ({ metadata }: KubeObject): boolean =>
      metadata.labels?.['app.kubernetes.io/component'] === 'security';
    const kinds = new Set(objects.filter(isSecurity).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'Namespace',
      'NetworkPolicy',
      'Role',
      'RoleBinding',
      'ServiceAccount',
    ]);
    const rest = objects.filter((object) => !isSecurity(object));
    expect(rest.some(({ kind }) => kinds.has(kind))).toBe(false);
    expect(await renderObjects(kubectl, `pipeline/${environment}`)).toEqual(rest);
  });

  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(rule(objects)).toEqual([]);
  });

  test('the API server takes every object, and knows every field', async () => {
    const space = objects.filter(({ kind }) => kind === 'Namespace');
    expect(await applyObjects(platform, space)).toMatchObject({ code: 0, stderr: '' });
    const dry = await applyObjects(platform, objects, '--dry-run=server');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout.trim().split('\n')).toHaveLength(objects.length);
    // As somebody who does not apply on the server.
    const folder = join(manifests, 'overlays', environment);
    const client = await platform.cluster.kubectl(
      ...['apply', '--dry-run=server', '--validate=strict', '--kustomize', folder],
    );
    expect(client.code, client.stderr).toBe(0);
  });

  test('a field that does not exist would be refused', async () => {
    const [first] = objects.filter(({ kind }) => kind === 'Deployment');
    const wrong = put(first ?? {}, ['spec', 'replcas'], 3);
    const { code, stderr } = await applyObjects(platform, [wrong], '--dry-run=server');
    expect(code).toBe(1);
    expect(stderr).toContain('.spec.replcas: field not declared in schema');
  });

  test('without their Secrets Grafana and Alertmanager do not start; with them all pods become ready', async () => {
    const { cluster } = platform;
    expect(await applyObjects(platform, objects)).toMatchObject({ code: 0, stderr: '' });
    const podsOf = async (name: string): Promise<Json[]> => {
      const query = `labelSelector=app.kubernetes.io%2Fname%3D${name}`;
      const { items } = await cluster.api.get<{ items: Json[] }>(
        `/api/v1/namespaces/${namespace}/pods?${query}`,
      );
      return items;
    };
    const message = await eventually('Grafana waits', async () => {
      const [pod] = await podsOf('grafana');
      const [status] = listAt(pod, 'status', 'containerStatuses');
      return textAt(status, 'state', 'waiting', 'message') || null;
    });
    expect(message).toBe('secret "grafana" not found');
    await eventually('Alertmanager has a pod', async () => (await podsOf('alertmanager')).length > 0);
    const isReady = (pod: Json): boolean =>
      listAt(pod, 'status', 'containerStatuses').some((status) => at(status, 'ready') === true);
    expect((await podsOf('alertmanager')).map(isReady)).toEqual([false]);
    await applySecrets(cluster, environment);
    await untilReady(cluster, environment);
    // Tokens as the API server has put them into the pods.
    const { items } = await cluster.api.get<{ items: Json[] }>(`/api/v1/namespaces/${namespace}/pods`);
    const withToken = items
      .filter((pod) => JSON.stringify(at(pod, 'spec', 'volumes') ?? []).includes('serviceAccountToken'))
      .map((pod) => textAt(pod, 'metadata', 'name'));
    expect(withToken).toEqual(['prometheus-0']);
  });

  test('is unchanged when it is applied again', async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/ml-api`;
    const before = await platform.cluster.api.get<{ metadata: { generation: number } }>(path);
    expect(await applyObjects(platform, objects)).toMatchObject({ code: 0, stderr: '' });
    const after = await platform.cluster.api.get<{ metadata: { generation: number } }>(path);
    // The autoscaler may have scaled it meanwhile; what it runs is the same.
    expect(templateOf(after)).toEqual(templateOf(before));
  });

  const restricted = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  const tight = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  test.each([
    ['that is privileged', {}, { ...tight, privileged: true, allowPrivilegeEscalation: true }, 'privileged'],
    ['that runs as root', { securityContext: { ...restricted, runAsNonRoot: false } }, tight, 'runAsNonRoot'],
    ['on the network of its node', { hostNetwork: true }, tight, 'host namespaces'],
    [
      'with a folder of its node',
      { volumes: [{ name: 'host', hostPath: { path: '/' } }] },
      tight,
      'restricted volume types',
    ],
    ['that keeps its capabilities', {}, { allowPrivilegeEscalation: false }, 'unrestricted capabilities'],
    ['without a seccomp profile', { securityContext: { runAsNonRoot: true } }, tight, 'seccompProfile'],
  ])('refuses a pod %s', async (_, pod, securityContext, why) => {
    const { cluster } = platform;
    const body = {
      metadata: { generateName: 'intruder-' },
      spec: {
        securityContext: restricted,
        containers: [{ name: 'app', image: 'registry.example/web:1.0.0', securityContext }],
        ...pod,
      },
    };
    const made = cluster.api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, body);
    await expect(made).rejects.toThrow(/violates PodSecurity "restricted:v1\.33"/);
    await expect(made).rejects.toThrow(why);
  });

  test('takes a pod that keeps to the rules', async () => {
    const container = { name: 'app', image: 'registry.example/web:1.0.0', securityContext: tight };
    const made = platform.cluster.api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      metadata: { name: 'neighbour' },
      spec: { securityContext: restricted, containers: [container] },
    });
    await expect(made).resolves.toMatchObject({ kind: 'Pod' });
  });
});

/** What stands in the rendered JSON, and what breaks the rule in its place. */
const breaks: Readonly<Record<keyof typeof rules, readonly [string, string]>> = {
  'images have a tag that does not move': ['ml-api:1.0.0', 'ml-api:latest'],
  'containers request CPU and memory, and are limited in memory': ['"cpu":"500m",', ''],
  'containers are asked whether they are ready and alive, at ports that they have': [
    '"readinessProbe"',
    '"readynessProbe"',
  ],
  'containers write nowhere but to volumes, and gain no privilege': [
    '"readOnlyRootFilesystem":true',
    '"readOnlyRootFilesystem":false',
  ],
  'pods run as somebody who is not root': ['"runAsUser":65532', '"runAsUser":0'],
  'pods run under an account of their own that is defined': [
    '"serviceAccountName":"grafana"',
    '"serviceAccountName":"ml-api"',
  ],
  'no pod has a token that it does not need': [
    '"automountServiceAccountToken":false,"containers"',
    '"containers"',
  ],
  'accounts give no token of themselves': ['"automountServiceAccountToken":false', '"none":false'],
  'services are internal, and lead to a port of pods that are there': [
    '"targetPort":"http"',
    '"targetPort":80',
  ],
  'the ingress leads to services, by TLS, and to predictions alone': ['"path":"/predict"', '"path":"/ready"'],
  'a StatefulSet has a headless Service, which leads to the port of its pods': [
    '"clusterIP":"None"',
    '"clusterIP":""',
  ],
  'no Secret is optional but that of the service, which may need none': [
    '"secretName":"alertmanager-receivers"',
    '"secretName":"alertmanager-receivers","optional":true',
  ],
  'an autoscaler alone says how many pods there are': ['"minReadySeconds":5', '"replicas":2'],
  'an autoscaler measures what is requested': ['"cpu":"500m",', ''],
  'a disruption budget protects pods that are there, and lets one go': [
    '"maxUnavailable":1',
    '"maxUnavailable":0',
  ],
};

describe('a rule is broken by what it is about', () => {
  test.each(Object.entries(rules))('%s', async (name, rule) => {
    const json = JSON.stringify(await renderObjects(kubectl, 'overlays/staging'));
    const [good = '', bad = ''] = breaks[name] ?? [];
    expect(json).toContain(good);
    expect(rule(JSON.parse(json.replace(good, bad)))).not.toEqual([]);
  });
});

function templateOf(deployment: object): Json | undefined {
  return at(deployment as Json, 'spec', 'template');
}
