/** Where the model comes from, by the configuration. */

import type { Config } from '../config/config.ts';
import type { Logger, ModelSource } from '../types.ts';
import { fileSource } from './file-source.ts';

export async function modelSource(
  { model, modelName, pollSeconds }: Config,
  log: Logger,
): Promise<ModelSource> {
  if (model.kind === 'file')
    return fileSource({ path: model.path, name: modelName, version: model.version, pollSeconds, log });
  throw new Error('no registry');
}
