/**
 * From what goes wrong to who is told, with nothing in between that is not real: the service is slow and refuses, accuracy falls,
 * data drift, the service goes away; each alert arrives at the receiver, and again when it is over. Time runs faster (shorten.ts).
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeMetrics } from '../../../action-drift-check/src/prometheus/index.ts';
import { columnOf, drifted, driftOf } from '../../../action-drift-check/src/prometheus/testing.ts';
import { pushMetrics, renderMetrics, samplesOf } from '../../../core/prometheus/index.ts';
import { silentLog } from '../../../core/report/log.ts';
import { metrics } from '../../../reference-infra/monitoring/metrics.ts';
import { type Chain, places, startChain } from './chain.ts';
import { alertRules, readRuleFiles } from './rule-files.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import { has } from './webhook.ts';

const day = 86_400;
const latency = { alertname: 'HighModelLatency', job: 'ml-api', severity: 'page' };
const errors = { alertname: 'HighErrorRate', job: 'ml-api', severity: 'page' };
const rejected = { alertname: 'RequestsRejected', job: 'ml-api', reason: 'queue_full' };
const accuracy = { alertname: 'ModelAccuracyDegraded', model: 'churn', dataset: 'weekly', severity: 'page' };
const drift = { alertname: 'DataDriftDetected', model: 'churn', column: 'age', severity: 'ticket' };
const stale = { alertname: 'DriftDataStale', model: 'fraud', severity: 'ticket' };
const missing = { alertname: 'ServiceMissing', job: 'ml-api', severity: 'page' };
const heldBack = { alertname: 'DataDriftDetected', model: 'fraud' };
const notDelivered = { alertname: 'NotificationsFailing', severity: 'page' };
const errorTickets = { alertname: 'HighErrorRate', severity: 'ticket' };

let chain: Chain;
let traffic: Traffic;

beforeAll(async () => {
  chain = await startChain();
  traffic = startTraffic(chain.service.url, JSON.stringify({ instances: [[1, 2]] }));
});

afterAll(async () => {
  await traffic?.stop();
  await chain?.stop();
});

test('while all is well the Watchdog alone is told, to whoever watches it', async () => {
  await pushAccuracy(0.91);
  await pushDrift('churn', [columnOf('age')], now());
  await pushDrift('fraud', [columnOf('amount')], now());
  const { path } = await chain.webhook.until('firing', { alertname: 'Watchdog' });
  expect(path).toBe('/watchdog');
  // Prometheus may take longer to find its targets than the shortened patience with a missing service.
  await untilScraped();
  const since = performance.now() + 1_000;
  // Longer than the shortest `for`, so that what is wrong from the start would be told.
  await sleep(8_000);
  const told = chain.webhook.told.filter(({ at, status }) => at > since && status === 'firing');
  expect(told.filter(({ labels }) => labels.alertname !== 'Watchdog')).toEqual([]);
  expect([...traffic.statuses.keys()]).toEqual([200]);
});

test('what goes wrong is told to whoever is to hear it, with its summary and runbook; what follows from it is held back', async () => {
  traffic.slow(places);
  await pushAccuracy(0.72);
  await pushDrift('churn', [drifted('age', 3.25)], now());
  await pushDrift('fraud', [columnOf('amount')], now() - 3 * day);
  const { webhook } = chain;
  const wrong = [latency, errors, rejected, accuracy, drift, stale];
  const told = await Promise.all(wrong.map((labels) => webhook.until('firing', labels)));
  const rules = alertRules(readRuleFiles());
  for (const { path, labels, annotations } of told) {
    expect(path).toBe(labels.severity === 'page' ? '/pages' : '/tickets');
    expect(labels.namespace).toBe('chain');
    expect(annotations.runbook_url).toBe(
      rules.find(({ alert }) => alert === labels.alertname)?.annotations?.runbook_url,
    );
    expect(annotations.summary).not.toMatch(/\{\{|<no value>|NaN/);
  }
  expect(told[3]?.annotations.summary).toMatch(/: accuracy on weekly is 72%$/);
  expect(told[4]?.annotations.summary).toBe('churn: age has drifted, 3.25 times the threshold (wasserstein)');
  expect(told[5]?.annotations.summary).toMatch(/^fraud: the last drift check .* was 3d 0h \d+m \d+s ago$/);

  // Drifted, by the check of three days ago: that it is old has been told.
  await pushDrift('fraud', [drifted('amount', 2)], now() - 3 * day);
  // They fire, and Alertmanager has them: it is the inhibition that keeps them from being told.
  await untilInhibited([heldBack, errorTickets]);
  expect(webhook.told.filter((each) => has(each, heldBack) || has(each, errorTickets))).toEqual([]);
});

test('what is mended is told as well', async () => {
  const since = performance.now();
  traffic.slow(0);
  await pushAccuracy(0.91);
  await pushDrift('churn', [columnOf('age')], now());
  await pushDrift('fraud', [columnOf('amount')], now());
  const over = [latency, errors, rejected, accuracy, drift, stale];
  await Promise.all(over.map((labels) => chain.webhook.until('resolved', labels, since)));
});

test('when pages cannot be delivered tickets tell it, and the Watchdog is held back until they can', async () => {
  const { webhook } = chain;
  const since = performance.now();
  webhook.refuse('/pages');
  await pushAccuracy(0.5);
  const { path, annotations } = await webhook.until('firing', notDelivered, since);
  expect(path).toBe('/tickets');
  expect(annotations.summary).toBe('Alertmanager cannot deliver by webhook');
  await untilInhibited([{ alertname: 'Watchdog' }]);
  expect(webhook.told.filter((each) => each.at > since && has(each, accuracy))).toEqual([]);
  webhook.refuse(null);
  // What could not be delivered is tried again.
  await webhook.until('firing', accuracy, since);
  await pushAccuracy(0.91);
  await webhook.until('resolved', notDelivered, since);
  await webhook.until('resolved', accuracy, since);
});

test('that no service answers is told once, not once for each replica, and that it is back', async () => {
  const down = performance.now();
  await chain.service.stop();
  const { annotations } = await chain.webhook.until('firing', missing, down);
  expect(annotations.summary).toBe('Prometheus finds no ml-api that has a model: nothing is predicted');
  const replica = { alertname: 'TargetDown', job: 'ml-api' };
  await untilInhibited([replica]);
  expect(chain.webhook.told.filter((each) => has(each, replica))).toEqual([]);
  const back = performance.now();
  await chain.restartService();
  await chain.webhook.until('resolved', missing, back);
});

function now(): number {
  return Date.now() / 1000;
}

/** As the evaluation job does: one group for a model, so that a new version takes the old one's place. */
async function pushAccuracy(value: number): Promise<void> {
  const labels = { model: 'churn', version: '7', dataset: 'weekly' };
  const freshness = metrics.ml_model_accuracy_last_success_timestamp_seconds;
  const text = renderMetrics([
    samplesOf(metrics.ml_model_accuracy, [{ labels, value }]),
    samplesOf(freshness, [{ labels, value: now() }]),
  ]);
  await pushMetrics(text, { url: new URL(chain.pushgateway), job: 'evaluation', labels: { model: 'churn' } });
}

/** As the drift check does. */
async function pushDrift(
  id: string,
  columns: readonly ReturnType<typeof columnOf>[],
  at: number,
): Promise<void> {
  const verdict = columns.some((column) => column.drifted) ? 'fail' : 'pass';
  const { notices } = await writeMetrics(
    { drift: driftOf([...columns]), verdict },
    { pushgateway: new URL(chain.pushgateway), file: null },
    { id, env: {}, log: silentLog, clock: () => new Date(at * 1000), workspace: '/' },
  );
  expect(notices).toEqual([]);
}

async function untilScraped(): Promise<void> {
  const query = encodeURIComponent('up{job="ml-api"} == 1');
  const deadline = performance.now() + 60_000;
  for (;;) {
    const response = await fetch(`${chain.prometheus}/api/v1/query?query=${query}`);
    const { data } = (await response.json()) as { data: { result: unknown[] } };
    if (data.result.length > 0) return;
    if (performance.now() > deadline) throw new Error('Prometheus does not find the service');
    await sleep(200);
  }
}

/** Until Alertmanager has an alert of each of these labels that another one holds back. */
async function untilInhibited(wanted: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const response = await fetch(`${chain.alertmanager}/api/v2/alerts`);
    const alerts = (await response.json()) as {
      labels: Record<string, string>;
      status: { inhibitedBy: string[] };
    }[];
    const held = alerts.filter(({ status }) => status.inhibitedBy.length > 0);
    if (wanted.every((labels) => held.some((alert) => has(alert, labels)))) return;
    if (performance.now() > deadline) throw new Error(`not held back: ${JSON.stringify(alerts)}`);
    await sleep(200);
  }
}
