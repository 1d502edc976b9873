/** What a rollback puts back, in which order, and what it leaves to others. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { type Deployed, type DeployOptions, deploy, imageOf } from './support.ts';
import { configMap, service, statefulSet } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(() => cluster?.stop());

/** An image of which no other test knows. */
function freshImage(...[behaviour]: Parameters<Kubelet['behave']> extends [string, infer B] ? [B] : never) {
  const image = imageOf(randomBytes(6).toString('hex'));
  kubelet.behave(image.digest, behaviour);
  return image;
}

const crashes = () => freshImage({ kind: 'crashes' });
const readinessProbe = { httpGet: { path: '/ready', port: 80 }, periodSeconds: 1 };

async function running(...manifests: object[]): Promise<string> {
  const namespace = await cluster.namespace('back');
  const { rollout } = await deploy({ cluster, namespace, manifests, image: imageOf('1') });
  expect(rollout.outcome).toBe('succeeded');
  return namespace;
}

/** A run that leaves its record behind, as one that was killed does. */
async function leftBehind(options: Omit<DeployOptions, 'cluster'>): Promise<void> {
  const cancel = new AbortController();
  const { rollout } = await deploy({
    ...options,
    cluster,
    image: freshImage({ kind: 'not-ready' }),
    rollback: false,
    signal: cancel.signal,
    onEvent: ({ kind }) => {
      if (kind === 'warning') cancel.abort();
    },
  });
  expect(rollout.left).toContain('is kept in Secret');
}

describe('what others have', () => {
  test('a finalizer, an annotation and a field that came meanwhile stay', async () => {
    const namespace = await running(deployment(), service('web'));
    const theirs = [
      { op: 'add', path: '/metadata/finalizers', value: ['example.com/cleanup'] },
      { op: 'add', path: '/metadata/annotations', value: { 'example.com/address': '7' } },
      { op: 'add', path: '/spec/externalIPs', value: ['192.0.2.7'] },
    ];
    let patched: Promise<unknown> | null = null;
    const spec = { selector: { app: 'web' }, ports: [{ port: 80 }], type: 'LoadBalancer' };
    const { rollout } = await deploy({
      cluster,
      namespace,
      image: freshImage({ kind: 'not-ready' }),
      timeoutMs: 4000,
      manifests: [
        deployment({ container: { readinessProbe } }),
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec },
      ],
      onEvent: ({ kind }) => {
        if (kind !== 'warning') return;
        patched ??= cluster.kubectl(
          ...['patch', 'service/web', '--namespace', namespace, '--field-manager=cloud', '--type=json'],
          `--patch=${JSON.stringify(theirs)}`,
        );
      },
    });
    await patched;
    expect(rollout.rollback?.text).toBe('Deployment/web runs as before');
    const live = await cluster.api.get<{
      metadata: { finalizers?: string[]; annotations?: object };
      spec: { type: string; externalIPs?: string[] };
    }>(`/api/v1/namespaces/${namespace}/services/web`);
    expect(live).toMatchObject({
      metadata: { finalizers: ['example.com/cleanup'], annotations: { 'example.com/address': '7' } },
      spec: { type: 'ClusterIP', externalIPs: ['192.0.2.7'] },
    });
  });

  test('pods that the selector of a StatefulSet finds, and that are not its own', async () => {
    const namespace = await running(statefulSet());
    kubelet.behave('registry.example/helper', { kind: 'pull-fails' });
    await cluster.apply(namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'helper', labels: { app: 'web' } },
      spec: { containers: [{ name: 'helper', image: 'registry.example/helper' }] },
    });
    const { rollout } = await deploy({ cluster, namespace, manifests: [statefulSet()], image: crashes() });
    expect(rollout.outcome).toBe('rolled-back');
    const helper = await cluster.api.find<{ metadata: { deletionTimestamp?: string } }>(
      `/api/v1/namespaces/${namespace}/pods/helper`,
    );
    expect(helper?.metadata).toMatchObject({ name: 'helper' });
    expect(helper?.metadata.deletionTimestamp).toBeUndefined();
  });
});

describe('what an earlier run has left', () => {
  const second = (tag: string): object =>
    deployment({ name: 'second', image: `registry.example/second:${tag}` });
  const first = deployment({ container: { readinessProbe } });

  async function secondChanged(): Promise<string> {
    const namespace = await running(first, second('1'));
    await leftBehind({ namespace, manifests: [first, second('2')] });
    return namespace;
  }

  test('is put back, and seen to run', async () => {
    const namespace = await secondChanged();
    const { rollout } = await deploy({ cluster, namespace, manifests: [first], image: crashes() });
    expect(rollout).toMatchObject({ outcome: 'rolled-back' });
    expect(rollout.left).toMatch(/Deployment\/second.* run as before/);
  });

  test('and does not run is no verified rollback', async () => {
    const namespace = await secondChanged();
    const label = `second-${randomBytes(3).toString('hex')}`;
    // Only in this namespace: the former pods of the other tests go on running.
    kubelet.behave('registry.example/second:1', { kind: 'pull-fails' });
    try {
      const { rollout } = await deploy({ cluster, namespace, manifests: [first], image: crashes() });
      expect(rollout, label).toMatchObject({ outcome: 'rollback-failed', rollback: { verified: false } });
    } finally {
      kubelet.behave('registry.example/second:1', { kind: 'runs' });
    }
  });

  test('and is not among what is deployed now is named', async () => {
    const namespace = await secondChanged();
    const { rollout } = await deploy({ cluster, namespace, manifests: [first] });
    expect(rollout).toMatchObject({
      outcome: 'succeeded',
      notices: [
        'Deployment/second is not among what is deployed, and may be as an earlier rollout that did not end left it.',
      ],
    });
  });
});

describe('the way itself', () => {
  test('a former container without a probe, which the rollback starts anew, must go on running', async () => {
    const image = freshImage({ kind: 'runs' });
    const manifests = [deployment({ spec: { strategy: { type: 'Recreate' } } })];
    const namespace = await cluster.namespace('back');
    await deploy({ cluster, namespace, manifests, image });
    kubelet.behave(image.digest, { kind: 'crashes', afterMs: 1500 });
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests,
      image: crashes(),
      patience: { settleMs: 5000, rollbackMs: 20_000 },
    });
    expect(rollout).toMatchObject({ outcome: 'rollback-failed', rollback: { verified: false } });
  });

  test('configuration comes before the workloads that read it, and what was made goes last', async () => {
    const namespace = await running(deployment(), configMap('settings', { level: 'info' }));
    const before = await stateOf(cluster, namespace);
    const { rollout }: Deployed = await deploy({
      cluster,
      namespace,
      image: crashes(),
      manifests: [deployment(), configMap('settings', { level: 'debug' }), configMap('more', { a: '1' })],
    });
    expect(rollout.outcome).toBe('rolled-back');
    const writes = (await cluster.audit('admin'))
      .filter(
        ({ namespace: space, dryRun, verb }) => space === namespace && !dryRun && /patch|delete/.test(verb),
      )
      .filter(({ resource }) => resource !== 'secrets')
      .map(({ verb, resource, name }) => `${verb} ${resource}/${name}`);
    expect([...new Set(writes.slice(writes.lastIndexOf('patch configmaps/settings')))]).toEqual([
      'patch configmaps/settings',
      'patch deployments/web',
      'delete configmaps/more',
    ]);
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });

  test('what was applied in another version of its API', async () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const metadata = { name: 'web' };
    const scaled = { scaleTargetRef: target, minReplicas: 1, maxReplicas: 3 };
    const old = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: { ...scaled, targetCPUUtilizationPercentage: 80 },
    };
    const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } };
    const now = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: { ...scaled, maxReplicas: 5, metrics: [{ type: 'Resource', resource }] },
    };
    const namespace = await running(deployment(), old);
    const specOf = async (): Promise<unknown> =>
      (
        await cluster.api.get<{ spec: unknown }>(
          `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/web`,
        )
      ).spec;
    const before = await specOf();
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests: [deployment(), now],
      image: crashes(),
    });
    expect(rollout.outcome).toBe('rolled-back');
    expect(await specOf()).toEqual(before);
    const again = await deploy({ cluster, namespace, manifests: [deployment(), now], image: imageOf('2') });
    expect(again.rollout.outcome).toBe('succeeded');
  });
});
