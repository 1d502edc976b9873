import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Draw, resultOf, type Simulated } from './testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perf-evaluate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Log-normal with a median of 5 ms and sigma 0.5: p95 = 5 exp(1.645 / 2) = 11.4 ms. */
const usual: Draw = (random) => ({ latencyMs: 5 * Math.exp(random.normal() / 2) });

async function run(given: Readonly<Record<string, string>>, simulated: Partial<Simulated> = {}) {
  const { predicate } = await resultOf(given, { draw: usual, ...simulated }, folder);
  const { gate } = predicate;
  const of = (id: string) => gate.checks.find((check) => check.id === id);
  return { ...gate, of };
}

describe('a run that went well', () => {
  test('passes by its values, which are those of the service', async () => {
    const { verdict, metrics, checks, details } = await run({ duration: '60s' });
    expect(verdict).toBe('pass');
    expect(checks.map(({ id }) => id)).toEqual(['p95 < 1s', 'error_rate < 1%']);
    const { low, high } = checks[0]?.interval ?? { low: 0, high: 0 };
    expect(low).toBeLessThan(11.38);
    expect(high).toBeGreaterThan(11.38);
    expect(metrics.p50).toBeCloseTo(5, 0);
    expect(metrics.error_rate).toBe(0);
    expect(metrics.throughput).toBeCloseTo(details.candidate.all.ok / 60, 0);
  });

  test.each([
    ['p95 < 14ms at 95%', 'pass'],
    ['p95 < 5ms at 95%', 'fail'],
    ['p95 < 11.4ms at 95%', 'inconclusive'],
    ['p95 < 5ms', 'fail'],
    ['mean between 4ms and 8ms at 95%', 'pass'],
    ['throughput >= 40/s at 95%', 'pass'],
  ])('%s: %s', async (threshold, verdict) => {
    expect((await run({ thresholds: threshold, duration: '60s' })).of(threshold)?.verdict).toBe(verdict);
  });

  test('that cannot tell says how long to run', async () => {
    const check = (await run({ thresholds: 'p95 < 11ms at 95%', duration: '60s' })).of('p95 < 11ms at 95%');
    expect(check?.reason).toMatch(
      /^95% interval \[.*\] straddles 11 ms; about [\d,]+ requests in total \([\d,]+ more\) would settle it; that is `duration: \d+[sm]` at this rate$/,
    );
  });
});

describe('too few requests', () => {
  // 50/s: 299 successful requests are needed for p99 at 95%, 2,995 for p99.9 (field guide).
  test.each([
    ['p99 < 1s', '5s', 'inconclusive'],
    ['p99 < 1s', '8s', 'pass'],
    ['p999 < 1s', '30s', 'inconclusive'],
    ['p999 < 1s', '70s', 'pass'],
    ['p95 < 1s', '1s', 'inconclusive'],
  ])('%s in %s is %s', async (threshold, duration, verdict) => {
    const check = (await run({ thresholds: threshold, duration, arrivals: 'constant' })).of(threshold);
    expect(check?.verdict).toBe(verdict);
    if (verdict === 'inconclusive') expect(check?.reason).toMatch(/are too few for .*`duration: \d+s`/);
  });

  test('the time that it takes is the one that does', async () => {
    const { of } = await run({ thresholds: 'p999 < 1s', arrivals: 'constant' });
    expect(of('p999 < 1s')?.reason).toBe(
      '1,500 successful requests are too few for p99.9: it takes 2,995, which is `duration: 60s` at this rate',
    );
  });
});

describe('requests that fail', () => {
  const failing =
    (share: number): Draw =>
    (random) =>
      random.uniform() < share
        ? { latencyMs: 1, outcome: 'unexpected', status: 503 }
        : { latencyMs: 5 * Math.exp(random.normal() / 2) };

  test('are held against the service though no line speaks of them, and however fast the others are', async () => {
    const { verdict, of } = await run({ thresholds: 'p95 < 100ms' }, { draw: failing(0.5) });
    expect(verdict).toBe('fail');
    expect(of('p95 < 100ms')?.verdict).toBe('pass');
    expect(of('error_rate < 1%')?.verdict).toBe('fail');
  });

  test.each(['warn: error_rate < 1%', 'error_rate(request) < 60%', 'error_rate >= 0%', 'error_rate <= 60%'])(
    'are held against it beside `%s`',
    async (line) => {
      const { verdict } = await run({ thresholds: line }, { draw: failing(0.5) });
      expect(verdict).toBe(line === 'error_rate <= 60%' ? 'pass' : 'fail');
    },
  );

  test('all of them: there is no latency, and nothing passes', async () => {
    const { verdict, of, metrics, undefinedMetrics } = await run({}, { draw: failing(2) });
    expect(verdict).toBe('fail');
    expect(of('p95 < 1s')).toMatchObject({ verdict: 'inconclusive', value: null });
    expect(metrics.p95).toBeNull();
    expect(undefinedMetrics.p95).toMatch(/^none of [\d,]+ requests was successful/);
    expect(metrics.throughput).toBe(0);
  });

  test('stand apart by kind, with an example and their own latency', async () => {
    const draw: Draw = (random, at) => {
      if (at.atMs > 20_000) return { latencyMs: 10_000, outcome: 'timeout', status: 0 };
      return failing(0.02)(random, at);
    };
    const { details } = await run({}, { draw });
    const [timeout, unexpected] = details.candidate.failures;
    expect(timeout).toMatchObject({
      kind: 'timeout',
      p50: expect.closeTo(10_000),
      max: expect.closeTo(10_000),
    });
    expect(unexpected).toMatchObject({ kind: 'unexpected 503', p50: expect.closeTo(1) });
    expect(details.candidate.all.latency.max).toBeLessThan(100);
  });
});

test('a stall shows in full: all that were due in it, for as long as it lasted', async () => {
  // 1 s every 10 s: due at t in the stall, done at its end. p95 and p99 are those of 2 ms but for 10% of uniform waits.
  const draw: Draw = (_, { atMs }) => {
    const into = atMs % 10_000;
    return { latencyMs: into < 1000 ? 1000 - into + 2 : 2 };
  };
  const { metrics } = await run({ duration: '60s', rate: '200/s', arrivals: 'constant' }, { draw });
  expect(metrics.p50).toBeCloseTo(2, 1);
  expect(metrics.p95).toBeGreaterThan(490);
  expect(metrics.p95).toBeLessThan(515);
  expect(metrics.p99).toBeGreaterThan(890);
});

test('a run whose generator was late passes nothing and fails nothing', async () => {
  const health = { void: 'the generator was late' };
  const { verdict, checks } = await run({ thresholds: 'p95 < 1ms\nerror_rate < 1%\np50 < 1s' }, { health });
  expect(verdict).toBe('inconclusive');
  expect(checks.map((check) => check.verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  expect(checks[0]?.reason).toBe('the run is void: the generator was late');
});

describe('requests of several names', () => {
  test('have results of their own', async () => {
    writeFileSync(
      join(folder, 'corpus.jsonl'),
      ['{"path": "/fast", "name": "fast", "weight": 3}', '{"path": "/slow", "name": "slow"}'].join('\n'),
    );
    const draw: Draw = (random, { request }) => ({ latencyMs: (request === 0 ? 2 : 40) + random.uniform() });
    const { of, details, verdict } = await run(
      {
        url: 'http://127.0.0.1:8000',
        'requests-path': 'corpus.jsonl',
        thresholds: 'p95(fast) < 10ms\np95(slow) < 10ms',
      },
      { draw },
    );
    expect(verdict).toBe('fail');
    expect([of('p95(fast) < 10ms')?.verdict, of('p95(slow) < 10ms')?.verdict]).toEqual(['pass', 'fail']);
    const [first, second] = details.candidate.by_name;
    expect([first?.name, second?.name]).toEqual(['fast', 'slow']);
    expect((first?.due ?? 0) / (second?.due ?? 1)).toBeGreaterThan(2);
  });
});

test('of a corpus of thousands of paths the most frequent have results of their own, and those that a check names', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) =>
    JSON.stringify({ path: `/items/${index}`, weight: index < 50 ? 100 : 1 }),
  );
  writeFileSync(join(folder, 'many.jsonl'), lines.join('\n'));
  const threshold = 'error_rate(GET /items/4999) <= 100%';
  const { details, of, metrics } = await run({
    url: 'http://127.0.0.1:8000',
    'requests-path': 'many.jsonl',
    thresholds: threshold,
    rate: '2000/s',
  });
  expect(details.candidate.by_name).toHaveLength(50);
  expect(details.candidate.by_name.filter(({ name }) => /items\/\d\d?$/.test(name ?? ''))).toHaveLength(49);
  expect(of(threshold)?.n).toBeGreaterThan(0);
  expect(Object.keys(metrics).length).toBeLessThan(300);
});

describe('a service that the gate started', () => {
  const inputs = { 'start-command': 'node server.js', duration: '30s' };

  test('is judged by the processor time of a request', async () => {
    const given = { ...inputs, thresholds: 'cpu_per_request < 4ms at 95%\nmemory_peak < 200MB' };
    const { verdict, metrics } = await run(given, { cpuMs: [3] });
    expect(verdict).toBe('pass');
    expect(metrics.cpu_per_request).toBeCloseTo(3, 0);
    expect(metrics.memory_peak).toBe(93_000_000);
  });

  test('but cannot be seen: inconclusive, with the reason', async () => {
    const { of } = await run({ ...inputs, thresholds: 'cpu_per_request < 4ms' });
    expect(of('cpu_per_request < 4ms')).toMatchObject({ verdict: 'inconclusive', value: null });
  });
});

describe('a baseline under the same load', () => {
  const both = {
    'start-command': 'node server.js',
    'baseline-start-command': 'node main/server.js',
    url: 'http://127.0.0.1:{port}/predict',
    duration: '60s',
    rate: '200/s',
  };
  const slower =
    (factor: number): Draw =>
    (random, { target }) => ({ latencyMs: 5 * Math.exp(random.normal() / 2) * (target === 1 ? factor : 1) });

  test.each([
    [1, 'p95 <= baseline * 1.2', 'pass'],
    [1.5, 'p95 <= baseline * 1.2', 'fail'],
    [1, 'p95 <= baseline', 'inconclusive'],
  ])('%d times as slow, %s: %s', async (factor, threshold, verdict) => {
    const { of, details } = await run({ ...both, thresholds: threshold }, { draw: slower(factor) });
    expect(of(threshold)?.verdict).toBe(verdict);
    expect(details.duet?.lives).toBe(16);
    expect(details.baseline?.all.due).toBe(details.candidate.all.due);
  });

  test('shows what a request costs, and what of it would have been seen', async () => {
    const given = {
      ...both,
      thresholds: 'cpu_per_request <= baseline * 1.1\nmemory_peak <= baseline * 1.1',
    };
    const { of } = await run(given, { draw: slower(1), cpuMs: [3, 3.6] });
    expect(of('cpu_per_request <= baseline * 1.1')?.verdict).toBe('fail');
    expect(of('memory_peak <= baseline * 1.1')?.verdict).toBe('pass');
  });

  test('is compared though the generator was late, which it was for both; by itself nothing is judged', async () => {
    const thresholds = 'p95 <= baseline * 1.2\ncpu_per_request <= baseline * 1.1\np95 < 1s';
    const given = { ...both, thresholds };
    const late = { void: 'the generator was late' };
    const { checks, notices } = await run(given, { draw: slower(1.5), health: late, cpuMs: [3, 3] });
    expect(checks.map(({ verdict }) => verdict).slice(0, 3)).toEqual(['fail', 'pass', 'inconclusive']);
    expect(notices.join()).toMatch(/in 16 of 16 lives the generator was late; comparisons allow for it/);
  });

  test('is not compared where the generator had no ports left', async () => {
    const health = { void: 'no port was left', exhausted: true };
    const given = { ...both, thresholds: 'p95 <= baseline * 1.2' };
    const { checks } = await run(given, { draw: slower(1.5), health });
    expect(checks[0]?.reason).toBe('the run is void: no port was left');
  });

  test('that no threshold speaks of is told to decide nothing', async () => {
    const { notices, verdict } = await run({ ...both, thresholds: 'p95 < 1s' }, { draw: slower(3) });
    expect(verdict).toBe('pass');
    expect(notices.join()).toMatch(/no threshold refers to the baseline/);
  });
});

test('the histogram and what it was made of stand in the result by their digests', async () => {
  writeFileSync(join(folder, 'body.json'), '{"x": 1}');
  const image = `ghcr.io/octo/api@sha256:${'b'.repeat(64)}`;
  const result = await resultOf({ 'body-path': 'body.json', image }, { draw: usual }, folder);
  expect(result.subject.map(({ name }) => name)).toEqual(['ghcr.io/octo/api', 'gate-results/perf-gate.hlog']);
  expect(result.predicate.configuration.map(({ name }) => name)).toEqual(['body.json']);
  expect(readFileSync(join(folder, 'gate-results/perf-gate.hlog'), 'utf8')).toContain('Tag=ok');
});
