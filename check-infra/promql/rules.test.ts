/** Fields of rules that keep Prometheus from taking a file, and what templates of messages ask. */

import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/kubernetes/index.ts';
import { contractOf, lintFolder } from './index.ts';
import { ruleMistakes } from './rules.ts';

function told(rule: JsonObject, group: JsonObject = {}): string[] {
  const value = { groups: [{ name: 'g', rules: [rule], ...group }] };
  return ruleMistakes({ place: 'r.yml', value }).map(
    ({ place, mistake }) =>
      `${place}: ${mistake.message.replace(/: Prometheus does not.*/, '')}; ${mistake.mend}`,
  );
}

test.each([
  [{ alert: 'Empty' }, 'the rule has no expression; write `expr`, or take the rule out'],
  [{ alert: 'Empty', expr: ' ' }, 'the rule has no expression; write `expr`, or take the rule out'],
  [
    { alert: 'Empty', expr: 'up', fro: '5m' },
    'a rule has no field fro; did you mean for? Otherwise take it out',
  ],
  [{ alert: 'Empty', exp: 'up == 0' }, 'a rule has no field exp; did you mean expr? Otherwise take it out'],
  [
    { alert: 'Empty', expr: 'up', severity: 'page' },
    'a rule has no field severity; a rule has record, alert, expr, for, keep_firing_for, labels, annotations',
  ],
  [{ alert: 'Empty', record: 'a:b', expr: 'up' }, 'the rule has both record and alert; make two rules of it'],
])('%j', (rule, says) => {
  expect(told(rule)).toEqual([expect.stringContaining(`: ${says}`)]);
});

test('a rule that records has no time to wait, and every rule has a name', () => {
  expect(told({ record: 'a:b', expr: 'up', for: '5m' })).toEqual([
    'r.yml: group g, record a:b: a rule that records has no for; take it out: it is for alerts',
  ]);
  expect(told({ expr: 'up' })).toEqual([expect.stringContaining('the rule has no name')]);
});

test('what is right, and what VictoriaMetrics and Thanos add, is let be', () => {
  expect(
    told(
      {
        alert: 'Down',
        expr: 'up == 0',
        for: '5m',
        keep_firing_for: '5m',
        labels: {},
        annotations: {},
        debug: true,
      },
      { interval: '1m', query_offset: '1m', limit: 5, partial_response_strategy: 'abort', concurrency: 2 },
    ),
  ).toEqual([]);
  expect(told({ alert: 'One', expr: 1 })).toEqual([]);
  expect(told({ alert: 'Down', expr: 'up == 0' }, { intervall: '1m' })).toEqual([
    'r.yml: group g: a group has no field intervall; did you mean interval?',
  ]);
});

test('queries within messages are checked as well', () => {
  const contract = contractOf({ metrics: [{ name: 'web_queue', type: 'gauge', labels: [] }] });
  const annotations = {
    summary: '{{ with query "web_queues" }}{{ . | first | value }}{{ end }}',
    piped: '{{ "web_queus{job=\\"a\\"}" | query | first | value }}',
    right: '{{ with query "web_queue" }}{{ . }}{{ end }} query "web_queues"',
    built: '{{ with printf "web_queues{job=%q}" $labels.job | query }}{{ . }}{{ end }}',
  };
  const value = { groups: [{ name: 'g', rules: [{ alert: 'Long', expr: 'web_queue > 5', annotations }] }] };
  const found = lintFolder({ rules: [{ place: 'r.yml', value }], dashboards: [], scrapes: [], contract });
  expect(found.map(({ place, mistake }) => `${place}: ${mistake.name}, ${mistake.part}`)).toEqual([
    'r.yml: group g, alert Long, annotation summary: promql-unknown-metric, web_queues',
    'r.yml: group g, alert Long, annotation piped: promql-unknown-metric, web_queus{job="a"}',
  ]);
});
