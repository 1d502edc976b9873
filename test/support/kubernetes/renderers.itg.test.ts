import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ensureHelm } from '../../../scripts/tools/helm.ts';
import { type ProcessResult, runProcess } from '../../../scripts/tools/process.ts';
import { type ControlPlane, type Kubelet, startControlPlane, startKubelet } from './index.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
let helm: string;
let chart: string;

beforeAll(async () => {
  helm = await ensureHelm();
  cluster = await startControlPlane();
  kubelet = await startKubelet(cluster);
  chart = join(cluster.folder, 'chart');
  await writeFiles(chart, {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'values.yaml': 'image: registry.example/web:1\n',
    'templates/deployment.yaml': [
      'apiVersion: apps/v1',
      'kind: Deployment',
      'metadata:',
      '  name: {{ .Release.Name }}',
      'spec:',
      '  selector: {matchLabels: {app: {{ .Release.Name }}}}',
      '  template:',
      '    metadata: {labels: {app: {{ .Release.Name }}}}',
      '    spec: {containers: [{name: app, image: {{ .Values.image }}}]}',
      '',
    ].join('\n'),
  });
});
afterAll(() => cluster?.stop());

test('helm renders a chart without a cluster', async () => {
  const { code, stdout } = await runHelm('template', 'api', chart, '--set', 'image=registry.example/web:2');
  expect(code).toBe(0);
  expect(parseAllDocuments(stdout).map((document) => document.toJS())).toMatchObject([
    {
      kind: 'Deployment',
      metadata: { name: 'api' },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/web:2' }] } } },
    },
  ]);
});

test('helm installs, waits, and rolls back what does not get ready', async () => {
  const namespace = await cluster.namespace();
  const upgrade = (image: string, ...args: string[]): Promise<ProcessResult> =>
    runHelm(
      'upgrade',
      '--install',
      'api',
      chart,
      '--set',
      `image=${image}`,
      '-n',
      namespace,
      '--wait',
      ...args,
    );
  expect(await upgrade('registry.example/web:1')).toMatchObject({ code: 0 });
  kubelet.behave('registry.example/web:3', { kind: 'pull-fails' });
  const failed = await upgrade('registry.example/web:3', '--atomic', '--timeout=5s');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('release api failed, and has been rolled back due to atomic being set');
  const { stdout } = await runHelm('history', 'api', '-n', namespace, '-o', 'json');
  const history: { revision: number; status: string }[] = JSON.parse(stdout);
  expect(history.map(({ revision, status }) => [revision, status])).toEqual([
    [1, 'superseded'],
    [2, 'failed'],
    [3, 'deployed'],
  ]);
});

test('kubectl renders a kustomization without a cluster', async () => {
  const folder = join(cluster.folder, 'kustomization');
  await writeFiles(folder, {
    'kustomization.yaml': [
      'resources: [pod.yaml]',
      'namePrefix: prod-',
      'images: [{name: web, newName: registry.example/web, newTag: "2"}]',
      '',
    ].join('\n'),
    'pod.yaml': [
      'apiVersion: v1',
      'kind: Pod',
      'metadata: {name: web}',
      'spec: {containers: [{name: app, image: web}]}',
      '',
    ].join('\n'),
  });
  const env = { PATH: process.env.PATH, HOME: cluster.folder };
  const { code, stdout } = await runProcess(cluster.programs.kubectl, ['kustomize', folder], { env });
  expect(code).toBe(0);
  expect(parseAllDocuments(stdout).map((document) => document.toJS())).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'prod-web' },
      spec: { containers: [{ name: 'app', image: 'registry.example/web:2' }] },
    },
  ]);
});

function runHelm(...args: string[]): Promise<ProcessResult> {
  const env = { PATH: process.env.PATH, HOME: cluster.folder, KUBECONFIG: cluster.kubeconfig };
  return runProcess(helm, args, { env, timeoutMs: 120_000 });
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
