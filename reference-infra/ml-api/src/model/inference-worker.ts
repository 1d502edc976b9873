/**
 * The thread that holds one session. ONNX Runtime's binding for Node (1.30) loads models and runs them on the thread
 * that calls it: here a large model or a long run keeps neither /ready nor other requests waiting.
 */

import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { type OnnxFile, readOnnxFile } from '../../../../core/models/onnx-file.ts';
import { listAttribute, type OnnxGraph } from '../../../../core/models/onnx-graph.ts';
import { explainLoadError, tidy } from '../../../../core/models/onnx-session.ts';
import { classLabels, cutZipMaps } from '../../../../core/models/zipmap.ts';
import type { InputSpec, ModelDescription, OutputSpec } from './description.ts';
import { isTensorType, type Tensor, type Tensors } from './tensors.ts';

export interface WorkerOptions {
  readonly path: string;
  /** Threads within an operator. */
  readonly threads: number;
}

export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly feeds: Tensors }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly description: ModelDescription }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly outputs: Tensors; readonly milliseconds: number }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('this is the code of a thread');
const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

try {
  await serve(workerData as WorkerOptions);
} catch (error) {
  say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  port.close();
}

async function serve({ path, threads }: WorkerOptions): Promise<void> {
  const file = await readOnnxFile(path);
  const session = await openSession(file, threads);
  const description = describe(file.graph, session, path);
  const fetched = [...new Set(description.outputs.map((output) => output.tensor))];
  port?.on('message', async (message: ToWorker) => {
    if (message.kind === 'close') {
      await session.release();
      port.close();
      return;
    }
    const started = performance.now();
    try {
      const results = await session.run(feedsOf(message.feeds), fetched);
      const outputs: Record<string, Tensor> = {};
      const transfer: ArrayBuffer[] = [];
      for (const name of fetched) {
        const result = results[name];
        if (result !== undefined) outputs[name] = plain(result as ort.Tensor, transfer);
      }
      say({ kind: 'done', id: message.id, outputs, milliseconds: performance.now() - started }, transfer);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      say({ kind: 'refused', id: message.id, message: tidy(text) });
    }
  });
  say({ kind: 'ready', description });
}

async function openSession(file: OnnxFile, threads: number): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(cutZipMaps(file.bytes, file.graph) ?? file.bytes, {
      executionProviders: ['cpu'],
      // Errors only: LightGBM's exports declare a label of shape [1], of which each run would warn.
      logSeverityLevel: 3,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      extra: {
        session: {
          // Loaded from memory, the model would look for external data in the working directory.
          model_external_initializers_file_folder_path: dirname(file.path),
          // Threads that spin while they wait would burn the processor time of whoever is beside this service.
          intra_op: { allow_spinning: '0' },
        },
      },
    });
  } catch (error) {
    throw new Error(explainLoadError(file.path, error instanceof Error ? error.message : String(error)));
  }
}

function describe(graph: OnnxGraph, session: ort.InferenceSession, path: string): ModelDescription {
  const inputs = session.inputMetadata.map((input): InputSpec => {
    const type = input.isTensor ? input.type : 'sequence or map';
    if (!input.isTensor || !isTensorType(type))
      throw new Error(
        `Model file ${path} has the input \`${input.name}\` of type ${type}, which cannot be fed.`,
      );
    const [rows] = input.shape;
    return {
      name: input.name,
      type,
      shape: shapeOf(input.shape),
      rows: typeof rows === 'string' ? rows : '',
    };
  });
  if (inputs.length === 0)
    throw new Error(`Model file ${path} has no inputs: there is nothing to predict from.`);
  const zipMaps = zipMapsOf(graph);
  const outputs: OutputSpec[] = [];
  const unreadable: string[] = [];
  for (const { name } of graph.outputs) {
    const zipMap = zipMaps.get(name);
    const tensor = zipMap?.tensor ?? name;
    const metadata = session.outputMetadata.find((output) => output.name === tensor);
    if (metadata?.isTensor === true && isTensorType(metadata.type)) {
      const shape = shapeOf(metadata.shape);
      outputs.push({ name, tensor, type: metadata.type, shape, labels: zipMap?.labels ?? null });
    } else unreadable.push(name);
  }
  if (outputs.length === 0)
    throw new Error(
      `Model file ${path} has no output that is a tensor: ${unreadable.join(', ')} cannot be read.`,
    );
  return { inputs, outputs, unreadable, classes: classLabels(graph), producer: graph.producer };
}

/** By the name of their output. */
function zipMapsOf(graph: OnnxGraph): Map<string, { tensor: string; labels: string[] | null }> {
  const found = new Map<string, { tensor: string; labels: string[] | null }>();
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    const [tensor] = node.inputs;
    if (node.operator !== 'ZipMap' || node.domain !== 'ai.onnx.ml' || output === undefined) continue;
    const lists = [listAttribute(node, 'classlabels_strings'), listAttribute(node, 'classlabels_int64s')];
    const labels = lists.find((list) => list !== null && list.length > 0) ?? null;
    if (tensor !== undefined) found.set(output, { tensor, labels });
  }
  return found;
}

function shapeOf(shape: readonly (number | string)[]): (number | null)[] {
  return shape.map((size) => (typeof size === 'number' && size >= 0 ? size : null));
}

function feedsOf(feeds: Tensors): Record<string, ort.Tensor> {
  // The constructor's overloads pair each type with its array; the pairs were made where the feeds were.
  const construct = ort.Tensor as unknown as new (
    type: string,
    data: unknown,
    dims: readonly number[],
  ) => ort.Tensor;
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      // The binding of 1.30 does not know Float16Array and reads no bytes of it; bits that are called float16
      // afterwards it reads.
      type === 'float16'
        ? Object.assign(new construct('uint16', data, dims), { type })
        : new construct(type, data, dims),
    ]),
  );
}

function plain(tensor: ort.Tensor, transfer: ArrayBuffer[]): Tensor {
  const { type, dims } = tensor;
  if (!isTensorType(type)) throw new Error(`an output has the type ${type}, which cannot be read`);
  if (type === 'string') return { type, dims, data: tensor.data as string[] };
  const data = tensor.data as Uint8Array<ArrayBuffer>;
  const whole = data.byteLength === data.buffer.byteLength;
  if (whole) transfer.push(data.buffer);
  // A Float16Array is no typed array that threads can send each other in every version of Node: its bits are.
  const sent = type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
  return { type, dims, data: sent };
}
