/** Fetches a model that a `models:/` or `runs:/` URI names from an MLflow server into a temporary folder. */

import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../inputs/errors.ts';
import type { Log } from '../report/log.ts';
import { type Location, listArtifacts, routesTo } from './mlflow-artifacts.ts';
import { createMlflowClient, type MlflowClient, type MlflowOptions } from './mlflow-client.ts';
import { readMlmodel } from './mlflow-directory.ts';
import { parseModelUri, type ResolvedModel, resolveModelUri } from './mlflow-resolve.ts';

export interface FetchedModel {
  readonly folder: string;
  /** As reports show it: `models:/fraud@champion (version 3)`. */
  readonly name: string;
  /** Deletes what was downloaded. */
  dispose(): Promise<void>;
}

export interface FetchOptions extends MlflowOptions {
  readonly log: Log;
}

/** @throws RunError when the model does not exist, cannot be downloaded, or has no ONNX flavor. */
export async function fetchRegistryModel(uri: string, options: FetchOptions): Promise<FetchedModel> {
  const reference = parseModelUri(uri);
  const client = createMlflowClient(options);
  const resolved = await resolveModelUri(client, reference);
  const { name } = resolved;
  const local = localFolder(resolved.location);
  if (local !== null) return { folder: local, name, dispose: async () => {} };

  const folder = await mkdtemp(join(tmpdir(), 'ml-gates-model-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    const files = await downloadModel(client, resolved, folder);
    options.log.info(`Fetched ${name} from ${client.server} (${files} files)`);
    return { folder, name, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/**
 * Fetches all files of a model through the MLflow server into a folder that exists. Returns how many they are.
 * @throws RunError when they cannot be reached, or the model has no ONNX flavor.
 */
export async function downloadModel(
  client: MlflowClient,
  { location, name }: ResolvedModel,
  folder: string,
): Promise<number> {
  const route = await firstWorking(location, client, name);
  const paths = await listArtifacts(route);
  const manifest = paths.find((path) => path === 'MLmodel');
  if (manifest === undefined) {
    throw new RunError(
      `${name} has no MLmodel file: it must name the folder of a model${paths.length === 0 ? ', and it is empty' : ''}.`,
    );
  }
  // The flavor is known before gigabytes of another one are fetched.
  await route.download(manifest, join(folder, manifest));
  readMlmodel(readFileSync(join(folder, manifest), 'utf8'), name);
  for (const path of paths) if (path !== manifest) await route.download(path, join(folder, path));
  return paths.length;
}

/** An artifact store on this machine's own disk can be read in place; null: the files are elsewhere. */
export function localFolder(location: Location): string | null {
  const path = location.uri.startsWith('file://')
    ? decodeURIComponent(new URL(location.uri).pathname)
    : location.uri.startsWith('/')
      ? location.uri
      : null;
  return path !== null && existsSync(join(path, 'MLmodel')) ? path : null;
}

async function firstWorking(location: Location, client: MlflowClient, name: string) {
  const problems: string[] = [];
  for (const route of routesTo(location, client)) {
    try {
      await route.list('');
      return route;
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      problems.push(error.message);
    }
  }
  throw new RunError(
    `The files of ${name} lie in ${withoutLogin(location.uri)}, which could not be read through the MLflow server` +
      `${problems.length === 0 ? '' : ` (${[...new Set(problems)].join(' ')})`}. Start the server with --serve-artifacts, ` +
      `or download the model in a step before with \`mlflow artifacts download\` and give its folder as model-path.`,
  );
}

function withoutLogin(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, '//').replace(/\?.*/s, '');
}
