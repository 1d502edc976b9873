/** Charts and kustomizations, rendered by the real tools and brought to a real control plane. */

import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesConfig } from '../../action-deploy/src/config.ts';
import { ensureHelm } from '../../scripts/tools/helm.ts';
import {
  type ControlPlane,
  deployment,
  type Kubelet,
  startControlPlane,
  startKubelet,
} from '../support/kubernetes/index.ts';
import { stateOf } from './state.ts';
import { deploy, imageOf, openDeploy } from './support.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
/** Holds helm and kubectl, and nothing else. */
let tools: string;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
  tools = join(cluster.folder, 'tools');
  await mkdir(tools);
  await symlink(await ensureHelm(), join(tools, 'helm'));
  await symlink(cluster.programs.kubectl, join(tools, 'kubectl'));
});
afterAll(() => cluster?.stop());

/** Files by their path. */
async function workspaceOf(files: Readonly<Record<string, string | object>>): Promise<string> {
  const workspace = join(cluster.folder, `tools-${randomBytes(6).toString('hex')}`);
  for (const [name, content] of Object.entries(files)) {
    const path = join(workspace, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return workspace;
}

const chartFile = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
const template = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers:
        - name: app
          image: registry.example/web:{{ .Values.tag }}
          env:
            - { name: CLUSTER, value: {{ .Capabilities.KubeVersion.Version | quote }} }
{{- if .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: {{ .Release.Name }} }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: {{ .Release.Name }} } } }
{{- end }}
`;
const values = 'replicas: 1\ntag: none\n';

function helm(options: { values?: readonly string[]; chart?: string } = {}): KubernetesConfig['source'] {
  const files = (options.values ?? []).map((path) => ({ path, shown: path }));
  return { kind: 'helm', chart: options.chart ?? 'chart', release: 'web', values: files };
}

async function tried(
  namespace: string,
  source: KubernetesConfig['source'],
  files: Readonly<Record<string, string | object>>,
  path = tools,
): Promise<string> {
  const workspace = await workspaceOf(files);
  const { target, world } = await openDeploy({ cluster, namespace, source, workspace, env: { PATH: path } });
  const message = await target.plan(imageOf('2'), world).then(
    ({ headline }) => headline,
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
  expect(message).not.toContain(cluster.folder);
  return message;
}

describe('helm', () => {
  const chart = {
    'chart/Chart.yaml': chartFile,
    'chart/values.yaml': values,
    'chart/templates/web.yaml': template,
  };

  test('a chart is rendered for the cluster, deployed, and put back', async () => {
    const namespace = await cluster.namespace('helm');
    const workspace = await workspaceOf({ ...chart, 'prod.yaml': 'replicas: 2\n' });
    const env = { PATH: tools };
    const source = helm({ values: ['prod.yaml'] });
    const first = await deploy({ cluster, namespace, source, workspace, env, image: imageOf('1') });
    expect(first.rollout).toMatchObject({
      outcome: 'succeeded',
      left: 'Deployment/web@1: 2 of 2 pods are available',
    });
    const state = await stateOf(cluster, namespace);
    expect(JSON.stringify(state['deployments/web'])).toMatch(/"name":"CLUSTER","value":"v1\.33\.13"/);
    expect(Object.keys(state)).toContain('poddisruptionbudgets/web');
    const image = imageOf('helm-bad');
    kubelet.behave(image.digest, { kind: 'crashes' });
    const second = await deploy({ cluster, namespace, source: helm(), workspace, env, image });
    expect(second.rollout.outcome).toBe('rolled-back');
    expect(await stateOf(cluster, namespace)).toEqual(state);
  });

  const hook = (kind: string, hooks: string): string =>
    `apiVersion: ${kind === 'Job' ? 'batch/v1' : 'v1'}\nkind: ${kind}\nmetadata:\n  name: web-hook\n  annotations: { helm.sh/hook: ${JSON.stringify(hooks)} }\n` +
    (kind === 'Job'
      ? 'spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "registry.example/web" }] } } }\n'
      : 'data: { a: b }\n');

  test('a hook that must run before cannot be left out', async () => {
    const namespace = await cluster.namespace('helm');
    const files = { ...chart, 'chart/templates/hook.yaml': hook('Job', 'pre-install, pre-upgrade') };
    expect(await tried(namespace, helm(), files)).toBe(
      'RunError: the chart chart has the Job web-hook as a pre-install hook (web/templates/hook.yaml), and hooks are not run here: ' +
        'switch it off in helm-values, and run what it does as a step before this one',
    );
  });

  test('other hooks are left out, and told', async () => {
    const namespace = await cluster.namespace('helm');
    const workspace = await workspaceOf({
      ...chart,
      'chart/templates/a.yaml': hook('Job', 'post-delete'),
      'chart/templates/b.yaml': hook('ConfigMap', 'pre-install'),
      'chart/templates/c.yaml': hook('Job', 'test'),
    });
    const { plan } = await deploy({ cluster, namespace, source: helm(), workspace, env: { PATH: tools } });
    expect(plan.notices[0]).toMatch(
      /^Hooks of the chart chart are not run, and were left out: (?:ConfigMap|Job)\/web-hook/,
    );
    expect(plan.notices[0]).not.toContain('test');
    expect(Object.keys(await stateOf(cluster, namespace))).not.toContain('configmaps/web-hook');
  });

  test('a chart that makes up a password each time', async () => {
    const namespace = await cluster.namespace('helm');
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\ndata: { password: {{ randAlphaNum 9 | b64enc }} }\n';
    expect(await tried(namespace, helm(), { ...chart, 'chart/templates/db.yaml': secret })).toMatch(
      /^RunError: the chart chart makes up Secret\/db \(web\/templates\/db\.yaml\) anew each time it is rendered/,
    );
  });

  test.each([
    [
      'a template that cannot be read',
      { 'chart/templates/broken.yaml': 'a: {{ .Values.absent.name }}\n' },
      /^RunError: the chart chart cannot be rendered: .*web\/templates\/broken\.yaml:1:.*nil pointer evaluating interface \{\}\.name/,
    ],
    [
      'a template that is no YAML',
      { 'chart/templates/broken.yaml': 'kind: ConfigMap\n  apiVersion: v1\n' },
      /^RunError: the chart chart cannot be rendered: .*YAML parse error on web\/templates\/broken\.yaml/,
    ],
    [
      'no object',
      { 'chart/templates/web.yaml': '# nothing\n' },
      /^RunError: the chart chart renders no object$/,
    ],
  ])('%s', async (_name, files, message) => {
    expect(await tried(await cluster.namespace('helm'), helm(), { ...chart, ...files })).toMatch(message);
  });

  test('a chart or values that are not there', async () => {
    const namespace = await cluster.namespace('helm');
    expect(await tried(namespace, helm({ chart: 'charts/web' }), chart)).toBe(
      'RunError: helm-chart: "charts/web" does not exist',
    );
    expect(await tried(namespace, helm({ values: ['prod.yaml'] }), chart)).toBe(
      'RunError: helm-values: "prod.yaml" does not exist',
    );
    expect(await tried(namespace, helm({ chart: '..' }), chart)).toBe(
      'RunError: ".." leads outside the workspace',
    );
  });

  test('no helm', async () => {
    expect(await tried(await cluster.namespace('helm'), helm(), chart, join(cluster.folder, 'nothing'))).toBe(
      'RunError: helm-chart needs `helm` on PATH; it is not there',
    );
  });
});

describe('kustomize', () => {
  const folder = { kind: 'kustomize', folder: { path: 'overlays/prod', shown: 'overlays/prod' } } as const;
  const files = {
    'base/web.yaml': deployment(),
    'base/kustomization.yaml':
      'resources: [web.yaml]\nconfigMapGenerator: [{ name: settings, literals: [level=info] }]\n',
    'overlays/prod/kustomization.yaml': 'resources: [../../base]\nnamePrefix: prod-\n',
  };

  test('a kustomization is rendered by kubectl, and deployed', async () => {
    const namespace = await cluster.namespace('kustomize');
    const workspace = await workspaceOf(files);
    const { plan, rollout } = await deploy({
      cluster,
      namespace,
      source: folder,
      workspace,
      env: { PATH: tools },
    });
    expect(plan.headline).toContain('Deployment prod-web');
    expect(plan.changes[0]?.place).toMatch(/^ConfigMap\/prod-settings-\w+$/);
    expect(rollout.outcome).toBe('succeeded');
  });

  test('a program named kustomize comes first', async () => {
    const namespace = await cluster.namespace('kustomize');
    const workspace = await workspaceOf(files);
    const own = join(workspace, 'bin');
    await mkdir(own);
    const script = `#!/bin/sh\n[ "$1" = build ] && echo '${JSON.stringify(deployment({ name: 'own' }))}'\n`;
    await writeFile(join(own, 'kustomize'), script, { mode: 0o755 });
    const { target, world } = await openDeploy({
      cluster,
      namespace,
      source: folder,
      workspace,
      env: { PATH: `${own}:${tools}` },
    });
    expect((await target.plan(imageOf('2'), world)).headline).toContain('Deployment own');
  });

  test.each([
    [
      'a resource that is not there',
      { ...files, 'base/kustomization.yaml': 'resources: [absent.yaml]\n' },
      /^RunError: the kustomization overlays\/prod cannot be rendered: .*absent\.yaml/,
    ],
    [
      'no kustomization',
      { 'overlays/prod/web.yaml': '' },
      /^RunError: kustomize-path: "overlays\/prod" has no kustomization\.yaml$/,
    ],
  ])('%s', async (_name, content, message) => {
    expect(await tried(await cluster.namespace('kustomize'), folder, content)).toMatch(message);
  });

  test('neither kustomize nor kubectl', async () => {
    const nothing = join(cluster.folder, 'nothing');
    expect(await tried(await cluster.namespace('kustomize'), folder, files, nothing)).toBe(
      'RunError: kustomize-path needs `kustomize` or `kubectl` on PATH; neither is there',
    );
  });
});
