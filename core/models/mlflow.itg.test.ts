/** Real MLflow servers: registry with the artifact proxy on and off, basic authentication, and the scoring server. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScoringServer, startScoringServer } from '../../test/support/mlflow-scoring.ts';
import {
  type MlflowServer,
  type Registered,
  registerModel,
  startMlflowServer,
} from '../../test/support/mlflow-server.ts';
import { silentLog } from '../report/log.ts';
import { openTable } from '../tables/index.ts';
import { type ModelReference, openModel, type PredictedBatch } from './index.ts';

const models = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'models');
const minutes = 60_000;

interface Expected {
  readonly labels: readonly string[];
  readonly scores: readonly (readonly number[])[];
}

async function predictAll(
  reference: ModelReference,
  data: string,
  env: Readonly<Record<string, string | undefined>>,
) {
  const table = await openTable(join(models, data));
  try {
    const options = {
      columns: table.columns,
      labelColumn: 'label',
      featureColumns: null,
      env,
      log: silentLog,
    };
    const predictor = await openModel(reference, options);
    const parts: PredictedBatch[] = [];
    for await (const batch of table.batches(predictor.featureColumns, 100))
      parts.push(await predictor.predict(batch));
    await predictor.close();
    return { parts, facts: predictor.facts };
  } finally {
    await table.close();
  }
}

const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(join(models, name, 'expected.json'), 'utf8'));

describe.each([
  { serveArtifacts: true, basicAuth: false, style: 'logged' },
  { serveArtifacts: true, basicAuth: true, style: 'run' },
  { serveArtifacts: false, basicAuth: false, style: 'logged' },
] as const)('mlflow server, artifact proxy $serveArtifacts, basic auth $basicAuth, $style', (setup) => {
  let server: MlflowServer;
  let registered: Registered;

  beforeAll(async () => {
    server = await startMlflowServer(setup);
    registered = await registerModel(server, {
      name: 'cancer',
      modelPath: join(models, 'logistic-binary', 'model.onnx'),
      alias: 'champion',
      style: setup.style,
    });
  }, 5 * minutes);

  afterAll(async () => {
    await server.stop();
  });

  const run = (path: string, env: Record<string, string | undefined> = {}) =>
    predictAll({ kind: 'model', path }, 'logistic-binary/data.tsv', { ...server.clientEnv, ...env });

  it('gives the model by alias, version and run', async () => {
    const { labels } = expectedOf('logistic-binary');
    for (const uri of [
      'models:/cancer@champion',
      `models:/cancer/${registered.version}`,
      registered.runUri,
    ]) {
      const { parts, facts } = await run(uri);
      expect(parts.flatMap((part) => part.labels ?? [])).toEqual(labels);
      expect(facts.kind).toBe('mlflow-onnx');
      expect(facts.name).toContain(uri);
      expect(facts.files.map((file) => file.name)).toContain('model.onnx');
    }
  });

  it('has no such alias, version or model', async () => {
    await expect(run('models:/cancer@champoin')).rejects.toThrow(
      /no alias `champoin`; did you mean `champion`\?/,
    );
    await expect(run('models:/cancer/77')).rejects.toThrow(/no version 77; its latest is 1/);
    await expect(run('models:/cancr/1')).rejects.toThrow(
      /no registered model `cancr`; did you mean `cancer`\?/,
    );
    await expect(run('runs:/0123456789abcdef0123456789abcdef/model')).rejects.toThrow(/has no run/);
  });

  if (setup.basicAuth)
    it('wants credentials, and shows none', async () => {
      const { password } = server.credentials ?? { password: '' };
      const nobody = { MLFLOW_TRACKING_USERNAME: undefined, MLFLOW_TRACKING_PASSWORD: undefined };
      await expect(run('models:/cancer/1', nobody)).rejects.toThrow(/wants credentials \(401\)/);
      const wrong = run('models:/cancer/1', { MLFLOW_TRACKING_PASSWORD: `${password}x` });
      await expect(wrong).rejects.toThrow(/wants credentials \(401\)/);
      await expect(wrong).rejects.not.toThrow(new RegExp(password));
    });
});

describe.each(['predict', 'predict_proba'] as const)('mlflow models serve with %s', (predictFunction) => {
  let server: ScoringServer;

  beforeAll(async () => {
    server = await startScoringServer(join(models, 'mlflow-sklearn', 'model'), { predictFunction });
  }, 5 * minutes);

  afterAll(async () => {
    await server.stop();
  });

  it('predicts as the model does', async () => {
    const expected = expectedOf('mlflow-onnx');
    const { parts } = await predictAll(
      { kind: 'endpoint', url: server.url, protocol: 'mlflow' },
      'mlflow-onnx/data.csv',
      {},
    );
    if (predictFunction === 'predict') {
      expect(parts.flatMap((part) => Array.from(part.values ?? [], String))).toEqual(expected.labels);
    } else {
      const scores = parts.flatMap((part) => Array.from(part.scores?.values ?? []));
      // The ONNX model computes in float32, scikit-learn in double.
      for (const [i, score] of expected.scores.flat().entries()) expect(scores[i]).toBeCloseTo(score, 5);
    }
  });

  it('says what it misses', async () => {
    const wrong = predictAll(
      { kind: 'endpoint', url: server.url, protocol: 'mlflow' },
      'linear-regressor/data.csv',
      {},
    );
    await expect(wrong).rejects.toThrow(/answered 400: .*(schema|feature names)/i);
  });
});
