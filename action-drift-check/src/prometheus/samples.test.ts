import { expect, test } from 'vitest';
import { renderMetrics } from '../../../core/prometheus/index.ts';
import { type MeasuredDrift, samplesOfRun } from './samples.ts';
import { columnOf, drifted, driftOf } from './testing.ts';

const at = new Date('2026-03-01T04:05:06.789Z');

/** The samples of a run without HELP and TYPE. */
function lines(drift: MeasuredDrift, model = 'churn'): string[] {
  return renderMetrics(samplesOfRun(drift, model, at))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const scores = (drift: MeasuredDrift): string[] =>
  lines(drift).filter((line) => line.startsWith('ml_data_drift_score{'));

test('a run: the score of each column, what was found, rows of both sides, and when', () => {
  expect(lines(driftOf([drifted('age', 2.5), columnOf('region', { method: 'total_variation' })]))).toEqual([
    'ml_data_drift_score{model="churn",column="age",method="wasserstein"} 2.5',
    'ml_data_drift_score{model="churn",column="region",method="total_variation"} 0',
    'ml_data_drift_columns{model="churn",state="drifted"} 1',
    'ml_data_drift_columns{model="churn",state="unchanged"} 1',
    'ml_data_drift_columns{model="churn",state="inconclusive"} 0',
    'ml_data_drift_share_drifted{model="churn"} 0.5',
    'ml_data_drift_rows{model="churn",side="reference"} 5000',
    'ml_data_drift_rows{model="churn",side="current"} 1000',
    'ml_data_drift_score_last_success_timestamp_seconds{model="churn"} 1772337906.789',
  ]);
});

test('a column of which nothing is known has no score, and is counted', () => {
  const drift = driftOf([drifted('age', 2), columnOf('rare', { inconclusive: '12 of 200 values' })]);
  expect(scores(drift)).toEqual(['ml_data_drift_score{model="churn",column="age",method="wasserstein"} 2']);
  expect(lines(drift)).toContain('ml_data_drift_columns{model="churn",state="inconclusive"} 1');
});

test('a column that drifted by missing values has a score, though its distribution cannot be judged', () => {
  const drift = driftOf([
    drifted('age', 9, { signals: ['missing'], inconclusive: '12 of 200 values are present' }),
    drifted('gone', 1, { signals: ['vanished_column'], method: null, n_current: 0 }),
  ]);
  expect(scores(drift)).toEqual([
    'ml_data_drift_score{model="churn",column="age",method="wasserstein"} 9',
    'ml_data_drift_score{model="churn",column="gone",method="none"} 1',
  ]);
});

test('no share where no feature could be judged', () => {
  expect(lines(driftOf([columnOf('id')], null)).join('\n')).not.toContain('share_drifted');
});

test('long names are shortened and stay apart', () => {
  const long = 'x'.repeat(100_000);
  const found = scores(driftOf([columnOf(`${long}a`), columnOf(`${long}b`), columnOf('x'.repeat(200))]));
  expect(new Set(found).size).toBe(3);
  expect(found[0]).toMatch(/column="x{200}… [0-9a-f]{8}"/);
  expect(found[2]).toMatch(/column="x{200}"/);
});
