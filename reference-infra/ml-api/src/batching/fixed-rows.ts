/** Models whose number of rows is fixed: runs of that size, the last one padded with its last row. */

import type { Run, Runner } from '../model/runner.ts';
import { joinTensors, padTensor, sliceTensor, type Tensor, type Tensors } from '../model/tensors.ts';

/** Runs `rows` rows in parts of `size`, one after the other. @throws ModelRunError */
export async function runInParts(runner: Runner, feeds: Tensors, rows: number, size: number): Promise<Run> {
  const parts: Record<string, Tensor[]> = {};
  let milliseconds = 0;
  for (let from = 0; from < rows; from += size) {
    const count = Math.min(size, rows - from);
    const part = mapTensors(feeds, (tensor) =>
      copyOf(padTensor(sliceTensor(tensor, from, from + count), size)),
    );
    const run = await runner.run(part);
    milliseconds += run.milliseconds;
    for (const [name, tensor] of Object.entries(run.outputs)) {
      const byRow = tensor.dims[0] === size;
      parts[name] = [...(parts[name] ?? []), byRow ? sliceTensor(tensor, 0, count) : tensor];
    }
  }
  const outputs = Object.entries(parts).map(([name, tensors]) => [name, joinTensors(tensors)]);
  return { outputs: Object.fromEntries(outputs) as Tensors, milliseconds };
}

function mapTensors(tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}

/** A part shares the memory of the whole, which must not be handed over with it. */
function copyOf(tensor: Tensor): Tensor {
  return { ...tensor, data: tensor.data.slice() };
}
