/** A request of the Open Inference Protocol, read as strictly as it is specified. */

import { nearest } from '../../../../core/gate/nearest.ts';
import { invalid, malformed, shown } from '../errors.ts';
import type { ModelDescription } from '../model/description.ts';
import type { TensorType } from '../model/tensors.ts';
import { isObject, type JsonObject } from './json.ts';
import type { GivenTensor } from './named-tensors.ts';

/** https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol#tensor-data-types */
export const datatypes: Readonly<Record<TensorType, string>> = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
};

export interface InferRequest {
  readonly id: string | null;
  readonly inputs: readonly GivenTensor[];
  /** Names of the outputs that are asked for; null: all. */
  readonly outputs: readonly string[] | null;
}

/** @throws RequestError */
export function readInferRequest(body: unknown, description: ModelDescription): InferRequest {
  if (!isObject(body)) throw malformed(`The body is ${shown(body)}; an object with \`inputs\` is wanted.`);
  const { id, inputs, outputs } = body;
  if (id !== undefined && typeof id !== 'string')
    throw malformed(`\`id\` is ${shown(id)}; a text is wanted.`);
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw malformed(`\`inputs\` is ${shown(inputs)}; an array of tensors is wanted.`);
  return {
    id: id ?? null,
    inputs: inputs.map((input, i) => readInput(input, i, description)),
    outputs: outputs === undefined ? null : readOutputs(outputs, description),
  };
}

function readInput(input: unknown, i: number, description: ModelDescription): GivenTensor {
  if (!isObject(input)) throw malformed(`\`inputs[${i}]\` is ${shown(input)}; a tensor is wanted.`);
  const name = nameOf(input, `inputs[${i}]`);
  const { shape, datatype, data } = input;
  const sizes = Array.isArray(shape) ? shape : null;
  if (sizes === null || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw malformed(
      `The input \`${name}\` has the shape ${shown(shape)}; an array of whole numbers is wanted.`,
    );
  }
  if (typeof datatype !== 'string' || !Object.values(datatypes).includes(datatype)) {
    throw malformed(
      `The input \`${name}\` has the datatype ${shown(datatype)}; allowed: ${Object.values(datatypes).join(', ')}.`,
    );
  }
  const spec = description.inputs.find((each) => each.name === name);
  if (spec !== undefined && datatypes[spec.type] !== datatype) {
    throw invalid(
      `The input \`${name}\` has the datatype ${datatype}; the model takes ${datatypes[spec.type]}.`,
      {
        column: name,
        expected: datatypes[spec.type],
      },
    );
  }
  if (data === undefined)
    throw malformed(`The input \`${name}\` has no \`data\`: tensors are taken as JSON, not in binary.`);
  return { name, data, shape: sizes as readonly number[] };
}

function readOutputs(outputs: unknown, description: ModelDescription): string[] | null {
  if (!Array.isArray(outputs)) throw malformed(`\`outputs\` is ${shown(outputs)}; an array is wanted.`);
  const known = description.outputs.map((output) => output.name);
  const names = outputs.map((output, i) => {
    if (!isObject(output)) throw malformed(`\`outputs[${i}]\` is ${shown(output)}; {"name": …} is wanted.`);
    const name = nameOf(output, `outputs[${i}]`);
    if (known.includes(name)) return name;
    const near = nearest(name, known);
    throw invalid(
      `The model has no output \`${name}\`; it has ${known.map((each) => `\`${each}\``).join(', ')}.${near === undefined ? '' : ` Is \`${near}\` meant?`}`,
      { column: name, expected: known.join(', ') },
    );
  });
  return names.length === 0 ? null : [...new Set(names)];
}

function nameOf(object: JsonObject, place: string): string {
  const { name } = object;
  if (typeof name === 'string' && name !== '') return name.slice(0, 200);
  throw malformed(`\`${place}.name\` is ${shown(name)}; a name is wanted.`);
}
