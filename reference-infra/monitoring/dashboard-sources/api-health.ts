/** Whether the service answers, fast and rightly. The first line says what is wrong; below it stands where to look. */

import { load, replicas, speed } from './api-health-detail.ts';
import { choice, dashboardOf, runbook, runbookOf } from './dashboard.ts';
import type { Override } from './grafana-types.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { graph, neutral, stat, steps, table } from './panels.ts';
import { helpOf, other, predictionRoutes, rate, select } from './query.ts';

const job = '=~$job';
const chosen = { job } as const;
const predictions = { job, route: predictionRoutes } as const;

const now: Section = {
  title: null,
  lines: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Replicas with a model',
            description:
              'Replicas that have a model and gave Prometheus their metrics at the last scrape. How many there should be, Kubernetes knows: pods that are pending are not known here.',
            unit: 'none',
            ask: [{ expr: `count(${select('ml_model_info', chosen)})`, legend: 'replicas' }],
            steps: steps('red', [1, 'blue']),
            noValue: 'none',
            links: [runbook('TargetDown'), runbook('ModelNotLoaded'), runbook('ServiceMissing')],
          }),
        ],
        [
          4,
          stat({
            title: 'Alerts firing',
            description: 'Alerts of any part of the platform that fire now; the table below names them.',
            unit: 'none',
            ask: [
              {
                // The Watchdog fires always: without it no rule is evaluated, and none fires for that reason.
                expr: `count(${other('ALERTS', { alertstate: 'firing', severity: '=~page|ticket' })}) or 0 * count(${other('ALERTS', { alertname: 'Watchdog', alertstate: 'firing' })})`,
                legend: 'alerts',
              },
            ],
            steps: steps('green', [1, 'red']),
            noValue: 'no rules',
          }),
        ],
        [
          4,
          stat({
            title: 'Requests that fail',
            description:
              'Share of the predictions that were answered with 5xx in the last 5 minutes, 503 among them. Orange: more than the budget of 0.1%; red: at this pace the budget of 30 days is gone in 2 days.',
            unit: 'percentunit',
            decimals: 2,
            ask: [{ expr: `max(${other('job:ml_api_errors:ratio_rate5m', chosen)})`, legend: 'failed' }],
            steps: steps('green', [objectives.errors, 'orange'], [objectives.pageErrors, 'red']),
            noValue: 'no traffic',
            links: [runbook('HighErrorRate')],
          }),
        ],
        [
          4,
          stat({
            title: '95% answered within',
            description:
              '95th percentile of the time of a prediction over the last 5 minutes. The objective is 1 s.',
            unit: 's',
            decimals: 2,
            ask: [
              { expr: `max(${other('job:ml_api_request_duration_seconds:p95_5m', chosen)})`, legend: 'p95' },
            ],
            steps: steps('green', [0.75 * objectives.latency, 'orange'], [objectives.latency, 'red']),
            noValue: 'no traffic',
            links: [runbook('HighModelLatency')],
          }),
        ],
        [
          4,
          stat({
            title: 'Requests refused',
            description:
              'Requests in a second that were refused with 503 because the queue was full or their time was up: there are too few replicas.',
            unit: 'reqps',
            decimals: 2,
            ask: [
              { expr: `sum(${rate(select('ml_api_rejected_requests_total', chosen))})`, legend: 'refused' },
            ],
            steps: steps('green', [0.01, 'orange'], [objectives.rejected, 'red']),
            noValue: 'no service',
            links: [runbook('RequestsRejected')],
          }),
        ],
        [
          4,
          stat({
            title: 'Predictions asked for',
            description:
              'Requests for predictions in a second, over the last 5 minutes. No traffic is a fault, too.',
            unit: 'reqps',
            decimals: 1,
            ask: [{ expr: `sum(${other('job:ml_api_requests:rate5m', chosen)})`, legend: 'requests' }],
            steps: steps('orange', [0.001, 'blue']),
            noValue: 'no traffic',
          }),
        ],
      ],
    },
  ],
};

const runbookLink: Override = {
  matcher: { id: 'byName', options: 'Alert' },
  properties: [
    {
      id: 'links',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in.
      value: [{ title: 'Runbook', url: runbookOf('${__value.text}'), targetBlank: true }],
    },
  ],
};

const what: Section = {
  title: 'What is wrong',
  lines: [
    {
      height: 8,
      panels: [
        [
          8,
          table({
            title: 'Alerts that fire',
            description: 'A click on a name opens its runbook. Empty: none fires.',
            unit: 'none',
            ask: [
              {
                expr: `sum by (alertname, severity, job) (${other('ALERTS', { alertstate: 'firing', severity: '=~page|ticket' })})`,
                legend: '{{alertname}}',
              },
            ],
            steps: neutral,
            show: { alertname: 'Alert', severity: 'Severity', job: 'Job' },
            noValue: 'none',
            overrides: [runbookLink],
          }),
        ],
        [
          8,
          graph({
            title: 'Requests by status',
            description: 'Answered predictions in a second. 499: the client went away before the answer.',
            unit: 'reqps',
            min: 0,
            stacked: true,
            ask: [
              {
                expr: `sum by (status) (${rate(select('ml_api_requests_total', predictions))})`,
                legend: '{{status}}',
              },
            ],
            steps: neutral,
          }),
        ],
        [
          8,
          graph({
            title: 'Failures by reason',
            description: helpOf('ml_api_errors_total'),
            unit: 'reqps',
            min: 0,
            ask: [
              {
                expr: `sum by (reason) (${rate(select('ml_api_errors_total', chosen))})`,
                legend: '{{reason}}',
              },
            ],
            steps: neutral,
            noValue: 'none so far',
            links: [runbook('HighErrorRate')],
          }),
        ],
      ],
    },
  ],
};

export const apiHealth = dashboardOf({
  uid: 'api-health',
  title: 'API health',
  description: 'Whether the inference service answers, how fast, and what fails. Look here first.',
  from: 'now-3h',
  refresh: '30s',
  variables: [
    choice('job', 'Service', 'Name of the service in Prometheus', 'label_values(ml_api_requests_total, job)'),
  ],
  sections: [now, what, speed, load, replicas],
});
