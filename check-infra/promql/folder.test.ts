/** Where expressions are found in rules and dashboards, what is known from the files beside them, and how places are told. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { contractOf, expressionsIn, type Folder, lintFolder, rulesIn } from './index.ts';

function rules(...entries: readonly JsonObject[]): Folder['rules'][number] {
  return { place: 'rules.yml', value: { groups: [{ name: 'web', rules: entries }] } };
}

function dashboard(value: JsonObject): Folder['dashboards'][number] {
  return { place: 'web.json', value: { title: 'Web', ...value } };
}

const contract = contractOf({
  metrics: [
    { name: 'web_requests_total', type: 'counter', labels: ['route'] },
    { name: 'web_queue', type: 'gauge', labels: [] },
  ],
  others: ['legacy_.*'],
});

/** What is wrong, as `place: name, part`. */
function found(folder: Partial<Folder>): string[] {
  const whole: Folder = { rules: [], dashboards: [], scrapes: [], contract, ...folder };
  return lintFolder(whole).map(({ place, mistake }) => `${place}: ${mistake.name}, ${mistake.part}`);
}

test('rules have places that lead to them', () => {
  const file = rules({ record: 'a:b', expr: 'up' }, { alert: 'Down', expr: 'up == 0' }, { alert: 'Empty' });
  expect(rulesIn(file).map(({ place, purpose }) => [place, purpose])).toEqual([
    ['rules.yml: group web, record a:b', 'recorded'],
    ['rules.yml: group web, alert Down', 'shown'],
  ]);
});

test('what rules record is known with the labels that it ends up with, through rules that build on rules', () => {
  const file = rules(
    { record: 'route:web:rate5m', expr: 'sum by (route) (rate(web_requests_total[5m]))' },
    { record: 'web:rate5m', expr: 'sum(route:web:rate5m)', labels: { tier: 'front' } },
    { alert: 'Fine', expr: 'web:rate5m{tier="front"} > 5 and on () route:web:rate5m{route="/"} > 1' },
    { alert: 'NoRoute', expr: 'web:rate5m{route="/"} > 5' },
    { alert: 'NoRecord', expr: 'web:rate1m > 5' },
  );
  expect(found({ rules: [file] })).toEqual([
    'rules.yml: group web, alert NoRoute: promql-unknown-label, web:rate5m{route="/"}',
    'rules.yml: group web, alert NoRecord: promql-unknown-metric, web:rate1m',
  ]);
});

test('a rule that builds on itself does not keep the lint from ending', () => {
  const file = rules({ record: 'a:b', expr: 'a:b + c:d' }, { record: 'c:d', expr: 'a:b' });
  expect(found({ rules: [file] })).toEqual([]);
});

test('labels that a message names and the result does not have', () => {
  const file = rules({
    alert: 'Slow',
    expr: 'sum by (job) (rate(web_requests_total[5m])) < 1',
    labels: { severity: 'page', team: '{{ $labels.route }}' },
    annotations: { summary: '{{ $labels.job }} on {{ $labels.instance }}: {{ index $labels "severity" }}' },
  });
  expect(found({ rules: [file] })).toEqual([
    'rules.yml: group web, alert Slow: promql-label-not-in-result, annotation summary',
    'rules.yml: group web, alert Slow: promql-label-not-in-result, annotation summary',
    'rules.yml: group web, alert Slow: promql-label-not-in-result, label team',
  ]);
});

test('dashboards: panels, those in folded rows, variables and marks; other languages are let be', () => {
  const prometheus = { type: 'prometheus', uid: 'p' };
  const panels = [
    {
      title: 'Rate',
      datasource: prometheus,
      targets: [{ refId: 'A', expr: 'sum(rate(web_requests_total[5m]))', legendFormat: '{{route}}' }],
    },
    {
      type: 'row',
      title: 'Folded',
      panels: [{ title: 'Queue', targets: [{ refId: 'A', expr: 'web_queues' }] }],
    },
    {
      title: 'Logs',
      datasource: { type: 'loki', uid: 'l' },
      targets: [{ refId: 'A', expr: '{app="x"} |= "error"' }],
    },
    { title: 'Logs too', datasource: '$source', targets: [{ refId: 'A', expr: '{app="x"} |= "error"' }] },
    { title: 'Broken', datasource: prometheus, targets: [{ refId: 'B', expr: 'sum(web_queue' }] },
  ];
  const list = [
    { type: 'query', name: 'route', query: { query: 'label_values(web_requests_total, rout)' } },
    { type: 'query', name: 'job', query: 'label_values(job)' },
    { type: 'query', name: 'old', query: 'query_result(web_queued)' },
  ];
  const annotations = {
    list: [{ name: 'Alerts', expr: 'ALERTS{alertstate="firing"}', titleFormat: '{{alertname}}' }],
  };
  const value = dashboard({ panels, templating: { list }, annotations });
  expect(expressionsIn(value)).toHaveLength(7);
  expect(found({ dashboards: [value] })).toEqual([
    'web.json: panel Rate, query A: promql-label-not-in-result, legend',
    'web.json: panel Queue, query A: promql-unknown-metric, web_queues',
    'web.json: panel Broken, query B: promql-syntax, sum(web_queue',
    'web.json: variable route: promql-label-not-in-result, variable',
    'web.json: variable old: promql-unknown-metric, web_queued',
  ]);
});

test('labels of targets come from the configuration of Prometheus', () => {
  const file = rules({ alert: 'Busy', expr: 'web_queue{zone="a"} > 5' });
  const job = (more: JsonObject): Folder['scrapes'] => [
    { value: { scrape_configs: [{ job_name: 'a', ...more }] } },
  ];
  const known = 'rules.yml: group web, alert Busy: promql-unknown-label, web_queue{zone="a"}';
  expect(found({ rules: [file], scrapes: job({}) })).toEqual([known]);
  expect(
    found({ rules: [file], scrapes: job({ static_configs: [{ targets: [], labels: { zone: 'a' } }] }) }),
  ).toEqual([]);
  expect(found({ rules: [file], scrapes: job({ relabel_configs: [{ target_label: 'zone' }] }) })).toEqual([]);
  expect(found({ rules: [file], scrapes: job({ file_sd_configs: [{ files: [] }] }) })).toEqual([]);
});

test('a contract may let names be, and says nothing of what rules elsewhere record', () => {
  const file = rules(
    { alert: 'Old', expr: 'legacy_queue > 5' },
    { alert: 'Else', expr: 'job:web:rate5m > 5' },
  );
  expect(found({ rules: [file] })).toEqual([]);
});

test.each([
  [{ metrics: [] }],
  [{ metrics: [{ name: 'a', type: 'number' }] }],
  [{ metrics: ['a'] }],
  [{ spec: { metrics: [{ type: 'Resource' }] } }],
])('%j is no contract', (value) => {
  expect(contractOf(value)).toBeNull();
});

test('the contract that the README shows is one', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
  const shown = /```json\n(\{\n {2}"metrics"[\s\S]*?)```/.exec(readme)?.[1];
  const read = contractOf(JSON.parse(shown ?? ''));
  expect(read?.metrics.map(({ type }) => type)).toEqual(['counter', 'histogram', 'gauge']);
  expect(read?.others.some((pattern) => pattern.test('node_load1'))).toBe(true);
  expect(read?.targetLabels).toEqual(['cluster']);
});

test('when a series began is beside what counts, and nowhere else', () => {
  const file = rules(
    { alert: 'New', expr: 'time() - web_requests_created{route="/"} < 60' },
    { alert: 'Gauge', expr: 'web_queue_created > 0' },
  );
  expect(found({ rules: [file] })).toEqual([
    'rules.yml: group web, alert Gauge: promql-unknown-metric, web_queue_created',
  ]);
});

test('dashboards of before Grafana 5 have their panels in rows', () => {
  const panels = [{ title: 'Queue', targets: [{ refId: 'A', expr: 'web_queues' }] }];
  expect(found({ dashboards: [dashboard({ rows: [{ panels }] })] })).toEqual([
    'web.json: panel Queue, query A: promql-unknown-metric, web_queues',
  ]);
});
