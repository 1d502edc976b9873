/** Each query of each dashboard is asked of a real Prometheus, and gives what the panel is to show. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DashboardFile, type PanelFile, panelsOf, readDashboards } from './files.ts';
import { model, type Platform, startPlatform } from './platform.ts';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  await platform.push();
  // Rates need two scrapes, recorded rates and alerts some more.
  for (let round = 0; round < 12; round += 1) {
    await platform.ask();
    await sleep(1_000);
  }
});
afterAll(() => platform?.stop());

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Of the last point. */
  readonly value: number;
}

/** What Grafana would put in for the variables. */
function filled(text: string): string {
  return text.replaceAll('$__rate_interval', '10s').replaceAll('$job', 'ml-api').replaceAll('$model', model);
}

async function api<Data>(path: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
  const response = await fetch(`${platform.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const answer = (await response.json()) as { data?: Data; error?: string };
  if (answer.data === undefined) throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
  return answer.data;
}

type Points = readonly (readonly [time: number, value: string])[];

/** As the panel asks: at one moment, or over the last seconds. */
async function ask(expr: string, instant: boolean): Promise<Series[]> {
  if (instant) {
    const { result } = await api<{ result: { metric: Record<string, string>; value: Points[number] }[] }>(
      'query',
      {
        query: expr,
      },
    );
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }
  const now = Date.now() / 1000;
  const { result } = await api<{ result: { metric: Record<string, string>; values: Points }[] }>(
    'query_range',
    {
      query: expr,
      start: `${now - 8}`,
      end: `${now}`,
      step: '2',
    },
  );
  return result.map(({ metric, values }) => ({ metric, value: Number(values.at(-1)?.[1]) }));
}

/** Rules are evaluated each second on a machine that does other things, too. */
async function askUntilThere(expr: string, instant: boolean): Promise<Series[]> {
  for (let attempt = 0; ; attempt += 1) {
    const series = await ask(expr, instant);
    if (series.length > 0 || attempt === 20) return series;
    await platform.ask();
    await sleep(500);
  }
}

const files = readDashboards();
const queries = files.flatMap((file: DashboardFile) =>
  panelsOf(file).flatMap((panel) =>
    panel.targets.map((target) => ({
      where: `${file.name}: ${panel.title}, ${target.refId}`,
      panel,
      target,
    })),
  ),
);

describe('each query gives series', () => {
  test.each(queries)('$where', async ({ target }) => {
    const series = await askUntilThere(filled(target.expr), target.instant);
    expect(series, target.expr).not.toHaveLength(0);
    // A percentile of no requests is no number, and is not drawn.
    expect(
      series.some(({ value }) => Number.isFinite(value)),
      JSON.stringify(series),
    ).toBe(true);
    const named = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    // Of the first series: an alert that is of no service has no job, and its cell is empty.
    for (const label of named) expect(Object.keys(series[0]?.metric ?? {})).toContain(label);
  });

  test('and so do variables and marks', async () => {
    for (const { dashboard } of files) {
      for (const { definition } of dashboard.templating.list) {
        const [, metric = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
        const values = await api<string[]>(`label/${label}/values`, { 'match[]': metric });
        expect(values).toEqual([label === 'job' ? 'ml-api' : model]);
      }
      for (const { expr } of dashboard.annotations.list)
        expect(await askUntilThere(expr, true)).not.toEqual([]);
    }
  });
});

describe('the numbers are those of what happened', () => {
  const value = async (dashboard: string, title: string): Promise<number> => {
    const { panel, target } = found(dashboard, title);
    const series = await askUntilThere(filled(target.expr), target.instant);
    expect(series, panel.title).toHaveLength(1);
    return series[0]?.value ?? Number.NaN;
  };
  const found = (
    dashboard: string,
    title: string,
  ): { panel: PanelFile; target: PanelFile['targets'][number] } => {
    const query = queries.find(({ where }) => where.startsWith(`${dashboard}.json: ${title},`));
    if (query === undefined) throw new Error(`no panel ${title}`);
    return query;
  };

  test.each([
    ['api-health', 'Replicas with a model', 1],
    ['api-health', 'Requests that fail', 0],
    ['model-performance', 'Accuracy, worst data set', 0.76],
    ['model-performance', 'Files served at once', 1],
    ['model-performance', 'Wanted model served', 1],
    ['data-drift', 'Share of features drifted', 0.5],
    ['cost-tracking', 'Cost of the last day', 250],
    ['cost-tracking', 'Against that weekday', 6.5],
    ['cost-tracking', 'This month at its end', 6_500],
  ])('%s: %s is %d', async (dashboard, title, expected) => {
    expect(await value(dashboard, title)).toBeCloseTo(expected, 6);
  });

  test('the time of a request is a time, and requests are counted', async () => {
    const p95 = await value('api-health', '95% answered within');
    expect(p95).toBeGreaterThan(0);
    expect(p95).toBeLessThan(10);
    expect(await value('api-health', 'Predictions asked for')).toBeGreaterThan(0);
    expect(await value('model-performance', 'Accuracy measured')).toBeLessThan(120);
    // Of the day before yesterday: 5.76 for 2,880 rows, and not what was predicted just now.
    expect(await value('cost-tracking', 'Cost of 1,000 predictions')).toBeCloseTo(2, 1);
  });

  test('alerts that fire are counted and named', async () => {
    const { target } = found('api-health', 'Alerts that fire');
    const series = await askUntilThere(filled(target.expr), true);
    const names = series.map(({ metric }) => metric.alertname);
    expect(names).toContain('DataDriftDetected');
    expect(names).toContain('ModelAccuracyDegraded');
    expect(names).not.toContain('Watchdog');
    expect(await value('api-health', 'Alerts firing')).toBeGreaterThanOrEqual(2);
  });

  test('a reason and a status are told of what was refused', async () => {
    const { target } = found('api-health', 'Failures by reason');
    const reasons = (await askUntilThere(filled(target.expr), false)).map(({ metric }) => metric.reason);
    expect(reasons.length).toBeGreaterThan(0);
    const status = found('api-health', 'Requests by status').target;
    const statuses = (await askUntilThere(filled(status.expr), false)).map((one) => one.metric.status);
    expect(statuses.sort()).toEqual(['200', '400']);
  });
});
