/** Rules and dashboards in places where no file of their own holds them, and the line for what cannot be read. */

import { expect, test } from 'vitest';
import type { KubeObject } from '../../core/kubernetes/index.ts';
import { dashboardTexts, notReadIn, rulesWithin } from './monitoring.ts';

const groups = [{ name: 'g', rules: [{ alert: 'Down', expr: 'up == 0' }] }];

test('values of charts: as a map, as a list, as files of the server, and below the name of a dependency', () => {
  const places = (value: Parameters<typeof rulesWithin>[2]): string[] =>
    rulesWithin('values.yaml', '', value).map(({ place }) => place);
  expect(places({ additionalPrometheusRulesMap: { web: { groups } } })).toEqual([
    'values.yaml: additionalPrometheusRulesMap.web',
  ]);
  expect(places({ kps: { additionalPrometheusRules: [{ name: 'web', groups }] } })).toEqual([
    'values.yaml: additionalPrometheusRules, web',
  ]);
  expect(places({ serverFiles: { 'alerting_rules.yml': { groups } } })).toEqual([
    'values.yaml: serverFiles.alerting_rules.yml',
  ]);
  expect(places({ loki: { ruler: { groups } } })).toEqual([]);
});

const object = (kind: string, apiVersion: string, spec: KubeObject['spec']): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  spec,
});

test('dashboards of the operator and of Grafana itself', () => {
  const place = 'a.yaml:1';
  const operator = object('GrafanaDashboard', 'grafana.integreatly.org/v1beta1', {
    json: '{"title": "Web"}',
  });
  expect(dashboardTexts({ place, object: operator })).toEqual([
    ['a.yaml:1: GrafanaDashboard/web, spec.json', 'dashboard.json', '{"title": "Web"}'],
  ]);
  const own = object('Dashboard', 'dashboard.grafana.app/v1beta1', { title: 'Web' });
  expect(dashboardTexts({ place, object: own })).toEqual([
    ['a.yaml:1: Dashboard/web, spec', 'dashboard.json', '{"title":"Web"}'],
  ]);
  expect(dashboardTexts({ place, object: object('Dashboard', 'example.com/v1', { title: 'Web' }) })).toEqual(
    [],
  );
});

test('what cannot be read is named', () => {
  const manifests = [
    object('GrafanaDashboard', 'grafana.integreatly.org/v1beta1', { url: 'https://example.com/web.json' }),
    object('VMRule', 'operator.victoriametrics.com/v1beta1', { groups }),
    object('GrafanaDashboard', 'grafana.integreatly.org/v1beta1', { json: '{}' }),
  ].map((one) => ({ place: 'a.yaml:1', object: one }));
  expect(notReadIn([{ place: '.', manifests, reachability: null }])).toEqual([
    'a.yaml:1: GrafanaDashboard/web: not looked at, the dashboard is not in spec.json, but elsewhere',
    'a.yaml:1: VMRule/web: not looked at, its language is more than PromQL',
  ]);
});
