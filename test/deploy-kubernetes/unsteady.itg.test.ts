/** A network that loses calls and answers, and an API server that is busy: what is told is what is there. */

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { deploy, imageOf } from './support.ts';
import { type Fate, openWay, type Way } from './way.ts';
import { configMap, service, statefulSet } from './workloads.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
let way: Way;
/** Six troubles in a row would be an API server that is away. */
const fates: readonly Fate[] = [
  ...(['passes', 503, 'passes', 'is lost', 'passes', 'passes'] as const),
  ...([429, 'passes', 'passes', 'answer is lost', 'passes'] as const),
];
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
  way = await openWay(cluster, (call) => fates[call % fates.length] ?? 'passes');
  kubelet.behave(imageOf('bad').digest, { kind: 'crashes', log: ['oh'] });
});
afterAll(async () => {
  await way?.stop();
  await cluster?.stop();
});

const manifests = [configMap('settings', { a: '1' }), service('web'), deployment({ replicas: 2 })];

test('what runs is seen to run', async () => {
  const namespace = await cluster.namespace();
  const { kubeconfig } = way;
  for (const tag of ['1', '2']) {
    const { rollout } = await deploy({ cluster, namespace, manifests, kubeconfig, image: imageOf(tag) });
    expect(rollout).toMatchObject({
      outcome: 'succeeded',
      left: expect.stringContaining('2 of 2 pods are available'),
    });
  }
  const state = await stateOf(cluster, namespace);
  expect(JSON.stringify(state['deployments/web'])).toContain(imageOf('2').reference);
  expect(Object.keys(state).filter((key) => key.startsWith('secrets'))).toEqual([]);
});

test.each([
  ['a Deployment', deployment()],
  ['a StatefulSet', statefulSet()],
])('what does not is put back: %s', async (_name, workload) => {
  const namespace = await cluster.namespace();
  const { kubeconfig } = way;
  const before = [configMap('settings', { a: '0' }), workload];
  await deploy({ cluster, namespace, manifests: before, kubeconfig, image: imageOf('1') });
  const state = await stateOf(cluster, namespace);
  const after = [configMap('settings', { a: '1' }), service('web'), workload];
  const { rollout } = await deploy({
    cluster,
    namespace,
    manifests: after,
    kubeconfig,
    image: imageOf('bad'),
  });
  expect(rollout).toMatchObject({
    outcome: 'rolled-back',
    causes: [{ reason: 'CrashLoopBackOff', logLines: ['oh'] }],
  });
  expect(await stateOf(cluster, namespace)).toEqual(state);
});

test('credentials that cannot be had any more half way: the run ends, and says what it knows', async () => {
  const namespace = await cluster.namespace();
  const folder = join(cluster.folder, `plugin-${randomBytes(4).toString('hex')}`);
  await mkdir(folder);
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    // In the past: it is asked before each call.
    status: { token: cluster.adminToken, expirationTimestamp: '2026-01-01T00:00:00Z' },
  };
  await writeFile(join(folder, 'credential.json'), JSON.stringify(credential), { mode: 0o600 });
  const script = `#!/bin/sh\ncat '${folder}/credential.json' || exit 7\n`;
  await writeFile(join(folder, 'plugin'), script, { mode: 0o700 });
  const config = parse(await readFile(cluster.kubeconfig, 'utf8')) as { users: { name: string }[] };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: join(folder, 'plugin'),
    interactiveMode: 'Never',
  };
  const users = config.users.map(({ name }) => ({ name, user: { exec } }));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, stringify({ ...config, users }), { mode: 0o600 });
  const image = imageOf('never-ready');
  kubelet.behave(image.digest, { kind: 'not-ready' });
  const readinessProbe = { httpGet: { path: '/ready', port: 80 }, periodSeconds: 1 };
  const { rollout } = await deploy({
    cluster,
    namespace,
    manifests: [deployment({ container: { readinessProbe } })],
    kubeconfig,
    image,
    timeoutMs: 5000,
    patience: { rollbackMs: 2000 },
    onEvent: ({ kind }) => {
      if (kind === 'warning') rmSync(join(folder, 'credential.json'), { force: true });
    },
  });
  expect(rollout).toMatchObject({
    outcome: 'rollback-failed',
    rollback: { verified: false },
    left: expect.stringMatching(/plugin.* ended with code 7/),
  });
});
