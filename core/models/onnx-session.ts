/** Opens a model in ONNX Runtime, on the CPU. */

import { dirname } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { RunError } from '../inputs/errors.ts';
import { loadOnnxRuntime } from '../native/index.ts';
import type { Log } from '../report/log.ts';
import { type OnnxFile, readOnnxFile } from './onnx-file.ts';
import type { ModelFacts, ModelInput } from './types.ts';
import { unsteadyNotices } from './unsteady.ts';
import { classLabels, cutZipMaps } from './zipmap.ts';

export type OnnxRuntime = typeof import('onnxruntime-node');

export interface OpenSession {
  readonly runtime: OnnxRuntime;
  readonly session: InferenceSession;
  readonly facts: ModelFacts;
  /** Outputs that are no tensors, which the binding cannot hand over. */
  readonly unreadable: readonly string[];
  /** What readers of a result should know of the model's answers. */
  readonly notices: readonly string[];
}

export interface SessionOptions {
  /** As reports show the model; default: the path. */
  readonly name?: string;
  readonly kind?: 'onnx' | 'mlflow-onnx';
  /** All files of the model; default: the .onnx file and its external data. */
  readonly files?: ModelFacts['files'];
  /** Threads within an operator; default: ONNX Runtime's own choice. */
  readonly threads?: number;
  readonly log?: Log;
}

/** @throws RunError naming the file and what is wrong with it. */
export async function openSession(path: string, options: SessionOptions = {}): Promise<OpenSession> {
  const file = await readOnnxFile(path);
  const runtime = await loadOnnxRuntime(options.log);
  const bytes = cutZipMaps(file.bytes, file.graph) ?? file.bytes;
  const session = await create(runtime, file, bytes, options.threads);
  const outputs = session.outputMetadata.filter((output) => output.isTensor);
  const facts: ModelFacts = {
    name: options.name ?? path,
    kind: options.kind ?? 'onnx',
    files: options.files ?? file.files,
    inputs: session.inputMetadata.map(describe),
    outputs: outputs.map(describe),
    producer: file.graph.producer,
    opset: file.graph.opset,
    classes: classLabels(file.graph),
  };
  const unreadable = session.outputMetadata.filter((output) => !output.isTensor).map((output) => output.name);
  return { runtime, session, facts, unreadable, notices: unsteadyNotices(file.graph) };
}

async function create(
  runtime: OnnxRuntime,
  file: OnnxFile,
  bytes: Uint8Array,
  threads: number | undefined,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      // Errors only: LightGBM's exports declare a label of shape [1], of which each run would warn.
      logSeverityLevel: 3,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      // Loaded from memory, the model would look for external data in the working directory.
      extra: { session: { model_external_initializers_file_folder_path: dirname(file.path) } },
    });
  } catch (error) {
    throw new RunError(explainLoadError(file.path, error instanceof Error ? error.message : String(error)));
  }
}

/** One sentence for what ONNX Runtime says when a model does not load. */
export function explainLoadError(path: string, message: string): string {
  const operator =
    /No Op registered for (\S+) with domain_version of (\d+)/.exec(message) ??
    /Could not find an implementation for ([^\s(]+)\((\d+)\)/.exec(message);
  if (operator !== null) {
    return `Model file ${path} uses the operator ${operator[1]} (opset ${operator[2]}), which ONNX Runtime does not have.`;
  }
  const custom = /Fatal error: (\S+?)\(-?\d+\) is not a registered function\/op/.exec(message);
  if (custom !== null) {
    return `Model file ${path} uses the custom operator ${custom[1]}, which ONNX Runtime does not have: export the model without it.`;
  }
  const opset =
    /Opset (\d+) is under development.*?Current official support for domain (\S+) is till opset (\d+)/s.exec(
      message,
    );
  if (opset !== null) {
    return `Model file ${path} has opset ${opset[1]} of ${opset[2]}, newer than ONNX Runtime knows (${opset[3]}): export it with an older target opset.`;
  }
  const version = /Unsupported model IR version: (\d+), max supported IR version: (\d+)/.exec(message);
  if (version !== null) {
    return `Model file ${path} has IR version ${version[1]}, newer than ONNX Runtime knows (${version[2]}): export it with an older onnx package.`;
  }
  if (/protobuf parsing failed/i.test(message))
    return `Model file ${path} is damaged: ONNX Runtime cannot parse it.`;
  return `Model file ${path} does not load in ONNX Runtime: ${tidy(message)}`;
}

/** ONNX Runtime's message in one line, without its source positions and function signatures. */
export function tidy(message: string): string {
  const line = message
    .replace(/\/\S*\.(cc|h):\d+ (.*?\) )?/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

function describe(metadata: InferenceSession.ValueMetadata): ModelInput {
  if (!metadata.isTensor) return { name: metadata.name, type: 'sequence or map', shape: [] };
  const shape = metadata.shape.map((size) => (typeof size === 'number' ? size : null));
  return { name: metadata.name, type: metadata.type, shape };
}
