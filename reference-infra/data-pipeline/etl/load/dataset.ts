/** `_dataset.json`: which files are the dataset. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RunError } from '../../../../core/inputs/index.ts';
import type { Dataset } from '../run/records.ts';
import schema from './dataset.schema.json' with { type: 'json' };

export const datasetName = '_dataset.json';

const validate = new Ajv2020().compile<Dataset>(schema);

/** Null: nothing has been published there. @throws RunError for a folder that is no dataset of this pipeline. */
export function readDataset(folder: string, shown: string, pipeline: string): Dataset | null {
  const path = join(folder, datasetName);
  if (!existsSync(path)) {
    const others = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
    if (others.length === 0) return null;
    throw new RunError(
      `sink: ${shown} holds ${others[0]} and no ${datasetName}: it is not a dataset of this pipeline; name an empty folder`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new RunError(`sink: ${join(shown, datasetName)} is no JSON; it was changed by hand`);
  }
  if (!validate(value)) {
    throw new RunError(`sink: ${join(shown, datasetName)} is no list of a dataset of version 1`);
  }
  if (value.pipeline !== pipeline) {
    throw new RunError(`sink: ${shown} is the dataset of pipeline ${value.pipeline}; name another folder`);
  }
  return value;
}
