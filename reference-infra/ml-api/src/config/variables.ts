/** The environment variables of the service: what the README's table and the reading are made from. */

export interface Variable {
  /** Empty: none. */
  readonly fallback: string;
  /** One sentence or two, as the README has it. */
  readonly about: string;
  readonly example: string;
}

export const variables = {
  PORT: {
    fallback: '8000',
    about: 'Port to listen on; 0 takes a free one, which is logged.',
    example: '8080',
  },
  HOST: { fallback: '0.0.0.0', about: 'Address to listen on.', example: '127.0.0.1' },
  MODEL_PATH: {
    fallback: 'model.onnx',
    about: 'An .onnx file, or a folder that MLflow wrote. Not read when MODEL_URI is set.',
    example: '/models/fraud.onnx',
  },
  MODEL_URI: {
    fallback: '',
    about: 'A model of a registry, by alias or version; an alias is followed when it moves.',
    example: 'models:/fraud@champion',
  },
  MLFLOW_TRACKING_URI: {
    fallback: '',
    about:
      'The registry of MODEL_URI. Credentials come from MLflow’s own variables (MLFLOW_TRACKING_TOKEN, …).',
    example: 'http://mlflow:5000',
  },
  MODEL_CACHE_PATH: {
    fallback: '/tmp/ml-api-models',
    about: 'Folder for the files of models of a registry.',
    example: '/data/models',
  },
  MODEL_NAME: {
    fallback: '',
    about:
      'Name of the model in addresses, answers and metrics; default: that of the file or of the registry.',
    example: 'fraud',
  },
  MODEL_VERSION: {
    fallback: '',
    about: 'Version of a model that is a file; default: the first 12 digits of its SHA-256.',
    example: '7',
  },
  MODEL_POLL_INTERVAL: {
    fallback: '30s',
    about: 'How often the file or the alias is looked at for another model; 0s: never.',
    example: '5s',
  },
  FEATURE_NAMES: {
    fallback: '',
    about:
      'Names of the columns, in the order of training, for a model with one tensor of all columns; default: those of the signature that MLflow wrote.',
    example: 'age,income,visits',
  },
  MISSING_VALUES: {
    fallback: 'error',
    about: '`error`: null is refused; `nan`: null is fed as NaN to inputs of real numbers.',
    example: 'nan',
  },
  INFERENCE_WORKERS: {
    fallback: '1',
    about: 'Threads that run the model, each with a session of its own: as many runs at once.',
    example: '2',
  },
  INFERENCE_THREADS: {
    fallback: '1',
    about: 'Threads within a run, for large models.',
    example: '4',
  },
  BATCH_MAX_ROWS: {
    fallback: '256',
    about: 'Rows of waiting requests that are joined into one run; 1: no joining.',
    example: '64',
  },
  BATCH_MAX_DELAY: {
    fallback: '2ms',
    about:
      'How long a request may wait for others while the model runs and a thread is free; an idle model never waits.',
    example: '0ms',
  },
  REQUEST_MAX_ROWS: {
    fallback: '10000',
    about: 'Rows of one request; more are refused (413).',
    example: '1000',
  },
  REQUEST_DEADLINE: {
    fallback: '10s',
    about: 'The longest that a request waits for its run; then 503.',
    example: '2s',
  },
  QUEUE_MAX_REQUESTS: {
    fallback: '1000',
    about:
      'Prediction requests that are open at once; beyond it 503 with retry-after, before the body is read.',
    example: '200',
  },
  QUEUE_MAX_ROWS: {
    fallback: '50000',
    about: 'Rows that wait or run at once; beyond it 503 with retry-after.',
    example: '5000',
  },
  QUEUE_MAX_BYTES: {
    fallback: '256MiB',
    about: 'Bytes of the bodies of open requests; beyond it 503 with retry-after, before the body is read.',
    example: '64MiB',
  },
  BODY_LIMIT: { fallback: '10MiB', about: 'Bytes of one body; more are refused (413).', example: '1MiB' },
  MAX_CONNECTIONS: {
    fallback: '10000',
    about: 'Connections that are open at once, idle ones among them; beyond it new ones are closed at once.',
    example: '2000',
  },
  DRAIN_DELAY: {
    fallback: '5s',
    about:
      'After SIGTERM: how long requests are still accepted while /ready says 503, until no proxy sends any more.',
    example: '10s',
  },
  DRAIN_TIMEOUT: {
    fallback: '20s',
    about:
      'After the delay: how long open requests may take to finish. Both together must be below the platform’s own limit.',
    example: '60s',
  },
  LOG_LEVEL: {
    fallback: 'info',
    about:
      '`trace`, `debug`, `info` (a line for each prediction request), `warn`, `error`, `fatal` or `silent`.',
    example: 'warn',
  },
  DATABASE_URL: {
    fallback: '',
    about: 'PostgreSQL for the prediction log.',
    example: 'postgres://ml_api:secret@postgres:5432/ml',
  },
  PREDICTION_LOG_PATH: {
    fallback: '/tmp/ml-api-predictions',
    about: 'Folder for the prediction log when there is no DATABASE_URL; `none`: no prediction log.',
    example: '/data/predictions',
  },
  PREDICTION_LOG_MAX_BYTES: {
    fallback: '100MB',
    about: 'Size of all files of the prediction log; the oldest go first.',
    example: '1GB',
  },
  PREDICTION_LOG_SAMPLE: {
    fallback: '100%',
    about: 'Share of the requests that the prediction log keeps.',
    example: '10%',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    fallback: '',
    about:
      'Where traces are sent (OTLP over HTTP, `/v1/traces` is added); default: no traces, only their ids in the logs.',
    example: 'http://otel-collector:4318',
  },
  OTEL_SERVICE_NAME: { fallback: 'ml-api', about: 'Name of the service in traces.', example: 'fraud-api' },
} as const satisfies Readonly<Record<string, Variable>>;

export type VariableName = keyof typeof variables;

/** The README's table. */
export function variablesTable(): string {
  const rows = Object.entries(variables).map(
    ([name, { fallback, about, example }]) =>
      `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${about} | \`${example}\` |`,
  );
  return ['| variable | default | meaning | example |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
