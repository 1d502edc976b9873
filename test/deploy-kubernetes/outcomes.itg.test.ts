import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { deploy, imageOf } from './support.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(() => cluster?.stop());

test('a first deployment is made, and runs', async () => {
  const namespace = await cluster.namespace();
  const { plan, rollout, told } = await deploy({
    cluster,
    namespace,
    manifests: [deployment({ replicas: 2 })],
  });
  console.log(plan, rollout, told);
  const again = await deploy({ cluster, namespace, manifests: [deployment({ replicas: 2 })] });
  console.log(again.plan);
  kubelet.behave(imageOf('3').digest, {
    kind: 'crashes',
    exitCode: 3,
    log: ['loading', 'no model at /models/a'],
  });
  const bad = await deploy({
    cluster,
    namespace,
    manifests: [deployment({ replicas: 3 })],
    image: imageOf('3'),
  });
  console.log(JSON.stringify(bad, null, 1));
  expect(rollout.outcome).toBe('succeeded');
});
