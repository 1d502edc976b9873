/** A real PostgreSQL: what arrives, what happens when it goes, and servers that only look like one. */

import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../../test/support/postgres-server.ts';
import { listeningLogger, until } from '../testing.ts';
import type { PredictionEntry } from '../types.ts';
import { openPredictionLog } from './index.ts';
import { migrate } from './migration.ts';
import { PostgresSink } from './postgres.ts';
import { makeEntry } from './testing.ts';
import { Writer, type WriterOptions } from './writer.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

/** What the test started. */
let ends: (() => unknown)[] = [];
beforeEach(() => query('DROP TABLE IF EXISTS predictions'));
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Rows in the table, 0 while there is none. */
async function count(): Promise<number> {
  const [table] = await query("SELECT to_regclass('predictions') AS name");
  if (table?.name === null) return 0;
  return Number((await query('SELECT count(*) AS n FROM predictions'))[0]?.n);
}

function open(url = server.url, given: Partial<WriterOptions> = {}, timeoutMs = 10_000) {
  const logger = listeningLogger();
  const writer = new Writer(new PostgresSink({ url, timeoutMs }), {
    logger,
    sample: 1,
    intervalMs: 5,
    backoffMs: { first: 20, last: 50 },
    ...given,
  });
  ends.push(() => writer.close());
  return { writer, logger };
}

/** A server of the test's own, ended with all its connections. */
async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const fake: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  fake.listen(0, '127.0.0.1');
  await once(fake, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    fake.close();
  });
  return server.url.replace(String(server.port), String((fake.address() as AddressInfo).port));
}

test('rows arrive as they were recorded', async () => {
  const log = await openPredictionLog(
    { databaseUrl: server.url, folder: null, totalBytes: 0, sample: 1 },
    listeningLogger(),
  );
  log.record(
    makeEntry({
      rows: 2,
      inputs: {
        age: [40.25, Number.NaN],
        'the "name"': ["Ann's \\ \u{1f600}", 'nul \u0000 and half \ud83d'],
        id: [9007199254740993n, null],
        image: [
          [
            [1, 2],
            [3, Number.POSITIVE_INFINITY],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
      },
      outputs: {
        label: ['no', 'yes'],
        probabilities: [
          [0.75, 0.25],
          [1e-300, 1],
        ],
      },
    }),
  );
  await log.close();
  expect(log.dropped).toBe(0);
  const rows = await query(
    `SELECT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS at, request_id, row_index, trace_id, model,
       version, route, latency_ms, inputs, outputs, inputs->>'id' AS digits, jsonb_typeof(inputs->'age') AS kind
     FROM predictions ORDER BY row_index`,
  );
  const facts = {
    at: '2026-11-29 12:00:00.123',
    request_id: 'r-1',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    model: 'fraud',
    version: '3',
    route: '/predict',
    latency_ms: 1.5,
  };
  expect(rows).toMatchObject([
    {
      ...facts,
      row_index: 0,
      inputs: {
        age: 40.25,
        'the "name"': "Ann's \\ \u{1f600}",
        image: [
          [1, 2],
          [3, null],
        ],
      },
      outputs: { label: 'no', probabilities: [0.75, 0.25] },
      digits: '9007199254740993',
      kind: 'number',
    },
    {
      ...facts,
      row_index: 1,
      inputs: {
        age: null,
        'the "name"': 'nul \uFFFD and half \uFFFD',
        id: null,
        image: [
          [5, 6],
          [7, 8],
        ],
      },
      outputs: { label: 'yes', probabilities: [1e-300, 1] },
      kind: 'null',
    },
  ]);
  const indexes = await query("SELECT indexdef FROM pg_indexes WHERE tablename = 'predictions'");
  expect(indexes.map(({ indexdef }) => indexdef)).toContainEqual(expect.stringMatching(/\("time"\)$/));
});

test('ten replicas that start at once make one table', async () => {
  const clients = Array.from({ length: 10 }, () => new pg.Client({ connectionString: server.url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    await Promise.all(clients.map((client) => migrate(client)));
    await Promise.all(clients.map((client) => migrate(client)));
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  expect(await count()).toBe(0);
});

test('a user that may only insert needs no more where the table is there', async () => {
  const first = open();
  first.writer.record(makeEntry());
  await first.writer.close();
  await query(
    `DROP ROLE IF EXISTS narrow; CREATE ROLE narrow LOGIN PASSWORD 'narrow'; GRANT SELECT, INSERT ON predictions TO narrow`,
  );
  const narrow = open(`postgresql://narrow:narrow@127.0.0.1:${server.port}/postgres`);
  narrow.writer.record(makeEntry());
  await narrow.writer.close();
  expect([await count(), narrow.logger.lines]).toEqual([2, []]);
  await query('DROP TABLE predictions; DROP ROLE narrow');
});

test('a database that is stopped and started again gets every row, and nobody waited for it', async () => {
  const { writer, logger } = open();
  const record = (n: number): void => {
    for (let i = 0; i < n; i++) writer.record(makeEntry({ requestId: `r-${i}` }));
  };
  record(700);
  await until(async () => (await count()) === 700);
  await server.halt();
  try {
    record(700);
    await until(() => logger.lines.length > 0);
    record(700);
  } finally {
    await server.start();
  }
  await writer.close();
  expect(await count()).toBe(2_100);
  expect(writer.dropped).toBe(0);
  expect(logger.lines).toEqual([
    expect.stringMatching(/^warn .*PostgreSQL at 127\.0\.0\.1:\d+\/postgres cannot be written to/),
    expect.stringMatching(/^info .*rows lost: 0/),
  ]);
});

test('a table that was dropped is made again', async () => {
  const { writer } = open();
  writer.record(makeEntry());
  await until(async () => (await count()) === 1);
  await query('DROP TABLE predictions');
  writer.record(makeEntry());
  await until(async () => (await count()) === 1);
  await writer.close();
  expect(writer.dropped).toBe(0);
});

test('a write whose answer was lost is not done twice', async () => {
  let cut = 0;
  const url = await listen((socket) => {
    const upstream = createConnection({ host: '127.0.0.1', port: server.port });
    upstream.on('error', () => {});
    socket.pipe(upstream);
    socket.on('close', () => upstream.destroy());
    upstream.on('data', (data) => {
      // The server has committed; the first two times nobody hears of it.
      if (data.includes('INSERT 0 ') && cut < 2) {
        cut += 1;
        socket.destroy();
      } else socket.write(data);
    });
    upstream.on('close', () => socket.destroy());
  });
  const { writer } = open(url);
  for (let i = 0; i < 5; i++) writer.record(makeEntry({ requestId: `r-${i}` }));
  await until(() => cut === 2);
  await until(async () => (await count()) > 0);
  await writer.close();
  expect(cut).toBe(2);
  expect([await count(), writer.dropped]).toEqual([5, 0]);
});

test('one row that the database refuses does not keep back the others', async () => {
  const { writer, logger } = open(server.url, { intervalMs: 50 });
  const entries: PredictionEntry[] = Array.from({ length: 100 }, (_, i) =>
    makeEntry({ requestId: `r-${i}` }),
  );
  // Beyond the digits that PostgreSQL's numeric has before the point.
  entries[41] = makeEntry({ inputs: { id: [10n ** 131_073n] } });
  for (const entry of entries) writer.record(entry);
  await writer.close();
  expect([await count(), writer.dropped]).toEqual([99, 1]);
  expect(logger.lines).toEqual([expect.stringMatching(/refused rows: 1/)]);
});

test('fifty thousand rows at once are written or counted, and what waits stays within its bound', async () => {
  const { writer } = open(server.url, { capacity: { rows: 5_000, bytes: 64e6 }, closeMs: 30_000 });
  let longest = 0;
  for (let i = 0; i < 50_000; i++) {
    const before = performance.now();
    writer.record(makeEntry({ requestId: `r-${i}`, inputs: { age: [i], text: ['x'.repeat(100)] } }));
    longest = Math.max(longest, performance.now() - before);
    if (i % 1_000 === 999) await new Promise(setImmediate);
  }
  await writer.close();
  expect(writer.dropped + (await count())).toBe(50_000);
  expect(await count()).toBeGreaterThanOrEqual(5_000);
  expect(longest, 'recording never waits for the database').toBeLessThan(1_000);
});

test('a server that accepts and never answers costs rows and nothing else', async () => {
  const url = await listen(() => {});
  const { writer, logger } = open(url, { closeMs: 100, capacity: { rows: 1_000, bytes: 64e6 } }, 100);
  for (let i = 0; i < 3_000; i++) writer.record(makeEntry());
  await until(() => logger.lines.length > 1);
  for (let i = 0; i < 3_000; i++) writer.record(makeEntry());
  await writer.close();
  expect(writer.dropped).toBe(6_000);
  expect(logger.lines[0]).toMatch(/takes rows more slowly than they come/);
  expect(logger.lines[1]).toMatch(/cannot be written to.*"reason":"timeout expired"/);
});

test('closing does not wait for a server that never answers', async () => {
  const url = await listen(() => {});
  // The connection alone would be waited for for ever.
  const { writer } = open(url, { closeMs: 50 }, 3_600_000);
  writer.record(makeEntry());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await writer.close();
  expect(writer.dropped).toBe(1);
});

test('a server that stops answering after the connection was made is left', async () => {
  let silent = false;
  const url = await listen((socket) => {
    const upstream = createConnection({ host: '127.0.0.1', port: server.port });
    upstream.on('error', () => {});
    socket.on('data', (data) => {
      if (!silent) upstream.write(data);
    });
    upstream.on('data', (data) => socket.write(data));
    socket.on('close', () => upstream.destroy());
  });
  const { writer, logger } = open(url, {}, 200);
  writer.record(makeEntry());
  await until(async () => (await count()) === 1);
  silent = true;
  writer.record(makeEntry());
  await until(() => logger.lines.length > 0);
  silent = false;
  await until(async () => (await count()) === 2);
  expect(logger.lines[0]).toMatch(/"reason":"Query read timeout"/);
});

test.each([
  ['a wrong password', () => server.url.replace('tester:', 'tester:wrong'), /password authentication failed/],
  [
    'a database that is not there',
    () => server.url.replace(/postgres$/, 'absent'),
    /database .*absent.* does not exist/,
  ],
  ['no server', () => server.url.replace(`:${server.port}`, ':1'), /ECONNREFUSED/],
  ['no TLS where it is asked for', () => `${server.url}?sslmode=require`, /does not support SSL/],
])('%s is said without the password', async (_, url, reason) => {
  const { writer, logger } = open(url(), { closeMs: 2_000 });
  writer.record(makeEntry());
  await until(() => logger.lines.length > 0);
  await writer.close();
  const said = logger.lines.join('\n');
  expect(said).toMatch(reason);
  expect(said).not.toContain('secret');
  expect(said).not.toContain(encodeURIComponent(server.password));
});

test('sslmode=prefer goes on without TLS where the server has none', async () => {
  const { writer, logger } = open(`${server.url}?sslmode=prefer`);
  writer.record(makeEntry());
  await writer.close();
  expect([await count(), logger.lines]).toEqual([1, []]);
});

test('TLS is as strict as sslmode says', async () => {
  const secure = await startPostgres({ tls: true });
  ends.push(() => secure.stop());
  const attempt = async (parameters: string, host = '127.0.0.1'): Promise<string> => {
    const url = `${secure.url.replace('127.0.0.1', host)}?${parameters}`;
    const { writer, logger } = open(url, { closeMs: 5_000 });
    writer.record(makeEntry());
    await writer.close();
    return writer.dropped === 0 ? 'written' : (/"reason":"([^"]*)"/.exec(logger.lines[0] ?? '')?.[1] ?? '');
  };
  const ca = `sslrootcert=${secure.certificate}`;
  expect(await attempt('sslmode=disable')).toBe('written');
  expect(await attempt('sslmode=prefer')).toBe('written');
  expect(await attempt('sslmode=require'), 'encrypted, and nobody asks with whom').toBe('written');
  expect(await attempt('sslmode=no-verify')).toBe('written');
  expect(await attempt('sslmode=verify-full')).toMatch(/self-signed certificate/);
  expect(await attempt(`sslmode=verify-full&${ca}`)).toBe('written');
  expect(await attempt(`sslmode=verify-full&${ca}`, 'localhost')).toMatch(/does not match certificate/);
  expect(await attempt(`sslmode=verify-ca&${ca}`, 'localhost')).toBe('written');
});
