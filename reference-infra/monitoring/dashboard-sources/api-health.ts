/** Whether the service answers, fast and rightly. The first line says what is wrong; below it stands where to look. */

import { choice, dashboardOf, runbook, runbookOf } from './dashboard.ts';
import type { Override } from './grafana-types.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { bars, graph, heatmap, neutral, stat, steps, table } from './panels.ts';
import { buckets, helpOf, mean, other, predictionRoutes, quantile, rate, select } from './query.ts';

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
            title: 'Replicas answering',
            description:
              'Share of the replicas that gave Prometheus their metrics at the last scrape. Below 100%, one is down, starting or cut off.',
            unit: 'percentunit',
            decimals: 0,
            ask: [{ expr: `avg(${other('up', chosen)})`, legend: 'up' }],
            steps: steps('red', [0.999, 'green']),
            noValue: 'none found',
            links: [runbook('TargetDown'), runbook('ServiceMissing')],
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
                expr: `count(${other('ALERTS', { alertstate: 'firing', severity: '=~page|ticket' })}) or vector(0)`,
                legend: 'alerts',
              },
            ],
            steps: steps('green', [1, 'red']),
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
            steps: steps(
              'green',
              [objectives.errors, 'orange'],
              [objectives.pageBurn * objectives.errors, 'red'],
            ),
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

const speed: Section = {
  title: 'How fast',
  lines: [
    {
      height: 9,
      panels: [
        [
          12,
          graph({
            title: 'Time of a prediction',
            description:
              'Percentiles of the time from the first byte of a request to the last of its answer. Dots are single requests: a click leads to the trace. The dashed line is the objective.',
            unit: 's',
            min: 0,
            drawSteps: true,
            ask: [
              { share: 0.5, name: 'p50' },
              { share: 0.95, name: 'p95' },
              { share: 0.99, name: 'p99' },
            ].map(({ share, name }) => ({
              expr: quantile(share, 'ml_api_request_duration_seconds', ['job'], predictions),
              legend: `${name} {{job}}`,
              exemplar: true,
            })),
            steps: steps('transparent', [objectives.latency, 'red']),
            links: [runbook('HighModelLatency')],
          }),
        ],
        [
          12,
          heatmap({
            title: 'Requests by time taken',
            description:
              'How many requests took how long. Two bands are two kinds of requests, which no percentile shows.',
            unit: 's',
            ask: [
              {
                expr: `sum by (le) (${rate(buckets('ml_api_request_duration_seconds', predictions))})`,
                legend: '{{le}}',
                exemplar: true,
              },
            ],
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
            title: 'Time by route, p95',
            description: '95th percentile of each route, health checks and metrics among them.',
            unit: 's',
            min: 0,
            ask: [
              {
                expr: quantile(0.95, 'ml_api_request_duration_seconds', ['route'], chosen),
                legend: '{{route}}',
              },
            ],
            steps: neutral,
          }),
        ],
        [
          8,
          graph({
            title: 'Where the time goes',
            description:
              'Mean time of a prediction request, and of a run of the model within it. What lies between is waiting, reading and writing.',
            unit: 's',
            min: 0,
            ask: [
              {
                expr: mean('ml_api_request_duration_seconds', ['job'], predictions),
                legend: 'request {{job}}',
              },
              { expr: mean('ml_api_inference_duration_seconds', ['job'], chosen), legend: 'model {{job}}' },
            ],
            steps: neutral,
          }),
        ],
        [
          8,
          graph({
            title: 'Error budget burning',
            description:
              'Share of failed requests over the budget of 0.1%, over a short and a long time. 1: the budget lasts just 30 days; the dashed line is where somebody is woken.',
            unit: 'none',
            decimals: 1,
            min: 0,
            drawSteps: true,
            ask: ['5m', '1h', '6h'].map((window) => ({
              expr: `max by (job) (${other(`job:ml_api_errors:ratio_rate${window}`, chosen)}) / ${objectives.errors}`,
              legend: `${window} {{job}}`,
            })),
            steps: steps('transparent', [objectives.pageBurn, 'red']),
            links: [runbook('HighErrorRate')],
          }),
        ],
      ],
    },
  ],
};

const load: Section = {
  title: 'How loaded',
  lines: [
    {
      height: 8,
      panels: [
        [
          8,
          graph({
            title: 'Open requests and waiting rows',
            description: `${helpOf('ml_api_open_requests')} ${helpOf('ml_api_queue_rows')}`,
            unit: 'short',
            min: 0,
            ask: [
              {
                expr: `sum by (job) (${select('ml_api_open_requests', chosen)})`,
                legend: 'requests {{job}}',
              },
              { expr: `sum by (job) (${select('ml_api_queue_rows', chosen)})`, legend: 'rows {{job}}' },
            ],
            steps: neutral,
          }),
        ],
        [
          8,
          graph({
            title: 'Requests refused by reason',
            description: helpOf('ml_api_rejected_requests_total'),
            unit: 'reqps',
            min: 0,
            drawSteps: true,
            ask: [
              {
                expr: `sum by (reason) (${rate(select('ml_api_rejected_requests_total', chosen))})`,
                legend: '{{reason}}',
              },
            ],
            steps: steps('transparent', [objectives.rejected, 'red']),
            links: [runbook('RequestsRejected')],
          }),
        ],
        [
          8,
          graph({
            title: 'Rows in a run of the model',
            description: `${helpOf('ml_api_batch_rows')} More rows in a run are fewer runs.`,
            unit: 'short',
            min: 0,
            ask: [
              { expr: mean('ml_api_batch_rows', ['job'], chosen), legend: 'mean {{job}}' },
              { expr: quantile(0.95, 'ml_api_batch_rows', ['job'], chosen), legend: 'p95 {{job}}' },
            ],
            steps: neutral,
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          6,
          graph({
            title: 'Processor cores',
            description: 'Cores that each replica uses. At its limit it is slowed down, and latency follows.',
            unit: 'short',
            decimals: 2,
            min: 0,
            ask: [{ expr: rate(other('process_cpu_seconds_total', chosen)), legend: '{{instance}}' }],
            steps: neutral,
          }),
        ],
        [
          6,
          graph({
            title: 'Memory',
            description: 'Resident memory of each replica. At its limit it is killed.',
            unit: 'bytes',
            min: 0,
            ask: [{ expr: other('process_resident_memory_bytes', chosen), legend: '{{instance}}' }],
            steps: neutral,
          }),
        ],
        [
          6,
          graph({
            title: 'Event loop lag, p99',
            description:
              'How late Node.js comes to its work. Tens of milliseconds: the main thread does too much.',
            unit: 's',
            min: 0,
            drawSteps: true,
            ask: [{ expr: other('nodejs_eventloop_lag_p99_seconds', chosen), legend: '{{instance}}' }],
            steps: steps('transparent', [0.1, 'red']),
          }),
        ],
        [
          6,
          bars({
            title: 'Bytes of open requests',
            description: helpOf('ml_api_open_bytes'),
            unit: 'bytes',
            min: 0,
            ask: [{ expr: select('ml_api_open_bytes', chosen), legend: '{{instance}}' }],
            steps: neutral,
            noValue: 'no service',
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
  sections: [now, what, speed, load],
});
