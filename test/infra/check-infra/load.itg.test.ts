/** What of a folder is taken together, and what is left out; kubectl renders. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkInfra } from '../../../check-infra/index.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-gates-load-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function look(name: string, files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  const { seen, findings } = await checkInfra(
    { folder: join(root, name), shown: name, skip: [], matrix: false },
    { env: process.env, signal: new AbortController().signal },
  );
  return { seen, findings: findings.map(({ check, place, message }) => `${check} ${place}: ${message}`) };
}

const pod = (name: string, image = 'web') => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: ${image}, ports: [{ name: http, containerPort: 8000 }] }] }
`;
const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`;

test('overlays of one base are rendered, and what they have from it is told once', async () => {
  expect(
    await look('overlays', {
      'base/kustomization.yaml': 'resources: [pod.yaml, policy.yaml]\n',
      'base/pod.yaml': pod('web'),
      'base/policy.yaml': policy,
      'overlays/a/kustomization.yaml': 'namespace: a\nresources: [../../base]\ncomponents: [../../part]\n',
      'overlays/b/kustomization.yml': 'namespace: b\nresources: [../../base]\n',
      'part/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [job.yaml]\n',
      'part/job.yaml': pod('job', 'job:1'),
      'unused/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
    }),
  ).toEqual({
    seen: [
      'overlays/a: 3 objects',
      'overlays/b: 2 objects',
      'unused/kustomization.yaml: not looked at, a component that no kustomization has',
    ],
    findings: [
      'image-not-pinned overlays/a: Pod/web, overlays/b: Pod/web: container c runs web, which is whatever was pushed last',
    ],
  });
});

test('reachability.yaml of the base is held against each overlay', async () => {
  const { findings } = await look('inherited', {
    'base/kustomization.yaml': 'resources: [pods.yaml, policy.yaml]\n',
    'base/pods.yaml': `${pod('web', 'web:1')}---\n${pod('api', 'api:1')}`,
    'base/policy.yaml': policy,
    'base/reachability.yaml': 'reach: [{ from: Pod/web, to: Pod/api, port: 8000 }]\n',
    'middle/kustomization.yaml': 'resources: [../base]\n',
    'a/kustomization.yaml': 'namespace: a\nresources: [../middle]\n',
    'b/kustomization.yaml': 'namespace: b\nresources: [../middle]\n',
  });
  expect(findings.map((text) => text.slice(0, 50))).toEqual([
    'flow-blocked a: a/Pod/web cannot reach a/Pod/api o',
    'flow-blocked b: b/Pod/web cannot reach b/Pod/api o',
  ]);
});

test('an overlay that is checked alone is held against the reachability.yaml of its base outside', async () => {
  const files = {
    'base/kustomization.yaml': 'resources: [pods.yaml, policy.yaml]\n',
    'base/pods.yaml': `${pod('web', 'web:1')}---\n${pod('api', 'api:1')}`,
    'base/policy.yaml': policy,
    'base/reachability.yaml': 'reach: [{ from: Pod/web, to: Pod/api, port: 8000 }]\n',
    'middle/kustomization.yaml': 'resources: [../base]\n',
    'overlays/a/kustomization.yaml': 'namespace: a\nresources: [../../middle]\n',
  };
  const whole = await look('outer', files);
  for (const part of ['outer/overlays', 'outer/overlays/a']) {
    const { findings } = await look(part, {});
    expect(findings.map((text) => text.replace(/^(\S+) \S+:/, '$1'))).toEqual(
      whole.findings.map((text) => text.replace(/^(\S+) \S+:/, '$1')),
    );
    expect(findings).toHaveLength(1);
  }
});

test('kustomizations that are built on each other, on themselves or on nothing are told', async () => {
  const { seen, findings } = await look('circles', {
    'a/kustomization.yaml': 'resources: [../b, pod.yaml]\n',
    'a/pod.yaml': pod('web'),
    'b/kustomization.yaml': 'resources: [../a]\n',
    'self/kustomization.yaml': 'resources: [., pod.yaml]\n',
    'self/pod.yaml': pod('web'),
    'empty/kustomization.yaml': '',
    'empty/pod.yaml': pod('web'),
    'list/kustomization.yaml': '- pod.yaml\n',
  });
  const circle = 'it is built on itself, or on one that is, so that nothing can render it';
  const nothing = 'it names nothing: it is empty, or no mapping';
  expect(findings).toEqual([
    `does-not-render a/kustomization.yaml, b/kustomization.yaml, self/kustomization.yaml: ${circle}`,
    `does-not-render empty/kustomization.yaml, list/kustomization.yaml: ${nothing}`,
  ]);
  expect(seen).toEqual(['empty/pod.yaml: not looked at, no kustomization names it']);
});

test('what no kustomization names is told, and a patch is no object', async () => {
  const { seen, findings } = await look('unnamed', {
    'kustomization.yaml': 'resources: [pod.yaml]\npatches: [{ path: patch.yaml }]\n',
    'pod.yaml': pod('web'),
    'patch.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: c, image: "web:1" }] }\n',
    'left/forgotten.yaml': pod('forgotten'),
  });
  expect(findings).toEqual([]);
  expect(seen).toEqual(['.: 1 object', 'left/forgotten.yaml: not looked at, no kustomization names it']);
});

test('a kustomization that is no YAML, or that leads out of the folder, stops nothing else', async () => {
  const { seen, findings } = await look('broken', {
    'a/kustomization.yaml': 'resources: [\n',
    'b/kustomization.yaml': 'resources: [../../overlays/base/pod.yaml]\n',
    'c/kustomization.yaml': 'resources: [pod.yaml]\n',
    'c/pod.yaml': pod('web', 'web:1'),
  });
  expect(seen).toEqual(['c: 1 object']);
  expect(findings).toEqual([
    expect.stringMatching(/^broken-yaml a\/kustomization\.yaml:\d: it is no YAML: /),
    expect.stringMatching(/^does-not-render b: it cannot be rendered: .*security/),
  ]);
  expect(findings.join('\n')).not.toContain(root);
});

test('single files with a reachability.yaml of their own are taken by themselves', async () => {
  const { seen, findings } = await look('files', {
    'a/pods.yaml': `${pod('web', 'web:1')}---\n${pod('api', 'api:1')}---\n${policy}`,
    'a/reachability.yaml': 'reach: [{ from: Pod/web, to: Pod/api, port: 8000 }]\n',
    'b/pod.yaml': pod('other', 'other:1'),
    'b/reachability.yaml': '{}\n',
    'c/pod.yaml': pod('third', 'third:1'),
  });
  expect(seen).toEqual([
    'single files of a: 3 objects',
    'single files of b: 1 object',
    'single files: 1 object',
  ]);
  expect(findings.map((text) => text.split(':')[0])).toEqual([
    'flow-blocked single files of a',
    'flow-open b/pod.yaml',
    'flow-open b/pod.yaml',
  ]);
});

test('overlays that change a dashboard show it in a Grafana each', async () => {
  const dashboard = (title: string) => `{ "title": "${title}", "uid": "api", "panels": [] }\n`;
  const generator = 'configMapGenerator: [{ name: dashboards, files: [api.json] }]\n';
  const { seen, findings } = await look('dashboards', {
    'a/kustomization.yaml': `namespace: a\n${generator}`,
    'a/api.json': dashboard('API of a'),
    'b/kustomization.yaml': `namespace: b\n${generator}`,
    'b/api.json': dashboard('API of b'),
  });
  expect(findings).toEqual([]);
  expect(seen).toEqual(['a: 1 object', 'b: 1 object', '2 dashboards']);
});
