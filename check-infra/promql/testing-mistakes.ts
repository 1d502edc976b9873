/** For tests: each kind of mistake, as somebody would make it, and the words that help. */

import { contractFrom, knowledgeOfFolder, type MistakeName } from './index.ts';

export const contract = contractFrom({
  requests: { name: 'app_requests_total', type: 'counter', labels: ['route', 'status'] },
  errors: { name: 'app_errors_total', type: 'counter', labels: ['reason'] },
  duration: { name: 'app_duration_seconds', type: 'histogram', labels: ['route'], buckets: [0.1, 0.5, 1] },
  accuracy: { name: 'model_accuracy', type: 'gauge', labels: ['model', 'dataset'] },
  info: { name: 'model_details', type: 'gauge', labels: ['model', 'digest'] },
  gc: { name: 'gc_seconds', type: 'summary', labels: [] },
});
export const rules = [
  {
    place: 'rules.yml',
    value: {
      groups: [
        {
          name: 'g',
          rules: [
            { record: 'job:app_requests:rate5m', expr: 'sum by (job) (rate(app_requests_total[5m]))' },
            { record: 'job:app_requests:sum', expr: 'sum by (job) (app_requests_total)' },
            {
              record: 'job:app_duration_seconds:p95',
              expr: 'histogram_quantile(0.95, sum by (job, le) (rate(app_duration_seconds_bucket[5m])))',
              labels: { tier: 'front' },
            },
          ],
        },
      ],
    },
  },
];
const scrapes = [
  {
    value: {
      global: { scrape_interval: '15s' },
      scrape_configs: [
        { job_name: 'app-api', static_configs: [{ targets: ['app:80'] }], scrape_interval: '30s' },
        { job_name: 'node', static_configs: [{ targets: ['node:9100'], labels: { job: 'machines' } }] },
      ],
    },
  },
];
export const known = knowledgeOfFolder({ rules, dashboards: [], scrapes, contract });
export const nobody = knowledgeOfFolder({ rules: [], dashboards: [], scrapes: [], contract: null });

/** The expression, what it is called, and what its message and its remedy say. */
export const mistakes: readonly (readonly [text: string, name: MistakeName, says: RegExp, mend: RegExp])[] = [
  ['sum(rate(app_requests_total[5m])', 'promql-syntax', /ends too early/, /syntax/],
  ['sum(rate(app_requests_total[5m])) > > 1', 'promql-syntax', /not understood from here: `> 1`/, /syntax/],
  ['increas(app_requests_total[5m])', 'promql-syntax', /no function increas/, /did you mean increase\?/],
  [
    'holt_winters(model_accuracy[1h], 0.5, 0.5)',
    'promql-syntax',
    /no function/,
    /double_exponential_smoothing/,
  ],
  ['rate(app_requests_total)', 'promql-type', /takes a range/, /rate\(app_requests_total\[5m\]\)/],
  ['sum(app_requests_total[5m])', 'promql-type', /a range of time/, /_over_time/],
  ['ceil(model_accuracy[5m])', 'promql-type', /takes series at one moment/, /take the brackets away/],
  ['1 > 2', 'promql-type', /two numbers are compared/, /> bool/],
  ['model_accuracy and 1', 'promql-type', /and is between vectors/, /vector\(…\)/],
  ['topk(model_accuracy, 3)', 'promql-type', /topk takes a scalar first/, /swap/],
  [
    'histogram_quantile(rate(app_duration_seconds_bucket[5m]))',
    'promql-type',
    /takes 2 arguments, and has 1/,
    /histogram_quantile\(a number; /,
  ],
  [
    'app_request_total > 5',
    'promql-unknown-metric',
    /app_request_total/,
    /did you mean app_requests_total\?/,
  ],
  ['http_requests_total', 'promql-unknown-metric', /no target has/, /metrics contract/],
  [
    'rate(app_duration_seconds[5m])',
    'promql-unknown-metric',
    /is a histogram: its series are/,
    /app_duration_seconds_bucket/,
  ],
  ['process_resident_memory', 'promql-unknown-metric', /no target has/, /process_resident_memory_bytes/],
  ['job:app_requests:rate1m', 'promql-unknown-metric', /no rule records it/, /job:app_requests:rate5m/],
  [
    'rate(app_requests_total{code="500"}[5m])',
    'promql-unknown-label',
    /has no label code/,
    /there are job, instance, .*status/,
  ],
  [
    'sum by (rout) (rate(app_requests_total[5m]))',
    'promql-unknown-label',
    /has a label rout/,
    /did you mean route\?/,
  ],
  [
    'sum by (route) (rate(app_requests_total{route=""}[5m]))',
    'promql-unknown-label',
    /has a label route/,
    /status/,
  ],
  [
    'sum by (route) (sum by (job) (rate(app_requests_total[5m])))',
    'promql-unknown-label',
    /label route/,
    /There are job|there are job/,
  ],
  ['job:app_requests:rate5m{route="/"}', 'promql-unknown-label', /has no label route/, /there are job/],
  [
    'up * on (job, instance) group_left (owner) model_details',
    'promql-unknown-label',
    /group_left takes from has no label owner/,
    /model, digest/,
  ],
  [
    'sum(rate(app_duration_seconds_bucket{le="0.3"}[5m]))',
    'promql-unknown-bucket',
    /no bucket le="0.3"/,
    /0\.1, 0\.5, 1 and \+Inf/,
  ],
  [
    'app_duration_seconds{quantile="0.95"} > 1',
    'promql-quantile-on-histogram',
    /no label quantile: this is always empty/,
    /histogram_quantile\(0\.95, sum by \(le\) \(rate\(app_duration_seconds_bucket\[5m\]\)\)\)/,
  ],
  [
    'histogram_quantile(95, sum by (le) (rate(app_duration_seconds_bucket[5m])))',
    'promql-quantile-range',
    /from 0 to 1/,
    /write 0\.95/,
  ],
  ['quantile(50, model_accuracy)', 'promql-quantile-range', /from 0 to 1/, /write 0\.5/],
  [
    'histogram_quantile(0.95, sum by (le) (app_duration_seconds_bucket))',
    'promql-quantile-without-rate',
    /since the process was started/,
    /rate\(/,
  ],
  [
    'histogram_quantile(0.95, sum(rate(app_duration_seconds_bucket[5m])))',
    'promql-quantile-without-le',
    /no label le/,
    /sum by \(le\)/,
  ],
  [
    'histogram_quantile(0.95, rate(app_duration_seconds_sum[5m]))',
    'promql-quantile-without-le',
    /no label le/,
    /app_duration_seconds_sum is none/,
  ],
  [
    'avg(histogram_quantile(0.95, rate(app_duration_seconds_bucket[5m])))',
    'promql-average-of-quantile',
    /avg of percentiles/,
    /add up the buckets/,
  ],
  ['avg(gc_seconds{quantile="0.99"})', 'promql-average-of-quantile', /no percentile/, /max/],
  ['sum(job:app_duration_seconds:p95)', 'promql-average-of-quantile', /sum of percentiles/, /max/],
  ['rate(model_accuracy[5m])', 'promql-rate-of-gauge', /model_accuracy is a gauge/, /delta/],
  ['increase(up[5m])', 'promql-rate-of-gauge', /up is a gauge/, /avg_over_time/],
  [
    'rate(job:app_requests:rate5m[5m])',
    'promql-rate-of-gauge',
    /is a rate already/,
    /take the function away/,
  ],
  ['delta(app_requests_total[1h])', 'promql-delta-of-counter', /takes a restart for a fall/, /increase/],
  [
    'rate(sum by (job) (app_requests_total)[5m:])',
    'promql-sum-before-rate',
    /a sum of counters/,
    /sum\(rate/,
  ],
  ['rate(job:app_requests:sum[5m])', 'promql-sum-before-rate', /a sum of counters/, /sum\(rate/],
  ['app_errors_total > 10', 'promql-raw-counter', /only goes up/, /rate\(app_errors_total\[5m\]\)/],
  ['sum(app_errors_total)', 'promql-raw-counter', /how long its process has run/, /increase/],
  [
    'sum(app_errors_total) / sum(app_requests_total) > 0.05',
    'promql-raw-counter',
    /since the process was started/,
    /`rate` of both/,
  ],
  [
    'model_accuracy / rate(app_requests_total[5m])',
    'promql-unmatched-vectors',
    /can meet: each on the left has a label model/,
    /sum by \(job, instance\)/,
  ],
  [
    'rate(app_errors_total[5m]) / rate(app_requests_total[5m])',
    'promql-unmatched-vectors',
    /label reason, none on the right/,
    /sum by \(job, instance\)/,
  ],
  [
    'model_accuracy < 0.8 and sum(rate(app_requests_total[5m])) > 1',
    'promql-unmatched-vectors',
    /always empty/,
    /and on \(\)/,
  ],
  [
    'model_accuracy < 0.8 unless sum by (route) (rate(app_requests_total[5m])) > 1',
    'promql-unmatched-vectors',
    /nothing is ever left out/,
    /unless on \(\)/,
  ],
  [
    'model_accuracy < 0.8 and on (modle) model_details',
    'promql-unknown-label',
    /neither side of and has the label modle/,
    /did you mean model\?/,
  ],
  [
    'sum(rate(app_duration_seconds_bucket{le=~"0.1|0.3"}[5m]))',
    'promql-unknown-bucket',
    /no bucket le="0.3": that part finds nothing/,
    /0\.1, 0\.5, 1 and \+Inf/,
  ],
  [
    'sum(rate(app_duration_seconds_bucket{le=~"0.2|0.3"}[5m]))',
    'promql-unknown-bucket',
    /le="0.2", and none "0.3": this is always empty/,
    /0\.1, 0\.5/,
  ],
  [
    'up{job="app_api"} == 0',
    'promql-unknown-job',
    /has a job app_api: .* always empty/,
    /did you mean app-api\?/,
  ],
  [
    'rate(app_requests_total[15s]) > 0',
    'promql-short-range',
    /asked every 15s: within 15s there is one/,
    /rate\(app_requests_total\[1m\]\)/,
  ],
  [
    'sum by (job) (rate(app_duration_seconds_bucket[5m])) > 1',
    'promql-buckets-added',
    /over all buckets/,
    /rate\(app_duration_seconds_count\[5m\]\)/,
  ],
  [
    'count(up{job="app-api"} == 1) == 0',
    'promql-never-true',
    /never less than 1: where there is nothing, count gives nothing, and not 0/,
    /absent\(up\{job="app-api"\} == 1\)/,
  ],
  ['1 > count(up)', 'promql-never-true', /the right is never less than 1/, /absent\(up\)/],
  ['count(up == 1) == bool 0', 'promql-never-true', /this is never 1/, /absent/],
  ['count by (job) (up == 1) < 1', 'promql-never-true', /always empty/, /unless on/],
  ['sum(up > 0) <= 0', 'promql-never-true', /never 0 or less/, /absent\(up > 0\)/],
  ['count(up == 1) / count(up) == 0', 'promql-never-true', /never 0 or less/, /absent\(up == 1\)/],
  ['absent(up) == 0', 'promql-never-true', /always empty/, /leave the comparison out/],
  ['model_accuracy > 0.9 < 0.5', 'promql-never-true', /never 0\.9 or less/, /one of the two numbers/],
  [
    '(sum by (job) (rate(app_errors_total[5m])) or vector(0)) / sum by (job) (rate(app_requests_total[5m]))',
    'promql-unmatched-vectors',
    /vector\(0\) has no labels, .* label job: .* the `or` changes nothing/,
    /or 0 \* …/,
  ],
  [
    'model_accuracy * on (model) model_details',
    'promql-ambiguous-vectors',
    /differ in dataset alone/,
    /group_left/,
  ],
  [
    'model_accuracy * on (model) group_left () model_details',
    'promql-ambiguous-vectors',
    /on the right of \*, several series differ in digest/,
    /max by \(model\)/,
  ],
];
