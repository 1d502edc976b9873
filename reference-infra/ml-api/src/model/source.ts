/** Where the model comes from, by the configuration. */

import type { Config, Environment } from '../config/config.ts';
import type { Logger, ModelSource } from '../types.ts';
import { fileSource } from './file-source.ts';

/** @param environment holds MLflow's own variables, credentials among them. */
export async function modelSource(
  { model, modelName, pollSeconds }: Config,
  environment: Environment,
  log: Logger,
): Promise<ModelSource> {
  if (model.kind === 'file')
    return fileSource({ path: model.path, name: modelName, version: model.version, pollSeconds, log });
  // What is not used is not loaded.
  const { registrySource } = await import('../registry/index.ts');
  const { uri, trackingUri, cacheFolder } = model;
  return registrySource({
    uri,
    trackingUri,
    env: environment,
    name: modelName,
    cacheFolder,
    pollSeconds,
    log,
  });
}
