import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { until } from '../src/testing.ts';
import { lookup, slow, writeModel } from './models.ts';
import { failedStart, modelFixtures, type RunningService, sources, startService } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
const slowModel = writeModel(folder, 'slow.onnx', slow(300));
let service: RunningService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Some hundred milliseconds of work in the slow model. */
const muchWork = { instances: Array.from({ length: 400 }, () => new Array(256).fill(1)) };
/** Some seconds. */
const endlessWork = { instances: Array.from({ length: 5_000 }, () => new Array(256).fill(1)) };
const messages = (running: RunningService) => running.lines().map((line) => line.message);

describe('a signal', () => {
  test('makes it not ready while it still answers; then it finishes what is open and ends with 0', async () => {
    service = await startService({ model: slowModel, env: { DRAIN_DELAY: '400ms', BATCH_MAX_ROWS: '1' } });
    const running = service;
    running.signal('SIGTERM');
    await until(async () => (await running.get('/ready')).status === 503);
    expect((await running.get('/ready')).json).toEqual({ status: 'draining' });
    expect((await running.get('/v2/health/ready')).status).toBe(503);
    expect((await running.get('/health')).status).toBe(200);
    const late = await running.post('/predict', { instances: [new Array(256).fill(2)] });
    expect(late.status).toBe(200);
    expect(late.headers.get('connection')).toBe('close');
    // Still running when the delay is over.
    const open = running.post('/predict', muchWork);
    const answer = await open;
    expect(answer.status).toBe(200);
    expect(answer.json.predictions).toHaveLength(400);
    expect(await running.ended).toBe(0);
    expect(messages(running)).toContain('stopped');
  });

  test('closes connections that are kept open and idle, and takes no new ones', async () => {
    service = await startService();
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    service.signal('SIGINT');
    await closed;
    expect(await service.ended).toBe(0);
    await expect(service.get('/health')).rejects.toThrow();
  });

  test('that comes twice ends it at once, and it says so', async () => {
    service = await startService({ env: { DRAIN_DELAY: '60s' } });
    const running = service;
    running.signal('SIGTERM');
    await until(() => messages(running).some((message) => String(message).startsWith('draining')));
    running.signal('SIGTERM');
    expect(await running.ended).toBe(1);
    expect(messages(running).at(-1)).toBe('a second signal: ended without waiting for open requests');
  });

  test('does not wait longer than the drain timeout', async () => {
    service = await startService({ model: slowModel, env: { DRAIN_TIMEOUT: '50ms' } });
    const running = service;
    const open = running.post('/predict', endlessWork).catch(() => 'cut off');
    await until(async () => (await running.metric('ml_api_queue_rows')) > 0);
    running.signal('SIGTERM');
    // By SIGKILL, which has no exit code: a run of ONNX Runtime cannot be stopped.
    expect(await running.ended).toBeNull();
    expect(running.lines().at(-1)).toMatchObject({
      level: 'error',
      openRequests: 1,
      message: 'the drain timeout is over: ended without waiting any longer',
    });
    expect(await open).toBe('cut off');
  });
});

test('the sources run as they are, by type stripping', async () => {
  service = await startService({ program: sources });
  const answer = await service.post('/predict', {
    instances: [[17.99, 10.38, 122.8, 1001, 0.1184, 0.2776, 0.3, 0.15]],
  });
  expect(answer.json.predictions).toEqual([0]);
});

describe('another model in the place of the first', () => {
  test('is taken without a request being refused, and the old one is released', async () => {
    const path = join(folder, 'current.onnx');
    writeModel(folder, 'current.onnx', lookup([1]));
    service = await startService({ model: path, env: { MODEL_POLL_INTERVAL: '50ms' } });
    const running = service;
    const first = (await running.get('/ready')).json.version;
    const answers: { status: number; value: unknown; version: unknown }[] = [];
    let asking = true;
    const client = async () => {
      while (asking) {
        const { status, json } = await running.post('/predict', { instances: [0] });
        answers.push({ status, value: json?.predictions?.[0], version: json?.version });
      }
    };
    const clients = Promise.all(Array.from({ length: 4 }, client));
    renameSync(writeModel(folder, 'next.onnx', lookup([2])), path);
    await until(async () => (await running.get('/ready')).json.version !== first);
    await until(() => answers.at(-1)?.value === 2);
    asking = false;
    await clients;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // What an answer says of its version is the one that computed it.
    for (const { value, version } of answers) expect(version === first).toBe(value === 1);
    const { text } = await running.get('/metrics');
    const info = text.split('\n').filter((line) => line.startsWith('ml_model_info{'));
    expect(info).toHaveLength(1);
    expect(info[0]).not.toContain(first);
    expect(await running.metric('ml_api_model_reloads_total{result="success"}')).toBe(1);
    await until(() => messages(running).includes('the old model has been released'));
  });

  test('that is broken is told, and the first one goes on', async () => {
    const path = join(folder, 'good.onnx');
    writeModel(folder, 'good.onnx', lookup([7]));
    service = await startService({ model: path, env: { MODEL_POLL_INTERVAL: '50ms' } });
    const running = service;
    copyFileSync(join(modelFixtures, 'broken/operator-frobnicate.onnx'), join(folder, 'bad.onnx'));
    renameSync(join(folder, 'bad.onnx'), path);
    await until(async () => (await running.metric('ml_api_model_reloads_total{result="failure"}')) === 1);
    expect((await running.post('/predict', { instances: [0] })).json.predictions).toEqual([7]);
    await until(async () => (await running.metric('ml_api_model_up_to_date{model="model"}')) === 0);
    const said = running
      .lines()
      .find((line) => line.message === 'the new model cannot be served; the old one stays');
    expect(said?.reason).toMatch(/uses the custom operator com.example:Frobnicate/);
    // It is not tried again and again.
    await sleep(300);
    expect(await running.metric('ml_api_model_reloads_total{result="failure"}')).toBe(1);
    renameSync(writeModel(folder, 'better.onnx', lookup([8])), path);
    await until(async () => (await running.metric('ml_api_model_up_to_date{model="model"}')) === 1);
    // What is no model at all is not loaded either.
    writeFileSync(path, 'no model');
    await until(async () => (await running.metric('ml_api_model_reloads_total{result="failure"}')) === 2);
    expect(await running.metric('ml_api_model_up_to_date{model="model"}')).toBe(0);
  });
});

describe('what cannot start', () => {
  test('names every mistake of the environment in one message, without a stack trace', async () => {
    const { code, output } = await failedStart({
      env: { PORT: 'http', BATCH_MAX_ROWS: '-1', DATABASE_URL: 'mysql://me:hunter2@db/x' },
    });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      'ml-api cannot start, its environment has mistakes:',
      expect.stringContaining('PORT: "http" is not a whole number'),
      expect.stringContaining('BATCH_MAX_ROWS: "-1" is out of range'),
      expect.stringContaining('DATABASE_URL: must begin with postgresql://'),
    ]);
  });

  test.each([
    ['broken/absent.onnx', /absent\.onnx does not exist/],
    ['broken/truncated.onnx', /truncated\.onnx is truncated/],
    ['broken/operator-frobnicate.onnx', /uses the custom operator com.example:Frobnicate/],
    ['mlflow-sklearn/model', /without an ONNX flavor/],
  ])('says what is wrong with the model %s', async (model, message) => {
    const { code, output } = await failedStart({ model });
    expect(code).toBe(1);
    const last = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ level: 'fatal', message: 'the model cannot be served' });
    expect(last.reason).toMatch(message);
    expect(output).not.toMatch(/\n\s+at /);
  });

  test('says that the port is taken', async () => {
    service = await startService();
    const { code, output } = await failedStart({ env: { PORT: new URL(service.url).port } });
    expect(code).toBe(1);
    expect(output).toMatch(/EADDRINUSE/);
  });

  test('says that FEATURE_NAMES do not fit', async () => {
    const { code, output } = await failedStart({ env: { FEATURE_NAMES: 'a,b' } });
    expect(code).toBe(1);
    expect(output).toContain("FEATURE_NAMES has 2 names, and the model's input `X` takes 8 columns.");
  });
});

test('before its model is there it lives, and is not ready', async () => {
  service = await startService({
    env: { MODEL_URI: 'models:/m@a', MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' },
    ready: false,
  });
  expect((await service.get('/health')).status).toBe(200);
  expect(await service.get('/ready')).toMatchObject({ status: 503, json: { status: 'loading' } });
  expect(await service.post('/predict', { instances: [[1]] })).toMatchObject({
    status: 503,
    json: { reason: 'not_ready' },
  });
  expect((await service.get('/ping')).status).toBe(503);
  service.signal('SIGTERM');
  expect(await service.ended).toBe(0);
});

test('a model that takes no zeros is served all the same', async () => {
  // Index 0 of an empty table is refused by the model, so that it cannot be warmed up.
  const path = writeModel(folder, 'empty-table.onnx', lookup([]));
  service = await startService({ model: path });
  expect(messages(service)).toContain('the model takes no zeros: not warmed up');
  expect(await service.post('/predict', { instances: [0] })).toMatchObject({ status: 400 });
});
