/** Variables that a dashboard does not have. */

import { expect, test } from 'vitest';
import { lintFolder } from './index.ts';
import { undeclared } from './undeclared.ts';

const declared = ['job', 'route'];

test.each([
  ['up{job="$jop"}', ['jop'], 'did you mean $job?'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  ['up{job=~"${nosuch:regex}"}', ['nosuch'], 'add it to the variables of the dashboard'],
  ['rate(x_total{job="[[nosuch]]"}[5m])', ['nosuch'], 'add it to the variables of the dashboard'],
  ['$nosuch + $nosuch', ['nosuch'], 'add it to the variables of the dashboard'],
])('%s names one', (text, names, mend) => {
  const found = undeclared(text, declared);
  expect(found.map(({ part }) => part)).toEqual(names.map((name) => `$${name}`));
  expect(found.map((one) => one.mend)).toEqual([mend]);
});

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  'rate(x_total{job="$job", route=~"${route:regex}|[[job]]"}[$__rate_interval])',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  'sum_over_time(x[${__range_s}s])',
  'label_replace(x, "a", "$1", "b", "(.*)")',
  'label_replace(x, "a", "$host", "b", "(?P<host>.*):.*")',
  'x{route=~"^/predict$|/health$"}',
])('%s names none', (text) => {
  expect(undeclared(text, declared)).toEqual([]);
});

test('of a dashboard its own variables count; in a rule there are none', () => {
  const source = { type: 'prometheus', uid: 'p' };
  const value = {
    title: 'Web',
    templating: { list: [{ name: 'job', type: 'custom', query: 'a,b' }] },
    panels: [
      { title: 'Up', datasource: source, targets: [{ refId: 'A', expr: 'up{job="$job", route="$route"}' }] },
    ],
  };
  const found = lintFolder({
    rules: [],
    dashboards: [{ place: 'web.json', value }],
    scrapes: [],
    contract: null,
  });
  expect(found.map(({ place, mistake }) => `${place}: ${mistake.name}, ${mistake.part}`)).toEqual([
    'web.json: panel Up, query A: promql-unknown-variable, $route',
  ]);
});
