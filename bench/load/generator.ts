/** Ours as a process: `generator.ts <url> <requests per second> <seconds>`, telling what it measured as JSON. */

import { makeSchedule, outcomes, parseExpect, runLoad } from '../../action-perf-gate/src/load/index.ts';
import { sampleQuantile, sortNumbers } from '../../core/stats/index.ts';

const [url = '', rate = '', seconds = ''] = process.argv.slice(2);
const { samples, health } = await runLoad({
  targets: [{ url: new URL(url) }],
  templates: [{ name: 'get', method: 'GET', path: '', headers: [], body: null, weight: 1 }],
  schedule: makeSchedule({
    arrivals: 'constant',
    stages: [{ perSecond: Number(rate), durationMs: 1000 * Number(seconds) }],
    weights: [1],
    seed: 1,
  }),
  expects: parseExpect('status < 400'),
  timeoutMs: 10_000,
  connections: 'auto',
});
const isOk = (i: number): boolean => outcomes[samples.outcome[i] ?? -1] === 'ok';
const latencies = sortNumbers(
  samples.doneMs.map((done, i) => done - (samples.schedule.dueMs[i] ?? 0)).filter((_, i) => isOk(i)),
);
const at = (quantile: number): number => sampleQuantile(latencies, quantile);
console.log(
  JSON.stringify({
    requests: samples.outcome.length,
    ok: latencies.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    lagP99: health.lagMs.p99,
    void: health.void,
  }),
);
