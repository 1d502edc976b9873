/**
 * Against a server on loopback that replays what `mlflow server` 3.17.2 answered: paths, statuses, error codes and
 * the forms of bodies. mlflow.itg.test.ts asks the real one.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../report/log.ts';
import { createMlflowClient, type MlflowOptions } from './mlflow-client.ts';
import { fetchRegistryModel } from './mlflow-registry.ts';
import { MissingModelError, versionOfAlias } from './mlflow-resolve.ts';

type Answer = { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string> };

const modelId = 'm-e099f3b8a360471f85700879a2c30a42';
const runId = '5a7bd718a8d84c7fbfeb109a49c63040';
const onnxFlavor = 'flavors:\n  onnx:\n    data: model.onnx\n';
const notFound = (message: string): Answer => ({
  status: 404,
  body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message },
});

let server: Server;
let url: string;
let seen: { path: string; query: Record<string, string>; authorization: string | undefined }[];
let answers: Record<string, Answer | ((query: Record<string, string>, call: number) => Answer)>;

beforeEach(async () => {
  seen = [];
  server = createServer((request: IncomingMessage, response) => {
    const asked = new URL(request.url ?? '/', 'http://localhost');
    const query = Object.fromEntries(asked.searchParams);
    seen.push({ path: asked.pathname, query, authorization: request.headers.authorization });
    const known = answers[asked.pathname];
    const calls = seen.filter((call) => call.path === asked.pathname).length;
    const answer =
      typeof known === 'function' ? known(query, calls) : (known ?? { status: 404, body: 'Not Found' });
    const { body } = answer;
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answers = registry('mlflow-artifacts:/1/models/x/artifacts');
});

afterEach(async () => {
  await new Promise((closed) => server.close(closed));
});

function registry(artifactUri: string): typeof answers {
  const version = {
    name: 'fraud',
    version: '3',
    source: `models:/${modelId}`,
    run_id: runId,
    status: 'READY',
  };
  const files = [
    { path: 'MLmodel', is_dir: false, file_size: 10 },
    { path: 'model.onnx', is_dir: false, file_size: 5 },
    { path: 'extra', is_dir: true },
  ];
  const proxy = '/api/2.0/mlflow-artifacts/artifacts';
  return {
    '/api/2.0/mlflow/registered-models/alias': ({ name, alias }) =>
      name !== 'fraud'
        ? notFound(`Registered Model with name=${name} not found`)
        : alias === 'champion'
          ? { body: { model_version: version } }
          : {
              status: 400,
              body: {
                error_code: 'INVALID_PARAMETER_VALUE',
                message: `Registered model alias ${alias} not found.`,
              },
            },
    '/api/2.0/mlflow/model-versions/get': ({ version: asked }) =>
      asked === '3'
        ? { body: { model_version: version } }
        : notFound(`Model Version (name=fraud, version=${asked}) not found`),
    '/api/2.0/mlflow/registered-models/get': {
      body: {
        registered_model: {
          name: 'fraud',
          latest_versions: [{ version: '3' }],
          aliases: [{ alias: 'champion', version: '3' }],
        },
      },
    },
    '/api/2.0/mlflow/registered-models/search': {
      body: { registered_models: [{ name: 'fraud' }, { name: 'churn' }] },
    },
    '/api/2.0/mlflow/model-versions/get-download-uri': { body: { artifact_uri: artifactUri } },
    [proxy]: ({ path }) =>
      // Entries are named relative to the folder that was asked for.
      path?.endsWith('/extra')
        ? { body: { files: [{ path: 'weights.bin', is_dir: false }] } }
        : { body: { files } },
    [`${proxy}/1/models/x/artifacts/MLmodel`]: { body: onnxFlavor },
    [`${proxy}/1/models/x/artifacts/model.onnx`]: { body: Buffer.from('bytes') },
    [`${proxy}/1/models/x/artifacts/extra/weights.bin`]: { body: Buffer.from('more') },
  };
}

function fetchModel(uri: string, env: Record<string, string> = {}) {
  return fetchRegistryModel(uri, {
    env: { MLFLOW_TRACKING_URI: url, ...env },
    log: silentLog,
    sleep: async () => {},
  });
}

describe('a registered model', () => {
  it.each(['models:/fraud@champion', 'models:/fraud/3'])(
    '%s is fetched through the artifact proxy',
    async (uri) => {
      const model = await fetchModel(uri);
      expect(model.name).toBe(uri.includes('@') ? 'models:/fraud@champion (version 3)' : uri);
      expect(readFileSync(join(model.folder, 'model.onnx'), 'utf8')).toBe('bytes');
      expect(readFileSync(join(model.folder, 'extra', 'weights.bin'), 'utf8')).toBe('more');
      await model.dispose();
      expect(existsSync(model.folder)).toBe(false);
    },
  );

  it('is read in place when its files lie on this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'artifacts-'));
    writeFileSync(join(folder, 'MLmodel'), onnxFlavor);
    for (const uri of [folder, `file://${folder}`]) {
      answers = registry(uri);
      const model = await fetchModel('models:/fraud/3');
      expect(model.folder).toBe(folder);
      await model.dispose();
    }
    expect(existsSync(folder)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('is fetched as a logged model when the store is not the proxy’s', async () => {
    answers = registry('s3://bucket/path');
    answers[`/api/2.0/mlflow/logged-models/${modelId}/artifacts/directories`] = {
      body: {
        files: [
          { path: 'MLmodel', is_dir: false },
          { path: 'model.onnx', is_dir: false },
        ],
      },
    };
    answers[`/ajax-api/2.0/mlflow/logged-models/${modelId}/artifacts/files`] = ({ artifact_file_path }) => ({
      body: artifact_file_path === 'MLmodel' ? onnxFlavor : 'direct',
    });
    const model = await fetchModel('models:/fraud/3');
    expect(readFileSync(join(model.folder, 'model.onnx'), 'utf8')).toBe('direct');
    await model.dispose();
  });

  it('says what to do when no route leads to its files', async () => {
    answers = registry('s3://key:secret@bucket/path?token=abc');
    const failed = fetchModel('models:/fraud/3');
    await expect(failed).rejects.toThrow(
      /lie in s3:\/\/bucket\/path, which could not be read through the MLflow server/,
    );
    await expect(failed).rejects.toThrow(/mlflow artifacts download/);
  });

  it('does not send credentials to another host', async () => {
    answers = registry('mlflow-artifacts://elsewhere.example/1/models/x/artifacts');
    await expect(fetchModel('models:/fraud/3')).rejects.toThrow(/another server \(elsewhere\.example\)/);
  });

  it.each([
    ['models:/fraud@chammpion', /the model fraud has no alias `chammpion`; did you mean `champion`\?/],
    ['models:/froud@champion', /has no registered model `froud`; did you mean `fraud`\?/],
    ['models:/fraud/9', /the model fraud has no version 9; its latest is 3/],
    [
      'models:/fraud',
      /is not a model URI of MLflow: write models:\/name@alias, models:\/name\/3 or runs:\/run-id\/path/,
    ],
  ])('%s does not exist', async (uri, message) => {
    await expect(fetchModel(uri)).rejects.toThrow(message);
  });

  it('refuses files outside of its folder', async () => {
    answers['/api/2.0/mlflow-artifacts/artifacts'] = {
      body: { files: [{ path: '../../etc/passwd', is_dir: false }] },
    };
    await expect(fetchModel('models:/fraud/3')).rejects.toThrow(
      /outside of the model's folder; that is refused/,
    );
  });

  it('without an ONNX flavor is not downloaded', async () => {
    answers['/api/2.0/mlflow-artifacts/artifacts/1/models/x/artifacts/MLmodel'] = {
      body: 'flavors:\n  python_function: {}\n  sklearn: {}\n',
    };
    await expect(fetchModel('models:/fraud/3')).rejects.toThrow(/without an ONNX flavor \(it has sklearn\)/);
    expect(seen.some((call) => call.path.endsWith('model.onnx'))).toBe(false);
  });
});

describe('a model of a run', () => {
  const listing = '/api/2.0/mlflow/artifacts/list';
  const run = {
    info: { artifact_uri: 'mlflow-artifacts:/1/run/artifacts' },
    outputs: { model_outputs: [{ model_id: modelId }] },
  };

  it('logged by MLflow 3 stands beside the run', async () => {
    answers['/api/2.0/mlflow/runs/get'] = { body: { run } };
    answers[listing] = { body: { root_uri: 'mlflow-artifacts:/1/run/artifacts' } };
    answers[`/api/2.0/mlflow/logged-models/${modelId}`] = {
      body: { model: { info: { name: 'model', artifact_uri: 'mlflow-artifacts:/1/models/x/artifacts' } } },
    };
    const model = await fetchModel(`runs:/${runId}/model`);
    expect(existsSync(join(model.folder, 'model.onnx'))).toBe(true);
    await model.dispose();
    await expect(fetchModel(`runs:/${runId}/other`)).rejects.toThrow(
      /the run has no artifact other; it logged model/,
    );
  });

  it('among the artifacts of the run is fetched with get-artifact when there is no proxy', async () => {
    answers['/api/2.0/mlflow/runs/get'] = {
      body: { run: { info: { artifact_uri: 's3://b/1/run/artifacts' } } },
    };
    answers[listing] = {
      body: {
        files: [
          { path: 'model/MLmodel', is_dir: false },
          { path: 'model/model.onnx', is_dir: false },
        ],
      },
    };
    answers['/get-artifact'] = ({ path }) => ({ body: path === 'model/MLmodel' ? onnxFlavor : 'of the run' });
    const model = await fetchModel(`runs:/${runId}/model`);
    expect(readFileSync(join(model.folder, 'model.onnx'), 'utf8')).toBe('of the run');
    await model.dispose();
  });

  it('that does not exist', async () => {
    answers['/api/2.0/mlflow/runs/get'] = notFound('Run with id=abc not found');
    await expect(fetchModel('runs:/abc/model')).rejects.toThrow(/has no run abc\./);
  });
});

describe('the server', () => {
  it('gets basic credentials before a token', async () => {
    const basic = { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'pässword' };
    await (await fetchModel('models:/fraud/3', { ...basic, MLFLOW_TRACKING_TOKEN: 't' })).dispose();
    const expected = `Basic ${Buffer.from('ada:pässword').toString('base64')}`;
    expect(new Set(seen.map((call) => call.authorization))).toEqual(new Set([expected]));
    seen = [];
    await (await fetchModel('models:/fraud/3', { MLFLOW_TRACKING_TOKEN: 't' })).dispose();
    expect(seen[0]?.authorization).toBe('Bearer t');
  });

  it('gets the user and password of its address, which no message shows', async () => {
    const env = { MLFLOW_TRACKING_URI: url.replace('//', '//ada:secret@') };
    await (await fetchModel('models:/fraud/3', env)).dispose();
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`);
    const failed = fetchModel('models:/nothing/1', env);
    await expect(failed).rejects.toThrow();
    await expect(failed).rejects.not.toThrow(/secret/);
  });

  it.each([
    [401, /wants credentials \(401\): set MLFLOW_TRACKING_USERNAME/],
    [403, /does not permit this \(403\): the user needs READ permission/],
  ])('answers %d', async (status, message) => {
    answers['/api/2.0/mlflow/model-versions/get'] = { status, body: 'You are not authenticated.' };
    await expect(fetchModel('models:/fraud/3')).rejects.toThrow(message);
    expect(seen).toHaveLength(1);
  });

  it.each([429, 500, 502, 503])('is asked again after %d', async (status) => {
    const good = answers['/api/2.0/mlflow/model-versions/get'];
    answers['/api/2.0/mlflow/model-versions/get'] = (query, call) =>
      call < 3 || typeof good !== 'function'
        ? { status, body: 'later', headers: { 'retry-after': '0' } }
        : good(query, call);
    await (await fetchModel('models:/fraud/3')).dispose();
    expect(seen.filter((call) => call.path.endsWith('model-versions/get'))).toHaveLength(3);
  });

  it('that is no MLflow server', async () => {
    answers['/api/2.0/mlflow/model-versions/get'] = { body: '<html>Welcome\u0007</html>' };
    await expect(fetchModel('models:/fraud/3')).rejects.toThrow(
      /did not answer with JSON: <html>Welcome <\/html>/,
    );
  });

  it('that refuses the connection', async () => {
    const env = { MLFLOW_TRACKING_URI: 'http://user:secret@127.0.0.1:9' };
    const failed = fetchModel('models:/fraud/3', env);
    await expect(failed).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9\/api\/2\.0\/mlflow\/model-versions\/get .*\(4 attempts\)/,
    );
    await expect(failed).rejects.not.toThrow(/secret/);
  });

  it('must be named, and speak HTTP', async () => {
    await expect(fetchModel('models:/fraud/3', { MLFLOW_TRACKING_URI: '' })).rejects.toThrow(
      /set the input mlflow-tracking-uri/,
    );
    await expect(
      fetchModel('models:/fraud/3', { MLFLOW_TRACKING_URI: 'sqlite:///mlflow.db' }),
    ).rejects.toThrow(/must begin with http:\/\/ or https:\/\/, not sqlite/);
  });
});

describe('the version behind an alias', () => {
  const look = (alias: string, options: Partial<MlflowOptions> = {}) =>
    versionOfAlias(createMlflowClient({ env: { MLFLOW_TRACKING_URI: url }, ...options }), {
      kind: 'alias',
      uri: `models:/fraud@${alias}`,
      name: 'fraud',
      alias,
    });

  it('is asked for by one request, and tells a version that was made anew from the one before', async () => {
    expect(await look('champion')).toEqual({ version: '3', createdAt: '' });
    expect(seen.map(({ path }) => path)).toEqual(['/api/2.0/mlflow/registered-models/alias']);
    answers['/api/2.0/mlflow/registered-models/alias'] = {
      body: { model_version: { version: '3', creation_timestamp: 1_700_000_000_000 } },
    };
    expect(await look('champion')).toEqual({ version: '3', createdAt: '1700000000000' });
  });

  it('is missing when the registry says so, and not when the registry fails', async () => {
    await expect(look('nobody')).rejects.toThrow(MissingModelError);
    const path = '/api/2.0/mlflow/registered-models/alias';
    for (const status of [401, 403, 500, 503]) {
      answers[path] = { status, body: 'broken' };
      const failure = await look('champion', { attempts: 1 }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(MissingModelError);
    }
    expect(
      seen.filter((call) => call.path === path),
      'each was asked for once',
    ).toHaveLength(5);
  });
});
