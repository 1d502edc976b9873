import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  makeImage,
  makeIndex,
  startRegistry,
  type TestRegistry,
} from '../../action-deploy/src/image/registry/testing.ts';
import { type ActRun, runAct, stepOf } from '../support/act.ts';
import { copyReleasedAction } from '../support/action-folder.ts';
import {
  type ControlPlane,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';

/** The bundle as a workflow runs it, with a kubeconfig that leads to a real control plane. */

const platform = { os: 'linux', architecture: 'amd64' };
const image = makeImage(platform);
const tags = { '2.0': image.manifest, '2.1': makeIndex([{ manifest: image.manifest, platform }]) };
let action: string;
let cluster: ControlPlane;
let kubelet: Kubelet;
let registry: TestRegistry;
beforeAll(async () => {
  action = mkdtempSync(join(tmpdir(), 'action-deploy-'));
  copyReleasedAction('action-deploy', action, []);
  registry = await startRegistry({
    tags: { 'octo/api': tags },
    manifests: [image.manifest],
    blobs: [image.config],
  });
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
});
afterAll(async () => {
  rmSync(action, { recursive: true, force: true });
  await registry?.stop();
  await cluster?.stop();
});

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
    spec:
      containers:
        - name: api
          image: IMAGE
          readinessProbe:
            httpGet:
              path: /ready
              port: 8000
---
apiVersion: v1
kind: Service
metadata:
  name: api
spec:
  selector:
    app: api
  ports:
    - port: 80
      targetPort: 8000
`;

async function deploy(tag: string, namespace: string): Promise<ActRun> {
  return await runAct({
    workflow: `
name: Deploy
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: deploy
        uses: org/action-deploy@v1
        with:
          target: eks
          namespace: ${namespace}
          manifests: deploy/*.yaml
          image: ${registry.host}/octo/api:${tag}
          timeout: 3m
          github-token: ''
          report-artifact: ''
`,
    event: 'push',
    payload: { ref: 'refs/heads/main', repository: { full_name: 'octo/iris', default_branch: 'main' } },
    repository: 'octo/iris',
    files: { 'deploy/api.yaml': manifests.replace('IMAGE', `${registry.host}/octo/api:1.0`) },
    actions: { 'org/action-deploy@v1': action },
    env: { KUBECONFIG: cluster.kubeconfig },
    secrets: {},
  });
}

const imageIn = async (namespace: string): Promise<string> =>
  (
    await cluster.kubectl(
      'get',
      'deployment/api',
      '--namespace',
      namespace,
      '--output=jsonpath={.spec.template.spec.containers[0].image}',
    )
  ).stdout;

test('an image that runs, and one that crashes: the cause in the job, and the former one runs again', async () => {
  const namespace = await cluster.namespace();
  const good = await deploy('2.0', namespace);
  expect(good.exitCode).toBe(0);
  expect(stepOf(good, 'deploy', 'deploy').outputs).toMatchObject({
    verdict: 'pass',
    outcome: 'succeeded',
    'image-digest': tags['2.0'].digest,
    'deployment-id': expect.stringContaining('Deployment/api@1'),
  });
  const running = await imageIn(namespace);
  expect(running).toBe(`${registry.host}/octo/api@${tags['2.0'].digest}`);

  kubelet.behave(tags['2.1'].digest, {
    kind: 'crashes',
    exitCode: 3,
    log: ['starting', 'no model at /models'],
  });
  const bad = await deploy('2.1', namespace);
  expect(bad.exitCode).toBe(1);
  const { outputs, summary } = stepOf(bad, 'deploy', 'deploy');
  expect(outputs).toMatchObject({ verdict: 'fail', outcome: 'rolled-back' });
  expect(outputs.cause).toMatch(/container api: CrashLoopBackOff .* no model at \/models/);
  expect(summary).toContain('CrashLoopBackOff');
  expect(await imageIn(namespace)).toBe(running);

  const again = await deploy('2.0', namespace);
  expect(again.exitCode).toBe(0);
  expect(stepOf(again, 'deploy', 'deploy').outputs).toMatchObject({ outcome: 'unchanged' });
});
