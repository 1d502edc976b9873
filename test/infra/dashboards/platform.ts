/**
 * What the dashboards look at, for real: the service under a little traffic, a Pushgateway with what the jobs push, and a
 * Prometheus with the repository's own rules; costs of the last four weeks are written into its store beforehand.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushMetrics, renderMetrics, samplesOf } from '../../../core/prometheus/index.ts';
import { type RunningService, startService } from '../../../reference-infra/ml-api/test/service.ts';
import { metrics } from '../../../reference-infra/monitoring/metrics.ts';
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
const week = 7 * 86_400;

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

/** Around the same hour of the same weekday, as the exporter would have given them; the labels are those of the push. */
function pastCosts(now: number): string {
  const times = [4, 3, 2, 1].flatMap((weeks) =>
    Array.from({ length: 40 }, (_, minute) => now - weeks * week + (minute - 10) * 60),
  );
  const series = (name: string, labels: string, value: number): string[] => [
    `# TYPE ${name} gauge`,
    ...times.map((time) => `${name}{job="cost-exporter",${labels}} ${value} ${time}`),
  ];
  return [
    ...series('aws_cost_daily', 'currency="USD"', 120),
    ...series('aws_cost_by_service', 'service="Amazon EKS"', 80),
    '# EOF\n',
  ].join('\n');
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
  const costs = renderMetrics([
    samplesOf(metrics.aws_cost_daily, [{ labels: { currency: 'USD' }, value: 250 }]),
    samplesOf(metrics.aws_cost_by_service, [
      { labels: { service: 'Amazon EKS' }, value: 90 },
      { labels: { service: 'Amazon S3' }, value: 12 },
    ]),
  ]);
  const gateway = new URL(url);
  await pushMetrics(accuracy, { url: gateway, job: 'evaluation', labels: {} });
  await pushMetrics(drift, { url: gateway, job: 'drift-check', labels: {} });
  await pushMetrics(costs, { url: gateway, job: 'cost-exporter', labels: {} });
}
