/** Opens whatever a reference names: an .onnx file, an MLflow model directory, a registry URI, an endpoint. */

import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { RunError } from '../inputs/errors.ts';
import type { Log } from '../report/log.ts';
import type { Column } from '../tables/types.ts';
import { openEndpoint } from './endpoint.ts';
import { openMlflowDirectory } from './mlflow-directory.ts';
import { fetchRegistryModel } from './mlflow-registry.ts';
import { OnnxPredictor } from './onnx-predictor.ts';
import type { Predictor } from './types.ts';

export type EndpointProtocol = 'mlflow' | 'kserve-v2';

export type ModelReference =
  /** A path, or `models:/name@alias`, `models:/name/3`, `models:/m-…`, `runs:/id/path`. */
  | { readonly kind: 'model'; readonly path: string }
  | { readonly kind: 'endpoint'; readonly url: string; readonly protocol: EndpointProtocol };

export interface OpenModelOptions {
  /** The columns of the table that will be fed. */
  readonly columns: readonly Column[];
  readonly labelColumn: string | null;
  readonly featureColumns: readonly string[] | null;
  /** `nan`: missing features are fed as NaN to inputs of real numbers; default: they are errors. */
  readonly missingValues?: 'error' | 'nan';
  /** The input `mlflow-tracking-uri`; else `MLFLOW_TRACKING_URI` of the environment. */
  readonly trackingUri?: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** A predictor over the table's columns; notes about what was left out go to the log. @throws RunError, InputError */
export async function openModel(reference: ModelReference, options: OpenModelOptions): Promise<Predictor> {
  const predictorOptions = { ...options, missingValues: options.missingValues ?? 'error' };
  if (reference.kind === 'endpoint')
    return await openEndpoint(reference.url, reference.protocol, predictorOptions);
  const { path } = reference;
  if (/^(models|runs):\//.test(path)) {
    const fetched = await fetchRegistryModel(path, options);
    try {
      const predictor = await openMlflowDirectory(fetched.folder, {
        ...predictorOptions,
        name: fetched.name,
        // Relative to the model: the place of a download is another one in each run.
        shownFolder: '',
      });
      return closingAlso(predictor, fetched.dispose);
    } catch (error) {
      await fetched.dispose();
      throw error;
    }
  }
  if (/^https?:\/\//.test(path)) {
    throw new RunError(
      `${path} is an address, not a model file: give the address of a service as endpoint-url.`,
    );
  }
  if (basename(path) === 'MLmodel') return await openMlflowDirectory(dirname(path), predictorOptions);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return await openMlflowDirectory(path, predictorOptions);
  return await OnnxPredictor.open(path, predictorOptions);
}

function closingAlso(predictor: Predictor, dispose: () => Promise<void>): Predictor {
  return {
    facts: predictor.facts,
    featureColumns: predictor.featureColumns,
    fixedBatch: predictor.fixedBatch,
    notices: predictor.notices ?? [],
    predict: (batch) => predictor.predict(batch),
    close: async () => {
      try {
        await predictor.close();
      } finally {
        await dispose();
      }
    },
  };
}
