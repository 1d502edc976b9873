/** Whatever the values switch off, or set to what the schema allows, a real API server takes what the chart renders. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsonObject, type KubeObject, textAt } from '../../../core/kubernetes/index.ts';
import { type ControlPlane, startControlPlane } from '../../support/kubernetes/index.ts';
import { nameOf } from '../kubernetes/support.ts';
import { randomValues } from './random-values.ts';
import { renderChart } from './support.ts';

const namespace = 'ml-platform';
let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane();
  await cluster.apply('default', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
});
afterAll(() => cluster?.stop());

/** Nothing is stored; what the API server does not know, or does not take, is an error. */
async function expectAccepted(objects: readonly KubeObject[]): Promise<void> {
  const path = join(cluster.folder, `rendered-${process.hrtime.bigint()}.json`);
  await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const args = ['apply', '--dry-run=server', '--validate=strict', '--filename', path];
  const { code, stderr } = await cluster.kubectl(...args);
  // No pattern tells a range with bits of an address from one without: the API server takes both, and warns.
  const warnings = stderr.split('\n').filter((line) => !/CIDR value .* (is ambiguous|should be)/.test(line));
  expect(warnings.join('\n')).toBe('');
  expect(code).toBe(0);
}

async function render(values: JsonObject): Promise<readonly KubeObject[]> {
  const path = join(cluster.folder, `values-${process.hrtime.bigint()}.json`);
  await writeFile(path, JSON.stringify(values));
  return await renderChart(namespace, ['--values', path]);
}

const off = { enabled: false };
const monitoring = { prometheus: off, alertmanager: off, grafana: off, pushgateway: off, costExporter: off };

test.each<[string, JsonObject, RegExp]>([
  ['the autoscaler', { autoscaling: off, replicas: 3 }, /^HorizontalPodAutoscaler\//],
  ['the disruption budget', { disruptionBudget: off }, /^PodDisruptionBudget\//],
  ['the ingress', { ingress: off }, /^Ingress\//],
  ['the network policies', { networkPolicies: off }, /^NetworkPolicy\//],
  ['the role of the pipeline', { deployers: off }, /\/deployers?$/],
  ['Alertmanager', { alertmanager: off }, /\/alertmanager$/],
  ['Grafana', { grafana: off }, /\/grafana/],
  ['the Pushgateway', { pushgateway: off }, /\/(pushgateway|evaluation-jobs)$/],
  ['the cost exporter', { costExporter: off }, /\/cost-exporter$/],
  [
    'all of the monitoring',
    monitoring,
    /\/(prometheus|alertmanager|grafana|pushgateway|evaluation-jobs|cost-exporter)/,
  ],
])('without %s', async (_, values, gone) => {
  const objects = await render(values);
  const before = (await render({})).map(nameOf);
  expect(before.filter((name) => gone.test(name))).not.toEqual([]);
  expect(objects.map(nameOf).sort()).toEqual(before.filter((name) => !gone.test(name)).sort());
  await expectAccepted(objects);
});

test('without anything that can be switched off', async () => {
  const values = {
    ...monitoring,
    autoscaling: off,
    replicas: 1,
    disruptionBudget: off,
    ingress: off,
    networkPolicies: off,
    deployers: off,
  };
  const objects = await render(values);
  expect(objects.map(nameOf).sort()).toEqual([
    'ConfigMap/ml-api',
    'Deployment/ml-api',
    'Service/ml-api',
    'ServiceAccount/ml-api',
  ]);
  await expectAccepted(objects);
});

test('any values of the schema render objects that the API server takes', async () => {
  const arbitrary = await randomValues();
  await fc.assert(
    fc.asyncProperty(arbitrary, async (values) => {
      const objects = await render(values);
      expect(new Set(objects.map(nameOf)).size).toBe(objects.length);
      for (const object of objects) expect(textAt(object, 'metadata', 'namespace')).toBe(namespace);
      await expectAccepted(objects);
    }),
    { numRuns: 25, seed: 20_261, endOnFailure: true },
  );
});
