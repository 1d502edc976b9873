import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Environment, readConfig } from './config.ts';
import { variables, variablesTable } from './variables.ts';

const read = (environment: Environment) => readConfig(environment, '/app');

test('an empty environment is a service on port 8000 with the model beside it', () => {
  expect(read({})).toMatchObject({
    port: 8000,
    host: '0.0.0.0',
    model: { kind: 'file', path: '/app/model.onnx' },
    bodyLimit: 10 * 2 ** 20,
    drainDelayMs: 5000,
    tracing: null,
  });
});

test('units are read', () => {
  const config = read({
    BATCH_MAX_DELAY: '0.5ms',
    REQUEST_DEADLINE: '1m',
    BODY_LIMIT: '1500',
    QUEUE_MAX_BYTES: '2GB',
  });
  expect(config).toMatchObject({
    batchMaxDelayMs: 0.5,
    deadlineMs: 60_000,
    bodyLimit: 1500,
    queueMaxBytes: 2e9,
  });
});

test('a model of a registry needs the address of the registry', () => {
  expect(
    read({ MODEL_URI: 'models:/fraud@champion', MLFLOW_TRACKING_URI: 'http://mlflow:5000' }).model,
  ).toEqual({
    kind: 'registry',
    uri: 'models:/fraud@champion',
    trackingUri: 'http://mlflow:5000/',
    cacheFolder: '/tmp/ml-api-models',
  });
  expect(() => read({ MODEL_URI: 'models:/fraud@champion' })).toThrow(
    'MLFLOW_TRACKING_URI: a value is required with MODEL_URI',
  );
});

test('every mistake is named at once, and no password', () => {
  const mistakes = {
    PORT: '80000',
    LOG_LEVEL: 'verbose',
    BATCH_MAX_ROWS: '0',
    BATCH_MAX_DELAY: 'soon',
    REQUEST_DEADLINE: '1000d',
    BODY_LIMIT: '10 parsecs',
    QUEUE_MAX_ROWS: '1e3',
    MISSING_VALUES: 'zero',
    FEATURE_NAMES: 'a,b,a',
    MODEL_URI: 'models:/fraud',
    DATABASE_URL: 'mysql://me:hunter2@db/ml',
    PREDICTION_LOG_SAMPLE: '2',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
  };
  let message = '';
  try {
    read(mistakes);
  } catch (error) {
    message = (error as Error).message;
  }
  const named = message.split('\n').map((line) => line.split(':')[0]);
  expect(new Set(named)).toEqual(new Set([...Object.keys(mistakes), 'MLFLOW_TRACKING_URI']));
  expect(message).not.toContain('hunter2');
});

test('the README lists every variable, as they are read', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  expect(readme).toContain(variablesTable());
  // Each is really read: its example is another value than its default, and changes the configuration.
  for (const [name, { example }] of Object.entries(variables)) {
    const base = {
      ...(/^(MLFLOW_|MODEL_CACHE)/.test(name)
        ? { MODEL_URI: 'models:/a@b', MLFLOW_TRACKING_URI: 'http://other' }
        : {}),
      ...(name === 'MODEL_URI' ? { MLFLOW_TRACKING_URI: 'http://mlflow' } : {}),
      ...(name === 'OTEL_SERVICE_NAME' ? { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' } : {}),
    };
    expect(read({ ...base, [name]: example }), name).not.toEqual(read(base));
  }
});
