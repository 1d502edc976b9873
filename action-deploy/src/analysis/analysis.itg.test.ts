/** The lines of `analysis` against a real Prometheus that scrapes a small exporter. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../../core/report/index.ts';
import { type PrometheusServer, startPrometheus } from '../../../test/support/prometheus-servers.ts';
import { freePort } from '../../../test/support/server-process.ts';
import type { AnalysisRound, World } from '../types.ts';
import { createAnalysis, invalidQueries } from './analysis.ts';
import { parseAnalysis } from './parse.ts';

/** 1 request of 50 fails; 90 of 100 take at most 100 ms, all at most 250 ms. It counts on with each scrape. */
let scrapes = 0;
const exporter: Server = createServer((_, response) => {
  scrapes += 1;
  const n = scrapes * 100;
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(
    [
      '# TYPE requests_total counter',
      `requests_total{code="200",path="a<b"} ${n * 0.98}`,
      `requests_total{code="500",path="a<b"} ${n * 0.02}`,
      '# TYPE idle_total counter',
      'idle_total 0',
      '# TYPE latency_seconds histogram',
      `latency_seconds_bucket{le="0.1"} ${n * 0.9}`,
      `latency_seconds_bucket{le="0.25"} ${n}`,
      `latency_seconds_bucket{le="+Inf"} ${n}`,
      `latency_seconds_sum ${n * 0.08}`,
      `latency_seconds_count ${n}`,
      '# TYPE memory_bytes gauge',
      'memory_bytes{pod="a"} 5e7',
      'memory_bytes{pod="b"} 7e7',
      '',
    ].join('\n'),
  );
});
let prometheus: PrometheusServer;

beforeAll(async () => {
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  prometheus = await startPrometheus([`127.0.0.1:${(exporter.address() as AddressInfo).port}`]);
  // A rate needs two samples.
  await prometheus.queryUntil('count_over_time(idle_total[1m])', ([sample]) => (sample?.value ?? 0) >= 4);
}, 600_000);
afterAll(async () => {
  await prometheus?.stop();
  exporter.closeAllConnections();
  await new Promise((resolve) => exporter.close(resolve));
});

function realWorld(): World {
  return {
    env: {},
    workspace: '/work',
    log: silentLog,
    clock: () => new Date(),
    sleep: async (milliseconds, signal) => {
      await delay(milliseconds, undefined, { signal }).catch(() => {});
    },
    signal: new AbortController().signal,
  };
}

async function judged(text: string, url = prometheus.url): Promise<AnalysisRound> {
  const { lines, problems } = parseAnalysis(text);
  expect(problems).toEqual([]);
  return await createAnalysis({ prometheusUrl: new URL(url), lines }, { patienceMs: 3000 }).judge(
    'bake',
    realWorld(),
  );
}

describe('what Prometheus counts is what is judged', () => {
  const share = 'sum(rate(requests_total{code=~"5..",path="a<b"}[1m])) / sum(rate(requests_total[1m]))';
  const p95 = 'histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[1m])))';

  test.each([
    [`a: ${share} < 3%`, 'pass', 0.02],
    [`a: ${share} < 1%`, 'fail', 0.02],
    // Half of the way from 0.1 to 0.25: histogram_quantile interpolates linearly within a bucket.
    [`a: ${p95} < 200ms`, 'pass', 0.175],
    [`a: ${p95} < 150ms`, 'fail', 0.175],
    ['a: max(memory_bytes) < 64MB', 'fail', 7e7],
    ['a: memory_bytes{pod="a"} <= 50MB', 'pass', 5e7],
    ['a: scalar(memory_bytes{pod="a"}) == 5e7', 'pass', 5e7],
    ['a: count(memory_bytes > 6e7) == 1', 'pass', 1],
  ])('%s', async (text, verdict, value) => {
    const { promote, lines } = await judged(text);
    expect(lines).toMatchObject([{ verdict, value: expect.closeTo(value, 6) }]);
    expect(promote).toBe(verdict === 'pass');
  });
});

describe('what is no single number never promotes', () => {
  test.each([
    [
      'a: memory_bytes < 1GB',
      /gives 2 values, not one: memory_bytes\{.*pod="a"\}, memory_bytes\{.*pod="b"\}/,
    ],
    ['a: no_such_series < 1', 'gives no data'],
    ['a: memory_bytes > 1e9 < 2e9', 'gives no data'],
    ['a: rate(idle_total[1m]) / rate(idle_total[1m]) < 1%', 'gives NaN'],
    ['a: memory_bytes{pod="a"} / rate(idle_total[1m]) < 1%', /gives no data|gives \+Inf/],
    ['a: sum(memory_bytes) / sum(rate(idle_total[1m])) < 1%', /gives \+Inf/],
    ['a: memory_bytes[1m] < 1', 'a range of values'],
    ['a: summ(memory_bytes) < 1', 'is not valid: invalid parameter "query"'],
    ['a: memory_bytes * on() memory_bytes < 1', 'cannot be evaluated: '],
    ['a: "five" < 1', 'gives a text'],
  ])('%s', async (text, reason) => {
    const { promote, lines } = await judged(text);
    expect(promote).toBe(false);
    expect(lines).toMatchObject([
      { value: null, verdict: 'inconclusive', reason: expect.stringMatching(reason) },
    ]);
  });

  test('a server that is not there', async () => {
    const { promote, lines } = await judged('a: up == 1', `http://127.0.0.1:${await freePort()}`);
    expect(promote).toBe(false);
    expect(lines[0]?.reason).toMatch(/refuses the connection \(asked \d+ times\)/);
  });

  test('a path below which it does not lie', async () => {
    const { lines } = await judged('a: up == 1', `${prometheus.url}/prom`);
    expect(lines[0]?.reason).toContain('no Prometheus API lies below this address');
  });
});

test('a query that is none is found before anything is changed; one without data is not', async () => {
  const { lines } = parseAnalysis('a: up < 2\nb: summ(up) < 2\nc: no_such_series < 1');
  const found = await invalidQueries({ prometheusUrl: new URL(prometheus.url), lines }, realWorld());
  expect(found.map(({ line }) => line.name)).toEqual(['b']);
  expect(found[0]?.reason).toContain('unknown function with name "summ"');
});
