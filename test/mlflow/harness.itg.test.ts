/**
 * Proves the servers of `test/support` and holds what MLflow 3.17 answers over REST; clients are written against this.
 *
 * Look-ups, the same with and without the artifact proxy and basic auth:
 *   GET /api/2.0/mlflow/registered-models/alias?name&alias      200 {model_version: {name, version, source, run_id, …}}
 *     alias not there                                           400 INVALID_PARAMETER_VALUE
 *     model not there                                           404 RESOURCE_DOES_NOT_EXIST
 *   GET /api/2.0/mlflow/model-versions/get?name&version         200 | 404 not there | 400 version is no whole number
 *   GET /api/2.0/mlflow/model-versions/get-download-uri         200 {artifact_uri} | 404
 *   GET /api/2.0/mlflow/runs/get?run_id                         200 | 404; outputs.model_outputs[].model_id: logged models
 *   Errors are {error_code, message, …}; an unknown path, 401 and 503 answer in HTML or plain text.
 * `source` is `models:/m-…` for a logged model (MLflow 3), a place for artifacts of a run: ask get-download-uri, always.
 * Artifacts:
 *   proxy on:  artifact_uri is `mlflow-artifacts:/<path>`.
 *     list     GET /api/2.0/mlflow-artifacts/artifacts?path=<path>    {files: [{path, is_dir, file_size}]}, paths relative
 *              to <path>; nothing there: 200 {} without `files`.
 *     file     GET /api/2.0/mlflow-artifacts/artifacts/<path>/<file>  | 404
 *   proxy off: artifact_uri is a place of the server's (a folder, s3://…), and both calls above answer 503. Still served
 *     from the server's side, without the /api/2.0/mlflow prefix, and with the proxy on as well:
 *     file     GET /model-versions/get-artifact?name&version&path     both styles
 *     file     GET /get-artifact?run_uuid&path                        artifacts of a run only; 404 for a logged model
 *   both:
 *     list     GET /api/2.0/mlflow/logged-models/<m-…>/artifacts/directories  {root_uri, files}, paths relative to root_uri
 *     file     GET /ajax-api/2.0/mlflow/logged-models/<m-…>/artifacts/files?artifact_file_path
 *     list     GET /api/2.0/mlflow/artifacts/list?run_id&path  {root_uri, files}, paths from the run's root (`model/MLmodel`);
 *              nothing there, and the path of a logged model: 200 without `files`.
 * So `runs:/<id>/model` means: list the run's artifacts; if none, take the logged model of that name among its outputs.
 * Basic auth: without or with a wrong password 401, `WWW-Authenticate: Basic realm="mlflow"`, plain text.
 *
 * Scoring server (`mlflow models serve`), POST /invocations, application/json:
 *   {dataframe_split: {columns, data}} or {dataframe_records: [{…}]}      200 {"predictions": [1, 0]}
 *   with predict_proba                                                   200 {"predictions": [[0.1, 0.9], …]}
 *   {inputs} or {instances} without names                                400 when the signature names columns
 *   a column missing, text for a number, no rows, not JSON               400 {error_code, message, stack_trace?}
 *   another content type                                                 415 in plain text
 *   `message` quotes the data, and `stack_trace` the server's paths: neither belongs into a report in full.
 *   GET /ping, /health                                                   200, empty
 */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startScoringServer } from '../support/mlflow-scoring.ts';
import {
  type MlflowServer,
  type Registered,
  registerModel,
  startMlflowServer,
} from '../support/mlflow-server.ts';

const models = resolve(import.meta.dirname, '../fixtures/models');
const modelPath = join(models, 'logistic-binary/model.onnx');
const name = 'cancer model';
const api = '/api/2.0/mlflow';
const modelQuery = `name=${encodeURIComponent(name)}`;
const files = ['MLmodel', 'conda.yaml', 'model.onnx', 'python_env.yaml', 'requirements.txt'];

const modes = [
  { title: 'with the artifact proxy', serveArtifacts: true, basicAuth: false },
  { title: 'without the artifact proxy', serveArtifacts: false, basicAuth: false },
  { title: 'with basic auth', serveArtifacts: true, basicAuth: true },
];

describe.each(modes)('mlflow server $title', ({ serveArtifacts, basicAuth }) => {
  let server: MlflowServer;
  let logged: Registered;
  let run: Registered;

  beforeAll(async () => {
    server = await startMlflowServer({ serveArtifacts, basicAuth });
    logged = await registerModel(server, { name, modelPath, alias: 'champion' });
    run = await registerModel(server, { name, modelPath, alias: 'challenger', style: 'run' });
  });

  afterAll(() => server?.stop());

  test('an alias names a version', async () => {
    const found = await get(server, `${api}/registered-models/alias?${modelQuery}&alias=champion`);
    expect(found.status).toBe(200);
    expect(found.json).toMatchObject({
      model_version: { name, version: '1', source: `models:/${logged.modelId}`, run_id: logged.runId },
    });
    const missing = await get(server, `${api}/registered-models/alias?${modelQuery}&alias=nobody`);
    expect(missing.status).toBe(400);
    expect(missing.json).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: 'Registered model alias nobody not found.',
    });
    const noModel = await get(server, `${api}/registered-models/alias?name=absent&alias=champion`);
    expect(noModel.status).toBe(404);
    expect(noModel.json).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  test('a version is found by its number', async () => {
    const found = await get(server, `${api}/model-versions/get?${modelQuery}&version=2`);
    expect(found.json).toMatchObject({ model_version: { version: '2', source: run.source } });
    expect((await get(server, `${api}/model-versions/get?${modelQuery}&version=9`)).status).toBe(404);
    expect((await get(server, `${api}/model-versions/get?${modelQuery}&version=two`)).status).toBe(400);
  });

  test('the files of both styles of model are listed and read', async () => {
    for (const registered of [logged, run]) {
      const place = await downloadUri(server, registered.version);
      const proxied = /^mlflow-artifacts:\/+(?<path>.+)$/.exec(place)?.groups?.path;
      expect(proxied !== undefined).toBe(serveArtifacts);
      const list = await get(server, `/api/2.0/mlflow-artifacts/artifacts?path=${proxied ?? '0'}`);
      expect(list.status).toBe(serveArtifacts ? 200 : 503);
      if (serveArtifacts) {
        expect(paths(list.json)).toEqual(files);
        const file = await get(server, `/api/2.0/mlflow-artifacts/artifacts/${proxied}/model.onnx`);
        expect(file.body.equals(readFileSync(modelPath))).toBe(true);
        expect((await get(server, `/api/2.0/mlflow-artifacts/artifacts/${proxied}/absent`)).status).toBe(404);
      }
      const direct = await get(
        server,
        `/model-versions/get-artifact?${modelQuery}&version=${registered.version}&path=model.onnx`,
      );
      expect(direct.body.equals(readFileSync(modelPath))).toBe(true);
    }
  });

  test('a run lists its artifacts, and names its logged models apart', async () => {
    const list = await get(server, `${api}/artifacts/list?run_id=${run.runId}&path=model`);
    expect(paths(list.json)).toEqual(files.map((file) => `model/${file}`));
    const file = await get(server, `/get-artifact?run_uuid=${run.runId}&path=model/model.onnx`);
    expect(file.body.equals(readFileSync(modelPath))).toBe(true);

    const nothing = await get(server, `${api}/artifacts/list?run_id=${logged.runId}&path=model`);
    expect(nothing.status).toBe(200);
    expect(paths(nothing.json)).toEqual([]);
    expect((await get(server, `/get-artifact?run_uuid=${logged.runId}&path=model/MLmodel`)).status).toBe(404);
    const found = await get(server, `${api}/runs/get?run_id=${logged.runId}`);
    expect(found.json).toMatchObject({ run: { outputs: { model_outputs: [{ model_id: logged.modelId }] } } });
    const model = await get(server, `${api}/logged-models/${logged.modelId}`);
    expect(model.json).toMatchObject({ model: { info: { name: 'model', model_id: logged.modelId } } });
    const inside = await get(server, `${api}/logged-models/${logged.modelId}/artifacts/directories`);
    expect(paths(inside.json)).toEqual(files);
    expect((await get(server, `${api}/runs/get?run_id=0123`)).status).toBe(404);
  });

  test('credentials are asked for when basic auth is on', async () => {
    const path = `${api}/model-versions/get?${modelQuery}&version=1`;
    for (const authorization of ['', basic('admin', 'wrong')]) {
      const answer = await get(server, path, authorization);
      expect(answer.status).toBe(basicAuth ? 401 : 200);
      if (basicAuth) expect(answer.headers.get('www-authenticate')).toBe('Basic realm="mlflow"');
    }
  });
});

describe('mlflow models serve', () => {
  const [header = [], ...rows] = readFileSync(join(models, 'mlflow-onnx/data.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const columns = header.slice(0, 8);
  const data = rows.map((row) => row.slice(0, 8).map(Number));
  const expected = JSON.parse(readFileSync(join(models, 'logistic-binary/expected.json'), 'utf8')) as {
    labels: string[];
    scores: [number, number][];
  };
  const directory = join(models, 'mlflow-sklearn/model');

  test('predict answers with labels', async () => {
    const server = await startScoringServer(directory);
    try {
      const answer = await post(server.url, { dataframe_split: { columns, data } });
      expect(answer.predictions.map(String)).toEqual(expected.labels);
    } finally {
      await server.stop();
    }
    await expect(fetch(server.url), 'the server has ended').rejects.toThrow();
  });

  test('predict_proba answers with a row of probabilities', async () => {
    const server = await startScoringServer(directory, { predictFunction: 'predict_proba' });
    try {
      const answer = await post(server.url, { dataframe_split: { columns, data } });
      const flat = (answer.predictions as number[][]).flat();
      expect(flat).toHaveLength(2 * data.length);
      const difference = flat.map((p, i) => Math.abs(p - (expected.scores.flat()[i] ?? Number.NaN)));
      expect(Math.max(...difference), 'double against float32').toBeLessThan(1e-5);
    } finally {
      await server.stop();
    }
  });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly json: unknown;
}

async function get(server: MlflowServer, path: string, authorization?: string): Promise<Answer> {
  const { credentials } = server;
  const login = authorization ?? (credentials ? basic(credentials.username, credentials.password) : '');
  const headers = login === '' ? {} : { authorization: login };
  const response = await fetch(`${server.url}${path}`, { headers });
  const body = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const json: unknown = isJson ? JSON.parse(body.toString('utf8')) : undefined;
  return { status: response.status, headers: response.headers, body, json };
}

async function downloadUri(server: MlflowServer, version: string): Promise<string> {
  const answer = await get(server, `${api}/model-versions/get-download-uri?${modelQuery}&version=${version}`);
  return (answer.json as { artifact_uri: string }).artifact_uri;
}

async function post(url: string, body: unknown): Promise<{ predictions: unknown[] }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as { predictions: unknown[] };
}

function paths(listing: unknown): string[] {
  return ((listing as { files?: { path: string }[] }).files ?? []).map((file) => file.path).sort();
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
