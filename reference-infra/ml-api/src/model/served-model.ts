/** One version of a model, loaded and ready to answer. */

import { RunError } from '../../../../core/inputs/errors.ts';
import type { Admission } from '../batching/admission.ts';
import { type BatchOptions, BatchQueue } from '../batching/batch-queue.ts';
import { type Layout, layoutOf } from '../input/layout.ts';
import { predictionReader, type Reader } from '../output/predictions.ts';
import type { LoadedFiles } from '../types.ts';
import { batchingOf, type ModelDescription } from './description.ts';
import { openRunner, type Runner, type RunnerOptions } from './runner.ts';
import { createData, product, type Tensor, type Tensors } from './tensors.ts';

export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly description: ModelDescription;
  readonly layout: Layout;
  readonly queue: BatchQueue;
  /** Reads the simple form of an answer. */
  readonly read: Reader;
  /** Why the model could not be run once beforehand; null: it was. */
  readonly warmUpProblem: string | null;
  /** Whether a run is on. */
  readonly busy: boolean;
  /** Ends when what waits has been answered. */
  close(): Promise<void>;
}

export interface OpenOptions extends Omit<RunnerOptions, 'path'> {
  readonly admission: Admission;
  readonly batch: BatchOptions;
  readonly featureNames: readonly string[];
}

/** @throws RunError naming the file and what is wrong with it. */
export async function openModel(files: LoadedFiles, options: OpenOptions): Promise<ServedModel> {
  const runner = await openRunner({ ...options, path: files.modelPath });
  const { description } = runner;
  const layout = layoutOf(description.inputs, files.signature, options.featureNames);
  if (typeof layout === 'string') {
    await runner.close();
    throw new RunError(layout);
  }
  const batching = batchingOf(description.inputs);
  const queue = new BatchQueue(runner, batching, options.admission, options.batch);
  return {
    name: files.name,
    version: files.version,
    digest: files.digest,
    description,
    layout,
    queue,
    read: predictionReader(files.name, description),
    warmUpProblem: await warmUp(runner, batching.fixedRows ?? 1),
    get busy() {
      return runner.busy;
    },
    close: async () => {
      await queue.idle();
      await runner.close();
    },
  };
}

/** The first run of a model allocates and is slow: here no client waits for it. Not every model takes zeros. */
async function warmUp(runner: Runner, rows: number): Promise<string | null> {
  const feeds = runner.description.inputs.map(({ name, type, shape }): [string, Tensor] => {
    const dims = shape.map((size, i) => size ?? (i === 0 ? rows : 1));
    return [name, { type, dims, data: createData(type, product(dims)) }];
  });
  try {
    // All threads at once, so that each has its turn.
    const threads = Array.from({ length: runner.capacity }, () => Object.fromEntries(feeds.map(copied)));
    await Promise.all(threads.map((copy) => runner.run(copy)));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function copied([name, tensor]: [string, Tensor]): [string, Tensors[string]] {
  return [name, { ...tensor, data: tensor.data.slice() }];
}
