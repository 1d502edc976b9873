/** Production on a real control plane while it changes: new images, bad ones, autoscaling, evictions. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  at,
  type Json,
  type KubeObject,
  listAt,
  numberAt,
  put,
  textAt,
} from '../../../core/kubernetes/index.ts';
import type { KubeError } from '../../support/kubernetes/index.ts';
import { sampleWhile } from './sampling.ts';
import {
  applyObjects,
  bringUp,
  eventually,
  nameOf,
  namespaceOf,
  type PlatformCluster,
  renderObjects,
  startPlatformCluster,
} from './support.ts';

const namespace = namespaceOf.production;
const repository = 'ghcr.io/org/ml-api';
/** Of the autoscaler of production. */
const fewest = 3;
const most = 12;

let platform: PlatformCluster;
let objects: readonly KubeObject[];
beforeAll(async () => {
  platform = await startPlatformCluster();
  objects = await renderObjects(platform.cluster.programs.kubectl, 'overlays/production');
  await bringUp(platform, 'production');
  await untilServing(fewest);
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

const paths = {
  deployment: `/apis/apps/v1/namespaces/${namespace}/deployments/ml-api`,
  autoscaler: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/ml-api`,
  budget: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/ml-api`,
  pods: `/api/v1/namespaces/${namespace}/pods`,
};

function get(path: string): Promise<Json> {
  return platform.cluster.api.get<Json>(path);
}

/** Pods of the service that are ready and not about to end. */
async function readyPods(): Promise<Json[]> {
  const list = await get(`${paths.pods}?labelSelector=app.kubernetes.io%2Fname%3Dml-api`);
  return listAt(list, 'items').filter(
    (pod) =>
      at(pod, 'metadata', 'deletionTimestamp') === undefined &&
      listAt(pod, 'status', 'conditions').some(
        (one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True',
      ),
  );
}

async function untilServing(count: number): Promise<void> {
  await eventually(`${count} pods are available`, async () => {
    const deployment = await get(paths.deployment);
    return (
      at(deployment, 'spec', 'replicas') === count &&
      at(deployment, 'status', 'availableReplicas') === count &&
      at(deployment, 'status', 'replicas') === count
    );
  });
}

/** As the pipeline does: the same manifests with another tag. */
async function applyImage(
  tag: string,
  ...more: readonly (readonly [readonly string[], Json])[]
): Promise<void> {
  const [deployment] = objects.filter((object) => nameOf(object) === 'Deployment/ml-api');
  const text = JSON.stringify(deployment).replace(/ghcr\.io\/org\/ml-api:[\w.-]+/, `${repository}:${tag}`);
  const changed = more.reduce((object, [keys, to]) => put(object, keys, to), JSON.parse(text));
  expect(await applyObjects(platform, [changed])).toMatchObject({ code: 0, stderr: '' });
}

function rolloutStatus(timeout: string): ReturnType<PlatformCluster['cluster']['kubectl']> {
  return platform.cluster.kubectl(
    ...['rollout', 'status', 'deployment/ml-api', '--namespace', namespace, `--timeout=${timeout}`],
  );
}

/** Where its pods are. */
async function zones(): Promise<string[]> {
  const pods = await readyPods();
  return pods.map((pod) => textAt(pod, 'spec', 'nodeName').replace('node-', '')).sort();
}

async function images(): Promise<string[]> {
  const pods = await readyPods();
  return pods.map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image')).sort();
}

describe('a rollout', () => {
  test('has as many pods as are wanted at every moment', async () => {
    const samples = await sampleWhile(platform.cluster, namespace, 'ml-api', async () => {
      await applyImage('1.1.0');
      expect(await rolloutStatus('90s')).toMatchObject({ code: 0 });
      await untilServing(fewest);
    });
    expect(await images()).toEqual(Array(fewest).fill(`${repository}:1.1.0`));
    // One of three zones may go.
    expect(await zones()).toEqual(['a', 'b', 'c']);
    // One pod after the other comes and goes: that there are few events would mean that little was seen.
    expect(samples.available.length).toBeGreaterThan(6);
    expect(samples.serving.length).toBeGreaterThan(6);
    expect(Math.min(...samples.available)).toBe(fewest);
    expect(Math.min(...samples.serving)).toBe(fewest);
  });

  test('that takes an old pod away first would be seen', async () => {
    const strategy = ['spec', 'strategy', 'rollingUpdate'];
    const samples = await sampleWhile(platform.cluster, namespace, 'ml-api', async () => {
      await applyImage('1.2.0', [strategy, { maxSurge: 0, maxUnavailable: 1 }]);
      expect(await rolloutStatus('90s')).toMatchObject({ code: 0 });
    });
    expect(Math.min(...samples.available)).toBeLessThan(fewest);
    expect(Math.min(...samples.serving)).toBeLessThan(fewest);
    await applyImage('1.2.0');
    await untilServing(fewest);
  });

  test.each([
    ['crashes', { kind: 'crashes', exitCode: 3, log: ['no model'] }, 'CrashLoopBackOff'],
    ['is not there', { kind: 'pull-fails' }, 'ImagePullBackOff'],
  ] as const)('to an image that %s leaves the old pods at work', async (_, behaviour, reason) => {
    const tag = `1.3.0-${behaviour.kind}`;
    platform.kubelet.behave(`${repository}:${tag}`, behaviour);
    const before = await images();
    const samples = await sampleWhile(platform.cluster, namespace, 'ml-api', async () => {
      await applyImage(tag);
      await eventually(reason, async () => {
        const list = await get(`${paths.pods}?labelSelector=app.kubernetes.io%2Fname%3Dml-api`);
        return listAt(list, 'items')
          .flatMap((pod) => listAt(pod, 'status', 'containerStatuses'))
          .some((status) => textAt(status, 'state', 'waiting', 'reason') === reason);
      });
      const status = await rolloutStatus('3s');
      expect(status.code).toBe(1);
      expect(status.stdout + status.stderr).toContain('timed out waiting for the condition');
    });
    expect(await images()).toEqual(before);
    expect(Math.min(...samples.available)).toBe(fewest);
    expect(Math.min(...samples.serving)).toBe(fewest);
    await applyImage('1.2.0');
    expect(await rolloutStatus('90s')).toMatchObject({ code: 0 });
    await untilServing(fewest);
  });
});

describe('the autoscaler', () => {
  test('is stored as it is written', async () => {
    const [written] = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    const stored = await get(paths.autoscaler);
    expect(at(stored, 'spec')).toMatchObject(at(written, 'spec') as object);
    expect(numberAt(stored, 'spec', 'minReplicas')).toBe(fewest);
    expect(numberAt(stored, 'spec', 'maxReplicas')).toBe(most);
  });

  test('finds its Deployment, and lets it scale', async () => {
    const conditions = listAt(await get(paths.autoscaler), 'status', 'conditions');
    const able = conditions.find((one) => at(one, 'type') === 'AbleToScale');
    expect(able).toMatchObject({ status: 'True' });
  });

  test('keeps its number of pods when the manifests are applied again', async () => {
    const scale = ['scale', 'deployment/ml-api', '--namespace', namespace];
    expect(await platform.cluster.kubectl(...scale, '--replicas=5')).toMatchObject({ code: 0 });
    await untilServing(5);
    await applyImage('1.2.0');
    expect(numberAt(await get(paths.deployment), 'spec', 'replicas')).toBe(5);
  });

  test.each([
    ['too many pods', 14, most],
    ['too few', 1, fewest],
  ])('takes %s back', async (_, given, kept) => {
    const scale = ['scale', 'deployment/ml-api', '--namespace', namespace];
    expect(await platform.cluster.kubectl(...scale, `--replicas=${given}`)).toMatchObject({ code: 0 });
    await untilServing(kept);
  });
});

describe('the disruption budget', () => {
  function evict(pod: Json | undefined): Promise<Json> {
    const name = textAt(pod, 'metadata', 'name');
    return platform.cluster.api.create(`${paths.pods}/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
    });
  }

  const allowed = async (): Promise<number | null> =>
    numberAt(await get(paths.budget), 'status', 'disruptionsAllowed');

  test('lets one pod go, and no second one until there is another', async () => {
    await untilServing(fewest);
    await eventually('one may go', async () => (await allowed()) === 1);
    const [first, second] = await readyPods();
    // So that the one in its place is not there at once.
    platform.kubelet.behave(repository, { kind: 'runs', readyMs: 6000 });
    await expect(evict(first)).resolves.toMatchObject({ status: 'Success' });
    const refused = await evict(second).catch((error: KubeError) => error);
    expect(refused).toMatchObject({ status: 429 });
    expect(String(refused)).toContain("violate the pod's disruption budget");
    platform.kubelet.behave(repository, { kind: 'runs' });
    await eventually('one may go again', async () => (await allowed()) === 1);
    await expect(evict(second)).resolves.toMatchObject({ status: 'Success' });
    await untilServing(fewest);
  });

  test('lets pods go that do not run anyway', async () => {
    platform.kubelet.behave(`${repository}:1.4.0`, { kind: 'crashes' });
    await applyImage('1.4.0');
    const broken = await eventually('a new pod crashes', async () => {
      const list = await get(`${paths.pods}?labelSelector=app.kubernetes.io%2Fname%3Dml-api`);
      return listAt(list, 'items').find((pod) => {
        const [status] = listAt(pod, 'status', 'containerStatuses');
        return textAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff';
      });
    });
    await expect(evict(broken)).resolves.toMatchObject({ status: 'Success' });
    expect(await images()).toHaveLength(fewest);
    await applyImage('1.2.0');
    await untilServing(fewest);
  });
});
