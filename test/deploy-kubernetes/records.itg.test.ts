/** The record of the former state, where runs meet: each keeps its own, and none goes back to what another one has left. */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findConnection, KubeApi } from '../../action-deploy/src/kubernetes/client/index.ts';
import { readRecord, removeRecord, writeRecord } from '../../action-deploy/src/kubernetes/state/record.ts';
import type { ResolvedImage } from '../../action-deploy/src/types.ts';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  type PolicyRule,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { deploy, imageOf, openDeploy } from './support.ts';
import { configMap } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(() => cluster?.stop());

const readinessProbe = { httpGet: { path: '/ready', port: 80 }, periodSeconds: 1 };
const probed = deployment({ container: { readinessProbe } });
const record = 'secrets/ml-gates-deploy-deployment-web';

function stuckImage(): ResolvedImage {
  const image = imageOf(randomBytes(6).toString('hex'));
  kubelet.behave(image.digest, { kind: 'not-ready' });
  return image;
}

async function running(...more: object[]): Promise<string> {
  const namespace = await cluster.namespace('record');
  await deploy({ cluster, namespace, manifests: [probed, ...more], image: imageOf('1') });
  return namespace;
}

/** A run that ends without removing its record, as one that was killed. */
async function leftBehind(namespace: string, ...more: object[]): Promise<void> {
  const cancel = new AbortController();
  const { rollout } = await deploy({
    cluster,
    namespace,
    manifests: [probed, ...more],
    image: stuckImage(),
    rollback: false,
    signal: cancel.signal,
    onEvent: ({ kind }) => {
      if (kind === 'warning') cancel.abort();
    },
  });
  expect(rollout.left).toContain('is kept in Secret');
}

test('one that came between the plan and the rollout is taken over', async () => {
  const namespace = await running(configMap('settings', { level: 'info' }));
  const before = await stateOf(cluster, namespace);
  const image = stuckImage();
  const manifests = [probed, configMap('settings', { level: 'debug' })];
  const { target, world } = await openDeploy({ cluster, namespace, manifests });
  const plan = await target.plan(image, world);
  await leftBehind(namespace, configMap('settings', { level: 'trace' }));
  const rollout = await target.roll(plan, image, {
    ...world,
    tell: () => {},
    deadline: new Date(Date.now() + 4000),
    rollback: true,
    bakeMs: 0,
    analysis: null,
  });
  expect(rollout.outcome).toBe('rolled-back');
  expect(await stateOf(cluster, namespace)).toEqual(before);
});

describe('two runs of the same', () => {
  test('the first is cancelled: what the second has taken up stays, with its record', async () => {
    const namespace = await running(configMap('settings', { level: 'info' }));
    const image = stuckImage();
    const manifests = [probed, configMap('settings', { level: 'debug' })];
    const cancel = new AbortController();
    let begun = (): void => {};
    const second = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let later: ReturnType<typeof deploy> | null = null;
    const first = await deploy({
      cluster,
      namespace,
      manifests,
      image,
      signal: cancel.signal,
      onEvent: ({ kind }) => {
        if (kind !== 'warning' || later !== null) return;
        later = deploy({
          cluster,
          namespace,
          manifests,
          image,
          onEvent: (event) => {
            if (event.kind === 'warning') begun();
          },
        });
        void second.then(() => cancel.abort());
      },
    });
    expect(first.rollout).toMatchObject({
      outcome: 'superseded',
      rollback: null,
      left: expect.stringContaining('another run has taken up what this one had begun; nothing was put back'),
    });
    const state = await stateOf(cluster, namespace);
    expect(JSON.stringify(state['configmaps/settings'])).toContain('debug');
    expect(Object.keys(state)).toContain(record);
    kubelet.behave(image.digest, { kind: 'runs' });
    await cluster.kubectl('delete', 'pods', '--all', '--namespace', namespace);
    const next = await (later as ReturnType<typeof deploy> | null);
    expect(next?.rollout.outcome).toBe('succeeded');
    expect(Object.keys(await stateOf(cluster, namespace))).not.toContain(record);
  });

  test('at the same time: neither loses the state before both', async () => {
    const namespace = await running(configMap('settings', { level: 'info' }));
    const before = await stateOf(cluster, namespace);
    const image = stuckImage();
    const manifests = [probed, configMap('settings', { level: 'debug' })];
    const both = await Promise.all(
      [4000, 6000].map((timeoutMs) => deploy({ cluster, namespace, manifests, image, timeoutMs })),
    );
    expect(both.map(({ rollout }) => rollout.outcome).sort()).toEqual(['rolled-back', 'superseded']);
    expect(await stateOf(cluster, namespace)).toEqual(before);
  });
});

test('one that can no longer be deleted has ended all the same', async () => {
  const namespace = await cluster.namespace('record');
  const rule = (resources: string[], verbs: string[], apiGroups = ['']): PolicyRule => ({
    apiGroups,
    resources,
    verbs,
  });
  const rules = (verbs: string[]): PolicyRule[] => [
    rule(['deployments', 'replicasets'], ['get', 'list', 'watch', 'create', 'patch', 'delete'], ['apps']),
    rule(['pods', 'events'], ['list', 'watch']),
    rule(['secrets'], verbs),
  ];
  const name = 'deployer';
  const all = ['get', 'create', 'patch', 'delete'];
  const { user, kubeconfig } = await cluster.kubeconfigFor({ namespace, name, rules: rules(all) });
  const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/${namespace}-${name}`;
  const allow = (verbs: string[]): Promise<unknown> =>
    cluster.api.call('PATCH', role, { rules: rules(verbs) }, 'merge');
  const options = { cluster, namespace, manifests: [probed], kubeconfig };
  await deploy({ ...options, image: imageOf('1') });
  let isTaken = false;
  const first = await deploy({
    ...options,
    image: imageOf('2'),
    analysis: {
      // The rollout is nearly over; the authorizer hears of it a moment later.
      judge: async (stage) => {
        await allow(all.slice(0, 3));
        for (let round = 0; round < 50 && !isTaken; round++) {
          const { stdout } = await cluster.kubectl(
            'auth',
            'can-i',
            'delete',
            'secrets',
            '-n',
            namespace,
            '--as',
            user,
          );
          isTaken = stdout.trim() === 'no';
          await sleep(100);
        }
        return { stage, at: new Date().toISOString(), promote: true, lines: [] };
      },
    },
  });
  expect(isTaken).toBe(true);
  expect(first.rollout).toMatchObject({
    outcome: 'succeeded',
    notices: [expect.stringMatching(/^Secret \S+ could not be deleted: .* may not delete secrets .*"\]\.$/)],
  });
  const state = await stateOf(cluster, namespace);
  expect(Object.keys(state)).toContain(record);
  await allow(all);
  await sleep(1000);
  const failing = await deploy({ ...options, image: stuckImage(), timeoutMs: 4000 });
  expect(failing.plan.notices.join()).not.toContain('did not end');
  expect(failing.rollout.outcome).toBe('rolled-back');
  const { [record]: _, ...rest } = state;
  expect(await stateOf(cluster, namespace)).toEqual(rest);
});

describe('the Secret', () => {
  const place = (namespace: string) => ({ namespace, name: 'ml-gates-deploy-deployment-web' });
  const content = (owner: string) => ({ digest: 'd', owner, earlier: [], objects: [] });
  const { signal } = new AbortController();

  async function open(): Promise<{ api: KubeApi; namespace: string }> {
    const namespace = await cluster.namespace('secret');
    const { world } = await openDeploy({ cluster, namespace });
    const { env, sleep: pause } = world;
    const connection = await findConnection(world);
    return { api: new KubeApi(connection, { env, sleep: pause, tell: () => {} }), namespace };
  }

  test('is written in place of what was read, and of nothing else', async () => {
    const { api, namespace } = await open();
    const at = place(namespace);
    expect(await readRecord(api, at, signal)).toEqual({ record: null, version: null });
    expect(await writeRecord(api, at, content('a'), null, signal)).toMatchObject({ owner: 'a' });
    // Nothing was there when this one looked.
    expect(await writeRecord(api, at, content('b'), null, signal)).toBeNull();
    const { record: kept, version } = await readRecord(api, at, signal);
    expect(kept).toMatchObject({ owner: 'a', digest: 'd' });
    await cluster.kubectl('label', 'secret', at.name, 'seen=yes', '--namespace', namespace);
    expect(await writeRecord(api, at, content('b'), version, signal)).toBeNull();
    const again = await readRecord(api, at, signal);
    await cluster.kubectl('delete', 'secret', at.name, '--namespace', namespace);
    expect(await writeRecord(api, at, content('b'), again.version, signal)).toBeNull();
    expect(await readRecord(api, at, signal)).toEqual({ record: null, version: null });
    api.close();
  });

  test('is its own also where the answer to the first call was lost', async () => {
    const { api, namespace } = await open();
    const at = place(namespace);
    await writeRecord(api, at, content('a'), null, signal);
    expect(await writeRecord(api, at, content('a'), null, signal)).toMatchObject({ owner: 'a' });
    api.close();
  });

  test('is removed by its owner alone', async () => {
    const { api, namespace } = await open();
    const at = place(namespace);
    const mine = await writeRecord(api, at, content('a'), null, signal);
    if (mine === null) throw new Error('it was not written');
    await removeRecord(api, at, { ...mine, owner: 'b' }, signal);
    expect((await readRecord(api, at, signal)).record).toMatchObject({ owner: 'a' });
    await removeRecord(api, at, mine, signal);
    expect(await readRecord(api, at, signal)).toEqual({ record: null, version: null });
    api.close();
  });
});
