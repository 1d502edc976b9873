/** What Prometheus gets of a run that came to a verdict. Pure. */

import { createHash } from 'node:crypto';
import type { ColumnDrift } from '../../../core/drift/types.ts';
import { type MetricSamples, samplesOf } from '../../../core/prometheus/index.ts';
import { metrics } from '../../../reference-infra/monitoring/metrics.ts';
import type { DriftDetails } from '../types.ts';

export type MeasuredDrift = Pick<DriftDetails, 'columns' | 'reference' | 'current' | 'share_drifted'>;

/** Characters of a label: a server with a limit on their length refuses all of a scrape for one label over it. */
const mostCharacters = 200;

/**
 * Of a column: its `score`, since 1 is the bound of every column whatever its method, where the bound of `value` is another
 * for each. A column of which nothing is known has no sample, as 0 would look fine; `ml_data_drift_columns` counts it.
 * @param model the label that all samples share
 */
export function samplesOfRun(drift: MeasuredDrift, model: string, at: Date): readonly MetricSamples[] {
  const known = drift.columns.filter((column) => stateOf(column) !== 'inconclusive');
  return [
    samplesOf(
      metrics.ml_data_drift_score,
      known.map(({ column, method, score }) => ({
        // Of a column whose distribution is not judged, missing values and type still are.
        labels: { model, column: columnLabel(column), method: method ?? 'none' },
        value: score,
      })),
    ),
    samplesOf(
      metrics.ml_data_drift_columns,
      states.map((state) => ({
        labels: { model, state },
        value: drift.columns.filter((column) => stateOf(column) === state).length,
      })),
    ),
    samplesOf(
      metrics.ml_data_drift_share_drifted,
      drift.share_drifted === null ? [] : [{ labels: { model }, value: drift.share_drifted }],
    ),
    samplesOf(metrics.ml_data_drift_rows, [
      { labels: { model, side: 'reference' }, value: drift.reference.rows },
      { labels: { model, side: 'current' }, value: drift.current.rows },
    ]),
    samplesOf(metrics.ml_data_drift_score_last_success_timestamp_seconds, [
      { labels: { model }, value: at.getTime() / 1000 },
    ]),
  ];
}

const states = ['drifted', 'unchanged', 'inconclusive'] as const;

/** What is known suffices: a column with many missing values has drifted, though the rest be too few to compare. */
function stateOf({ drifted, inconclusive }: ColumnDrift): (typeof states)[number] {
  if (drifted) return 'drifted';
  return inconclusive === null ? 'unchanged' : 'inconclusive';
}

/** Names stay apart when they are shortened. */
function columnLabel(name: string): string {
  if (name.length <= mostCharacters) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, mostCharacters)}… ${digest}`;
}
