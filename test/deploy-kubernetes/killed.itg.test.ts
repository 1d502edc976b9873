/** A run is killed at each of its calls in turn, and the next one reaches the right state. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { isUserFacing } from '../../core/inputs/index.ts';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { deploy, imageOf } from './support.ts';
import { openWay } from './way.ts';
import { configMap, service } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  // Each call has a namespace with its pods.
  kubelet = await startKubelet(cluster, { nodes: [{ name: 'node-1', pods: 2000 }] });
  kubelet.behave(imageOf('bad').digest, { kind: 'pull-fails' });
});
afterAll(() => cluster?.stop());

const before = [
  configMap('settings', { level: 'info' }),
  service('web'),
  deployment({ image: imageOf('1').reference }),
];
const after = [
  configMap('settings', { level: 'debug' }),
  configMap('more', { a: '1' }),
  service('web', 8080),
  deployment({ replicas: 2 }),
];
const atOnce = 8;
/** Some 35 calls, each with two or three rollouts. */
const timeout = 900_000;

/** Milliseconds. A run whose way was cut ends by it, so it is short, but for those that may see the rollout's end. */
const timeoutAfter = (calls: number): number => 2500 + 500 * Math.max(0, calls - 30);

/** Runs until the way is cut; what is left of the run in this process ends by itself, and says what it knows. */
async function killedAfter(namespace: string, calls: number, last: 'arrives' | 'is lost'): Promise<boolean> {
  const end = last === 'arrives' ? 'last one' : 'too late';
  const way = await openWay(cluster, (call) => (call < calls ? 'passes' : end));
  try {
    const { rollout } = await deploy({
      cluster,
      namespace,
      manifests: after,
      kubeconfig: way.kubeconfig,
      timeoutMs: timeoutAfter(calls),
      patience: { rollbackMs: 1500 },
    });
    if (!way.isCut) {
      if (rollout.outcome === 'succeeded') return false;
      // On a busy machine the time was over before the calls were: an end as good as any, and the next ones have longer.
      expect(rollout.causes.map(({ source }) => source)).toContain('deadline');
      return true;
    }
    // The last call removes the record: the rollout itself has been seen to end. A busy machine may reach the timeout first.
    expect(['rollback-failed', 'rolled-back', 'succeeded']).toContain(rollout.outcome);
  } catch (error) {
    if (!isUserFacing(error)) throw error;
    expect(error.message).toMatch(
      /^the API server https:\/\/127\.0\.0\.1:|^the timeout was over before anything was changed$/,
    );
  } finally {
    await way.stop();
  }
  return true;
}

const collections = ['api/v1/%/configmaps', 'api/v1/%/services', 'apis/apps/v1/%/deployments'];

/** As the action has applied it, without a rollout of its own: there are hundreds of them. */
async function started(): Promise<string> {
  const namespace = await cluster.namespace('killed');
  for (const [index, object] of before.entries()) {
    const { name } = (object as { metadata: { name: string } }).metadata;
    const collection = collections[index]?.replace('%', `namespaces/${namespace}`);
    const path = `/${collection}/${name}?fieldManager=ml-gates-deploy`;
    await cluster.api.call('PATCH', path, object, 'apply');
  }
  return namespace;
}

type Data = Awaited<ReturnType<typeof stateOf>>;

/** Without what differs between namespaces. */
function essence(state: Data): unknown {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([key]) => !key.includes('kube-root-ca') && !key.startsWith('serviceaccounts'))
      .map(([key, { spec, data, metadata }]) => {
        const { clusterIP: _, clusterIPs: __, ...rest } = (spec ?? {}) as Record<string, unknown>;
        return [key, { rest, data, owners: (metadata as { owners: unknown }).owners }];
      }),
  );
}

/** In eights, until a run was not cut any more. @returns after how many calls that was */
async function forEachCall(kill: (calls: number) => Promise<boolean>): Promise<number> {
  for (let first = 0; ; first += atOnce) {
    const cut = await Promise.all(Array.from({ length: atOnce }, (_, index) => kill(first + index)));
    if (cut.includes(false)) return first + cut.indexOf(false);
  }
}

test.each(['arrives', 'is lost'] as const)(
  'the same is deployed again: it is brought to its end (the last call %s)',
  { timeout },
  async (last) => {
    const whole = await started();
    await deploy({ cluster, namespace: whole, manifests: after });
    const wanted = essence(await stateOf(cluster, whole));
    const calls = await forEachCall(async (calls) => {
      const namespace = await started();
      const isCut = await killedAfter(namespace, calls, last);
      if (!isCut) return false;
      const { plan, rollout } = await deploy({ cluster, namespace, manifests: after });
      expect(rollout.outcome, `after ${calls} calls`).toBe('succeeded');
      expect(essence(await stateOf(cluster, namespace)), `after ${calls} calls`).toEqual(wanted);
      expect(plan.notices.join()).not.toContain('did not end');
      return true;
    });
    expect(calls).toBeGreaterThan(25);
  },
);

test('another one is deployed, and fails: what was there before the killed run is put back', {
  timeout,
}, async () => {
  await forEachCall(async (calls) => {
    const namespace = await started();
    const state = await stateOf(cluster, namespace);
    const isCut = await killedAfter(namespace, calls, 'arrives');
    if (!isCut) return false;
    const { plan, rollout } = await deploy({ cluster, namespace, manifests: after, image: imageOf('bad') });
    // Where the killed run had seen its pods run, its own state is the former one.
    const isWhole =
      plan.before?.images[0]?.image === imageOf('2').reference && !hasRecordNotice(plan.notices);
    expect(rollout.outcome, `after ${calls} calls`).toBe('rolled-back');
    if (!isWhole) expect(await stateOf(cluster, namespace), `after ${calls} calls`).toEqual(state);
    return true;
  });
});

function hasRecordNotice(notices: readonly string[]): boolean {
  return notices.some((notice) => notice.startsWith('An earlier rollout did not end'));
}
