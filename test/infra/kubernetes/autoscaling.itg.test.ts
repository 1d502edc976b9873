/** The autoscaler of production with numbers to go by: its controller is Kubernetes' own, what pods use is the test's. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, type Json, listAt, numberAt, textAt } from '../../../core/kubernetes/index.ts';
import { type MetricsApi, serviceRange, startMetricsApi } from './metrics-api.ts';
import { bringUp, eventually, namespaceOf, type PlatformCluster, startPlatformCluster } from './support.ts';

const namespace = namespaceOf.production;
/** Of three pods. Each requests one core and 1 GiB; the targets are 65% and 80% of it. */
const calm = { cpu: 1.8, memory: 1500 };

let platform: PlatformCluster;
let metrics: MetricsApi;
beforeAll(async () => {
  platform = await startPlatformCluster({ apiServerFlags: [serviceRange] });
  metrics = await startMetricsApi(platform.cluster, calm);
  await bringUp(platform, 'production');
  await untilPods(3);
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

function autoscaler(): Promise<Json> {
  return platform.cluster.api.get<Json>(
    `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/ml-api`,
  );
}

/** The controller looks every 15 s, and adds no more than its policies allow in 30 s. */
async function untilPods(count: number): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/ml-api`;
    const deployment = await platform.cluster.api.get<Json>(path);
    return (
      numberAt(deployment, 'spec', 'replicas') === count &&
      numberAt(deployment, 'status', 'availableReplicas') === count
    );
  };
  await eventually(`${count} pods are available`, isThere, 120_000);
}

async function condition(type: string): Promise<Json | undefined> {
  const conditions = listAt(await autoscaler(), 'status', 'conditions');
  return conditions.find((one) => at(one, 'type') === type);
}

test('both metrics are read, and enough pods are left alone', async () => {
  const read = await eventually('the metrics are read', async () => {
    const list = listAt(await autoscaler(), 'status', 'currentMetrics');
    return list.length === 2 ? list : null;
  });
  const used = read.map((metric) => [
    textAt(metric, 'resource', 'name'),
    numberAt(metric, 'resource', 'current', 'averageUtilization'),
  ]);
  expect(Object.fromEntries(used)).toEqual({ cpu: 60, memory: 48 });
  expect(await condition('ScalingActive')).toMatchObject({ status: 'True', reason: 'ValidMetricFound' });
});

test('twice the CPU doubles the pods in one step', async () => {
  const steps = await stepsWhile(async () => {
    metrics.use({ ...calm, cpu: 3.9 });
    await untilPods(6);
  });
  expect(steps).toEqual([3, 6]);
});

test('memory alone adds pods, too, as many as are needed and no more than its bound', async () => {
  metrics.use({ ...calm, memory: 7380 });
  await untilPods(9);
  metrics.use({ ...calm, memory: 20_000 });
  await untilPods(12);
  await eventually('it is at its bound', async () => {
    const found = await condition('ScalingLimited');
    return at(found, 'status') === 'True' && at(found, 'reason') === 'TooManyReplicas';
  });
});

test('a pause in the traffic takes no pod away', async () => {
  metrics.use({ cpu: 0.6, memory: 1200 });
  const able = await eventually('it waits', async () => {
    const found = await condition('AbleToScale');
    return textAt(found, 'reason') === 'ScaleDownStabilized' ? found : null;
  });
  expect(able).toMatchObject({ status: 'True' });
  await untilPods(12);
});

/** The numbers of pods that were wanted meanwhile, each once. */
async function stepsWhile(act: () => Promise<void>): Promise<readonly number[]> {
  const seen: number[] = [];
  const ended = new AbortController();
  const following = platform.cluster.api.follow(
    `/apis/apps/v1/namespaces/${namespace}/deployments?fieldSelector=metadata.name%3Dml-api`,
    ({ object }) => {
      const wanted = numberAt(object as unknown as Json, 'spec', 'replicas') ?? 0;
      if (seen.at(-1) !== wanted) seen.push(wanted);
    },
    ended.signal,
  );
  try {
    await act();
  } finally {
    ended.abort();
    await following;
  }
  return seen;
}
