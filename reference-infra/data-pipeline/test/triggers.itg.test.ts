/** What the retraining trigger reads beside GitHub: a real Prometheus with a real Pushgateway, and runs of the pipeline. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushMetrics, renderMetrics, samplesOf } from '../../../core/prometheus/index.ts';
import { addRun } from '../../../test/support/github-runs.ts';
import { serverForTests, testClient } from '../../../test/support/github-setup.ts';
import {
  type LoopbackServer,
  type PrometheusServer,
  startPrometheus,
  startPushgateway,
} from '../../../test/support/prometheus-servers.ts';
import { scratchFolder } from '../../../test/support/scratch-folder.ts';
import { metrics } from '../../monitoring/metrics.ts';
import { main } from '../triggers/command.ts';
import { mustRun, writeFiles } from './support.ts';

const startServer = serverForTests();

async function trigger(
  args: readonly string[],
  given: { readonly trained?: Date; readonly now?: Date } = {},
): Promise<{ code: number; out: string; err: string; started: number }> {
  const server = await startServer();
  server.state.workflows = [{ file: 'retrain.yml', inputs: ['reason'] }];
  if (given.trained !== undefined)
    addRun(server.state, { status: 'completed', conclusion: 'success', createdAt: given.trained });
  let [out, err] = ['', ''];
  const code = await main(['--workflow', 'retrain.yml', '--cooldown', '0h', ...args], {
    env: { GITHUB_TOKEN: 'test-token', GITHUB_REPOSITORY: 'octo/models', GITHUB_API_URL: server.url },
    folder: scratchFolder(),
    out: (text) => (out += text),
    err: (text) => (err += text),
    append: () => {},
    now: () => given.now ?? new Date(),
    sleep: async () => {},
    client: () => testClient(server),
  });
  return { code, out, err, started: server.state.dispatches.length };
}

describe('accuracy from Prometheus', () => {
  let gateway: LoopbackServer | null = null;
  let prometheus: PrometheusServer | null = null;
  let url = '';
  const now = Date.now() / 1000;

  /** As the evaluation job pushes it; `at` null: without its time. */
  async function push(
    model: string,
    version: string,
    dataset: string,
    value: number,
    at: number | null,
  ): Promise<void> {
    const labels = { model, version, dataset };
    const times = at === null ? [] : [{ labels, value: at }];
    const text = renderMetrics([
      samplesOf(metrics.ml_model_accuracy, [{ labels, value }]),
      samplesOf(metrics.ml_model_accuracy_last_success_timestamp_seconds, times),
    ]);
    await pushMetrics(text, { url: new URL(gateway?.url ?? ''), job: 'evaluation', labels });
  }

  beforeAll(async () => {
    gateway = await startPushgateway();
    await push('churn', '3', 'live', 0.79, now - 3600);
    await push('churn', '3', 'holdout', 0.91, now - 3600);
    // Of the version before, which the gateway shows for ever.
    await push('churn', '2', 'live', 0.5, now - 90 * 86_400);
    await push('served', '1', 'live', 0.6, now - 60);
    await push('served', '2', 'live', 0.9, now - 3600);
    await push('old', '1', 'live', 0.9, now - 90 * 86_400);
    await push('timeless', '1', 'live', 0.9, null);
    await push('future', '1', 'live', 0.9, now * 1000);
    await push('percent', '1', 'live', 91, now);
    await push('nan', '1', 'live', Number.NaN, now);
    await push('we"ird\\\n', '1', 'live', 0.4, now);
    const info = { model: 'served', version: '2', digest: 'sha256:1' };
    const text = renderMetrics([samplesOf(metrics.ml_model_info, [{ labels: info, value: 1 }])]);
    await pushMetrics(text, { url: new URL(gateway.url), job: 'ml-api', labels: {} });
    prometheus = await startPrometheus([new URL(gateway.url).host]);
    ({ url } = prometheus);
    await prometheus.queryUntil('ml_model_info', (samples) => samples.length === 1);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await gateway?.stop();
  });

  const ask = (model: string, ...more: string[]): string[] => {
    const floor = more.includes('--min-accuracy') ? [] : ['--min-accuracy', '0.8'];
    return ['--prometheus-url', url, '--model', model, ...floor, ...more];
  };

  test('below the least it is a reason, and a version of former days is none', async () => {
    const { code, out, err, started } = await trigger(ask('churn'));
    expect([code, err, started]).toEqual([0, '', 1]);
    expect(out).toContain('[reason] accuracy of churn: 0.79 of version 3 on live; --min-accuracy is 0.8\n');
  });

  test.each([
    [['churn', '--min-accuracy', '79%'], '0.79 of version 3 on live'],
    [['churn', '--accuracy-dataset', 'holdout'], '[no] accuracy of churn: 0.91 of version 3 on holdout; '],
    // Version 1 was measured later, and is not what is served.
    [['served'], '[no] accuracy of served: 0.9 of version 2 on live; '],
  ])('%j: at or above it there is none', async ([model = '', ...more], told) => {
    const { code, out, started } = await trigger(ask(model, ...more));
    expect([code, started]).toEqual([0, 0]);
    expect(out).toContain(told);
  });

  test.each([
    [['served', '--model-version', '1'], '0.6 of version 1 on live'],
    [['we"ird\\\n'], '0.4 of version 1 on live'],
  ])('%j: of a version that is named, of a model with any name', async ([model = '', ...more], told) => {
    const { out, started } = await trigger(ask(model, ...more));
    expect([started, out]).toEqual([1, expect.stringContaining(told)]);
  });

  test('measured before the last training it is no reason', async () => {
    const { out, started } = await trigger(ask('churn'), { trained: new Date((now - 1800) * 1000) });
    expect([started, out]).toEqual([0, expect.stringContaining('before the last retraining that succeeded')]);
  });

  test.each([
    [
      ['old'],
      /^accuracy of old 1 on live was measured on .*: that is too old to decide on; --max-age allows 48 hours\n$/,
    ],
    [
      ['timeless'],
      /^accuracy of timeless 1 on live: when it was measured is not known, as ml_model_accuracy_last_success/,
    ],
    [['future'], /^accuracy of future 1 on live was measured on .*, which is in the future\n$/],
    [['percent'], /^accuracy of percent 1 on live is 91, which is no number from 0 to 1\n$/],
    [['nan'], /^accuracy of nan 1 on live is NaN, which is no number from 0 to 1\n$/],
    [
      ['chrun'],
      /^Prometheus has no ml_model_accuracy of the model "chrun"; it has that of .*; did you mean "churn"\?\n$/,
    ],
    [
      ['churn', '--accuracy-dataset', 'live2'],
      /^Prometheus has no ml_model_accuracy of churn on the dataset "live2"; it has that of (live, holdout|holdout, live); did you mean "live"\?\n$/,
    ],
    [
      ['served', '--model-version', '9'],
      /^Prometheus has no accuracy of version 9 of served; it has [12], [12]\n$/,
    ],
  ])('%j is not judged', async ([model = '', ...more], told) => {
    const { code, err, started } = await trigger(ask(model, ...more));
    expect([code, started]).toEqual([1, 0]);
    expect(err).toMatch(told);
  });

  test('a server that is none, or does not answer, is an error', async () => {
    const wrong = ['--model', 'churn', '--min-accuracy', '0.8', '--prometheus-url'];
    const elsewhere = await trigger([...wrong, gateway?.url ?? '']);
    expect([elsewhere.code, elsewhere.err]).toEqual([
      1,
      expect.stringContaining('answers 404: 404 page not found; no Prometheus API lies below this address'),
    ]);
    const secret = await trigger([...wrong, 'http://ada:s3cret@127.0.0.1:9']);
    expect([secret.code, secret.started]).toEqual([1, 0]);
    expect(secret.err).toMatch(/^--prometheus-url: http:\/\/127\.0\.0\.1:9 /);
    expect(secret.err).not.toContain('s3cret');
  });
});

test('rows that runs of the pipeline have added since the last training', async () => {
  const folder = scratchFolder();
  const sink = 'sink: { format: parquet, path: out, mode: upsert, key: id }\n';
  writeFiles(folder, {
    'pipeline.yaml': `name: rows\nsources:\n  rows:\n    format: csv\n    path: data/*.csv\n${sink}`,
    'data/a.csv': 'id,n\na,1\nb,2\nc,3\n',
  });
  const first = await mustRun(folder, 'r1');
  // GitHub tells times in whole seconds.
  const trained = new Date(Math.ceil(Date.parse(first.finishedAt) / 1000) * 1000);
  await sleep(Math.max(0, trained.getTime() - Date.now()) + 1);
  // Of the five rows that this run writes, three replace those of before.
  writeFileSync(join(folder, 'data/b.csv'), 'id,n\nd,4\ne,5\n');
  expect((await mustRun(folder, 'r2')).output).toMatchObject({ rows: 5, replaced: 3, totalRows: 5 });
  const args = ['--runs', join(folder, '.runs'), '--min-new-rows'];
  const enough = await trigger([...args, '2'], { trained });
  expect(enough.out + enough.err).toContain(
    'new rows: 2 in 1 runs of the pipeline since the last retraining',
  );
  expect(enough.started).toBe(1);
  expect((await trigger([...args, '5'])).out).toContain(
    '[reason] new rows: 5 in 2 runs of the pipeline, as no',
  );
  expect(await trigger([...args, '6'])).toMatchObject({ code: 0, started: 0 });
});
