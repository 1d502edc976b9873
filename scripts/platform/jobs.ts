/**
 * What the evaluation job and the drift check of a day would push, by the suite's own client: for a while all is well,
 * then for a while it is not, and so on.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { pushMetrics, renderMetrics, samplesOf } from '../../core/prometheus/index.ts';
import { metrics } from '../../reference-infra/monitoring/metrics.ts';

const everyMs = 2_000;
/** Of a cycle: how long all is well, and how long it is not. */
export const phases = { wellMs: 15_000, illMs: 45_000 } as const;

export const model = 'cancer';
const version = '1';

/** Runs until the signal comes; a push that fails is told and tried again with the next. */
export async function pushResults(
  gateway: URL,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const started = performance.now();
  while (!signal.aborted) {
    const elapsed = (performance.now() - started) % (phases.wellMs + phases.illMs);
    try {
      await pushAccuracy(gateway, elapsed < phases.wellMs ? 0.93 : 0.76);
      await pushDrift(gateway, elapsed < phases.wellMs ? 0.4 : 1.7);
    } catch (error) {
      if (!signal.aborted) say(error instanceof Error ? error.message : String(error));
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function pushAccuracy(url: URL, accuracy: number): Promise<void> {
  const labels = { model, version, dataset: 'holdout' };
  const text = renderMetrics([
    samplesOf(metrics.ml_model_accuracy, [{ labels, value: accuracy }]),
    samplesOf(metrics.ml_model_accuracy_last_success_timestamp_seconds, [{ labels, value: now() }]),
  ]);
  await pushMetrics(text, { url, job: 'evaluation', labels: {} });
}

async function pushDrift(url: URL, score: number): Promise<void> {
  const text = renderMetrics([
    samplesOf(metrics.ml_data_drift_score, [
      { labels: { model, column: 'mean_radius', method: 'wasserstein' }, value: score },
      { labels: { model, column: 'mean_texture', method: 'wasserstein' }, value: 0.3 },
    ]),
    samplesOf(metrics.ml_data_drift_score_last_success_timestamp_seconds, [
      { labels: { model }, value: now() },
    ]),
  ]);
  await pushMetrics(text, { url, job: 'drift-check', labels: {} });
}

function now(): number {
  return Date.now() / 1000;
}
