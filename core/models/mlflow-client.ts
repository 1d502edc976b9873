/** MLflow's REST API: where it is, who asks, and what its errors mean. https://mlflow.org/docs/latest/rest-api.html */

import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RunError } from '../inputs/errors.ts';
import { excerpt, type HttpOptions, redactUrl, request } from './http-client.ts';
import { isRecord, textIn } from './json.ts';

export interface MlflowOptions {
  /** The input `mlflow-tracking-uri`; null: `MLFLOW_TRACKING_URI`. */
  readonly trackingUri?: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of each request but downloads, in milliseconds; default: a minute. */
  readonly timeoutMilliseconds?: number;
  /** Of each request in all; default: 4. */
  readonly attempts?: number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** An answer of MLflow that is no success. */
export class MlflowError extends RunError {
  readonly status: number;
  /** MLflow's `error_code`, e.g. `RESOURCE_DOES_NOT_EXIST`; null: the answer was not MLflow's own. */
  readonly code: string | null;

  constructor(message: string, status: number, code: string | null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface MlflowClient {
  /** The tracking server without credentials, for messages. */
  readonly server: string;
  /** Whether a URI of an artifact store names this server. */
  isThisHost(host: string): boolean;
  /** GET of a path below the server, e.g. `/api/2.0/mlflow/runs/get`. @throws MlflowError */
  get(path: string, query: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
  /** Downloads a file. @throws MlflowError */
  download(path: string, query: Readonly<Record<string, string>>, file: string): Promise<void>;
}

const minute = 60_000;

/** @throws RunError when the tracking server is not named or not one that speaks REST. */
export function createMlflowClient(options: MlflowOptions): MlflowClient {
  const base = trackingServer(options).replace(/\/+$/, '');
  const http: HttpOptions = {
    headers: credentials(options.env),
    timeoutMilliseconds: options.timeoutMilliseconds ?? minute,
    attempts: options.attempts ?? 4,
    ...(options.sleep === undefined ? {} : { sleep: options.sleep }),
  };
  const server = redactUrl(base);
  const insecure = options.env.MLFLOW_TRACKING_INSECURE_TLS;
  if (insecure !== undefined && /^(1|true)$/i.test(insecure)) {
    throw new RunError(
      'MLFLOW_TRACKING_INSECURE_TLS is not supported: a model from a server that is not verified proves nothing. ' +
        "Give the certificate of the server's authority with NODE_EXTRA_CA_CERTS.",
    );
  }
  const url = (path: string, query: Readonly<Record<string, string>>) => {
    const search = new URLSearchParams(query).toString();
    return `${base}${path}${search === '' ? '' : `?${search}`}`;
  };
  return {
    server,
    isThisHost: (host) => new URL(base).host === host,
    get: (path, query) =>
      request(url(path, query), http, { method: 'GET' }, async (response) => {
        const text = await response.text();
        if (!response.ok) throw explain(server, path, response, text);
        const answer = parseJson(text);
        if (answer === null)
          throw new RunError(
            `${server}${path} did not answer with JSON: ${excerpt(text)}. Is it an MLflow server?`,
          );
        return answer;
      }),
    download: (path, query, file) =>
      request(
        url(path, query),
        { ...http, timeoutMilliseconds: 30 * minute },
        { method: 'GET' },
        async (response) => {
          if (!response.ok || response.body === null)
            throw explain(server, path, response, await response.text());
          await mkdir(dirname(file), { recursive: true });
          await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
        },
      ),
  };
}

function trackingServer(options: MlflowOptions): string {
  const given = options.trackingUri || options.env.MLFLOW_TRACKING_URI || '';
  if (given === '') {
    throw new RunError(
      'The MLflow server is not named: set the input mlflow-tracking-uri or the environment variable MLFLOW_TRACKING_URI.',
    );
  }
  if (!/^https?:\/\//.test(given)) {
    const scheme = /^([a-z][a-z0-9+-]*)[:]?/i.exec(given)?.[1] ?? given;
    throw new RunError(
      `The MLflow tracking URI must begin with http:// or https://, not ${scheme}: other stores (files, databases, databricks) are reached through a server, ` +
        'or download the model first with `mlflow artifacts download` and give its folder as model-path.',
    );
  }
  return given;
}

/** MLflow's own variables: basic authentication before a bearer token, as its client does. */
function credentials(env: MlflowOptions['env']): Record<string, string> {
  const user = env.MLFLOW_TRACKING_USERNAME ?? '';
  const password = env.MLFLOW_TRACKING_PASSWORD ?? '';
  const token = env.MLFLOW_TRACKING_TOKEN ?? '';
  if (user !== '' && password !== '') {
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  }
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}

function explain(server: string, path: string, response: Response, text: string): MlflowError {
  const body = parseJson(text);
  const code = body === null ? null : textIn(body, 'error_code');
  const said = excerpt((body === null ? null : textIn(body, 'message')) ?? text);
  const { status } = response;
  if (status === 401) {
    return new MlflowError(
      `MLflow at ${server} wants credentials (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN; those given, if any, are not accepted.`,
      status,
      code,
    );
  }
  if (status === 403) {
    return new MlflowError(
      `MLflow at ${server} does not permit this (403): the user needs READ permission. It says: ${said}`,
      status,
      code,
    );
  }
  return new MlflowError(`MLflow at ${server} answered ${status} to ${path}: ${said}`, status, code);
}

function parseJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
