/** The last part of the dashboard of costs: how old its values are, what AWS gave back, and what asking costs. */

import { runbook } from './dashboard.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { graph, neutral, stat, steps } from './panels.ts';
import { helpOf, select } from './query.ts';

const ageOf = (series: string): string => `time() - max by (query) (${series})`;

export const costExporter: Section = {
  title: 'Whether it can be believed, and what it costs to know',
  lines: [
    {
      height: 5,
      panels: [
        [
          6,
          stat({
            title: 'Cost Explorer has answered',
            description: helpOf('aws_cost_last_success_timestamp_seconds'),
            unit: 's',
            text: 'value_and_name',
            ask: [{ expr: ageOf(select('aws_cost_last_success_timestamp_seconds')), legend: '{{query}}' }],
            steps: steps('green', [12 * 3600, 'orange'], [objectives.costAnswerAge, 'red']),
            noValue: 'never',
            links: [runbook('CostDataStale'), runbook('CostDataMissing')],
          }),
        ],
        [
          6,
          stat({
            title: 'The last whole day began',
            description: `${helpOf('aws_cost_day_timestamp_seconds')} Two to three and a half days ago, as a rule.`,
            unit: 's',
            text: 'value_and_name',
            ask: [{ expr: ageOf(select('aws_cost_day_timestamp_seconds')), legend: '{{query}}' }],
            steps: steps('green', [4 * 86_400, 'orange'], [objectives.costDayAge, 'red']),
            noValue: 'never',
            links: [runbook('CostDataStale')],
          }),
        ],
        [
          4,
          stat({
            title: 'AWS may still change it',
            description: helpOf('aws_cost_estimated'),
            unit: 'none',
            text: 'value_and_name',
            ask: [{ expr: `max by (query) (${select('aws_cost_estimated')})`, legend: '{{query}}' }],
            steps: neutral,
            noValue: 'no cost exporter',
          }),
        ],
        [
          4,
          stat({
            title: 'Too little history',
            description: helpOf('aws_cost_anomaly_unknown'),
            unit: 'none',
            text: 'value_and_name',
            ask: [
              {
                expr: `max by (currency, reason) (${select('aws_cost_anomaly_unknown')})`,
                legend: '{{currency}}: {{reason}}',
              },
            ],
            steps: neutral,
            noValue: 'none: all are judged',
            links: [runbook('CostAnomaly')],
          }),
        ],
        [
          4,
          stat({
            title: 'Requests left today',
            description: helpOf('aws_cost_explorer_requests_left'),
            unit: 'none',
            ask: [{ expr: `min(${select('aws_cost_explorer_requests_left')})`, legend: 'requests' }],
            steps: steps('red', [1, 'orange'], [4, 'green']),
            noValue: 'no cost exporter',
            links: [runbook('CostDataStale')],
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          8,
          graph({
            title: 'Given back',
            description: helpOf('aws_cost_credits'),
            unit: 'none',
            decimals: 2,
            ask: [
              {
                expr: `max by (type, currency) (${select('aws_cost_credits')})`,
                legend: '{{type}}, {{currency}}',
              },
            ],
            steps: neutral,
            noValue: 'no cost exporter',
          }),
        ],
        [
          8,
          graph({
            title: 'Requests to Cost Explorer in a day',
            description: `${helpOf('aws_cost_explorer_requests_total')} ${helpOf('aws_cost_explorer_spend_usd_total')}`,
            unit: 'none',
            decimals: 2,
            min: 0,
            ask: [
              {
                expr: `sum by (operation) (increase(${select('aws_cost_explorer_requests_total')}[1d]))`,
                legend: '{{operation}}',
              },
              {
                expr: `sum(increase(${select('aws_cost_explorer_spend_usd_total')}[1d]))`,
                legend: 'US dollars',
              },
            ],
            steps: neutral,
            noValue: 'no cost exporter',
          }),
        ],
        [
          8,
          graph({
            title: 'Questions that failed, in a day',
            description: helpOf('aws_cost_explorer_errors_total'),
            unit: 'none',
            min: 0,
            ask: [
              {
                expr: `sum by (query, reason) (increase(${select('aws_cost_explorer_errors_total')}[1d])) > 0`,
                legend: '{{query}}: {{reason}}',
              },
            ],
            steps: neutral,
            noValue: 'none',
            links: [runbook('CostDataStale')],
          }),
        ],
      ],
    },
  ],
};
