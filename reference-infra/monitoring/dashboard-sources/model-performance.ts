/** How right the model is that is served, which one it is, and how it runs. */

import { choice, dashboardOf, runbook, toDashboard } from './dashboard.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { age, graph, neutral, stat, steps, table } from './panels.ts';
import { helpOf, mean, quantile, rate, select } from './query.ts';

const model = '=~$model';
const chosen = { model } as const;

const now: Section = {
  title: null,
  lines: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Accuracy, worst data set',
            description:
              'Share of right predictions on the labelled data set where it is least, as the evaluation job last pushed it.',
            unit: 'percentunit',
            decimals: 1,
            ask: [{ expr: `min(${select('ml_model_accuracy', chosen)})`, legend: 'accuracy' }],
            steps: steps('red', [objectives.accuracy, 'orange'], [0.85, 'green']),
            noValue: 'never pushed',
            links: [runbook('ModelAccuracyDegraded')],
          }),
        ],
        [
          4,
          age({
            title: 'Accuracy measured',
            description:
              'How long ago the accuracy was last measured. An old value looks as fine as a new one.',
            since: select('ml_model_accuracy_last_success_timestamp_seconds', chosen),
            links: [runbook('ModelAccuracyStale'), runbook('ModelAccuracyMissing')],
          }),
        ],
        [
          4,
          stat({
            title: 'Files served at once',
            description:
              'Different files of one model among the replicas. More than one is a rollout, or one that hangs.',
            unit: 'none',
            ask: [
              {
                expr: `max(count by (job, model) (count by (job, model, digest) (${select('ml_model_info', chosen)})))`,
                legend: 'files',
              },
            ],
            steps: steps('green', [2, 'orange']),
            noValue: 'none served',
            links: [runbook('ModelVersionsDiffer')],
          }),
        ],
        [
          4,
          stat({
            title: 'Wanted model served',
            description:
              'Share of the replicas whose model is the one that the file or the alias names. Those that cannot take it, or cannot ask, serve the old one.',
            unit: 'percentunit',
            decimals: 0,
            ask: [{ expr: `avg(${select('ml_api_model_up_to_date', chosen)})`, legend: 'wanted' }],
            steps: steps('red', [0.999, 'green']),
            noValue: 'none served',
            links: [runbook('ModelReloadFailing')],
          }),
        ],
        [
          4,
          stat({
            title: 'Columns drifted',
            description: 'Columns of the data whose drift score is 1 or more, as the last drift check found.',
            unit: 'none',
            ask: [
              {
                expr: `sum(${select('ml_data_drift_columns', { model, state: 'drifted' })})`,
                legend: 'drifted',
              },
            ],
            steps: steps('green', [1, 'orange']),
            noValue: 'never checked',
            links: [toDashboard('data-drift', 'Data drift'), runbook('DataDriftDetected')],
          }),
        ],
        [
          4,
          stat({
            title: 'Rows predicted',
            description: 'Rows that the model predicts in a second.',
            unit: 'cps',
            decimals: 1,
            ask: [{ expr: `sum(${rate(select('ml_api_predictions_total', chosen))})`, legend: 'rows' }],
            steps: neutral,
            noValue: 'no traffic',
          }),
        ],
      ],
    },
  ],
};

const quality: Section = {
  title: 'How right',
  lines: [
    {
      height: 9,
      panels: [
        [
          14,
          graph({
            title: 'Accuracy by version and data set',
            description: `${helpOf('ml_model_accuracy')} The dashed line is where ModelAccuracyDegraded fires.`,
            unit: 'percentunit',
            max: 1,
            drawSteps: true,
            ask: [
              {
                expr: `max by (model, version, dataset) (${select('ml_model_accuracy', chosen)})`,
                legend: '{{model}} {{version}}, {{dataset}}',
              },
            ],
            // A line has the colour of what begins there, though it is below that the alert fires.
            steps: steps('transparent', [objectives.accuracy, 'red']),
            noValue: 'never pushed',
            links: [runbook('ModelAccuracyDegraded')],
          }),
        ],
        [
          10,
          table({
            title: 'Models served',
            description: 'How many replicas have which file loaded.',
            unit: 'none',
            ask: [
              {
                expr: `count by (job, model, version, digest) (${select('ml_model_info', chosen)})`,
                legend: '{{model}}',
              },
            ],
            steps: neutral,
            show: { job: 'Service', model: 'Model', version: 'Version', digest: 'Digest', Value: 'Replicas' },
            noValue: 'none served',
            links: [runbook('ModelVersionsDiffer')],
          }),
        ],
      ],
    },
  ],
};

const running: Section = {
  title: 'How it runs',
  lines: [
    {
      height: 8,
      panels: [
        [
          8,
          graph({
            title: 'Rows predicted by version',
            description: `${helpOf('ml_api_predictions_total')} In a second.`,
            unit: 'cps',
            min: 0,
            stacked: true,
            ask: [
              {
                expr: `sum by (model, version) (${rate(select('ml_api_predictions_total', chosen))})`,
                legend: '{{model}} {{version}}',
              },
            ],
            steps: neutral,
          }),
        ],
        [
          8,
          graph({
            title: 'Time of a run',
            description: `${helpOf('ml_api_inference_duration_seconds')} A new version that is slower is seen here first.`,
            unit: 's',
            min: 0,
            ask: [
              { share: 0.5, name: 'p50' },
              { share: 0.95, name: 'p95' },
            ].map(({ share, name }) => ({
              expr: quantile(share, 'ml_api_inference_duration_seconds', ['model', 'version'], chosen),
              legend: `${name} {{model}} {{version}}`,
            })),
            steps: neutral,
          }),
        ],
        [
          8,
          graph({
            title: 'Rows in a run',
            description: helpOf('ml_api_batch_rows'),
            unit: 'short',
            min: 0,
            ask: [
              {
                expr: mean('ml_api_batch_rows', ['model', 'version'], chosen),
                legend: 'mean {{model}} {{version}}',
              },
            ],
            steps: neutral,
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          12,
          graph({
            title: 'Exchanges of the model',
            description: helpOf('ml_api_model_reloads_total'),
            unit: 'none',
            min: 0,
            bars: true,
            ask: [
              {
                expr: `sum by (result) (increase(${select('ml_api_model_reloads_total')}[$__rate_interval]))`,
                legend: '{{result}}',
              },
            ],
            steps: neutral,
            links: [runbook('ModelReloadFailing')],
          }),
        ],
        [
          12,
          graph({
            title: 'Rows that the prediction log lost',
            description: `${helpOf('ml_api_prediction_log_dropped_rows_total')} Drift checks do not see them.`,
            unit: 'cps',
            min: 0,
            drawSteps: true,
            ask: [
              {
                expr: `sum by (job) (${rate(select('ml_api_prediction_log_dropped_rows_total'))})`,
                legend: '{{job}}',
              },
            ],
            steps: steps('transparent', [0.001, 'red']),
            links: [runbook('PredictionLogLosesRows')],
          }),
        ],
      ],
    },
  ],
};

export const modelPerformance = dashboardOf({
  uid: 'model-performance',
  title: 'Model performance',
  description: 'How right the served model is, which one it is, and how it runs.',
  from: 'now-7d',
  refresh: '5m',
  // A model may be evaluated and served by something else.
  variables: [
    choice(
      'model',
      'Model',
      'Name of the model that is served or evaluated',
      'label_values({__name__=~"ml_model_info|ml_model_accuracy"}, model)',
      '.*',
    ),
  ],
  sections: [now, quality, running],
});
