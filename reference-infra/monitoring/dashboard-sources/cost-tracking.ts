/** What the platform costs: by day, by month, by service, by model and for a prediction; and whether that can be believed. */

import { costExporter } from './cost-exporter.ts';
import { dashboardOf, runbook } from './dashboard.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { bars, graph, neutral, stat, steps } from './panels.ts';
import { helpOf, other, select } from './query.ts';

const daily = `max by (currency) (${select('aws_cost_daily')})`;
const usual = `max by (currency) (${select('aws_cost_weekday_median')})`;
const forecast = `max by (currency) (${select('aws_cost_forecast')})`;
const byService = `max by (service, currency) (${select('aws_cost_by_service')})`;
const byModel = `max by (model, currency) (${select('aws_cost_by_model')})`;
const perThousand = other('model_currency:aws_cost_per_thousand_predictions:day');

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
            description: `${helpOf('aws_cost_anomaly_score')} Above ${objectives.anomaly}, CostAnomaly fires.`,
            unit: 'none',
            decimals: 1,
            text: 'value_and_name',
            ask: [
              {
                expr: `max by (currency) (${select('aws_cost_anomaly_score')})`,
                legend: '{{currency}}, deviations',
              },
            ],
            steps: steps('green', [2, 'orange'], [objectives.anomaly, 'red']),
            noValue: 'less than four weeks known',
            links: [runbook('CostAnomaly')],
          }),
        ],
        [
          6,
          stat({
            title: 'This month at its end',
            description: `${helpOf('aws_cost_forecast')} ${objectives.monthlyCost} are planned.`,
            unit: 'none',
            decimals: 0,
            text: 'value_and_name',
            ask: [{ expr: forecast, legend: '{{currency}}' }],
            steps: steps('green', [0.8 * objectives.monthlyCost, 'orange'], [objectives.monthlyCost, 'red']),
            noValue: 'no forecast',
            links: [runbook('CostForecastExceeded')],
          }),
        ],
        [
          6,
          stat({
            title: 'Cost of 1,000 predictions',
            description:
              'What is tagged with a model cost on the last whole day, over the rows that it predicted on the same day, for a thousand of them. Only what carries the tag counts.',
            unit: 'none',
            decimals: 4,
            text: 'value_and_name',
            ask: [{ expr: perThousand, legend: '{{model}}, {{currency}}' }],
            steps: neutral,
            noValue: 'no predictions, or nothing tagged',
          }),
        ],
      ],
    },
  ],
};

const overTime: Section = {
  title: 'By day and by month',
  lines: [
    {
      height: 9,
      panels: [
        [
          14,
          graph({
            title: 'Daily cost',
            description:
              'Each day as it was told, two to three days later, what that weekday usually costs, and what is paid after credits and refunds. The dashed line is what is planned for a day.',
            unit: 'none',
            decimals: 2,
            drawSteps: true,
            ask: [
              { expr: daily, legend: 'day, {{currency}}' },
              { expr: usual, legend: 'that weekday, usually, {{currency}}' },
              {
                expr: `max by (currency) (${select('aws_cost_daily_net')})`,
                legend: 'after credits and refunds, {{currency}}',
              },
            ],
            steps: steps('transparent', [objectives.dailyCost, 'red']),
            noValue: 'no cost exporter',
            links: [runbook('CostBudgetExceeded'), runbook('CostAnomaly')],
          }),
        ],
        [
          10,
          graph({
            title: 'This month',
            description:
              'Cost so far, and what it will be at the end of the month, with the bounds that AWS gives. The dashed line is what is planned for a month.',
            unit: 'none',
            decimals: 0,
            drawSteps: true,
            ask: [
              {
                expr: `max by (currency) (${select('aws_cost_month_to_date')})`,
                legend: 'so far, {{currency}}',
              },
              { expr: forecast, legend: 'at its end, {{currency}}' },
              {
                expr: `max by (currency) (${select('aws_cost_forecast_lower')})`,
                legend: 'lower bound, {{currency}}',
              },
              {
                expr: `max by (currency) (${select('aws_cost_forecast_upper')})`,
                legend: 'upper bound, {{currency}}',
              },
            ],
            steps: steps('transparent', [objectives.monthlyCost, 'red']),
            noValue: 'no cost exporter',
            links: [runbook('CostForecastExceeded')],
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
            ask: [{ expr: `topk(10, ${byService})`, legend: '{{service}}, {{currency}}' }],
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
            ask: [{ expr: `sort_desc(topk(10, ${byService}))`, legend: '{{service}}, {{currency}}' }],
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
                expr: `${byService} - max by (service, currency) (${select('aws_cost_by_service')} offset 1w)`,
                legend: '{{service}}, {{currency}}',
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

const models: Section = {
  title: 'By model',
  lines: [
    {
      height: 8,
      panels: [
        [
          12,
          graph({
            title: 'Cost by model',
            description: `${helpOf('aws_cost_by_model')} What has no tag stands beside them: it is nobody’s.`,
            unit: 'none',
            decimals: 2,
            min: 0,
            stacked: true,
            ask: [
              { expr: byModel, legend: '{{model}}, {{currency}}' },
              {
                expr: `max by (currency) (${select('aws_cost_untagged')})`,
                legend: 'without a model, {{currency}}',
              },
            ],
            steps: neutral,
            noValue: 'nothing is tagged',
          }),
        ],
        [
          12,
          graph({
            title: 'Cost of 1,000 predictions, by model',
            description:
              'Of the last whole day: what is tagged with the model over the rows that it predicted.',
            unit: 'none',
            decimals: 4,
            min: 0,
            ask: [{ expr: perThousand, legend: '{{model}}, {{currency}}' }],
            steps: neutral,
            noValue: 'no predictions, or nothing tagged',
          }),
        ],
      ],
    },
  ],
};

export const costTracking = dashboardOf({
  uid: 'cost-tracking',
  title: 'Cost tracking',
  description: 'What the platform costs: by day, by month, by service, by model and for a prediction.',
  from: 'now-30d',
  refresh: '1h',
  // AWS bills days of UTC.
  timezone: 'utc',
  variables: [],
  sections: [now, overTime, services, models, costExporter],
});
