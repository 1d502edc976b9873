/**
 * From a registry to files on this disk. The MLflow client is the model gate's own, bundled at build: what it takes to
 * reach a model behind a real server (three routes, two ages of MLflow, refused paths) is known once.
 */

import { readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../../../../core/inputs/errors.ts';
import type { MlflowClient } from '../../../../core/models/mlflow-client.ts';
import { readMlmodel } from '../../../../core/models/mlflow-directory.ts';
import { downloadModel, localFolder } from '../../../../core/models/mlflow-registry.ts';
import {
  type ModelUri,
  type RegisteredVersion,
  resolveModelUri,
} from '../../../../core/models/mlflow-resolve.ts';
import type { LoadedFiles } from '../types.ts';
import type { ModelCache } from './model-cache.ts';

export type RegistryUri = ModelUri & { readonly kind: 'alias' | 'version' };

export interface FetchedVersion {
  readonly files: LoadedFiles;
  readonly registered: RegisteredVersion;
}

/** @param name under which the model is served. @throws RunError when there is no model that could be loaded. */
export async function fetchVersion(
  client: MlflowClient,
  uri: RegistryUri,
  cache: ModelCache,
  name: string,
): Promise<FetchedVersion> {
  const resolved = await resolveModelUri(client, uri);
  const { location, registered } = resolved;
  if (registered === null) throw new RunError(`${uri.uri} names no registered model.`);
  const key = JSON.stringify([client.server, location.uri, location.modelId, registered.createdAt]);
  const { folder, digests } = await cache.get(key, async (partial) => {
    const local = localFolder(location);
    if (local === null) await downloadModel(client, resolved, partial);
    // Not read in place: whoever owns the folder may change it under us.
    else await cp(local, partial, { recursive: true });
  });
  const model = readMlmodel(readFileSync(join(folder, 'MLmodel'), 'utf8'), resolved.name);
  const digest = digests[model.data];
  if (digest === undefined) {
    throw new RunError(
      `The MLmodel file of ${resolved.name} names ${model.data}, which is not among its files.`,
    );
  }
  return {
    files: {
      modelPath: join(folder, model.data),
      name,
      version: registered.version,
      digest: `sha256:${digest}`,
      signature: model.signature,
    },
    registered,
  };
}
