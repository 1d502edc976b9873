/** Answers of the Open Inference Protocol, as strictly as they are specified: a shape that does not fit is refused. */

import { RunError } from '../inputs/errors.ts';
import { isRecord, textIn } from './json.ts';
import type { TensorLike } from './outputs.ts';

export interface KserveTensor extends TensorLike {
  readonly name: string;
}

/** @param types Names of datatypes as ONNX Runtime has them. @throws RunError naming the service and the output. */
export function readTensors(
  service: string,
  answer: Readonly<Record<string, unknown>>,
  types: Readonly<Record<string, string>>,
): KserveTensor[] {
  const outputs = Array.isArray(answer.outputs) ? answer.outputs.filter(isRecord) : [];
  if (outputs.length === 0) throw new RunError(`${service} answered without outputs.`);
  return outputs.map((output) => {
    const name = textIn(output, 'name') ?? '';
    const type = types[textIn(output, 'datatype') ?? ''] ?? 'unknown';
    const dims = Array.isArray(output.shape) ? output.shape.filter((size) => typeof size === 'number') : [];
    const values: unknown[] = Array.isArray(output.data) ? output.data.flat(8) : [];
    const data = values.map((value, i) => {
      if (fits(value, type)) return value;
      const shown = JSON.stringify(value)?.slice(0, 60);
      throw new RunError(
        `${service} answered with an output \`${name}\` of ${type} whose value ${i + 1} is ${shown}.`,
      );
    });
    const declared = dims.reduce((product, size) => product * size, 1);
    if (declared !== data.length) {
      throw new RunError(
        `${service} answered with an output \`${name}\` of shape [${dims.join(', ')}], which is ${declared} values, and ${data.length} values.`,
      );
    }
    return { name, type, dims, data };
  });
}

/** JSON of protocol buffers writes 64-bit integers as text: https://protobuf.dev/programming-guides/json/ */
function fits(value: unknown, type: string): value is number | string | boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean' || value === 0 || value === 1;
    case 'int64':
    case 'uint64':
      return typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
    case 'unknown':
      return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
    default:
      return typeof value === 'number';
  }
}
