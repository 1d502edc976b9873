/** Many clients at once: every answer is right, or says that it was refused. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { until } from '../src/testing.ts';
import { echo, lookup, slow, writeModel } from './models.ts';
import { type Answer, type RunningService, startService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-'));
const echoModel = writeModel(folder, 'echo.onnx', echo('float64', ['N', 2]));
const slowModel = writeModel(folder, 'slow.onnx', slow(200));
let service: RunningService;
afterEach(async () => {
  await service.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const statuses = (answers: readonly Answer[]) => new Set(answers.map(({ status }) => status));
const slowRow = (value: number) => new Array(256).fill(value);
/** Keeps the model busy for a good part of a second. */
const block = { instances: Array.from({ length: 3_000 }, () => slowRow(1)) };

test('requests of many clients are joined, and each gets what it sent', async () => {
  service = await startService({ model: echoModel, env: { INFERENCE_WORKERS: '2' } });
  const numbers = Array.from({ length: 300 }, (_, i) => i);
  const answers = await Promise.all(
    numbers.map((i) =>
      service.post('/predict', { instances: Array.from({ length: (i % 3) + 1 }, (_, k) => [i, k]) }),
    ),
  );
  answers.forEach(({ json }, i) => {
    expect(json.predictions).toEqual(Array.from({ length: (i % 3) + 1 }, (_, k) => [i, k]));
  });
  const labels = `{model="model",version="${(await service.get('/ready')).json.version}"}`;
  const runs = await service.metric(`ml_api_batch_rows_count${labels}`);
  expect(await service.metric(`ml_api_batch_rows_sum${labels}`)).toBe(600);
  expect(runs).toBeLessThan(300);
  expect(await service.metric(`ml_api_predictions_total${labels}`)).toBe(600);
});

test('a bad request among many fails alone, also when only the model can see that it is bad', async () => {
  service = await startService({ model: writeModel(folder, 'table.onnx', lookup([0, 1, 4, 9, 16])) });
  const indices = Array.from({ length: 300 }, (_, i) => (i % 50 === 7 ? 99 : i % 5));
  const answers = await Promise.all(indices.map((i) => service.post('/predict', { instances: [i] })));
  answers.forEach(({ status, json }, n) => {
    const i = indices[n] ?? 0;
    expect(status).toBe(i === 99 ? 400 : 200);
    if (i !== 99) expect(json.predictions).toEqual([i * i]);
  });
});

test('beyond its limits it refuses with 503 and retry-after, answers the others rightly, and does not grow', async () => {
  service = await startService({
    model: slowModel,
    env: { QUEUE_MAX_REQUESTS: '20', QUEUE_MAX_ROWS: '4000' },
  });
  const before = residentMegabytes(service.pid);
  const blocked = service.post('/predict', block);
  await until(async () => (await service.metric('ml_api_queue_rows')) >= 3_000);
  // More than it takes, in waves, while the model is at work.
  const answers: Answer[] = [];
  for (let wave = 0; wave < 5; wave++) {
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 60 }, (_, i) => service.post('/predict', { instances: [slowRow(i)] })),
      )),
    );
  }
  expect((await blocked).status).toBe(200);
  expect(statuses(answers)).toEqual(new Set([200, 503]));
  const refused = answers.filter(({ status }) => status === 503);
  for (const { headers, json } of refused) {
    expect(headers.get('retry-after')).toBe('1');
    expect(json).toMatchObject({
      reason: 'queue_full',
      error: expect.stringMatching(/^The service is at its limit: 20 requests/),
    });
  }
  answers.forEach(({ status, json }, n) => {
    if (status === 200) expect(json.predictions).toEqual([slowRow(n % 60)]);
  });
  expect(await service.metric('ml_api_rejected_requests_total{reason="queue_full"}')).toBe(refused.length);
  expect(await service.metric('ml_api_open_requests')).toBe(0);
  expect(await service.metric('ml_api_queue_rows')).toBe(0);
  expect(residentMegabytes(service.pid) - before).toBeLessThan(300);
});

test('rows that do not fit are refused, also when requests would', async () => {
  service = await startService({ model: slowModel, env: { QUEUE_MAX_ROWS: '3010' } });
  const blocked = service.post('/predict', block);
  await until(async () => (await service.metric('ml_api_queue_rows')) >= 3_000);
  const large = await service.post('/predict', { instances: Array.from({ length: 11 }, () => slowRow(1)) });
  expect(large).toMatchObject({
    status: 503,
    json: { error: expect.stringContaining('3000 rows wait, and 11 more do not fit') },
  });
  const small = await service.post('/predict', { instances: [slowRow(3)] });
  expect(small).toMatchObject({ status: 200 });
  expect((await blocked).status).toBe(200);
});

test('a client waits no longer than the deadline, and one that has gone is not computed', async () => {
  const model = writeModel(folder, 'slower.onnx', slow(400));
  service = await startService({ model, env: { REQUEST_DEADLINE: '500ms' } });
  const blocked = service.post('/predict', { instances: [...block.instances, ...block.instances] });
  await until(async () => (await service.metric('ml_api_queue_rows')) === 6_000);
  const leaving = new AbortController();
  const gone = service.get('/predict', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [slowRow(1), slowRow(2)] }),
    signal: leaving.signal,
  });
  await until(async () => (await service.metric('ml_api_open_requests')) === 2);
  leaving.abort();
  await expect(gone).rejects.toThrow();
  const late = await service.post('/predict', { instances: [slowRow(1)] });
  expect(late).toMatchObject({ status: 503, json: { reason: 'deadline' } });
  expect((await blocked).status).toBe(200);
  expect(await service.metric('ml_api_queue_rows')).toBe(0);
  const labels = `{model="model",version="${(await service.get('/ready')).json.version}"}`;
  expect(await service.metric(`ml_api_predictions_total${labels}`)).toBe(6_000);
  expect(await service.metric('ml_api_errors_total{reason="client_closed"}')).toBe(1);
});

test('it answers /health while the model is at work', async () => {
  service = await startService({ model: slowModel });
  let running = true;
  const blocked = service.post('/predict', block).finally(() => {
    running = false;
  });
  await until(async () => (await service.metric('ml_api_queue_rows')) >= 3_000);
  let asked = 0;
  while (running) {
    expect((await service.get('/health')).status).toBe(200);
    asked++;
  }
  expect((await blocked).status).toBe(200);
  // Had the run kept the loop busy, the first answer would have come after it.
  expect(asked).toBeGreaterThan(3);
});

test('bodies that never come hold places only up to the limit of bytes, and are given back', async () => {
  service = await startService({ model: echoModel, env: { BODY_LIMIT: '1MB', QUEUE_MAX_BYTES: '3MB' } });
  const port = Number(new URL(service.url).port);
  const sockets: Socket[] = [];
  for (let i = 0; i < 3; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
    );
    sockets.push(socket);
  }
  await until(async () => (await service.metric('ml_api_open_requests')) === 3);
  expect(await service.post('/predict', { instances: [[1, 2]] })).toMatchObject({
    status: 503,
    json: { reason: 'queue_full' },
  });
  for (const socket of sockets) socket.destroy();
  await until(async () => (await service.metric('ml_api_open_requests')) === 0);
  expect((await service.post('/predict', { instances: [[1, 2]] })).json.predictions).toEqual([[1, 2]]);
});

test('a body whose length is not known is counted as it comes', async () => {
  service = await startService({ model: echoModel, env: { BODY_LIMIT: '1MB', QUEUE_MAX_BYTES: '1MB' } });
  const chunked = (body: string): Promise<Answer> => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    };
    return service.get('/predict', init as RequestInit);
  };
  const many = await Promise.all(Array.from({ length: 40 }, (_, i) => chunked(`{"instances": [[${i}, 0]]}`)));
  many.forEach(({ json }, i) => {
    expect(json.predictions).toEqual([[i, 0]]);
  });
  const port = Number(new URL(service.url).port);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    'POST /predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  socket.write(`${(900_000).toString(16)}\r\n${' '.repeat(900_000)}\r\n`);
  await until(async () => (await service.metric('ml_api_open_bytes')) >= 900_000);
  expect(await chunked(' '.repeat(200_000))).toMatchObject({ status: 503, json: { reason: 'queue_full' } });
  socket.destroy();
  await until(async () => (await service.metric('ml_api_open_requests')) === 0);
  expect((await chunked('{"instances": [[1, 2]]}')).json.predictions).toEqual([[1, 2]]);
});

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
