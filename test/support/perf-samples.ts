/** Results of the performance gate as its report has to show them; made of drawn latencies, without a server. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Draw, resultOf, type Simulated } from '../../action-perf-gate/src/testing.ts';
import type { PerfDetails } from '../../action-perf-gate/src/types.ts';
import type { GateResult } from '../../core/gate/types.ts';
import { hostileTexts } from './gate-samples.ts';

type Make = (workspace: string) => Promise<GateResult<PerfDetails>>;

const usual: Draw = (random) => ({ latencyMs: 5 * Math.exp(random.normal() / 2) });

/** 600 ms every 10 s, some failures, two kinds of requests. */
const stalled: Draw = (random, { atMs, request }) => {
  if (random.uniform() < 0.01) return { latencyMs: 3, outcome: 'unexpected', status: 503 };
  if (random.uniform() < 0.002) return { latencyMs: 10_000, outcome: 'timeout', status: 0 };
  const wait = Math.max(0, 600 - (atMs % 10_000));
  return { latencyMs: wait + (request === 1 ? 12 : 4) * Math.exp(random.normal() / 2), waitMs: wait };
};

const slower: Draw = (random, { target }) => ({
  latencyMs: 12 * Math.exp(random.normal() / 3) * (target === 1 ? 1.24 : 1),
});

function sample(
  given: Readonly<Record<string, string>>,
  simulated: Simulated,
  corpus: readonly object[] = [],
): Make {
  return async (workspace) => {
    if (corpus.length === 0) return await resultOf(given, simulated, workspace);
    writeFileSync(
      join(workspace, 'corpus.jsonl'),
      corpus.map((request) => JSON.stringify(request)).join('\n'),
    );
    const requests = { url: 'http://127.0.0.1:8000', 'requests-path': 'corpus.jsonl' };
    return await resultOf({ ...requests, ...given }, simulated, workspace);
  };
}

const pair = {
  url: 'http://127.0.0.1:{port}/predict',
  'start-command': 'node server.js',
  'baseline-start-command': 'node main/server.js',
  duration: '60s',
  rate: '100/s',
};

export const perfSamples: Readonly<Record<string, Make>> = {
  'a service that is fast enough': sample({ duration: '60s' }, { draw: usual }),
  'a service that stalls': sample(
    {
      'start-command': 'node server.js',
      duration: '60s',
      rate: '100/s',
      thresholds:
        'p95 < 200ms\np99 < 250ms at 95%\np95(single) < 50ms\nerror_rate < 0.5%\ncpu_per_request < 5ms',
    },
    { draw: stalled, cpuMs: [3.1] },
    [
      { path: '/predict', name: 'single', weight: 9 },
      { path: '/predict', name: 'batch' },
    ],
  ),
  'a slower candidate': sample(
    {
      ...pair,
      thresholds:
        'p95 < 200ms\np95 <= baseline * 1.15\ncpu_per_request <= baseline * 1.05\nwarn: p99 <= baseline * 1.02',
    },
    { draw: slower, cpuMs: [3.1, 3.12] },
  ),
  'a pair that runs already': sample(
    {
      url: 'http://127.0.0.1:8000/',
      'baseline-url': 'http://127.0.0.1:8001/',
      thresholds: 'p95 <= baseline * 1.05',
    },
    { draw: usual },
  ),
  'a service that fails every request': sample(
    { duration: '5s' },
    { draw: () => ({ latencyMs: 1, outcome: 'connect', status: 0 }) },
  ),
  'a void run of one second': sample(
    { duration: '1s', rate: '2/s' },
    {
      draw: usual,
      health: {
        void: 'the generator was late: 1% of the requests were sent 25.2 ms or more after they were due',
      },
    },
  ),
  'a long run in stages': sample(
    { stages: '10/s for 5m\n2/s for 25m\n20/s for 2m', arrivals: 'constant' },
    { draw: (random, at) => usual(random, at) },
  ),
  'hostile names': sample(
    { duration: '10s', rate: '100/s' },
    {
      draw: (random, { request }) =>
        request % 2 === 0
          ? { latencyMs: random.uniform() * 1e4, outcome: 'protocol', status: 0 }
          : { latencyMs: random.uniform() * 1e-3 },
    },
    hostileTexts.map((text) => ({ path: '/', name: text.slice(0, 90) || 'empty' })),
  ),
};
