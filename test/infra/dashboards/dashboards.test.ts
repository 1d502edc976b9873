/** The dashboards as files: what Grafana takes, what people can read, and that nothing of the contract is left out. */

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dashboards, textOf } from '../../../reference-infra/monitoring/dashboard-sources/index.ts';
import { objectives } from '../../../reference-infra/monitoring/dashboard-sources/objectives.ts';
import { metrics } from '../../../reference-infra/monitoring/metrics.ts';
import { type DashboardFile, isRow, monitoring, type PanelFile, panelsOf, readDashboards } from './files.ts';

const files = readDashboards();
const panels = files.flatMap((file) => panelsOf(file).map((panel) => ({ file, panel })));
const alerts = alertRules();

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
}

function alertRules(): AlertRule[] {
  return globSync('rules/*.yml', { cwd: monitoring }).flatMap((path) => {
    const file = parse(readFileSync(join(monitoring, path), 'utf8')) as {
      groups: { rules: Partial<AlertRule>[] }[];
    };
    return file.groups.flatMap(({ rules }) =>
      rules.flatMap(({ alert, expr }) =>
        alert === undefined || expr === undefined ? [] : [{ alert, expr }],
      ),
    );
  });
}

test('the files are what the sources make, each time the same', () => {
  expect(files.map(({ name }) => name)).toEqual(dashboards.map(({ uid }) => `${uid}.json`));
  for (const dashboard of dashboards) {
    const text = readFileSync(join(monitoring, 'dashboards', `${dashboard.uid}.json`), 'utf8');
    expect(text).toBe(textOf(dashboard));
    expect(text).not.toContain('undefined');
  }
});

describe("Grafana's own types", () => {
  const schemas = JSON.parse(
    readFileSync(resolve(import.meta.dirname, 'fixtures/grafana.schema.json'), 'utf8'),
  ) as Record<string, object>;
  const ajv = new Ajv({ allErrors: true, strict: false });
  const validators = new Map(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
  const problems = (name: string, value: unknown): unknown[] => {
    const validate: ValidateFunction | undefined = validators.get(name);
    if (validate === undefined) return [`no schema ${name}`];
    return validate(value) ? [] : (validate.errors ?? []);
  };

  test.each(files)('take $name', ({ dashboard }) => {
    expect(problems('dashboard.Dashboard', dashboard)).toEqual([]);
  });

  test('take the options, the fields and the queries of each panel', () => {
    for (const { panel } of panels) {
      expect(problems(`${panel.type}.Options`, panel.options), panel.title).toEqual([]);
      if (validators.has(`${panel.type}.FieldConfig`))
        expect(problems(`${panel.type}.FieldConfig`, panel.fieldConfig.defaults.custom), panel.title).toEqual(
          [],
        );
      for (const target of panel.targets)
        expect(problems('prometheus.Dataquery', target), panel.title).toEqual([]);
    }
  });

  test('refuse what is not theirs', () => {
    const [file] = files;
    const [{ panel } = { panel: undefined }] = panels;
    expect(problems('dashboard.Dashboard', { ...file?.dashboard, colour: 'red' })).not.toEqual([]);
    expect(problems('dashboard.Dashboard', { ...file?.dashboard, graphTooltip: 7 })).not.toEqual([]);
    expect(problems('prometheus.Dataquery', { ...panel?.targets[0], legend: '{{job}}' })).not.toEqual([]);
    expect(problems('stat.Options', { ...panel?.options, colorMode: 'backgrounds' })).not.toEqual([]);
  });
});

describe('layout', () => {
  test.each(files)('of $name: 24 columns, no panel over another, no gap between lines', ({ dashboard }) => {
    const cells = new Map<string, string>();
    for (const { title, gridPos, id } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells.get(`${x},${y}`), `${title} at ${x},${y}`).toBeUndefined();
          cells.set(`${x},${y}`, `${id}`);
        }
      }
    }
    const height = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(cells.size).toBe(24 * height);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  test('what is wrong is said on the first line, in single numbers that change their colour', () => {
    for (const { dashboard } of files) {
      const first = dashboard.panels.filter(({ gridPos }) => gridPos.y === 0);
      expect(first.length).toBeGreaterThanOrEqual(4);
      for (const panel of first) expect(panel.type).toBe('stat');
    }
    const health = files.find(({ name }) => name === 'api-health.json');
    const first = health?.dashboard.panels.filter(({ gridPos }) => gridPos.y === 0).map(({ title }) => title);
    expect(first).toEqual([
      'Replicas with a model',
      'Alerts firing',
      'Requests that fail',
      '95% answered within',
      'Requests refused',
      'Predictions asked for',
    ]);
  });
});

describe('panels', () => {
  test('have a title of their own, a description, a unit, thresholds, and our source', () => {
    for (const { file, panel } of panels) {
      const where = `${file.name}, ${panel.title}`;
      expect(panel.title, where).toMatch(/^[A-Z0-9]/);
      expect(panel.description.length, where).toBeGreaterThan(20);
      expect(panel.description, where).toMatch(/\.$/);
      expect(panel.fieldConfig.defaults.unit, where).toMatch(
        /^(?:s|none|short|percentunit|reqps|cps|bytes)$/,
      );
      const [base, ...rest] = panel.fieldConfig.defaults.thresholds.steps;
      expect(base?.value, where).toBeNull();
      const values = rest.map(({ value }) => Number(value));
      expect(values, where).toEqual([...values].sort((a, b) => a - b));
      expect(panel.datasource, where).toEqual({ type: 'prometheus', uid: 'prometheus' });
    }
    for (const { dashboard } of files) {
      const titles = panelsOf({ name: '', dashboard }).map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
    }
  });

  test('have legends for people, and single numbers say what is there when nothing is', () => {
    for (const { file, panel } of panels) {
      const where = `${file.name}, ${panel.title}`;
      for (const { legendFormat, refId } of panel.targets) {
        expect(legendFormat, where).toMatch(/\S/);
        expect(refId, where).toMatch(/^[A-Z]$/);
      }
      const isAlways = panel.targets.every(({ expr }) => expr.endsWith('or vector(0)'));
      if (panel.type === 'stat' && !isAlways) expect(panel.fieldConfig.defaults.noValue, where).toMatch(/\S/);
    }
  });

  test('of latency show exemplars once, and the objective as a line', () => {
    const latency = panels.find(({ panel }) => panel.title === 'Time of a prediction')?.panel;
    expect(latency?.targets.map(({ exemplar }) => exemplar === true)).toEqual([false, true, false]);
    expect(latency?.fieldConfig.defaults.thresholds.steps[1]?.value).toBe(1);
  });
});

describe('links', () => {
  test('of panels lead to runbooks of alerts that there are, or to other dashboards', () => {
    const known = new Set(alerts.map(({ alert }) => alert));
    const uids = new Set(dashboards.map(({ uid }) => uid));
    const links = panels.flatMap(({ panel }) => panel.links.map(({ url = '' }) => url));
    expect(links.length).toBeGreaterThan(20);
    for (const url of links) {
      const alert = /\/runbooks\/(\w+)\.md$/.exec(url)?.[1];
      if (alert === undefined) expect(uids).toContain(/^\/d\/([\w-]+)$/.exec(url)?.[1]);
      else expect(known).toContain(alert);
    }
  });

  test('each alert that is about a value is reached from a panel that shows it', () => {
    const linked = new Set(
      panels.flatMap(({ panel }) => panel.links.map(({ url = '' }) => /(\w+)\.md$/.exec(url)?.[1])),
    );
    const ofTheChain = new Set([
      'Watchdog',
      'RulesFailing',
      'NotificationsFailing',
      'ConfigurationNotLoaded',
      'SupportingTargetDown',
    ]);
    const missing = [...new Set(alerts.map(({ alert }) => alert))].filter(
      (alert) => !linked.has(alert) && !ofTheChain.has(alert),
    );
    expect(missing).toEqual([]);
  });

  test('from each dashboard to the others, which have the same tag', () => {
    for (const { dashboard } of files) {
      expect(dashboard.tags).toContain('ml-platform');
      const [others] = dashboard.links.filter(({ type }) => type === 'dashboards');
      expect(others).toMatchObject({ tags: ['ml-platform'], includeVars: true, keepTime: true });
    }
  });
});

describe('numbers', () => {
  const exprOf = (alert: string): string =>
    alerts.flatMap((rule) => (rule.alert === alert ? [rule.expr] : [])).join('\n');

  test.each([
    ['HighModelLatency', `p95_5m > ${objectives.latency} `],
    ['HighErrorRate', `${objectives.pageBurn} * ${objectives.errors}`],
    ['RequestsRejected', `> ${objectives.rejected}`],
    ['ModelAccuracyDegraded', `>= ${objectives.accuracy.toFixed(2)})`],
    ['DataDriftDetected', `< ${objectives.drift}\n`],
    ['ModelAccuracyStale', `<= ${objectives.age / 86_400} * 86400`],
    ['DriftDataStale', `<= ${objectives.age / 86_400} * 86400`],
    ['CostBudgetExceeded', `> ${objectives.dailyCost}`],
    ['CostForecastExceeded', `> ${objectives.monthlyCost}`],
    ['CostAnomaly', `> ${objectives.anomaly}\n`],
    ['CostDataStale', `> ${objectives.costAnswerAge / 3600} * 3600`],
    ['CostDataStale', `> ${objectives.costDayAge / 86_400} * 86400`],
  ])('the colours change where %s fires', (alert, part) => {
    expect(`${exprOf(alert)} `).toContain(part);
  });

  test('a share and a burn rate are the same threshold', () => {
    expect(objectives.pageErrors).toBeCloseTo(objectives.pageBurn * objectives.errors, 10);
  });

  test('each metric of the contract is on a dashboard', () => {
    const expressions = panels.flatMap(({ panel }) => panel.targets.map(({ expr }) => expr)).join('\n');
    const missing = Object.keys(metrics).filter((name) => !expressions.includes(name));
    expect(missing).toEqual([]);
  });
});

test('all four fit into one ConfigMap that kubectl can apply: its copy in an annotation has 256 KiB', () => {
  const bytes = files.reduce(
    (sum, { name }) => sum + readFileSync(join(monitoring, 'dashboards', name)).length,
    0,
  );
  expect(bytes).toBeLessThan(200 * 1024);
});

test('headings hold no panels: what is folded away is not seen', () => {
  const rows = files.flatMap(({ dashboard }: DashboardFile) => dashboard.panels).filter(isRow);
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows as (PanelFile & { collapsed: boolean; panels: unknown[] })[]) {
    expect(row).toMatchObject({ collapsed: false, panels: [] });
  }
});

test('what Grafana is given: all four, and the source that they ask', () => {
  const listed = parse(readFileSync(join(monitoring, 'kustomization.yaml'), 'utf8')) as {
    configMapGenerator: { name: string; files: string[] }[];
  };
  const generator = listed.configMapGenerator.find(({ name }) => name === 'grafana-dashboards');
  expect(generator?.files.toSorted()).toEqual(files.map(({ name }) => `dashboards/${name}`));
  expect(sourcesOf('datasources').find(({ uid }) => uid === 'prometheus')?.type).toBe('prometheus');
});

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly jsonData?: Readonly<Record<string, unknown>>;
}

function sourcesOf(folder: string): readonly DataSource[] {
  const path = join(monitoring, 'grafana/provisioning', folder, 'data-sources.yml');
  return (parse(readFileSync(path, 'utf8')) as { datasources: DataSource[] }).datasources;
}

test('where there is no store of traces nothing leads to one, and all else is the same', () => {
  const without = sourcesOf('datasources');
  expect(JSON.stringify(without)).not.toMatch(/trace|tempo/i);
  const stripped = sourcesOf('datasources-with-traces').flatMap((source) => {
    if (source.type === 'tempo') return [];
    const { exemplarTraceIdDestinations: links, ...jsonData } = source.jsonData ?? {};
    if (source.uid === 'prometheus') expect(links).toMatchObject([{ datasourceUid: 'traces' }]);
    return [{ ...source, jsonData }];
  });
  expect(stripped).toEqual(without);
});

test('Prometheus keeps what rules and dashboards look back on', () => {
  const expressions = [...alerts, ...panels.flatMap(({ panel }) => panel.targets)].map(({ expr }) => expr);
  const weeks = expressions.flatMap((expr) =>
    [...expr.matchAll(/offset (\d+)w/g)].map(([, count]) => Number(count)),
  );
  const shown = files.map(({ dashboard }) => Number(/^now-(\d+)d$/.exec(dashboard.time.from)?.[1] ?? 0));
  const furthest = Math.max(...weeks.map((count) => count * 7), ...shown);
  expect(furthest).toBe(30);
  const kept = [
    'kubernetes/base/prometheus/statefulset.yaml',
    'docker-compose.yml',
    'helm/ml-platform/values.yaml',
  ].map((path) => {
    const text = readFileSync(join(monitoring, '..', path), 'utf8');
    return /retention(?:\.time=|:[^}]*?\n\s+time: )(\d+)d/.exec(text)?.[1];
  });
  for (const days of kept) expect(Number(days)).toBeGreaterThan(furthest);
});
