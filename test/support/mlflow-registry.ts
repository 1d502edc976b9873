/** What tests do to a registry beyond registering a model: over REST, without the seconds that MLflow's client takes to start. */

import { readFile } from 'node:fs/promises';
import type { MlflowServer } from './mlflow-server.ts';

/** Points the alias at a version. */
export async function setAlias(
  server: MlflowServer,
  name: string,
  alias: string,
  version: string,
): Promise<void> {
  await call(server, 'POST', '/api/2.0/mlflow/registered-models/alias', { name, alias, version });
}

export async function deleteAlias(server: MlflowServer, name: string, alias: string): Promise<void> {
  await call(server, 'DELETE', '/api/2.0/mlflow/registered-models/alias', { name, alias });
}

/**
 * Uploads files through the artifact proxy, as the artifacts of a new run, and registers them as the next version of a
 * model, which is made if it is not there.
 * @param files by their names in the model's folder: what is in them, or where the file is
 */
export async function registerFiles(
  server: MlflowServer,
  name: string,
  files: Readonly<Record<string, string | { readonly path: string }>>,
): Promise<string> {
  await call(server, 'POST', '/api/2.0/mlflow/registered-models/create', { name }, 'RESOURCE_ALREADY_EXISTS');
  const made = await call(server, 'POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
  const { run_id, artifact_uri } = (JSON.parse(made) as Made).run.info;
  const folder = `${artifact_uri.replace(/^mlflow-artifacts:\/+/, '')}/model`;
  for (const [file, content] of Object.entries(files)) {
    const body = typeof content === 'string' ? content : await readFile(content.path);
    await call(server, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${folder}/${file}`, body);
  }
  const version = { name, run_id, source: `${artifact_uri}/model` };
  const answer = await call(server, 'POST', '/api/2.0/mlflow/model-versions/create', version);
  return (JSON.parse(answer) as { model_version: { version: string } }).model_version.version;
}

interface Made {
  readonly run: { readonly info: { readonly run_id: string; readonly artifact_uri: string } };
}

async function call(
  { url, credentials }: MlflowServer,
  method: string,
  path: string,
  body: string | Buffer | object,
  /** An error code of MLflow's that is as good as success. */
  allowed = '',
): Promise<string> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const login =
    credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const response = await fetch(`${url}${path}`, {
    method,
    body: raw ? body : JSON.stringify(body),
    headers: {
      'content-type': raw ? 'application/octet-stream' : 'application/json',
      ...(login === null ? {} : { authorization: `Basic ${login}` }),
    },
  });
  const text = await response.text();
  if (!response.ok && (allowed === '' || !text.includes(allowed)))
    throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text;
}
