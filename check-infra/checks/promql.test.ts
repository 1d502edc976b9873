/** The repository's own rules and dashboards have no finding, and would have one if they were a little different. */

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../../core/kubernetes/index.ts';
import type { Infra, ParsedFile } from '../infra.ts';
import { knowledgeOfFolder, lintPromql, mergedContract, mistakeNames } from '../promql/index.ts';
import { promqlChecks } from './promql.ts';

const folder = resolve(import.meta.dirname, '../../reference-infra/monitoring');
const scrapeFile = '../kubernetes/base/prometheus/prometheus.yml';

function read(pattern: string, change: (text: string) => string = (text) => text): ParsedFile[] {
  return globSync(pattern, { cwd: folder })
    .sort()
    .map((place) => {
      const text = change(readFileSync(join(folder, place), 'utf8'));
      const value: unknown = place.endsWith('.json') ? JSON.parse(text) : parse(text);
      return { place, text, value: isObject(value) ? value : ({} satisfies JsonObject) };
    });
}

function reference(change?: (text: string) => string): Infra {
  return {
    releases: [],
    kustomizations: [],
    rules: read('rules/*.yml', change),
    dashboards: read('dashboards/*.json', change),
    scrapes: read(scrapeFile).map((file) => ({ ...file, release: null })),
    contracts: read('metrics.json'),
    policies: [],
    terraform: [],
    plans: [],
    composeServices: new Set(),
    broken: [],
    unrendered: [],
    unusedReachability: [],
  };
}

function names(infra: Infra): string[] {
  return promqlChecks.flatMap((check) => check.run(infra)).map(({ check }) => check);
}

test('there is a check for each kind of mistake', () => {
  expect(promqlChecks.map(({ name }) => name)).toEqual(mistakeNames);
});

test('rules and dashboards are without a finding', () => {
  const infra = reference();
  expect(infra.rules.length).toBeGreaterThanOrEqual(5);
  expect(infra.dashboards).toHaveLength(4);
  expect(infra.contracts).toHaveLength(1);
  expect(promqlChecks.flatMap((check) => check.run(infra))).toEqual([]);
});

test.each([
  ['a metric is named otherwise', 'ml_model_accuracy', 'ml_model_precision', 'promql-unknown-metric'],
  [
    'a rule records under another name',
    'record: job:ml_api_requests:rate5m',
    'record: job:requests:rate5m',
    'promql-unknown-metric',
  ],
  ['a label is named otherwise', 'dataset', 'data_set', 'promql-unknown-label'],
  ['the buckets are added up without le', 'sum by (job, le)', 'sum by (job)', 'promql-quantile-without-le'],
  [
    'the rate is left out',
    'rate(ml_api_rejected_requests_total[5m])',
    'ml_api_rejected_requests_total',
    'promql-raw-counter',
  ],
  [
    'both sides are matched on what neither has',
    'and on (job) job:ml_api_requests',
    'and on (model) job:ml_api_requests',
    'promql-unknown-label',
  ],
  [
    'the two sides cannot meet',
    'and on (job) job:ml_api_requests',
    '== sum by (instance) (up) and job:ml_api_requests',
    'promql-unmatched-vectors',
  ],
  [
    'a message names what is not there',
    '$labels.integration',
    '$labels.receiver',
    'promql-label-not-in-result',
  ],
  ['a legend names what is not there', '{{reason}}', '{{cause}}', 'promql-label-not-in-result'],
] as const)('%s', (_, before, after, name) => {
  const changed = names(reference((text) => text.replaceAll(before, after)));
  expect(changed).toContain(name);
});

test('what runbooks and guides tell people to ask is without a mistake, too', () => {
  const infra = reference();
  const knowledge = knowledgeOfFolder({ ...infra, contract: mergedContract(infra.contracts) });
  const root = resolve(folder, '../..');
  const pages = globSync(['reference-infra/monitoring/**/*.md', 'docs/*.md'], { cwd: root });
  const asked = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/```promql\n(.*?)```/gs)].map(([, text = '']) => ({
      page,
      text,
    })),
  );
  expect(asked.length).toBeGreaterThan(10);
  const wrong = asked.flatMap(({ page, text }) =>
    lintPromql(text, knowledge).mistakes.map(
      ({ name, part, message }) => `${page}: ${name}, ${part}: ${message}`,
    ),
  );
  expect(wrong).toEqual([]);
});

test('rules within an object of the operator are checked as those in files', () => {
  const rule = { alert: 'Slow', expr: 'http_errors_total > 5' };
  const object = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'web' },
    spec: { groups: [{ name: 'g', rules: [rule] }] },
  };
  const manifest = { place: 'overlays/a', object };
  const infra = { ...reference(), rules: [], dashboards: [], contracts: [] };
  const releases = [{ place: 'overlays/a', manifests: [manifest], reachability: null }];
  expect(
    promqlChecks.flatMap((check) => check.run({ ...infra, releases })).map(({ place }) => place),
  ).toEqual(['overlays/a: PrometheusRule/web: group g, alert Slow']);
});
