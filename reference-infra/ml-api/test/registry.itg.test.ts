/** The whole service on a real MLflow registry: another model takes its place while requests come in. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { deleteAlias, registerFiles, setAlias } from '../../../test/support/mlflow-registry.ts';
import { type MlflowServer, startMlflowServer } from '../../../test/support/mlflow-server.ts';
import { until as untilTold } from '../src/testing.ts';
import { modelFixtures, type RunningService, startService } from './service.ts';

const manifest = 'flavors:\n  onnx:\n    data: model.onnx\n';
/** As many columns as both models have: 8. */
const body = { instances: [[14, 20, 92, 655, 0.1, 0.1, 0.09, 0.05]] };

let server: MlflowServer;
let service: RunningService | undefined;
let folder: string;
/** Versions of `cancer`: two that can be served, one whose file is no ONNX model. */
const versions = { logistic: '', other: '', broken: '' };

beforeAll(async () => {
  server = await startMlflowServer({ serveArtifacts: true, basicAuth: false });
  const fixture = (name: string) => ({ path: join(modelFixtures, name, 'model.onnx') });
  const register = (file: string | { path: string }) =>
    registerFiles(server, 'cancer', { MLmodel: manifest, 'model.onnx': file });
  versions.logistic = await register(fixture('logistic-binary'));
  versions.other = await register(fixture('logistic-binary-zipmap'));
  versions.broken = await registerFiles(server, 'cancer', {
    MLmodel: manifest,
    'model.onnx': 'no model at all',
  });
  folder = mkdtempSync(join(tmpdir(), 'registry-service-'));
});
afterEach(() => service?.stop());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
});

const until = (holds: () => boolean | Promise<boolean>) => untilTold(holds, () => service?.output());

const start = (ready = true) =>
  startService({
    ready,
    env: {
      MODEL_URI: 'models:/cancer@champion',
      MODEL_NAME: '',
      MODEL_CACHE_PATH: join(folder, 'cache'),
      MODEL_POLL_INTERVAL: '50ms',
      MLFLOW_TRACKING_URI: server.url,
    },
  });

const point = (version: string) => setAlias(server, 'cancer', 'champion', version);

/** Four clients that ask without a pause until `stop`; what each answer said. */
function load({ post }: RunningService) {
  const answers: { client: number; status: number; version: unknown }[] = [];
  let going = true;
  const run = async (client: number): Promise<void> => {
    while (going) {
      const { status, json } = await post('/predict', body);
      answers.push({ client, status, version: json?.version });
    }
  };
  const clients = [0, 1, 2, 3].map(run);
  return {
    answers,
    stop: async () => {
      going = false;
      await Promise.all(clients);
    },
  };
}

test('an alias moves, and no request fails; a broken version is left alone', async () => {
  await point(versions.logistic);
  service = await start();
  const { metric, lines } = service;
  const info = (version: string) =>
    lines().filter((line) => line.message === 'the model is loaded' && line.version === version).length;
  const { answers, stop } = load(service);
  await until(() => answers.length > 20);
  await point(versions.other);
  await until(() => answers.at(-1)?.version === versions.other);
  await point(versions.broken);
  await until(() => lines().some(({ level, version }) => level === 'error' && version === versions.broken));
  const refused = answers.length;
  await until(() => answers.length > refused + 200);
  await stop();

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  for (const client of [0, 1, 2, 3]) {
    const seen = answers.filter((answer) => answer.client === client).map(({ version }) => version);
    const changes = seen.filter((version, i) => version !== seen[i - 1]);
    expect(changes, 'the old model, then the new one, and never back').toEqual([
      versions.logistic,
      versions.other,
    ]);
  }
  expect([info(versions.logistic), info(versions.other)]).toEqual([1, 1]);
  const failures = lines().filter(({ level }) => level !== 'info');
  expect(failures, 'tried once, although it was looked at many times').toHaveLength(1);
  expect(failures[0]?.message).toMatch(/the new model cannot be served; the old one stays/);
  expect(await metric('ml_api_model_reloads_total{result="success"}')).toBe(1);
  expect(await metric('ml_api_model_reloads_total{result="failure"}')).toBe(1);
  expect(await metric('ml_api_model_up_to_date{model="cancer"}'), 'the alias is still there').toBe(0);
  expect((await service.get('/metrics')).text.match(/^ml_model_info\{.*/gm)).toEqual([
    expect.stringMatching(new RegExp(`model="cancer",version="${versions.other}"`)),
  ]);
});

test('a service that begins with a model that cannot be served is alive, and ready when the alias moves', async () => {
  await point(versions.broken);
  service = await start(false);
  const { get, post, lines } = service;
  await until(() =>
    lines().some(({ message }) => /cannot be served; waiting until models:/.test(String(message))),
  );
  expect((await get('/health')).status).toBe(200);
  expect((await get('/ready')).status).toBe(503);
  expect((await post('/predict', body)).status).toBe(503);
  await point(versions.logistic);
  await until(async () => (await get('/ready')).status === 200);
  expect((await post('/predict', body)).json).toMatchObject({ model: 'cancer', version: versions.logistic });
});

test('a service that begins before its alias is there is alive, and ends at once when it is asked to', async () => {
  await deleteAlias(server, 'cancer', 'champion');
  service = await start(false);
  const { get, lines, signal, ended } = service;
  await until(() => lines().some(({ message }) => /cannot be fetched yet/.test(String(message))));
  expect([(await get('/health')).status, (await get('/ready')).status]).toEqual([200, 503]);
  signal('SIGTERM');
  expect(await ended).toBe(0);
  await point(versions.logistic);
});
