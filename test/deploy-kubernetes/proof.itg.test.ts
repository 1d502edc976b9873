/** When a rollout is complete, and what it proves: against a real control plane, also where nothing is left to be done. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../action-deploy/src/types.ts';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { type DeployOptions, deploy, imageOf, openDeploy } from './support.ts';
import { statefulSet } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(() => cluster?.stop());

async function planOf(options: DeployOptions): Promise<Plan> {
  const { target, world } = await openDeploy(options);
  return target.plan(options.image ?? imageOf('2'), world);
}

/** `web-0: …@sha256:…` of those that are not being deleted, in order. */
async function podImages(namespace: string): Promise<string[]> {
  const { items } = await cluster.api.get<{
    items: {
      metadata: { name: string; deletionTimestamp?: string };
      spec: { containers: { image: string }[] };
    }[];
  }>(`/api/v1/namespaces/${namespace}/pods`);
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, spec }) => `${metadata.name}: ${spec.containers[0]?.image}`)
    .sort();
}

const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: {
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'registry.example/web' }] },
        },
      },
    },
  },
};

describe('what proves nothing', () => {
  test.each<[string, object, string]>([
    ['no pods wanted', deployment({ replicas: 0 }), 'wants no pods'],
    [
      'OnDelete',
      statefulSet({ spec: { updateStrategy: { type: 'OnDelete' } } }),
      'has the update strategy OnDelete',
    ],
    ['a CronJob', cronJob, 'was not seen to run'],
    [
      'a partition of all pods',
      statefulSet({ replicas: 2, spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } }),
      'has a partition of 2 and 2 pods, so that all of them stay as they are',
    ],
  ])('%s: neither in the first run nor in the next', async (_name, manifest, text) => {
    const namespace = await cluster.namespace('proof');
    await deploy({ cluster, namespace, manifests: [manifest], image: imageOf('1') });
    const { rollout } = await deploy({ cluster, namespace, manifests: [manifest] });
    expect(rollout).toMatchObject({ outcome: 'succeeded', unproven: expect.stringContaining(text) });
    const plan = await planOf({ cluster, namespace, manifests: [manifest], patience: { settleMs: 0 } });
    expect(plan).toMatchObject({ unchanged: true, unproven: expect.stringContaining(text) });
  });

  test('OnDelete, until somebody has deleted the pods', async () => {
    const namespace = await cluster.namespace('proof');
    const manifests = [statefulSet({ spec: { updateStrategy: { type: 'OnDelete' } } })];
    await deploy({ cluster, namespace, manifests, image: imageOf('1') });
    await deploy({ cluster, namespace, manifests });
    await cluster.kubectl('delete', 'pods', '--all', '--namespace', namespace);
    const options = { cluster, namespace, manifests, patience: { settleMs: 0 } };
    await expect
      .poll(async () => (await planOf(options)).unproven, { timeout: 20_000, interval: 500 })
      .toBeNull();
    expect(await podImages(namespace)).toEqual([`web-0: ${imageOf('2').reference}`]);
  });
});

test('a StatefulSet that goes back half way is as before only when all of its pods are', async () => {
  const namespace = await cluster.namespace('proof');
  const pod = {
    terminationGracePeriodSeconds: 3,
    containers: [{ name: 'app', image: 'registry.example/web' }],
  };
  const template = { metadata: { labels: { app: 'web' } }, spec: pod };
  const manifests = [statefulSet({ replicas: 3, spec: { template } })];
  await deploy({ cluster, namespace, manifests, image: imageOf('1') });
  // Its pods are ready for as long as they are being deleted.
  const image = imageOf('stays-for-long');
  kubelet.behave(image.digest, { kind: 'runs', ignoresTerm: true });
  const cancel = new AbortController();
  const { rollout } = await deploy({
    cluster,
    namespace,
    manifests,
    image,
    signal: cancel.signal,
    patience: { cancelledMs: 25_000 },
    onEvent: ({ text }) => {
      if (text === '1 of 3 new pods are there') cancel.abort();
    },
  });
  expect(await podImages(namespace)).toEqual([0, 1, 2].map((of) => `web-${of}: ${imageOf('1').reference}`));
  expect(rollout).toMatchObject({ outcome: 'rolled-back', rollback: { verified: true } });
});

describe('what runs already', () => {
  test('is not certain while pods without a probe have run for a short time only', async () => {
    const namespace = await cluster.namespace('proof');
    const options = { cluster, namespace, manifests: [deployment()] };
    await deploy(options);
    expect(await planOf({ ...options, patience: { settleMs: 0 } })).toMatchObject({ unchanged: true });
    expect(await planOf({ ...options, patience: { settleMs: 600_000 } })).toMatchObject({
      unchanged: false,
      changes: [],
    });
  });

  test('and dies again and again is found out', async () => {
    const namespace = await cluster.namespace('proof');
    const image = imageOf('dies-after-a-while');
    kubelet.behave(image.digest, { kind: 'crashes', afterMs: 3000 });
    const options = { cluster, namespace, manifests: [deployment()], image, rollback: false };
    const first = await deploy({ ...options, patience: { settleMs: 500 } });
    expect(first.rollout.outcome).toBe('succeeded');
    const next = await deploy({ ...options, patience: { settleMs: 8000 } });
    expect(next.plan.unchanged).toBe(false);
    expect(next.rollout).toMatchObject({ outcome: 'failed', causes: [{ reason: 'CrashLoopBackOff' }] });
  });
});
