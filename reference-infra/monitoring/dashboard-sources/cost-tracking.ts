/** What the platform costs: by day, by service, and for a prediction. */

import { dashboardOf, runbook } from './dashboard.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { bars, graph, neutral, stat, steps } from './panels.ts';
import { helpOf, select } from './query.ts';

const daily = `max by (currency) (${select('aws_cost_daily')})`;
/** Of the same weekday in the last four weeks, as the alert CostAnomaly has it. */
const usual = `quantile by (currency) (0.5, ${[1, 2, 3, 4]
  .map(
    (week) =>
      `label_replace(max by (currency) (${select('aws_cost_daily')} offset ${week}w), "week", "${week}", "", "")`,
  )
  .join(' or ')})`;
const predictions = `sum(increase(${select('ml_api_predictions_total')}[1d]))`;

const now: Section = {
  title: null,
  lines: [
    {
      height: 4,
      panels: [
        [
          6,
          stat({
            title: 'Cost of the last day',
            description: `${helpOf('aws_cost_daily')} ${objectives.dailyCost} are planned.`,
            unit: 'none',
            decimals: 2,
            text: 'value_and_name',
            ask: [{ expr: daily, legend: '{{currency}}' }],
            steps: steps('green', [0.8 * objectives.dailyCost, 'orange'], [objectives.dailyCost, 'red']),
            noValue: 'no cost exporter',
            links: [runbook('CostBudgetExceeded')],
          }),
        ],
        [
          6,
          stat({
            title: 'Against that weekday',
            description:
              'Cost of the last day over the median of the same weekday in the last four weeks. At 150%, CostAnomaly fires.',
            unit: 'percentunit',
            decimals: 0,
            ask: [{ expr: `${daily} / ${usual}`, legend: '{{currency}}' }],
            steps: steps('green', [1.2, 'orange'], [1.5, 'red']),
            noValue: 'no week to compare',
            links: [runbook('CostAnomaly')],
          }),
        ],
        [
          6,
          stat({
            title: '30 days at this pace',
            description: 'Thirty times the mean of the last seven days.',
            unit: 'none',
            decimals: 0,
            text: 'value_and_name',
            ask: [
              {
                expr: `30 * max by (currency) (avg_over_time(${select('aws_cost_daily')}[7d]))`,
                legend: '{{currency}}',
              },
            ],
            steps: steps(
              'green',
              [0.8 * 30 * objectives.dailyCost, 'orange'],
              [30 * objectives.dailyCost, 'red'],
            ),
            noValue: 'no cost exporter',
            links: [runbook('CostBudgetExceeded')],
          }),
        ],
        [
          6,
          stat({
            title: 'Cost of 1,000 predictions',
            description:
              'Cost of the last day over the rows predicted in the last 24 hours, for a thousand of them.',
            unit: 'none',
            decimals: 4,
            text: 'value_and_name',
            ask: [
              {
                expr: `1000 * ${daily} / on () group_left () (${predictions} > 0)`,
                legend: '{{currency}}',
              },
            ],
            steps: neutral,
            noValue: 'no predictions',
          }),
        ],
      ],
    },
  ],
};

const overTime: Section = {
  title: 'By day',
  lines: [
    {
      height: 9,
      panels: [
        [
          24,
          graph({
            title: 'Daily cost',
            description:
              'Each day, and what that weekday usually costs. The dashed line is what is planned for a day.',
            unit: 'none',
            decimals: 2,
            min: 0,
            drawSteps: true,
            ask: [
              { expr: daily, legend: 'day, {{currency}}' },
              { expr: usual, legend: 'that weekday, usually, {{currency}}' },
            ],
            steps: steps('transparent', [objectives.dailyCost, 'red']),
            noValue: 'no cost exporter',
            links: [runbook('CostBudgetExceeded'), runbook('CostAnomaly')],
          }),
        ],
      ],
    },
  ],
};

const services: Section = {
  title: 'By service',
  lines: [
    {
      height: 10,
      panels: [
        [
          14,
          graph({
            title: 'Cost by AWS service',
            description: `${helpOf('aws_cost_by_service')} The ten that cost most.`,
            unit: 'none',
            decimals: 2,
            min: 0,
            stacked: true,
            ask: [
              {
                expr: `topk(10, max by (service) (${select('aws_cost_by_service')}))`,
                legend: '{{service}}',
              },
            ],
            steps: neutral,
            noValue: 'no cost exporter',
          }),
        ],
        [
          10,
          bars({
            title: 'Last day by AWS service',
            description: 'The ten that cost most on the last whole day.',
            unit: 'none',
            decimals: 2,
            min: 0,
            ask: [
              {
                expr: `sort_desc(topk(10, max by (service) (${select('aws_cost_by_service')})))`,
                legend: '{{service}}',
              },
            ],
            steps: neutral,
            noValue: 'no cost exporter',
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          24,
          graph({
            title: 'Against a week ago, by AWS service',
            description:
              'What each service costs more than on the same weekday a week ago. Look here when CostAnomaly fires.',
            unit: 'none',
            decimals: 2,
            ask: [
              {
                expr: `max by (service) (${select('aws_cost_by_service')}) - max by (service) (${select('aws_cost_by_service')} offset 1w)`,
                legend: '{{service}}',
              },
            ],
            steps: neutral,
            noValue: 'no week to compare',
            links: [runbook('CostAnomaly')],
          }),
        ],
      ],
    },
  ],
};

export const costTracking = dashboardOf({
  uid: 'cost-tracking',
  title: 'Cost tracking',
  description: 'What the platform costs: by day, by service, and for a prediction.',
  from: 'now-30d',
  refresh: '1h',
  variables: [],
  sections: [now, overTime, services],
});
