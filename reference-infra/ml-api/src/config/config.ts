/** From the environment to a complete configuration: every mistake is named, before anything else happens. */

import { convert } from '../../../../core/gate/units.ts';
import { InputReader, parseFraction, type Reading } from '../../../../core/inputs/index.ts';
import { checkDatabaseUrl } from '../../../../core/postgres/index.ts';
import { type TracingConfig, tracingConfig } from '../tracing/config.ts';
import { type VariableName, variables } from './variables.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly model:
    | { readonly kind: 'file'; readonly path: string; readonly version: string | null }
    | {
        readonly kind: 'registry';
        readonly uri: string;
        readonly trackingUri: string;
        readonly cacheFolder: string;
      };
  readonly modelName: string | null;
  readonly pollSeconds: number;
  readonly featureNames: readonly string[];
  readonly missingAsNan: boolean;
  readonly workers: number;
  readonly threads: number;
  readonly batchMaxRows: number;
  readonly batchMaxDelayMs: number;
  readonly requestMaxRows: number;
  readonly deadlineMs: number;
  readonly queueMaxRequests: number;
  readonly queueMaxRows: number;
  readonly queueMaxBytes: number;
  readonly bodyLimit: number;
  readonly maxConnections: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: LogLevel;
  readonly predictionLog: {
    readonly databaseUrl: string | null;
    readonly folder: string | null;
    readonly totalBytes: number;
    readonly sample: number;
  };
  /** Null: no traces. */
  readonly tracing: TracingConfig | null;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws InputError with every mistake that was found. */
export function readConfig(environment: Environment, workingDirectory: string): Config {
  const given = (name: VariableName): string => {
    const text = environment[name]?.trim() ?? '';
    return text === '' ? variables[name].fallback : text;
  };
  const reader = new InputReader({
    get: (name) => (name in variables ? given(name as VariableName) : ''),
    workspace: workingDirectory,
  });
  const whole = (name: VariableName, minimum: number, maximum: number): number =>
    reader.integer(name, minimum, { minimum, maximum });
  const milliseconds = (name: VariableName): number => read(reader, name, given(name), 0, timeOf);
  const bytes = (name: VariableName): number => read(reader, name, given(name), 1, sizeOf);

  const config: Config = {
    host: given('HOST'),
    port: whole('PORT', 0, 65_535),
    model: readModel(reader, given),
    modelName: readModelName(reader),
    pollSeconds: milliseconds('MODEL_POLL_INTERVAL') / 1000,
    featureNames: reader.list('FEATURE_NAMES'),
    missingAsNan: reader.choice('MISSING_VALUES', ['error', 'nan'], 'error') === 'nan',
    workers: whole('INFERENCE_WORKERS', 1, 64),
    threads: whole('INFERENCE_THREADS', 1, 256),
    batchMaxRows: whole('BATCH_MAX_ROWS', 1, 1_000_000),
    batchMaxDelayMs: milliseconds('BATCH_MAX_DELAY'),
    requestMaxRows: whole('REQUEST_MAX_ROWS', 1, 10_000_000),
    deadlineMs: Math.max(1, milliseconds('REQUEST_DEADLINE')),
    queueMaxRequests: whole('QUEUE_MAX_REQUESTS', 1, 1_000_000),
    queueMaxRows: whole('QUEUE_MAX_ROWS', 1, 100_000_000),
    queueMaxBytes: bytes('QUEUE_MAX_BYTES'),
    bodyLimit: bytes('BODY_LIMIT'),
    maxConnections: whole('MAX_CONNECTIONS', 1, 1_000_000),
    drainDelayMs: milliseconds('DRAIN_DELAY'),
    drainTimeoutMs: milliseconds('DRAIN_TIMEOUT'),
    logLevel: reader.choice('LOG_LEVEL', logLevels, 'info'),
    predictionLog: {
      databaseUrl: readDatabaseUrl(reader),
      folder: given('PREDICTION_LOG_PATH') === 'none' ? null : reader.path('PREDICTION_LOG_PATH'),
      totalBytes: bytes('PREDICTION_LOG_MAX_BYTES'),
      sample: read(reader, 'PREDICTION_LOG_SAMPLE', given('PREDICTION_LOG_SAMPLE'), 0, (text) =>
        parseFraction(text),
      ),
    },
    tracing: readTracing(reader, environment),
  };
  reader.finish();
  return config;
}

function readModel(reader: InputReader, given: (name: VariableName) => string): Config['model'] {
  const uri = reader.text('MODEL_URI');
  if (uri === '')
    return {
      kind: 'file',
      path: reader.path('MODEL_PATH') ?? '',
      version: reader.text('MODEL_VERSION') || null,
    };
  if (!/^models:\/[^/@]+(?:@[^/@]+|\/\d+)$/.test(uri)) {
    reader.add({
      input: 'MODEL_URI',
      message: `${JSON.stringify(uri.slice(0, 80))} does not name a model of a registry`,
      allowed: 'models:/name@alias, models:/name/3',
    });
  }
  const trackingUri = reader.url('MLFLOW_TRACKING_URI');
  if (trackingUri === null && given('MLFLOW_TRACKING_URI') === '') {
    reader.add({ input: 'MLFLOW_TRACKING_URI', message: 'a value is required with MODEL_URI' });
  }
  return {
    kind: 'registry',
    uri,
    trackingUri: trackingUri?.href ?? '',
    cacheFolder: reader.path('MODEL_CACHE_PATH') ?? '',
  };
}

function readModelName(reader: InputReader): string | null {
  const name = reader.text('MODEL_NAME');
  if (name === '') return null;
  if (name.length > 200 || /[\u0000-\u001f\u007f]/.test(name))
    reader.add({ input: 'MODEL_NAME', message: 'the name is too long or has control characters' });
  return name;
}

function readDatabaseUrl(reader: InputReader): string | null {
  const url = reader.text('DATABASE_URL');
  if (url === '') return null;
  const problem = checkDatabaseUrl(url);
  if (problem !== null) reader.add({ input: 'DATABASE_URL', message: problem });
  return url;
}

function readTracing(reader: InputReader, environment: Environment): TracingConfig | null {
  try {
    return tracingConfig(environment, variables.OTEL_SERVICE_NAME.fallback);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reader.add({ input: 'OTEL_EXPORTER_OTLP_ENDPOINT', message, allowed: 'http:// and https:// URLs' });
    return null;
  }
}

function read(
  reader: InputReader,
  name: VariableName,
  text: string,
  fallback: number,
  parse: (text: string, name: string) => Reading<number>,
): number {
  const reading = parse(text, name);
  if (reading.ok) return reading.value;
  const { ok: _, ...problem } = reading;
  reader.add({ input: name, ...problem });
  return fallback;
}

/** Longer than any timer of Node's can run. */
const longestTime = 2 ** 31 - 1;

function timeOf(text: string, name: string): Reading<number> {
  const allowed = 'a number with its unit: 50ms, 10s, 5m';
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  if (match === null)
    return { ok: false, message: `${JSON.stringify(text.slice(0, 80))} is not a time`, allowed };
  const reading = convert(match[1] ?? '', match[2] ?? '', 'milliseconds', name);
  if (!reading.ok || reading.value <= longestTime) return reading;
  return {
    ok: false,
    message: `${JSON.stringify(text.slice(0, 80))} is out of range`,
    allowed: 'times up to 24 days',
  };
}

function sizeOf(text: string, name: string): Reading<number> {
  const allowed = 'a whole number of bytes, or with a unit: 512KB, 10MiB, 1GB';
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  if (match === null)
    return { ok: false, message: `${JSON.stringify(text.slice(0, 80))} is not a size`, allowed };
  const reading = convert(match[1] ?? '', match[2] === '' ? 'B' : (match[2] ?? ''), 'bytes', name);
  if (!reading.ok) return reading;
  const value = Math.floor(reading.value);
  if (value >= 1 && value <= 2 ** 40) return { ok: true, value };
  return {
    ok: false,
    message: `${JSON.stringify(text.slice(0, 80))} is out of range`,
    allowed: '1 byte to 1TiB',
  };
}
