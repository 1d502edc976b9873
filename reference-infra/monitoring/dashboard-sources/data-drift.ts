/** Whether the data are still those that the model was trained on: what the drift gate has pushed. */

import { choice, dashboardOf, runbook, toDashboard } from './dashboard.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { age, bars, graph, neutral, stat, steps, table } from './panels.ts';
import { helpOf, select } from './query.ts';

const model = '=~$model';
const chosen = { model } as const;

const now: Section = {
  title: null,
  lines: [
    {
      height: 4,
      panels: [
        [
          5,
          stat({
            title: 'Columns drifted',
            description: 'Columns with a score of 1 or more at the last check.',
            unit: 'none',
            ask: [
              {
                expr: `sum(${select('ml_data_drift_columns', { model, state: 'drifted' })})`,
                legend: 'drifted',
              },
            ],
            steps: steps('green', [1, 'red']),
            noValue: 'never checked',
            links: [runbook('DataDriftDetected')],
          }),
        ],
        [
          5,
          stat({
            title: 'Share of features drifted',
            description: helpOf('ml_data_drift_share_drifted'),
            unit: 'percentunit',
            decimals: 0,
            ask: [{ expr: `max(${select('ml_data_drift_share_drifted', chosen)})`, legend: 'share' }],
            steps: steps('green', [0.0001, 'orange'], [0.5, 'red']),
            noValue: 'never checked',
            links: [runbook('DataDriftDetected')],
          }),
        ],
        [
          5,
          age({
            title: 'Last verdict',
            description:
              'How long ago a drift check came to a verdict. Checks run once a day; after two days without one, DriftDataStale fires.',
            since: select('ml_data_drift_score_last_success_timestamp_seconds', chosen),
            links: [runbook('DriftDataStale'), runbook('DriftDataMissing')],
          }),
        ],
        [
          5,
          stat({
            title: 'Inconclusive columns',
            description:
              'Columns that could not be judged: too few rows, as a rule. They are not known to be fine.',
            unit: 'none',
            ask: [
              {
                expr: `sum(${select('ml_data_drift_columns', { model, state: 'inconclusive' })})`,
                legend: 'inconclusive',
              },
            ],
            steps: steps('green', [1, 'orange']),
            noValue: 'never checked',
            links: [runbook('DriftInconclusive')],
          }),
        ],
        [
          4,
          stat({
            title: 'Accuracy',
            description: 'Accuracy on the worst data set: whether the drift is one that hurts.',
            unit: 'percentunit',
            decimals: 1,
            ask: [{ expr: `min(${select('ml_model_accuracy', chosen)})`, legend: 'accuracy' }],
            steps: steps('red', [objectives.accuracy, 'orange'], [0.85, 'green']),
            noValue: 'never pushed',
            links: [toDashboard('model-performance', 'Model performance')],
          }),
        ],
      ],
    },
  ],
};

const columnsNow: Section = {
  title: 'Which columns',
  lines: [
    {
      height: 10,
      panels: [
        [
          10,
          bars({
            title: 'Score by column, now',
            description: helpOf('ml_data_drift_score'),
            unit: 'none',
            decimals: 2,
            min: 0,
            ask: [
              {
                expr: `sort_desc(max by (model, column) (${select('ml_data_drift_score', chosen)}))`,
                legend: '{{model}}: {{column}}',
              },
            ],
            steps: steps('green', [0.75 * objectives.drift, 'orange'], [objectives.drift, 'red']),
            noValue: 'never checked',
          }),
        ],
        [
          14,
          graph({
            title: 'Score by column',
            description:
              'The highest score of each column. The dashed line is the threshold: at 1 and more a column has drifted, whatever the method.',
            unit: 'none',
            decimals: 2,
            min: 0,
            drawSteps: true,
            ask: [
              {
                expr: `max by (model, column) (${select('ml_data_drift_score', chosen)})`,
                legend: '{{model}}: {{column}}',
              },
            ],
            steps: steps('transparent', [objectives.drift, 'red']),
            links: [runbook('DataDriftDetected')],
          }),
        ],
      ],
    },
    {
      height: 9,
      panels: [
        [
          10,
          table({
            title: 'Columns that have drifted',
            description:
              'With the method whose effect is largest. A column that could not be judged is not among them.',
            unit: 'none',
            decimals: 2,
            ask: [
              {
                // An empty table would look the same, whether none has drifted or none was ever looked at.
                expr: `max by (model, column, method) (${select('ml_data_drift_score', chosen)}) >= ${objectives.drift} or label_replace(vector(0) unless on () ${select('ml_data_drift_columns', chosen)}, "column", "never checked", "", "")`,
                legend: '{{column}}',
              },
            ],
            steps: neutral,
            show: { model: 'Model', column: 'Column', method: 'Method', Value: 'Score' },
            sortBy: 'Score',
            noValue: 'none has drifted',
          }),
        ],
        [
          7,
          graph({
            title: 'Columns by verdict',
            description: helpOf('ml_data_drift_columns'),
            unit: 'none',
            min: 0,
            stacked: true,
            ask: [
              { expr: `sum by (state) (${select('ml_data_drift_columns', chosen)})`, legend: '{{state}}' },
            ],
            steps: neutral,
          }),
        ],
        [
          7,
          graph({
            title: 'Rows compared',
            description: `${helpOf('ml_data_drift_rows')} Few rows find large drifts only.`,
            unit: 'short',
            min: 0,
            ask: [
              {
                expr: `sum by (model, side) (${select('ml_data_drift_rows', chosen)})`,
                legend: '{{model}}, {{side}}',
              },
            ],
            steps: neutral,
          }),
        ],
      ],
    },
  ],
};

export const dataDrift = dashboardOf({
  uid: 'data-drift',
  title: 'Data drift',
  description: 'Whether the data are still those that the model was trained on.',
  from: 'now-30d',
  refresh: '5m',
  variables: [
    choice(
      'model',
      'Model',
      'Name of the model that the drift check is told',
      'label_values(ml_data_drift_score_last_success_timestamp_seconds, model)',
    ),
  ],
  sections: [now, columnsNow],
});
