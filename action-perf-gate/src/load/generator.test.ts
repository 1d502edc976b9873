import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../test/support/server-process.ts';
import { plain } from '../../../test/support/truth-behaviours.ts';
import { startTruthServer, type TruthServer } from '../../../test/support/truth-server.ts';
import { runLoad } from './generator.ts';
import { makeSchedule } from './schedule.ts';
import { latencies, shortRun, tally, template } from './testing.ts';
import type { Progress } from './types.ts';

let server: TruthServer;
beforeAll(async () => {
  server = await startTruthServer();
});
afterAll(() => server.close());

describe('each request ends in one way', () => {
  test.each([
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
  ] as const)('%s: %s', async (path, outcome, status) => {
    const result = await shortRun({ url: server.url, path, bodyLimit: 100_000 });
    expect(tally(result)).toEqual({ [outcome]: 20 });
    expect([...new Set(result.samples.status)]).toEqual([status]);
    expect(result.complete).toBe(true);
    expect(result.examples.map((example) => example.outcome)).toEqual(outcome === 'ok' ? [] : [outcome]);
  });

  test('without an answer, or without its end, by the time-out', async () => {
    for (const path of ['/never', '/endless', '/slow-body?ms=500']) {
      const result = await shortRun({ url: server.url, path, timeoutMs: 300 });
      expect(tally(result)).toEqual({ timeout: 20 });
      // Counted from the intended start.
      for (const latency of latencies(result)) expect(latency).toBeGreaterThanOrEqual(300);
      expect(result.examples[0]?.message).toBe(
        path === '/never' ? 'no response came within 0.3 s' : 'only a part of the response came within 0.3 s',
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

describe('connections', () => {
  test('are used again, and not opened beforehand', async () => {
    server.forget();
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=0',
      perSecond: 20,
      durationMs: 500,
    });
    expect(tally(result)).toEqual({ ok: 10 });
    expect(result.connects.opened).toBe((await server.records()).connections);
    expect(result.connects.opened).toBeLessThan(10);
    expect(result.connects.tcpMs.length).toBe(result.connects.opened);
    expect(result.connects.tlsMs.length).toBe(0);
  });

  test('that are too few make requests wait, which is latency and not lag', async () => {
    // One connection, 40 ms each: the twentieth waits for nineteen others.
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=40',
      perSecond: 200,
      durationMs: 100,
      connections: 1,
    });
    expect(tally(result)).toEqual({ ok: 20 });
    expect(result.connects.peak).toBe(1);
    const { schedule, sentMs, attemptMs, doneMs } = result.samples;
    for (let i = 0; i < 20; i++) {
      const due = schedule.dueMs[i] ?? 0;
      expect((doneMs[i] ?? 0) - due).toBeGreaterThanOrEqual(40 * (i + 1) - due);
      expect(sentMs[i] ?? 0).toBeGreaterThanOrEqual(40 * i);
    }
    // The last one was taken up long before it could be sent.
    expect((sentMs[19] ?? 0) - (attemptMs[19] ?? 0)).toBeGreaterThan(500);
  });

  test('that stay taken leave requests unsent', async () => {
    // The first takes 250 of 300 ms; all are due within 10 ms.
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=250',
      perSecond: 2000,
      durationMs: 10,
      timeoutMs: 300,
      connections: 1,
    });
    const { ok = 0, timeout = 0, unsent = 0 } = tally(result);
    expect(ok).toBe(1);
    expect(unsent).toBeGreaterThan(0);
    expect(ok + timeout + unsent).toBe(20);
    expect(result.samples.sentMs.filter(Number.isNaN).length).toBe(unsent);
    expect(result.examples.find(({ outcome }) => outcome === 'unsent')?.message).toMatch(
      /^no connection was free within 0.3 s: \d+ requests waited, [01] open and [01] being opened$/,
    );
  });

  test('that the server gives up while they rest are opened again, once and unseen', async () => {
    // Each arrival comes when the server has just closed, or is about to: with an exact race every time.
    const sockets: Socket[] = [];
    const racing = await listen((socket) => {
      sockets.push(socket);
      let requests = 0;
      socket.on('data', () => {
        requests++;
        // The first is answered; the second meets a server that gave up before it came.
        if (requests === 1) socket.write(plain(200));
        else socket.resetAndDestroy();
      });
    });
    try {
      const result = await shortRun({ url: racing.url, perSecond: 1.25, durationMs: 2400 });
      expect(tally(result)).toEqual({ ok: 3 });
      expect(result.connects).toMatchObject({ opened: 3, reconnects: 2 });
    } finally {
      racing.close();
    }
  });

  test('are not used again after the time that the server names', async () => {
    let requests = 0;
    const naming = await listen((socket) => {
      let isFirst = true;
      socket.on('data', () => {
        requests++;
        if (!isFirst) throw new Error('used again');
        isFirst = false;
        socket.write(plain(200, '', ['keep-alive: timeout=1']));
      });
    });
    try {
      const result = await shortRun({ url: naming.url, perSecond: 1.25, durationMs: 1600 });
      expect(tally(result)).toEqual({ ok: 2 });
      expect(requests).toBe(2);
    } finally {
      naming.close();
    }
  });

  test('are not used again when the server says so', async () => {
    const result = await shortRun({ url: server.url, path: '/last' });
    expect(result.connects.opened).toBe(20);
    expect(result.connects.reconnects).toBe(0);
  });

  test('more than the process may open are refused before the run', async () => {
    await expect(shortRun({ url: server.url, connections: 10_000_000 })).rejects.toThrow(
      /^connections: 10000000 are more than this process may open: \d+; raise the limit of open files/,
    );
  });
});

describe('a run', () => {
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
    const other = await startTruthServer();
    server.forget();
    try {
      const plan = makeSchedule({
        arrivals: 'poisson',
        stages: [{ perSecond: 200, durationMs: 300 }],
        weights: [1, 1],
        seed: 4,
      });
      const schedule = { ...plan, target: plan.target.map((_, i) => i % 2) };
      const result = await runLoad({
        targets: [{ url: new URL(server.url) }, { url: new URL(other.url) }],
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
      const received = await Promise.all([server.records(), other.records()]);
      expect(received.map(({ receivedMs }) => receivedMs.length)).toEqual(
        [0, 1].map((target) => schedule.target.filter((each) => each === target).length),
      );
    } finally {
      await other.close();
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
      started: () => setTimeout(() => cancel.abort(), 400),
    });
    expect(result.complete).toBe(false);
    const { ok = 0, unfinished = 0, ...others } = tally(result);
    expect(others).toEqual({});
    expect(ok).toBeGreaterThan(0);
    expect(unfinished).toBeGreaterThan(0);
    const { schedule, doneMs, sentMs } = result.samples;
    expect(schedule.dueMs.length).toBe(ok + unfinished);
    expect(schedule.durationMs).toBeLessThan(2000);
    expect(doneMs.filter(Number.isNaN).length).toBe(unfinished);
    expect(sentMs.some(Number.isNaN)).toBe(false);
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

  test('of a host that is not known is one error', async () => {
    await expect(shortRun({ url: 'http://user:hunter22@no-such-host.invalid/x' })).rejects.toThrow(
      /^http:\/\/no-such-host\.invalid\/x cannot be reached: the host name no-such-host\.invalid is not known \(E\w+\)\.$/,
    );
  });
});

async function listen(
  serve: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>();
  const own: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {
      // The other side may reset.
    });
    serve(socket);
  });
  await new Promise<void>((ready) => own.listen(0, host, ready));
  const address = own.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  await sleep(0);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      own.close();
    },
  };
}
