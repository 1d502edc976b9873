/** Where to look when the first line of the dashboard has a colour: how fast, how loaded, and each replica. */

import { runbook } from './dashboard.ts';
import type { Section } from './layout.ts';
import { objectives } from './objectives.ts';
import { graph, heatmap, neutral, steps } from './panels.ts';
import { buckets, helpOf, mean, other, predictionRoutes, quantile, rate, select } from './query.ts';

const job = '=~$job';
const chosen = { job } as const;
const predictions = { job, route: predictionRoutes } as const;

export const speed: Section = {
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
              // One of them: each would draw the same dots.
              exemplar: share === 0.95,
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

export const load: Section = {
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
            links: [runbook('RequestsHang')],
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
  ],
};

export const replicas: Section = {
  title: 'Each replica',
  lines: [
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
          graph({
            title: 'Bytes of open requests',
            description: `${helpOf('ml_api_open_bytes')} They are in memory.`,
            unit: 'bytes',
            min: 0,
            ask: [{ expr: select('ml_api_open_bytes', chosen), legend: '{{instance}}' }],
            steps: neutral,
          }),
        ],
      ],
    },
  ],
};
