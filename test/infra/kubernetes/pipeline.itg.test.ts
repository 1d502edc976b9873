/** The pipeline's rights are enough for what it is there for: action-deploy runs as a user of the group of deployers. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesConfig } from '../../../action-deploy/src/config.ts';
import { runProcess } from '../../../scripts/tools/process.ts';
import { type Deployed, deploy, imageOf } from '../../deploy-kubernetes/support.ts';
import {
  applyObjects,
  applySecrets,
  manifests,
  nameOf,
  namespaceOf,
  type PlatformCluster,
  renderObjects,
  startPlatformCluster,
} from './support.ts';

const namespace = namespaceOf.staging;
const repository = 'ghcr.io/org/ml-api';
const token = 'pipeline-of-staging';

let platform: PlatformCluster;
let kubeconfig: string;
beforeAll(async () => {
  platform = await startPlatformCluster({
    tokens: [{ token, user: 'pipeline', groups: ['ml-platform:deployers'] }],
  });
  const { cluster } = platform;
  kubeconfig = await cluster.writeKubeconfig('pipeline', { kind: 'token', token }, namespace);
  // What an administrator does once.
  const objects = await renderObjects(cluster.programs.kubectl, 'overlays/staging');
  const isSecurity = (labels: Readonly<Record<string, string>> = {}): boolean =>
    labels['app.kubernetes.io/component'] === 'security';
  const security = objects.filter(({ metadata }) => isSecurity(metadata.labels));
  expect(await applyObjects(platform, security)).toMatchObject({ code: 0, stderr: '' });
  await applySecrets(cluster, 'staging');
});
afterAll(async () => {
  await platform?.cluster.stop();
  expect(platform?.kubelet.problems()).toEqual([]);
});

async function run(tag: string, folder = 'pipeline/staging'): Promise<Deployed> {
  const source: KubernetesConfig['source'] = {
    kind: 'kustomize',
    folder: { path: `${manifests}/${folder}`, shown: folder },
  };
  return await deploy({
    cluster: platform.cluster,
    namespace,
    source,
    workspace: manifests,
    kubeconfig,
    env: { PATH: platform.tools },
    image: imageOf(tag, repository),
    patience: { schedulingMs: 15_000, mountMs: 15_000 },
    timeoutMs: 120_000,
  });
}

async function runningImages(): Promise<readonly string[]> {
  const { stdout } = await platform.cluster.kubectl(
    ...['get', 'pods', '--namespace', namespace, '--selector', 'app.kubernetes.io/name=ml-api'],
    ...['--output', 'jsonpath={.items[*].spec.containers[*].image}'],
  );
  return stdout.split(' ');
}

test('a first run makes all that an administrator has not made', async () => {
  const { plan, rollout } = await run('1.0.0');
  expect(rollout).toMatchObject({ outcome: 'succeeded', causes: [] });
  expect(plan.headline).toContain('Deployment ml-api');
  const objects = await renderObjects(platform.cluster.programs.kubectl, 'overlays/staging');
  for (const { kind, metadata } of objects) {
    const args = ['get', kind, metadata.name, '--namespace', namespace];
    const { code, stderr } = await platform.cluster.kubectl(...args);
    expect(code, `${nameOf({ kind, metadata })}: ${stderr}`).toBe(0);
  }
  expect(await runningImages()).toEqual([imageOf('1.0.0', repository).reference]);
});

test('a second run of the same changes nothing', async () => {
  const { plan } = await run('1.0.0');
  expect(plan).toMatchObject({ unchanged: true, changes: [] });
});

test('a new image is rolled out, a broken one is rolled back', async () => {
  expect((await run('1.1.0')).rollout).toMatchObject({ outcome: 'succeeded' });
  const broken = imageOf('1.2.0', repository);
  platform.kubelet.behave(broken.digest, { kind: 'crashes', exitCode: 3, log: ['no such model'] });
  const { rollout } = await run('1.2.0');
  expect(rollout).toMatchObject({
    outcome: 'rolled-back',
    notices: [],
    causes: [{ reason: 'CrashLoopBackOff', logLines: ['no such model'] }],
  });
  expect(await runningImages()).toEqual([imageOf('1.1.0', repository).reference]);
});

test('nothing that it called was refused, and of Secrets it touched its own', async () => {
  const calls = await platform.cluster.audit('pipeline');
  expect(calls.length).toBeGreaterThan(100);
  // The platforms of nodes are asked for in the hope that it may.
  const refused = calls.filter(({ code, resource }) => code === 403 && resource !== 'nodes');
  expect(refused).toEqual([]);
  const secrets = calls.filter(({ resource }) => resource === 'secrets');
  const known = secrets.filter(({ verb }) => verb !== 'create');
  expect(known.length).toBeLessThan(secrets.length);
  expect(new Set(known.map(({ name }) => name))).toEqual(new Set(['ml-gates-deploy-deployment-ml-api']));
});

test('an environment as a whole is refused before anything is changed, with what is not the pipeline’s', async () => {
  const message = await run('1.3.0', 'overlays/staging').then(
    () => 'not refused',
    (error: unknown) => String(error),
  );
  const kinds = ['namespaces', 'serviceaccounts', 'roles', 'rolebindings', 'networkpolicies'];
  for (const kind of kinds)
    expect(message).toMatch(new RegExp(`pipeline may not get ${kind}[.a-z0-9]* in namespace ${namespace} `));
  expect(await runningImages()).toEqual([imageOf('1.1.0', repository).reference]);
});

test.each([
  ['reads the password of Grafana', ['get', 'secret', 'grafana']],
  ['lists Secrets', ['get', 'secrets']],
  ['opens the network', ['delete', 'networkpolicy', 'default-deny']],
  ['gives itself rights', ['create', 'rolebinding', 'mine', '--clusterrole=admin', '--user=pipeline']],
  ['lets privileged pods in', ['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce-']],
  ['becomes another account', ['create', 'token', 'prometheus']],
  ['looks into a pod', ['exec', 'prometheus-0', '--', 'env']],
  ['looks around', ['get', 'pods', '--namespace', 'kube-system']],
])('it is refused when it %s', async (_, args) => {
  const { cluster } = platform;
  const { code, stderr } = await runProcess(cluster.programs.kubectl, args, {
    env: { PATH: platform.tools, HOME: cluster.folder, KUBECONFIG: kubeconfig },
    timeoutMs: 30_000,
  });
  expect(code).toBe(1);
  expect(stderr).toContain('forbidden');
});
