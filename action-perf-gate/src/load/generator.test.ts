import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTruthServer, type TruthServer } from '../../../test/support/truth-server.ts';
import { runLoad } from './generator.ts';
import { makeSchedule } from './schedule.ts';
import { shortRun, tally, template } from './testing.ts';
import type { Progress } from './types.ts';

let server: TruthServer;
beforeAll(async () => {
  server = await startTruthServer();
});
afterAll(() => server.close());

describe.concurrent('a run', () => {
  test('leaves the warm-up out, and counts time from its end', async () => {
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=1',
      durationMs: 500,
      warmupMs: 300,
    });
    expect(result.warmup).toEqual({ sent: 30, failed: 0 });
    expect(tally(result)).toEqual({ ok: 20 });
    expect(result.samples.schedule.dueMs[0]).toBeCloseTo(5);
    expect(result.samples.schedule.durationMs).toBe(200);
    expect(result.samples.sentMs[0]).toBeGreaterThanOrEqual(5);
    expect(result.health.lagMs.p50).toBeGreaterThanOrEqual(0);
  });

  test('divides targets and requests as the schedule says', async () => {
    const [one, other] = await Promise.all([startTruthServer(), startTruthServer()]);
    try {
      const plan = makeSchedule({
        arrivals: 'poisson',
        stages: [{ perSecond: 200, durationMs: 300 }],
        weights: [1, 1],
        seed: 4,
      });
      const schedule = { ...plan, target: plan.target.map((_, i) => i % 2) };
      const result = await runLoad({
        targets: [{ url: new URL(one.url) }, { url: new URL(other.url) }],
        templates: [template({ path: '/status?code=201' }), template({ path: '/status?code=202' })],
        schedule,
        expects: [],
        timeoutMs: 5000,
        connections: 'auto',
        threads: 2,
      });
      const { samples } = result;
      samples.status.forEach((status, i) => {
        expect(status).toBe(201 + (schedule.request[i] ?? 0));
      });
      const received = await Promise.all([one.records(), other.records()]);
      expect(received.map(({ receivedMs }) => receivedMs.length)).toEqual(
        [0, 1].map((target) => schedule.target.filter((each) => each === target).length),
      );
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });

  test('tells how far it is', async () => {
    const told: Progress[] = [];
    const origin: number[] = [];
    const before = performance.now();
    await shortRun({
      url: server.url,
      path: '/errors?share=1&ms=1',
      durationMs: 800,
      progress: (progress) => told.push(progress),
      started: (originMs) => origin.push(originMs),
    });
    expect(origin[0]).toBeGreaterThan(before);
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toMatchObject({
      planned: 80,
      due: 80,
      sent: 80,
      done: 80,
      errors: { unexpected: 80 },
    });
    expect(told.every(({ sent }, i) => i === 0 || sent >= (told[i - 1]?.sent ?? 0))).toBe(true);
  });

  test('leaves the event loop to others', async () => {
    let beats = 0;
    const heart = setInterval(() => beats++, 10);
    await shortRun({ url: server.url, path: '/constant?ms=1', perSecond: 2000, durationMs: 500 });
    clearInterval(heart);
    expect(beats).toBeGreaterThan(10);
  });

  test('that is cancelled gives what was due until then', async () => {
    const cancel = new AbortController();
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=100',
      durationMs: 60_000,
      signal: cancel.signal,
      progress: ({ sent, done }) => {
        if (done > 0 && sent > done) cancel.abort();
      },
    });
    expect(result.complete).toBe(false);
    const { ok = 0, unfinished = 0, ...others } = tally(result);
    expect(others).toEqual({});
    expect(ok).toBeGreaterThan(0);
    expect(unfinished).toBeGreaterThan(0);
    const { schedule, doneMs, attemptMs } = result.samples;
    expect(schedule.dueMs.length).toBe(ok + unfinished);
    expect(schedule.durationMs).toBeLessThan(60_000);
    expect(doneMs.filter(Number.isNaN).length).toBe(unfinished);
    expect(attemptMs.some(Number.isNaN)).toBe(false);
  });

  test('that was cancelled before it began sends nothing', async () => {
    const result = await shortRun({ url: server.url, signal: AbortSignal.abort() });
    expect(tally(result)).toEqual({});
    expect(result.complete).toBe(false);
  });

  test('shows no credentials that the service sends back', async () => {
    const result = await shortRun({
      url: server.url.replace('//', '//user:hunter22@'),
      path: `/json?body=${encodeURIComponent('{"a":"hunter22 tok-12345"}')}`,
      headers: [['Authorization', 'Bearer tok-12345']],
      expects: 'json($.a) == 1',
    });
    expect(result.examples[0]?.message).toBe(
      'the value is "*** ***", expected is json($.a) == 1 (status 200)',
    );
  });

  test('reaches an address of IPv6', async () => {
    const own = await startTruthServer({ host: '::1' });
    try {
      expect(tally(await shortRun({ url: own.url, path: '/constant?ms=1' }))).toEqual({ ok: 20 });
    } finally {
      await own.close();
    }
  });

  test('without arrivals ends at once', async () => {
    const result = await shortRun({ url: server.url, perSecond: 0 });
    expect(tally(result)).toEqual({});
    expect(result).toMatchObject({ complete: true, warmup: { sent: 0, failed: 0 } });
  });

  test('whose thread fails is rejected, and leaves nothing behind', async () => {
    const schedule = makeSchedule({
      arrivals: 'constant',
      stages: [{ perSecond: 100, durationMs: 60_000 }],
      weights: [1],
      seed: 1,
    });
    const wrong = schedule.request.map((_, i) => (i < 10 ? 0 : 7));
    const run = runLoad({
      targets: [{ url: new URL(server.url) }],
      templates: [template({ path: '/constant?ms=1' })],
      schedule: { ...schedule, request: wrong },
      expects: [],
      timeoutMs: 5000,
      connections: 'auto',
    });
    await expect(run).rejects.toThrow('a thread of the generator failed');
  });

  test('of a host that is not known is one error', async () => {
    await expect(shortRun({ url: 'http://user:hunter22@no-such-host.invalid/x' })).rejects.toThrow(
      /^http:\/\/no-such-host\.invalid\/x cannot be reached: the host name no-such-host\.invalid is not known \(E\w+\)\.$/,
    );
  });
});
