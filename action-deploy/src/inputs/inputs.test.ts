import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commonInputs, InputReader } from '../../../core/inputs/index.ts';
import { mistakesOf } from '../../../core/inputs/testing.ts';
import type { Config } from '../config.ts';
import { deployInputs, readConfig } from './index.ts';

const digest = `sha256:${'1f'.repeat(32)}`;
const ecs = { target: 'ecs', cluster: 'prod', service: 'api', image: `ghcr.io/octo/api@${digest}` };
const eks = { target: 'eks', manifests: 'deploy/*.yaml', image: 'ghcr.io/octo/api:1.2' };

const action = parse(readFileSync(resolve(import.meta.dirname, '../../action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string; default?: string }>;
};
const defaults = Object.fromEntries(
  Object.entries(action.inputs).map(([name, { default: value = '' }]) => [name, value]),
);

/** As the runner gives them: defaults of action.yml where nothing is said. */
function read(given: Readonly<Record<string, string>>): Config {
  const reader = new InputReader({
    get: (name) => given[name] ?? defaults[name] ?? '',
    workspace: '/workspace',
  });
  const config = readConfig(reader);
  reader.finish();
  return config;
}

function mistakes(given: Readonly<Record<string, string>>): string {
  return mistakesOf(() => read(given));
}

test('action.yml and the inputs that are read are the same', () => {
  expect(Object.keys(action.inputs).sort()).toEqual([...commonInputs, ...deployInputs].sort());
  const withoutExample = Object.entries(action.inputs).filter(
    ([, { description }]) => !/Example: /.test(description),
  );
  expect(withoutExample.map(([name]) => name)).toEqual(['github-token']);
});

test('the defaults are those of the interface', () => {
  expect(read(ecs)).toMatchObject({
    target: {
      taskDefinition: { kind: 'service' },
      container: null,
      environment: [],
      strategy: {
        kind: 'own',
        canaryPercent: null,
        stepPercent: null,
        stepBakeMinutes: null,
        bakeMinutes: null,
      },
    },
    image: { repository: 'ghcr.io/octo/api', digest, tag: null },
    evidence: { globs: [], maxAgeMs: 7 * 86_400_000 },
    maxScanSeverity: null,
    analysis: null,
    timeoutMs: 1_800_000,
    bakeMs: 300_000,
    rollback: true,
    dryRun: false,
    environment: null,
  });
  expect(read({ ...ecs, strategy: 'canary' }).target).toMatchObject({
    strategy: { kind: 'canary', percent: null, stepBakeMinutes: null, bakeMinutes: null },
  });
  const given = { ...ecs, strategy: 'linear', 'step-percent': '12.34%', 'bake-time': '1h' };
  expect(read(given).target).toMatchObject({
    strategy: { kind: 'linear', percent: 12.3, stepBakeMinutes: null, bakeMinutes: 60 },
  });
});

test('all mistakes come at once', () => {
  const message = mistakes({
    target: 'ecs',
    image: 'ghcr.io/Octo/api',
    cluster: 'pro d',
    environment: 'A=1\nsecret',
    strategy: 'canray',
    'bake-time': '90s',
    'max-scan-severity': 'low',
    analysis: 'error_rate: up',
    timeout: '10s',
    rollback: 'maybe',
    manifests: 'a.yaml',
    'environment-url': 'https://api.example.com',
  });
  for (const input of [
    'image',
    'cluster',
    'service',
    'environment',
    'strategy',
    'bake-time',
    'max-scan-severity',
    'analysis',
    'prometheus-url',
    'timeout',
    'rollback',
    'manifests',
    'environment-url',
  ]) {
    expect(message).toMatch(new RegExp(`^${input}: `, 'm'));
  }
  expect(message).toContain('canary');
  // What follows may be a secret.
  expect(message).not.toContain('secret');
});

test('an analysis of comments is none', () => {
  const analysis = '# error_rate: up < 1\n\n# p95: up < 1';
  expect(mistakes({ ...ecs, analysis, 'prometheus-url': 'http://prometheus:9090' })).toMatch(
    /^analysis: no line says what is asked/m,
  );
});

test('a bake time of seconds is for what the action itself waits for', () => {
  const seconds = { 'bake-time': '90s' };
  expect(read({ ...ecs, ...seconds, strategy: 'rolling' }).bakeMs).toBe(90_000);
  expect(read({ ...eks, ...seconds }).bakeMs).toBe(90_000);
  const message = mistakes({ ...ecs, ...seconds });
  expect(message).toMatch(/^bake-time: 90s is not a time that ECS takes; allowed: whole minutes/m);
  expect(mistakes({ ...ecs, 'bake-time': 'soon' }).match(/^bake-time: /gm)).toHaveLength(1);
});

test('a login in the address of the environment is not shown to those who see the deployment', () => {
  const address = {
    'environment-name': 'production',
    'environment-url': 'https://me:secret@api.example.com/a',
  };
  expect(read({ ...ecs, ...address }).environment?.url).toBe('https://api.example.com/a');
});

test('the address of Prometheus is its base', () => {
  const analysis = 'error_rate: sum(rate(errors_total[5m])) < 1%';
  expect(read({ ...ecs, analysis, 'prometheus-url': 'http://prometheus:9090' }).analysis).toMatchObject({
    lines: [{ name: 'error_rate', bound: 0.01 }],
  });
  expect(mistakes({ ...ecs, analysis, 'prometheus-url': 'http://prometheus:9090/graph' })).toMatch(
    /^prometheus-url: .*page.*http:\/\/prometheus:9090/m,
  );
  expect(mistakes({ ...ecs, 'prometheus-url': 'http://prometheus:9090' })).toMatch(
    /^prometheus-url: there is nothing to ask it/m,
  );
});

describe('a service on ECS', () => {
  test.each([
    ['', { kind: 'service' }],
    ['web', { kind: 'family', name: 'web' }],
    [
      'deploy/task.json',
      { kind: 'file', file: { path: '/workspace/deploy/task.json', shown: 'deploy/task.json' } },
    ],
    ['task.yml', { kind: 'file', file: { path: '/workspace/task.yml', shown: 'task.yml' } }],
  ])('task-definition %j', (text, taskDefinition) => {
    expect(read({ ...ecs, 'task-definition': text }).target).toMatchObject({ taskDefinition });
  });

  test.each([
    [{ 'task-definition': 'web:41' }, /^task-definition: "web:41" is neither a file nor a family.*web/m],
    [{ 'task-definition': '../task.json' }, /^task-definition: .*outside the workspace/m],
    [{ cluster: 'arn:aws:ecs:eu-west-1:1:cluster/x' }, /^cluster: /m],
    [{ environment: 'A=1\nA=2' }, /^environment: line 2: A stands there twice/m],
    [{ 'canary-percent': '0%' }, /^canary-percent: /m],
    [{ 'step-percent': '2%' }, /^step-percent: /m],
    [{ 'step-bake-time': '2d' }, /^step-bake-time: .*whole minutes/m],
    [{ namespace: 'x' }, /^namespace: it cannot be given here: it belongs to `target: eks`/m],
  ])('%j is refused', (given, message) => {
    expect(mistakes({ ...ecs, ...given })).toMatch(message);
  });

  test('variables may be empty, and hold anything', () => {
    expect(read({ ...ecs, environment: 'A=\nB = x=y z \n' }).target).toMatchObject({
      environment: [
        { name: 'A', value: '' },
        { name: 'B', value: 'x=y z' },
      ],
    });
  });
});

describe('workloads on Kubernetes', () => {
  test('come from manifests, a kustomization or a chart', () => {
    expect(read({ ...eks, namespace: 'serving' }).target).toEqual({
      kind: 'kubernetes',
      eksCluster: null,
      namespace: 'serving',
      source: { kind: 'manifests', files: [{ path: 'deploy/*.yaml', shown: 'deploy/*.yaml' }] },
      container: null,
    });
    expect(read({ ...eks, manifests: '', 'kustomize-path': 'k', cluster: 'c1' }).target).toMatchObject({
      eksCluster: 'c1',
      source: { kind: 'kustomize', folder: { path: '/workspace/k' } },
    });
    const chart = { 'helm-chart': 'oci://r/c', 'helm-release': 'api', 'helm-values': 'a.yaml\nb.yaml' };
    expect(read({ ...eks, manifests: '', ...chart }).target).toMatchObject({
      source: {
        kind: 'helm',
        chart: 'oci://r/c',
        release: 'api',
        values: [{ shown: 'a.yaml' }, { shown: 'b.yaml' }],
      },
    });
  });

  test.each([
    [{ manifests: '' }, /^manifests: a value is required.*one of manifests, kustomize-path, helm-chart/m],
    [{ 'kustomize-path': 'k' }, /^kustomize-path: it cannot stand beside manifests/m],
    [{ 'helm-release': 'x' }, /^helm-release: it cannot be given here: there is no helm-chart/m],
    [{ manifests: '', 'helm-chart': 'c' }, /^helm-release: a value is required with helm-chart/m],
    [
      { manifests: '', 'helm-chart': '--post-renderer=x', 'helm-release': 'x' },
      /^helm-chart: .*is an option/m,
    ],
    [{ namespace: 'Prod' }, /^namespace: /m],
    [{ strategy: 'canary' }, /^strategy: "canary" is not there with `target: eks`/m],
    [{ environment: 'A=1' }, /^environment: it cannot be given here: it belongs to `target: ecs`/m],
    [{ service: 'api' }, /^service: /m],
  ])('%j is refused', (given, message) => {
    expect(mistakes({ ...eks, ...given })).toMatch(message);
  });
});
