import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plain } from '../../../test/support/truth-behaviours.ts';
import { startTruthServer, type TruthServer } from '../../../test/support/truth-server.ts';
import { shortRun, tally } from './testing.ts';

let server: TruthServer;
beforeAll(async () => {
  server = await startTruthServer();
});
afterAll(() => server.close());

describe.concurrent('connections', () => {
  test('are used again, and not opened beforehand', async () => {
    const own = await startTruthServer();
    const result = await shortRun({
      url: own.url,
      path: '/constant?ms=0',
      perSecond: 20,
      durationMs: 500,
    });
    expect(tally(result)).toEqual({ ok: 10 });
    expect(result.connects.opened).toBe((await own.records()).connections);
    expect(result.connects.opened).toBeLessThan(10);
    expect(result.connects.tcpMs.length).toBe(result.connects.opened);
    expect(result.connects.tlsMs.length).toBe(0);
    await own.close();
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
    // The first takes 1 s of 1.6; all are due within 10 ms.
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=1000',
      perSecond: 2000,
      durationMs: 10,
      timeoutMs: 1600,
      connections: 1,
    });
    const { ok = 0, timeout = 0, unsent = 0 } = tally(result);
    expect(ok).toBe(1);
    expect(unsent).toBeGreaterThan(0);
    expect(ok + timeout + unsent).toBe(20);
    expect(result.samples.sentMs.filter(Number.isNaN).length).toBe(unsent);
    expect(result.examples.find(({ outcome }) => outcome === 'unsent')?.message).toMatch(
      /^no connection was free within 1.6 s: \d+ requests waited, [01] open and [01] being opened$/,
    );
  });

  // On a busy machine a reset may come too late to be taken for that race.
  test('that the server gives up while they rest are opened again, once and unseen', {
    retry: 3,
  }, async () => {
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

  test('are not used again when the request asks the server to close', async () => {
    const result = await shortRun({
      url: server.url,
      path: '/constant?ms=0',
      headers: [['Connection', 'close']],
    });
    expect(tally(result)).toEqual({ ok: 20 });
    expect(result.connects.opened).toBe(20);
  });

  test('more than the process may open are refused before the run', async () => {
    await expect(shortRun({ url: server.url, connections: 10_000_000 })).rejects.toThrow(
      /^connections: 10000000 are more than this process may open: \d+; raise the limit of open files/,
    );
  });
});

async function listen(serve: (socket: Socket) => void): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>();
  const own: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {
      // The other side may reset.
    });
    serve(socket);
  });
  await new Promise<void>((ready) => own.listen(0, '127.0.0.1', ready));
  const address = own.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      own.close();
    },
  };
}
