import { describe, expect, test } from 'vitest';
import { type MetricDefinition, metrics } from '../../reference-infra/monitoring/metrics.ts';

const all: readonly (readonly [string, MetricDefinition])[] = Object.entries(metrics);

/** Of the public contract: what alerts and dashboards of users name may not change. */
const published: Readonly<Record<string, readonly string[]>> = {
  ml_api_request_duration_seconds: ['route', 'method', 'status'],
  ml_api_requests_total: ['route', 'method', 'status'],
  ml_api_errors_total: ['reason'],
  ml_api_predictions_total: ['model', 'version'],
  ml_model_accuracy: ['model', 'version', 'dataset'],
  ml_data_drift_score: ['model', 'column', 'method'],
  ml_model_info: ['model', 'version', 'digest'],
  aws_cost_daily: ['currency'],
  aws_cost_by_service: ['service', 'currency'],
  ml_model_accuracy_last_success_timestamp_seconds: ['model', 'version', 'dataset'],
  ml_data_drift_score_last_success_timestamp_seconds: ['model'],
};

test('what is published is there, with its labels', () => {
  for (const [name, labels] of Object.entries(published)) {
    expect(all.find(([key]) => key === name)?.[1].labels, name).toEqual(labels);
  }
});

describe.each(all)('%s', (key, metric) => {
  test('has its own name, and labels that Prometheus and no server take', () => {
    expect(metric.name).toBe(key);
    expect(metric.name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(new Set(metric.labels).size).toBe(metric.labels.length);
    for (const label of metric.labels) {
      expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(['job', 'instance', 'le', 'quantile']).not.toContain(label);
    }
  });

  test('is named for its type: counters end in _total, nothing else does', () => {
    expect(metric.name.endsWith('_total')).toBe(metric.type === 'counter');
  });

  test('has help of whole sentences on one line', () => {
    expect(metric.help).toMatch(/^[A-Z].*\.$/);
  });

  test('has buckets if it is a histogram: ascending, with a bound at the objective of 1 s', () => {
    expect(metric.buckets !== undefined).toBe(metric.type === 'histogram');
    if (metric.buckets === undefined) return;
    expect(metric.buckets).toEqual([...metric.buckets].sort((a, b) => a - b));
    expect(metric.buckets).toContain(1);
  });

  test('names the age of what is pushed, and the labels of that age are among its own', () => {
    const pushed = /^ml_(data_drift|model_accuracy)/.test(key) && !key.endsWith('_timestamp_seconds');
    expect(metric.freshness !== undefined).toBe(pushed);
    if (metric.freshness === undefined) return;
    const age = all.find(([name]) => name === metric.freshness)?.[1];
    expect(age?.type).toBe('gauge');
    expect(metric.labels).toEqual(expect.arrayContaining([...(age?.labels ?? ['(no such metric)'])]));
  });
});
