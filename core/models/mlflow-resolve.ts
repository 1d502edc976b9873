/** From a `models:/` or `runs:/` URI to the place of its files. */

import { nearest } from '../gate/index.ts';
import { RunError } from '../inputs/errors.ts';
import { isRecord, textIn } from './json.ts';
import type { Location } from './mlflow-artifacts.ts';
import { type MlflowClient, MlflowError } from './mlflow-client.ts';

export type ModelUri =
  | { readonly kind: 'alias'; readonly uri: string; readonly name: string; readonly alias: string }
  | { readonly kind: 'version'; readonly uri: string; readonly name: string; readonly version: string }
  | { readonly kind: 'logged'; readonly uri: string; readonly modelId: string }
  | { readonly kind: 'run'; readonly uri: string; readonly runId: string; readonly path: string };

/** The registry has answered: what was asked for is not there. */
export class MissingModelError extends RunError {}

/** A version of a registered model as it is now: a version that was deleted and made again is another one. */
export interface RegisteredVersion {
  /** As MLflow counts: `3`. */
  readonly version: string;
  /** Changes when another model takes the number. */
  readonly createdAt: string;
}

export interface ResolvedModel {
  readonly location: Location;
  /** Of a registered model, else null. */
  readonly registered: RegisteredVersion | null;
  /** As reports show it. */
  readonly name: string;
}

/** @throws RunError when the URI has none of the four forms. */
export function parseModelUri(uri: string): ModelUri {
  const alias = /^models:\/+([^/@]+)@([^/@]+)$/.exec(uri);
  if (alias !== null) return { kind: 'alias', uri, name: decode(alias[1]), alias: decode(alias[2]) };
  const version = /^models:\/+([^/@]+)\/(\d+)$/.exec(uri);
  if (version !== null) return { kind: 'version', uri, name: decode(version[1]), version: version[2] ?? '' };
  const logged = /^models:\/+(m-[0-9a-f]+)$/.exec(uri);
  if (logged !== null) return { kind: 'logged', uri, modelId: logged[1] ?? '' };
  const run = /^runs:\/+([^/]+)\/(.+?)\/*$/.exec(uri);
  if (run !== null) return { kind: 'run', uri, runId: run[1] ?? '', path: run[2] ?? '' };
  throw new RunError(
    `${uri} is not a model URI of MLflow: write models:/name@alias, models:/name/3 or runs:/run-id/path.`,
  );
}

/** @throws RunError naming what does not exist, with the nearest name where it can be listed. */
export async function resolveModelUri(client: MlflowClient, uri: ModelUri): Promise<ResolvedModel> {
  switch (uri.kind) {
    case 'alias':
      return await registered(client, uri, await byAlias(client, uri));
    case 'version':
      return await registered(client, uri, await byVersion(client, uri));
    case 'logged':
      return { location: await loggedModel(client, uri.modelId, uri.uri), registered: null, name: uri.uri };
    case 'run':
      return { location: await ofRun(client, uri), registered: null, name: uri.uri };
  }
}

/** Which version an alias names now: one request. @throws MissingModelError, or RunError when nobody answers. */
export async function versionOfAlias(
  client: MlflowClient,
  uri: ModelUri & { kind: 'alias' },
): Promise<RegisteredVersion> {
  return registeredVersion(client, uri, versionFields(await byAlias(client, uri)));
}

type Fields = Readonly<Record<string, unknown>>;

async function byAlias(client: MlflowClient, uri: ModelUri & { kind: 'alias' }): Promise<Fields> {
  try {
    return await client.get('/api/2.0/mlflow/registered-models/alias', { name: uri.name, alias: uri.alias });
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    if (error.status === 404) throw await unknownModel(client, uri);
    // MLflow answers 400 for an alias that a known model does not have.
    if (error.status === 400 && error.code === 'INVALID_PARAMETER_VALUE')
      throw await unknownAlias(client, uri);
    throw error;
  }
}

async function byVersion(client: MlflowClient, uri: ModelUri & { kind: 'version' }): Promise<Fields> {
  try {
    return await client.get('/api/2.0/mlflow/model-versions/get', { name: uri.name, version: uri.version });
  } catch (error) {
    if (!(error instanceof MlflowError) || error.status !== 404) throw error;
    const model = await registeredModel(client, uri.name);
    if (model === null) throw await unknownModel(client, uri);
    throw new MissingModelError(
      `${uri.uri}: the model ${uri.name} has no version ${uri.version}${latest(model)}.`,
    );
  }
}

async function registered(
  client: MlflowClient,
  uri: ModelUri & { kind: 'alias' | 'version' },
  answer: Fields,
): Promise<ResolvedModel> {
  const fields = versionFields(answer);
  const found = registeredVersion(client, uri, fields);
  const { version } = found;
  const status = textIn(fields, 'status');
  if (status !== null && status !== 'READY')
    throw new RunError(`${uri.uri} is not ready: MLflow says ${status}.`);
  const download = await client.get('/api/2.0/mlflow/model-versions/get-download-uri', {
    name: uri.name,
    version,
  });
  const artifactUri = textIn(download, 'artifact_uri');
  if (artifactUri === null)
    throw new RunError(`${client.server} does not say where the files of ${uri.uri} are.`);
  const source = textIn(fields, 'source') ?? '';
  const runId = textIn(fields, 'run_id') ?? '';
  const modelId = /^models:\/+(m-[0-9a-f]+)$/.exec(source)?.[1] ?? null;
  return {
    location: {
      uri: artifactUri,
      modelId,
      run: modelId === null && runId !== '' ? await runPath(client, runId, artifactUri) : null,
    },
    registered: found,
    name: uri.kind === 'alias' ? `${uri.uri} (version ${version})` : uri.uri,
  };
}

function versionFields(answer: Fields): Fields {
  return isRecord(answer.model_version) ? answer.model_version : {};
}

function registeredVersion(
  client: MlflowClient,
  { uri }: { readonly uri: string },
  fields: Fields,
): RegisteredVersion {
  const version = textIn(fields, 'version');
  if (version === null) throw new RunError(`${client.server} named no version for ${uri}.`);
  return { version, createdAt: String(fields.creation_timestamp ?? '') };
}

async function ofRun(client: MlflowClient, uri: ModelUri & { kind: 'run' }): Promise<Location> {
  const run = await runOf(client, uri.runId, uri.uri);
  const info = isRecord(run.info) ? run.info : {};
  const listed = await client.get('/api/2.0/mlflow/artifacts/list', { run_id: uri.runId, path: uri.path });
  if (Array.isArray(listed.files) && listed.files.length > 0) {
    return {
      uri: `${(textIn(info, 'artifact_uri') ?? '').replace(/\/+$/, '')}/${uri.path}`,
      modelId: null,
      run: { id: uri.runId, path: uri.path },
    };
  }
  // MLflow 3 keeps logged models beside the run; the run names them.
  const names: string[] = [];
  for (const modelId of modelsOf(run)) {
    const model = await client.get(`/api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`, {});
    const described = isRecord(model.model) && isRecord(model.model.info) ? model.model.info : {};
    const name = textIn(described, 'name') ?? '';
    names.push(name);
    if (name === uri.path) return { uri: textIn(described, 'artifact_uri') ?? '', modelId, run: null };
  }
  const has = names.length === 0 ? '' : `; it logged ${names.join(', ')}`;
  throw new RunError(`${uri.uri}: the run has no artifact ${uri.path}${has}.`);
}

async function loggedModel(client: MlflowClient, modelId: string, uri: string): Promise<Location> {
  try {
    const answer = await client.get(`/api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`, {});
    const info = isRecord(answer.model) && isRecord(answer.model.info) ? answer.model.info : {};
    return { uri: textIn(info, 'artifact_uri') ?? '', modelId, run: null };
  } catch (error) {
    if (error instanceof MlflowError && error.status === 404)
      throw new RunError(`${uri}: MLflow at ${client.server} has no such logged model.`);
    throw error;
  }
}

async function runPath(client: MlflowClient, runId: string, artifactUri: string): Promise<Location['run']> {
  try {
    const run = await runOf(client, runId, runId);
    const root = (isRecord(run.info) ? (textIn(run.info, 'artifact_uri') ?? '') : '').replace(/\/+$/, '');
    return root !== '' && artifactUri.startsWith(`${root}/`)
      ? { id: runId, path: artifactUri.slice(root.length + 1) }
      : null;
  } catch (error) {
    // The run may be deleted; then its files are reached through the store or not at all.
    if (error instanceof RunError) return null;
    throw error;
  }
}

async function runOf(client: MlflowClient, runId: string, uri: string): Promise<Fields> {
  try {
    const answer = await client.get('/api/2.0/mlflow/runs/get', { run_id: runId });
    return isRecord(answer.run) ? answer.run : {};
  } catch (error) {
    if (error instanceof MlflowError && error.status === 404)
      throw new RunError(`${uri}: MLflow at ${client.server} has no run ${runId}.`);
    throw error;
  }
}

function modelsOf(run: Fields): string[] {
  const outputs = isRecord(run.outputs) ? run.outputs.model_outputs : null;
  if (!Array.isArray(outputs)) return [];
  return outputs.filter(isRecord).flatMap((output) => textIn(output, 'model_id') ?? []);
}

async function registeredModel(client: MlflowClient, name: string): Promise<Fields | null> {
  try {
    const answer = await client.get('/api/2.0/mlflow/registered-models/get', { name });
    return isRecord(answer.registered_model) ? answer.registered_model : null;
  } catch (error) {
    if (error instanceof MlflowError) return null;
    throw error;
  }
}

async function unknownModel(
  client: MlflowClient,
  uri: { readonly uri: string; readonly name: string },
): Promise<MissingModelError> {
  const names = await modelNames(client);
  const near = nearest(uri.name, names);
  const hint =
    near !== undefined
      ? `; did you mean \`${near}\`?`
      : names.length > 0
        ? `; it has ${names.slice(0, 10).join(', ')}.`
        : '.';
  return new MissingModelError(
    `${uri.uri}: MLflow at ${client.server} has no registered model \`${uri.name}\`${hint}`,
  );
}

async function unknownAlias(
  client: MlflowClient,
  uri: ModelUri & { kind: 'alias' },
): Promise<MissingModelError> {
  const model = await registeredModel(client, uri.name);
  const list = model !== null && Array.isArray(model.aliases) ? model.aliases.filter(isRecord) : [];
  const aliases = list.flatMap((entry) => textIn(entry, 'alias') ?? []);
  const near = nearest(uri.alias, aliases);
  const hint =
    near !== undefined
      ? `; did you mean \`${near}\`?`
      : aliases.length > 0
        ? `; it has ${aliases.join(', ')}.`
        : '; it has no aliases.';
  return new MissingModelError(`${uri.uri}: the model ${uri.name} has no alias \`${uri.alias}\`${hint}`);
}

async function modelNames(client: MlflowClient): Promise<string[]> {
  try {
    const answer = await client.get('/api/2.0/mlflow/registered-models/search', { max_results: '200' });
    const models = Array.isArray(answer.registered_models) ? answer.registered_models.filter(isRecord) : [];
    return models.flatMap((model) => textIn(model, 'name') ?? []);
  } catch (error) {
    // Listing only helps with the hint; the message stands without it.
    if (error instanceof RunError) return [];
    throw error;
  }
}

function latest(model: Fields): string {
  const versions = Array.isArray(model.latest_versions) ? model.latest_versions.filter(isRecord) : [];
  const numbers = versions.map((version) => Number(textIn(version, 'version'))).filter(Number.isFinite);
  return numbers.length === 0 ? '' : `; its latest is ${Math.max(...numbers)}`;
}

function decode(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text ?? '';
  }
}
