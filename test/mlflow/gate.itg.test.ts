/** The model gate against MLflow's own servers: every way to name a model gives the numbers of the ONNX file itself. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startScoringServer } from '../support/mlflow-scoring.ts';
import {
  type MlflowServer,
  type Registered,
  registerModel,
  startMlflowServer,
} from '../support/mlflow-server.ts';
import { modelFixtures, runModelGate } from '../support/run-model-gate.ts';

const name = 'cancer model';
const modelPath = join(modelFixtures, 'logistic-binary/model.onnx');
const data = { 'data-path': 'mlflow-onnx/data.csv', thresholds: 'accuracy >= 0.9' };
const expected = (
  JSON.parse(readFileSync(join(modelFixtures, 'logistic-binary/expected.json'), 'utf8')) as {
    metrics: Record<string, number>;
  }
).metrics;

const modes = [
  { title: 'with the artifact proxy', serveArtifacts: true, basicAuth: false },
  { title: 'without the artifact proxy', serveArtifacts: false, basicAuth: false },
  { title: 'with basic auth', serveArtifacts: true, basicAuth: true },
];

describe.each(modes)('a registry $title', ({ serveArtifacts, basicAuth }) => {
  let server: MlflowServer;
  let logged: Registered;
  let run: Registered;

  beforeAll(async () => {
    server = await startMlflowServer({ serveArtifacts, basicAuth });
    logged = await registerModel(server, { name, modelPath, alias: 'champion' });
    run = await registerModel(server, { name, modelPath, alias: 'challenger', style: 'run' });
  });

  afterAll(() => server?.stop());

  test('alias, version and run name the model, in the style of MLflow 3 and before', async () => {
    const uris = [
      `models:/${name}@champion`,
      `models:/${name}@challenger`,
      `models:/${name}/1`,
      logged.runUri,
      run.runUri,
    ];
    for (const uri of uris) {
      const result = await gate(uri, server.clientEnv);
      for (const [metric, value] of Object.entries(expected))
        expect(result.metrics[metric], `${uri}: ${metric}`).toBeCloseTo(value, 9);
      expect(result.verdict, uri).toBe('pass');
    }
  });

  test('a wrong alias, version, model or run is one error that names it', async () => {
    for (const [uri, words] of [
      [`models:/${name}@nobody`, ['nobody', name]],
      [`models:/${name}/9`, ['9', name]],
      ['models:/absent@champion', ['absent']],
      ['runs:/0123456789abcdef0123456789abcdef/model', ['0123456789abcdef0123456789abcdef']],
    ] as const) {
      const error = await failure(gate(uri, server.clientEnv));
      expect(error.name, error.stack).toBe('RunError');
      for (const word of words) expect(error.message).toContain(word);
    }
  });

  test('without its credentials the server refuses, and the error says which variables to set', async () => {
    if (!basicAuth) {
      expect(server.credentials).toBeNull();
      return;
    }
    const password = 'not-the-password';
    const env = { MLFLOW_TRACKING_URI: server.url, MLFLOW_TRACKING_USERNAME: 'admin' };
    for (const given of [
      { MLFLOW_TRACKING_URI: server.url },
      { ...env, MLFLOW_TRACKING_PASSWORD: password },
    ]) {
      const error = await failure(gate(`models:/${name}@champion`, given));
      expect(error.message).toContain('401');
      expect(error.message).toContain('MLFLOW_TRACKING_USERNAME');
      expect(error.message).not.toContain(password);
    }
  });
});

describe('a scoring server', () => {
  test('that answers with labels gives the metrics of labels', async () => {
    const server = await startScoringServer(join(modelFixtures, 'mlflow-sklearn/model'));
    try {
      const result = await runModelGate({ ...data, 'endpoint-url': server.url, 'batch-size': '100' });
      for (const metric of ['accuracy', 'f1(macro)', 'recall(0)', 'mcc'])
        expect(result.metrics[metric], metric).toBeCloseTo(expected[metric] ?? Number.NaN, 9);
      expect(result.metrics.roc_auc ?? null).toBeNull();
      expect(result.verdict).toBe('pass');
    } finally {
      await server.stop();
    }
  });

  test('that answers with probabilities gives those of scores, too', async () => {
    const server = await startScoringServer(join(modelFixtures, 'mlflow-sklearn/model'), {
      predictFunction: 'predict_proba',
    });
    try {
      const result = await runModelGate({ ...data, 'endpoint-url': server.url });
      // Double against float32.
      for (const metric of ['accuracy', 'roc_auc', 'log_loss', 'brier'])
        expect(result.metrics[metric], metric).toBeCloseTo(expected[metric] ?? Number.NaN, 5);
    } finally {
      await server.stop();
    }
  });
});

function gate(uri: string, env: Readonly<Record<string, string>>): ReturnType<typeof runModelGate> {
  return runModelGate({ ...data, 'model-path': uri }, env);
}

async function failure(running: Promise<unknown>): Promise<Error> {
  return running.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason as Error,
  );
}
