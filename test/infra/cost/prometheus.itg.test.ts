/** The exporter as a real Prometheus reads it, with the repository's own rules: what fires, what does not, what a thousand cost. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Day, daysBetween } from '../../../reference-infra/cost/exporter/src/costs/days.ts';
import { waitingFor, writePrometheus } from '../../../scripts/platform/configuration.ts';
import { ensurePrometheus } from '../../../scripts/tools/prometheus.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';
import { type CostExplorerStandIn, startCostExplorer } from './cost-explorer.ts';
import { keys, type RunningExporter, startExporter } from './exporter.ts';
import { costsFor, forecast, periodOf, type Row, toldDay, usage } from './samples.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

let explorer: CostExplorerStandIn;
let folder: string;
const started: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'costs-'));
  explorer = await startCostExplorer(costsFor);
});
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
  expect(explorer.violations).toEqual([]);
});
afterAll(async () => {
  await explorer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function exporterWith(state: string): Promise<RunningExporter> {
  const exporter = await startExporter({
    env: { ...keys, AWS_ENDPOINT_URL: explorer.url, STATE_PATH: join(folder, state) },
  });
  started.push(exporter);
  return exporter;
}

/** With what the service predicted on former days in its store; alerts wait for a second, not for hours. */
async function prometheusWith(
  exporter: RunningExporter,
): Promise<(expression: string) => Promise<readonly Series[]>> {
  const { prometheus, promtool } = await ensurePrometheus();
  const own = mkdtempSync(join(folder, 'prometheus-'));
  const store = join(own, 'tsdb');
  writeFileSync(join(own, 'past.txt'), predictions());
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', join(own, 'past.txt'), store];
  execFileSync(promtool, args, { stdio: 'ignore' });
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = writePrometheus(own, {
    addresses: { 'cost-exporter': exporter.address },
    interval: '1s',
    rules: waitingFor('1s'),
  });
  const server: RunningServer = await startServer({
    command: prometheus,
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${store}`,
      `--web.listen-address=${address}`,
    ],
    env: { PATH: process.env.PATH },
    cwd: own,
    readyUrl: `http://${address}/-/ready`,
    readyTimeoutMs: 60_000,
  });
  started.push(server);
  return async (expression) => {
    const response = await fetch(
      `http://${address}/api/v1/query?${new URLSearchParams({ query: expression })}`,
    );
    const answer = await response.json();
    return (answer as { data: { result: Series[] } }).data.result;
  };
}

/** Two replicas, ten rows in five minutes together on the day that is told, and thrice as many on the days around it. */
function predictions(): string {
  const from = Date.parse(toldDay()) / 1000 - 86_400;
  const lines = ['# TYPE ml_api_predictions counter'];
  for (const [instance, share] of [
    ['a', 0.6],
    ['b', 0.4],
  ] as const) {
    let rows = 0;
    for (let step = 0; step < 3 * 288; step += 1) {
      const labels = `job="ml-api",instance="${instance}",model="fraud",version="1"`;
      lines.push(`ml_api_predictions_total{${labels}} ${rows} ${from + step * 300}`);
      rows += share * (step >= 288 && step < 576 ? 10 : 30);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

async function untilThere(ask: () => Promise<readonly Series[]>): Promise<readonly Series[]> {
  for (let attempt = 0; ; attempt += 1) {
    const series = await ask();
    if (series.length > 0 || attempt === 60) return series;
    await sleep(500);
  }
}

const firing = (series: readonly Series[]): readonly string[] =>
  [...new Set(series.map(({ metric }) => metric.alertname ?? ''))].sort();
const costAlerts = 'ALERTS{alertstate="firing", alertname=~"Cost.*"}';

describe('with costs that are over every plan', () => {
  test('budget, anomaly and forecast fire, and a thousand predictions cost what they cost on that day', async () => {
    explorer.answer((call) => {
      const { Start, End } = periodOf(call);
      return call.operation === 'GetCostForecast'
        ? { kind: 'answer', body: forecast(Start, End, 9_000) }
        : costsFor(call);
    });
    const query = await prometheusWith(await exporterWith('over.json'));
    const perThousand = await untilThere(() => query('model_currency:aws_cost_per_thousand_predictions:day'));
    // 5.76 for 288 times ten rows; churn predicted nothing, and has no such cost.
    expect(perThousand.map(({ metric }) => [metric.model, metric.currency])).toEqual([['fraud', 'USD']]);
    expect(Number(perThousand[0]?.value[1])).toBeCloseTo(2, 6);
    await expect
      .poll(async () => firing(await query(costAlerts)), { timeout: 30_000, interval: 500 })
      .toEqual(['CostAnomaly', 'CostBudgetExceeded', 'CostForecastExceeded']);
    const [anomaly] = await query('max by (currency) (aws_cost_anomaly_score)');
    expect(Number(anomaly?.value[1])).toBeCloseTo(149 / 1.482602218505602, 9);
    // As popular templates have it: the labels of one side are not those of the other, and nothing comes of it.
    expect(await query('aws_cost_daily / ml_api_predictions_total')).toEqual([]);
    expect(
      await query('aws_cost_by_model / sum by (model) (increase(ml_api_predictions_total[1d] offset 2d))'),
    ).toEqual([]);
  });
});

describe('with costs as they should be', () => {
  test('nothing fires', async () => {
    const calm = (day: Day): readonly Row[] => [['Amazon EC2', 'Usage', 100 + Number(day.slice(-1))]];
    explorer.answer((call) => {
      const { Start, End } = periodOf(call);
      if (call.operation === 'GetCostForecast') return { kind: 'answer', body: forecast(Start, End, 100) };
      if (JSON.stringify(call.input.GroupBy).includes('TAG')) return costsFor(call);
      return { kind: 'answer', body: usage(calm, daysBetween(Start, End)) };
    });
    const query = await prometheusWith(await exporterWith('calm.json'));
    await untilThere(() => query('aws_cost_forecast'));
    // Rules come each second: after some of them whatever is to fire would.
    await sleep(5_000);
    expect(firing(await query('ALERTS{alertname=~"Cost.*"}'))).toEqual([]);
    expect((await query('aws_cost_daily')).length).toBe(1);
  });
});

describe('with a Cost Explorer that answers no more', () => {
  test('old costs are told as old, and costs that never came as missing', async () => {
    explorer.answer(costsFor);
    const first = await exporterWith('old.json');
    await first.end();
    const path = join(folder, 'old.json');
    // As if 27 hours had gone by since.
    const aged = readFileSync(path, 'utf8').replaceAll(/"(askedAt|notBefore)":(\d+)/g, (_, name, time) =>
      name === 'notBefore' ? '"notBefore":0' : `"askedAt":${Number(time) - 27 * 3_600_000}`,
    );
    writeFileSync(path, aged);
    explorer.answer(() => ({
      kind: 'error',
      status: 400,
      code: 'AccessDeniedException',
      message: 'not any more',
    }));
    const query = await prometheusWith(await exporterWith('old.json'));
    await expect
      .poll(
        async () =>
          (await query(`${costAlerts.replace('Cost.*', 'CostDataStale')}`))
            .map(({ metric }) => metric.query)
            .sort(),
        {
          timeout: 30_000,
          interval: 500,
        },
      )
      .toEqual(['forecast', 'models', 'services']);
    expect(firing(await query(costAlerts))).not.toContain('CostDataMissing');
    const missing = await prometheusWith(await exporterWith('never.json'));
    await expect
      .poll(async () => firing(await missing(costAlerts)), { timeout: 30_000, interval: 500 })
      .toEqual(['CostDataMissing']);
  });
});
