import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../test/support/server-process.ts';
import { startTruthServer, type TruthServer } from '../../../test/support/truth-server.ts';
import { parseExpect } from './expect/index.ts';
import { runLoad } from './generator.ts';
import { makeSchedule } from './schedule.ts';
import { latencies, shortRun, tally, template } from './testing.ts';
import { type Outcome, outcomes } from './types.ts';

let server: TruthServer;
beforeAll(async () => {
  server = await startTruthServer();
});
afterAll(() => server.close());

/** How requests of a path end, and with which status. */
const ends: readonly (readonly [path: string, outcome: Outcome, status: number])[] = [
  ['/constant?ms=1', 'ok', 200],
  ['/chunked', 'ok', 200],
  ['/hints', 'ok', 200],
  ['/empty', 'ok', 204],
  ['/last', 'ok', 200],
  ['/until-close', 'ok', 200],
  ['/two-answers', 'ok', 200],
  ['/slow-headers?ms=1', 'ok', 200],
  ['/slow-body?ms=3', 'ok', 200],
  ['/redirect?to=/', 'ok', 307],
  ['/status?code=503', 'unexpected', 503],
  ['/nowhere', 'unexpected', 404],
  ['/close', 'closed', 0],
  ['/cut', 'closed', 0],
  ['/resets', 'reset', 0],
  ['/malformed', 'protocol', 0],
  ['/other-protocol', 'protocol', 0],
  ['/endless?bytes=60000', 'body-too-large', 200],
];

describe.concurrent('each request ends in one way', () => {
  test('whatever becomes of the others', async () => {
    const schedule = makeSchedule({
      arrivals: 'constant',
      stages: [{ perSecond: 200, durationMs: 10 * 5 * ends.length }],
      weights: [1],
      seed: 1,
    });
    const result = await runLoad({
      targets: [{ url: new URL(server.url) }],
      templates: ends.map(([path]) => template({ path })),
      schedule: { ...schedule, request: schedule.request.map((_, i) => i % ends.length) },
      expects: parseExpect('status < 400'),
      timeoutMs: 5000,
      connections: 'auto',
      bodyLimit: 100_000,
    });
    const { samples } = result;
    const seen = ends.map(([path], request) => {
      const own = [...samples.outcome.keys()].filter((i) => samples.schedule.request[i] === request);
      expect(own.length).toBe(10);
      return [path, ...new Set(own.map((i) => `${outcomes[samples.outcome[i] ?? -1]} ${samples.status[i]}`))];
    });
    expect(seen).toEqual(ends.map(([path, outcome, status]) => [path, `${outcome} ${status}`]));
    expect(result.complete).toBe(true);
    // The first of each outcome and status.
    expect(result.examples.map(({ outcome, status }) => `${outcome} ${status}`).sort()).toEqual(
      ['unexpected 503', 'unexpected 404', 'closed 0', 'reset 0', 'protocol 0', 'body-too-large 200'].sort(),
    );
  });

  test('without an answer, or without its end, by the time-out', async () => {
    const paths = ['/never', '/endless?ms=100', '/slow-body?ms=500'];
    const results = await Promise.all(
      paths.map((path) => shortRun({ url: server.url, path, timeoutMs: 1500 })),
    );
    for (const [i, result] of results.entries()) {
      expect(tally(result)).toEqual({ timeout: 20 });
      // Counted from the intended start.
      for (const latency of latencies(result)) expect(latency).toBeGreaterThanOrEqual(1500);
      expect(result.examples[0]?.message).toBe(
        i === 0 ? 'no response came within 1.5 s' : 'only a part of the response came within 1.5 s',
      );
    }
  });

  test('refused where nothing listens', async () => {
    const result = await shortRun({ url: `http://127.0.0.1:${await freePort()}` });
    expect(tally(result)).toEqual({ connect: 20 });
    expect(result.examples[0]?.message).toBe('the connection was refused');
    expect(result.connects).toMatchObject({ opened: 0, failed: 20 });
  });

  test('by its body, where the body is looked at', async () => {
    const path = `/json?body=${encodeURIComponent('{"ok":false}')}`;
    const result = await shortRun({ url: server.url, path, expects: 'status == 200\njson($.ok) == true' });
    expect(tally(result)).toEqual({ unexpected: 20 });
    expect(result.examples[0]?.message).toBe(
      'the value is false, expected is json($.ok) == true (status 200)',
    );
  });

  test('an error here and there does not spoil the others', async () => {
    const result = await shortRun({
      url: server.url,
      path: '/errors?share=0.2&ms=1',
      perSecond: 500,
      durationMs: 600,
    });
    const { ok = 0, unexpected = 0 } = tally(result);
    expect(ok + unexpected).toBe(300);
    // Binomial(300, 0.2), within five standard deviations.
    expect(Math.abs(unexpected - 60)).toBeLessThan(35);
    for (let i = 0; i < 300; i++) {
      const [first, done] = [result.samples.firstByteMs[i] ?? 0, result.samples.doneMs[i] ?? 0];
      expect(first).toBeGreaterThan(result.samples.sentMs[i] ?? 0);
      expect(done).toBeGreaterThanOrEqual(first);
    }
  });

  test('resets count even on connections that are used again', async () => {
    const result = await shortRun({
      url: server.url,
      path: '/resets?share=0.5&ms=1',
      perSecond: 300,
      durationMs: 500,
    });
    const { ok = 0, reset = 0 } = tally(result);
    expect(ok + reset).toBe(150);
    expect(Math.abs(reset - 75)).toBeLessThan(5 * Math.sqrt(37.5));
    expect(result.connects.reconnects).toBe(0);
  });
});
