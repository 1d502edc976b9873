/** What nobody should send: whatever it is, it is the client's mistake, and the service goes on. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { echoColumns, writeModel } from './models.ts';
import { type RunningService, startService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
let service: RunningService;
beforeAll(async () => {
  const model = writeModel(
    folder,
    'columns.onnx',
    echoColumns({
      a: ['float32', ['N', 1]],
      b: ['int64', ['N']],
      c: ['string', ['N', 1]],
      d: ['bool', ['N', 1]],
      e: ['float64', ['N', 'T']],
    }),
  );
  service = await startService({ model, env: { BODY_LIMIT: '2MB' } });
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const row = { a: 1.5, b: 2, c: 'x', d: true, e: [1, 2] };
const tensor = (name: string, datatype: string, shape: number[], data: unknown) => ({
  name,
  datatype,
  shape,
  data,
});
const good: Readonly<Record<string, unknown>> = {
  '/predict': { instances: [row, row] },
  '/invocations': { dataframe_split: { columns: Object.keys(row), data: [Object.values(row)] } },
  '/v2/models/model/infer': {
    id: 'x',
    inputs: [
      tensor('a', 'FP32', [1, 1], [1]),
      tensor('b', 'INT64', [1], [1]),
      tensor('c', 'BYTES', [1, 1], ['x']),
      tensor('d', 'BOOL', [1, 1], [true]),
      tensor('e', 'FP64', [1, 2], [1, 2]),
    ],
    outputs: [{ name: 'a_out' }],
  },
};

/** A value of JSON, the odd ones more often than chance would have them. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    [],
    {},
    '',
    0,
    -1,
    Number.MAX_VALUE,
    2 ** 53,
    -(2 ** 63),
    true,
    '__proto__',
    [[]],
    [[[[1]]]],
    {
      length: 3,
    },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Replaces the part of a value at a place that the numbers choose; sometimes leaves a key out, or adds one. */
function spoil(value: unknown, path: readonly number[], put: unknown): unknown {
  const [choice = 0, ...rest] = path;
  if (rest.length === 0 || typeof value !== 'object' || value === null) return put;
  if (Array.isArray(value)) {
    if (value.length === 0) return [put];
    const at = choice % (value.length + 1);
    return at === value.length
      ? [...value, put]
      : value.map((part, i) => (i === at ? spoil(part, rest, put) : part));
  }
  const entries = Object.entries(value);
  const at = choice % (entries.length + 2);
  if (at === entries.length) return { ...value, [String(choice)]: put };
  if (at > entries.length) return Object.fromEntries(entries.slice(1));
  return Object.fromEntries(entries.map(([key, part], i) => [key, i === at ? spoil(part, rest, put) : part]));
}

test('the good requests are good', async () => {
  for (const [path, body] of Object.entries(good)) {
    const answer = await service.post(path, body);
    expect(answer.status, `${path} ${answer.text}`).toBe(200);
  }
});

test('a request that is spoilt anywhere is answered, or refused as the client’s mistake', async () => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(good)),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }),
      odd,
      async (path, where, put) => {
        const answer = await service.post(path, spoil(good[path], where, put));
        seen.add(answer.status);
        expect([200, 400, 413], answer.text).toContain(answer.status);
        if (answer.status !== 200) {
          const said = answer.json.error ?? answer.json.message;
          expect(said).toMatch(/^[^\n]{10,1200}$/);
          expect(said).not.toMatch(/undefined|\[object|TypeError|node:|\.ts\b/);
        }
      },
    ),
    { numRuns: 600 },
  );
  expect(seen).toEqual(new Set([200, 400]));
  expect(service.lines().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  expect(await service.metric('ml_api_open_requests')).toBe(0);
});

test('text that is almost JSON or CSV is refused', async () => {
  const text = JSON.stringify(good['/predict']);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 1),
      fc.string({ maxLength: 3 }),
      fc.nat(5),
      async (at, put, cut) => {
        const body = text.slice(0, at) + put + text.slice(at + cut);
        expect([200, 400]).toContain((await service.post('/predict', body)).status);
        const csv = await service.post('/invocations', body, { 'content-type': 'text/csv' });
        expect(csv.status).toBe(400);
      },
    ),
    { numRuns: 150 },
  );
});

describe('HTTP that is none', () => {
  /** What comes back on a raw connection until it is closed. */
  const raw = (text: string | Buffer): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        answer += chunk;
      });
      socket
        .on('close', () => resolve(answer))
        .on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    });

  test.each<[string, string, RegExp]>([
    ['no HTTP at all', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'headers without end',
      `GET /health HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'two lengths',
      'POST /predict HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a length and chunks',
      'POST /predict HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a length that is no number',
      'POST /predict HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['an unknown method', 'FROB /predict HTTP/1.1\r\nhost: a\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['an old version', 'GET /health HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 /],
    [
      'two requests at once',
      'GET /health HTTP/1.1\r\nhost: a\r\n\r\nGET /ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      /200 OK[\s\S]*200 OK/,
    ],
    [
      'an address of another server',
      'GET http://other/health HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 (?:200|404) /,
    ],
    [
      'an address with NUL',
      'GET /v2/models/%00 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
    [
      'an address out of the tree',
      'GET /v2/../../etc/passwd HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
    [
      'a name of ten thousand letters',
      `GET /v2/models/${'m'.repeat(10_000)} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
      /^HTTP\/1\.1 4\d\d /,
    ],
  ])('%s', async (_, text, expected) => {
    expect(await raw(text)).toMatch(expected);
    expect((await service.get('/health')).status).toBe(200);
  });
});

test('connections that say nothing are bounded, and told of once', async () => {
  const small = await startService({ env: { MAX_CONNECTIONS: '5' } });
  const { port } = new URL(small.url);
  const idle: Socket[] = [];
  try {
    // The client that asked whether it is ready may still hold one.
    const ends = Array.from({ length: 20 }, async () => {
      const socket = connect(Number(port), '127.0.0.1');
      idle.push(socket);
      socket.on('error', () => {});
      return await Promise.race([
        once(socket.resume(), 'close').then(() => 'closed'),
        sleep(2000, 'open', { ref: false }),
      ]);
    });
    const open = (await Promise.all(ends)).filter((end) => end === 'open').length;
    expect(open).toBeGreaterThanOrEqual(4);
    expect(open).toBeLessThanOrEqual(5);
    for (const socket of idle) socket.destroy();
    await expect.poll(async () => (await small.get('/health')).status).toBe(200);
    expect(small.lines().filter(({ maxConnections }) => maxConnections === 5)).toHaveLength(1);
  } finally {
    for (const socket of idle) socket.destroy();
    await small.stop();
  }
});
