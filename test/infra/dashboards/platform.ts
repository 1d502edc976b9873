/**
 * What the dashboards look at, for real: the service under a little traffic, a Pushgateway with what the jobs push, and a
 * Prometheus with the repository's own rules; costs and predictions of former days are written into its store beforehand.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushMetrics, renderMetrics, samplesOf } from '../../../core/prometheus/index.ts';
import { type RunningService, startService } from '../../../reference-infra/ml-api/test/service.ts';
import { type MetricName, metrics } from '../../../reference-infra/monitoring/metrics.ts';
import { waitingFor, writePrometheus } from '../../../scripts/platform/configuration.ts';
import { ensurePrometheus } from '../../../scripts/tools/prometheus.ts';
import { type LoopbackServer, startPushgateway } from '../../support/prometheus-servers.ts';
import { freePort, type RunningServer, startServer } from '../../support/server-process.ts';

export interface Platform {
  /** Of Prometheus. */
  readonly url: string;
  /** One round of requests: rights and wrongs. */
  ask(): Promise<void>;
  push(): Promise<void>;
  stop(): Promise<void>;
}

export const model = 'model';
const version = '1';
const day = 86_400;
const week = 7 * day;

export async function startPlatform(): Promise<Platform> {
  const folder = mkdtempSync(join(tmpdir(), 'dashboards-'));
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const one of started.reverse()) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const service = await startService({ env: { MODEL_NAME: model, MODEL_VERSION: version } });
    started.push(service);
    const gateway = await startPushgateway();
    started.push(gateway);
    const prometheus = await startWithRules(folder, service, gateway);
    started.push(prometheus);
    return { url: prometheus.url, ask: () => ask(service), push: () => push(gateway.url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWithRules(
  folder: string,
  service: RunningService,
  gateway: LoopbackServer,
): Promise<RunningServer & { readonly url: string }> {
  const { prometheus, promtool } = await ensurePrometheus();
  const store = join(folder, 'tsdb');
  const past = join(folder, 'costs.txt');
  writeFileSync(past, pastCosts(Math.floor(Date.now() / 1000)));
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', past, store], { stdio: 'ignore' });
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const configuration = writePrometheus(folder, {
    addresses: {
      'ml-api': new URL(service.url).host,
      pushgateway: new URL(gateway.url).host,
      prometheus: address,
    },
    interval: '1s',
    rules: waitingFor('1s'),
  });
  const server = await startServer({
    command: prometheus,
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${store}`,
      // The usual fifteen days would take two of the four weeks away.
      '--storage.tsdb.retention.time=60d',
      `--web.listen-address=${address}`,
    ],
    env: { PATH: process.env.PATH },
    cwd: folder,
    readyUrl: `http://${address}/-/ready`,
    readyTimeoutMs: 60_000,
  });
  return { ...server, url: `http://${address}` };
}

/** What a cost exporter and the service would have given before: a week ago, on whole days, and some hours ago. */
function pastCosts(now: number): string {
  const weekAgo = Array.from({ length: 40 }, (_, minute) => now - week + (minute - 10) * 60);
  const hours = Array.from({ length: 60 }, (_, minute) => now - 10_800 + minute * 60);
  const days = Array.from({ length: 3 * 288 }, (_, index) => lastWholeDay(now) - day + index * 300);
  return [
    seriesOf('aws_cost_by_service', 'gauge', 'service="Amazon EKS",currency="USD"', weekAgo, () => 80),
    // Ten rows in five minutes are 2,880 a day.
    seriesOf('ml_api_predictions', 'counter', `model="${model}",version="0"`, days, (index) => 10 * index),
    seriesOf('aws_cost_explorer_requests', 'counter', 'operation="GetCostAndUsage"', hours, (index) => index),
    seriesOf('aws_cost_explorer_spend_usd', 'counter', '', hours, (index) => index / 100),
    seriesOf(
      'aws_cost_explorer_errors',
      'counter',
      'query="forecast",reason="no_data"',
      hours,
      (index) => index,
    ),
    ['# EOF\n'],
  ]
    .flat()
    .join('\n');
}

/** The labels are those of the push. */
function seriesOf(
  name: string,
  type: 'gauge' | 'counter',
  labels: string,
  times: readonly number[],
  valueAt: (index: number) => number,
): string[] {
  const job = name.startsWith('aws') ? 'cost-exporter' : 'ml-api';
  const series = `${name}${type === 'counter' ? '_total' : ''}{job="${job}"${labels === '' ? '' : ','}${labels}}`;
  return [`# TYPE ${name} ${type}`, ...times.map((time, index) => `${series} ${valueAt(index)} ${time}`)];
}

/** When the day before yesterday began, which is the last one that AWS has billed. */
function lastWholeDay(now: number): number {
  return Math.floor(now / day) * day - 2 * day;
}

const row = [14, 20, 92, 655, 0.1, 0.1, 0.09, 0.05];

async function ask(service: RunningService): Promise<void> {
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => service.post('/predict', { instances: [row, row] })),
    service.post('/predict', '{"instances": '),
    service.get('/health'),
  ]);
  const good = answers.slice(0, 8).every(({ status }) => status === 200);
  if (!good) throw new Error(`the service answered ${answers.map(({ status }) => status).join(', ')}`);
}

type MoneyMetric = {
  [Name in MetricName]: (typeof metrics)[Name]['labels'] extends readonly ['currency'] ? Name : never;
}[MetricName];

async function push(url: string): Promise<void> {
  const now = Date.now() / 1000;
  const of = { model, version, dataset: 'holdout' };
  const accuracy = renderMetrics([
    samplesOf(metrics.ml_model_accuracy, [{ labels: of, value: 0.76 }]),
    samplesOf(metrics.ml_model_accuracy_last_success_timestamp_seconds, [{ labels: of, value: now }]),
  ]);
  const states = ['drifted', 'unchanged', 'inconclusive'];
  const drift = renderMetrics([
    samplesOf(metrics.ml_data_drift_score, [
      { labels: { model, column: 'mean_radius', method: 'wasserstein' }, value: 1.7 },
      { labels: { model, column: 'mean_texture', method: 'wasserstein' }, value: 0.3 },
    ]),
    samplesOf(
      metrics.ml_data_drift_columns,
      states.map((state, value) => ({ labels: { model, state }, value })),
    ),
    samplesOf(metrics.ml_data_drift_share_drifted, [{ labels: { model }, value: 0.5 }]),
    samplesOf(
      metrics.ml_data_drift_rows,
      ['reference', 'current'].map((side) => ({ labels: { model, side }, value: 500 })),
    ),
    samplesOf(metrics.ml_data_drift_score_last_success_timestamp_seconds, [
      { labels: { model }, value: now },
    ]),
  ]);
  const currency = 'USD';
  const money = (name: MoneyMetric, value: number) =>
    samplesOf(metrics[name], [{ labels: { currency }, value }]);
  const both = (values: (query: string) => number) =>
    ['services', 'models'].map((query) => ({ labels: { query }, value: values(query) }));
  const costs = renderMetrics([
    money('aws_cost_daily', 250),
    money('aws_cost_daily_net', 200),
    money('aws_cost_weekday_median', 120),
    money('aws_cost_anomaly_score', 6.5),
    money('aws_cost_month_to_date', 3_000),
    money('aws_cost_forecast', 6_500),
    money('aws_cost_forecast_lower', 5_900),
    money('aws_cost_forecast_upper', 7_100),
    money('aws_cost_untagged', 200),
    samplesOf(metrics.aws_cost_anomaly_unknown, [
      { labels: { currency: 'EUR', reason: 'too_little_history' }, value: 1 },
    ]),
    samplesOf(metrics.aws_cost_credits, [{ labels: { type: 'credit', currency }, value: -50 }]),
    samplesOf(metrics.aws_cost_by_service, [
      { labels: { service: 'Amazon EKS', currency }, value: 90 },
      { labels: { service: 'Amazon S3', currency }, value: 12 },
    ]),
    // 2,880 rows at 2 for a thousand.
    samplesOf(metrics.aws_cost_by_model, [{ labels: { model, currency }, value: 5.76 }]),
    samplesOf(
      metrics.aws_cost_day_timestamp_seconds,
      both(() => lastWholeDay(now)),
    ),
    samplesOf(
      metrics.aws_cost_estimated,
      both(() => 1),
    ),
    samplesOf(
      metrics.aws_cost_last_success_timestamp_seconds,
      both(() => now),
    ),
    samplesOf(metrics.aws_cost_explorer_requests_left, [{ labels: {}, value: 15 }]),
  ]);
  const gateway = new URL(url);
  await pushMetrics(accuracy, { url: gateway, job: 'evaluation', labels: {} });
  await pushMetrics(drift, { url: gateway, job: 'drift-check', labels: {} });
  await pushMetrics(costs, { url: gateway, job: 'cost-exporter', labels: {} });
}
