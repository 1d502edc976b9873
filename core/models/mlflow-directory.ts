/** A model as MLflow writes it to a folder: `MLmodel` says which flavors it has and what its signature is. */

import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { parse } from 'yaml';
import { RunError } from '../inputs/errors.ts';
import { isRecord, textIn } from './json.ts';
import { digestFolder } from './onnx-file.ts';
import { OnnxPredictor, type OnnxPredictorOptions } from './onnx-predictor.ts';
import type { Predictor } from './types.ts';

export interface MlflowModel {
  /** The .onnx file, relative to the folder. */
  readonly data: string;
  readonly signature: readonly SignatureColumn[] | null;
}

/** One input of the signature, in order. A tensor signature of one unnamed input has name null. */
export interface SignatureColumn {
  readonly name: string | null;
  /** MLflow's or numpy's name of the type: `double`, `float32`, `string`, … */
  readonly type: string;
}

export interface MlflowDirectoryOptions extends OnnxPredictorOptions {
  /** How the names of the files begin in reports; default: the folder. Empty for a download to a temporary folder. */
  readonly shownFolder?: string;
}

/** @throws RunError when the folder holds no MLflow model with an ONNX flavor. */
export async function openMlflowDirectory(
  folder: string,
  options: MlflowDirectoryOptions,
): Promise<Predictor> {
  const manifest = join(folder, 'MLmodel');
  if (!existsSync(manifest)) throw new RunError(foreignFolder(folder));
  const model = readMlmodel(readFileSync(manifest, 'utf8'), options.name ?? folder);
  return await OnnxPredictor.open(join(folder, model.data), {
    ...options,
    name: options.name ?? folder,
    kind: 'mlflow-onnx',
    files: await digestFolder(folder, options.shownFolder ?? folder),
    // The columns that the model was trained on, in order; the table's order may differ.
    signatureColumns: namesOf(model.signature),
  });
}

function namesOf(signature: MlflowModel['signature']): string[] | null {
  if (signature === null) return null;
  const names = signature.map((column) => column.name).filter((name) => name !== null);
  return names.length === signature.length && names.length > 0 ? names : null;
}

/**
 * Reads an MLmodel file. @param name of the model, for messages.
 * @throws RunError when it is damaged or has no ONNX flavor.
 */
export function readMlmodel(text: string, name: string): MlflowModel {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new RunError(`The MLmodel file of ${name} is not valid YAML: ${reason}`);
  }
  if (!isRecord(document) || !isRecord(document.flavors)) {
    throw new RunError(`The MLmodel file of ${name} names no flavors: it is not an MLflow model.`);
  }
  const { onnx } = document.flavors;
  if (!isRecord(onnx)) {
    const flavors = Object.keys(document.flavors).filter((flavor) => flavor !== 'python_function');
    throw new RunError(
      `${name} is an MLflow model without an ONNX flavor (it has ${flavors.join(', ') || 'python_function only'}) and cannot be run here. ` +
        'Log it with mlflow.onnx, or serve it with `mlflow models serve` and give endpoint-url, or write its predictions to a file and give predictions-path.',
    );
  }
  const data = textIn(onnx, 'data') ?? 'model.onnx';
  if (data.startsWith('/') || normalize(data).startsWith('..')) {
    throw new RunError(
      `The MLmodel file of ${name} names the data ${data}, which is outside of the model's folder; that is refused.`,
    );
  }
  return { data, signature: readSignature(document.signature, name) };
}

/** The signature's inputs, which MLflow writes as JSON text within the YAML. */
function readSignature(signature: unknown, name: string): SignatureColumn[] | null {
  if (!isRecord(signature)) return null;
  const text = textIn(signature, 'inputs');
  if (text === null) return null;
  let inputs: unknown;
  try {
    inputs = JSON.parse(text);
  } catch {
    throw new RunError(`The signature in the MLmodel file of ${name} is not valid JSON.`);
  }
  if (!Array.isArray(inputs)) return null;
  return inputs.filter(isRecord).map((input) => {
    const tensor = input['tensor-spec'];
    const type = isRecord(tensor) ? textIn(tensor, 'dtype') : textIn(input, 'type');
    return { name: textIn(input, 'name'), type: type ?? 'unknown' };
  });
}

function foreignFolder(folder: string): string {
  if (existsSync(join(folder, 'saved_model.pb'))) {
    return `${folder} is a TensorFlow SavedModel: convert it with tf2onnx first.`;
  }
  return `${folder} is a folder without an MLmodel file: give an .onnx file or a folder that MLflow wrote.`;
}
