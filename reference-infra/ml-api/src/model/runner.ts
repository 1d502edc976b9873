/** The threads of one model, seen from the thread that answers requests. */

import type { Worker } from 'node:worker_threads';
import { RunError } from '../../../../core/inputs/errors.ts';
import { startThread } from '../../../../core/threads/index.ts';
import type { ModelDescription } from './description.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './inference-worker.ts';
import type { Tensor, Tensors } from './tensors.ts';

export interface RunnerOptions {
  readonly path: string;
  /** Threads with a session each: as many runs at once. */
  readonly workers: number;
  /** Threads within an operator, of each session. */
  readonly threads: number;
  /** A thread ended by itself: the process has to be started anew. */
  readonly onLost: (message: string) => void;
}

export interface Run {
  readonly outputs: Tensors;
  /** Within ONNX Runtime. */
  readonly milliseconds: number;
}

/** The model refused these inputs, though they fit its signature. */
export class ModelRunError extends Error {
  override readonly name = 'ModelRunError';
}

export interface Runner {
  readonly description: ModelDescription;
  /** Runs at once. */
  readonly capacity: number;
  /** Whether a run is on: until it is over, its thread cannot be ended. */
  readonly busy: boolean;
  /** Takes the memory of the feeds. No more calls at once than `capacity`. @throws ModelRunError */
  run(feeds: Tensors): Promise<Run>;
  close(): Promise<void>;
}

/** @throws RunError naming the file and what is wrong with it. */
export async function openRunner(options: RunnerOptions): Promise<Runner> {
  const threads = Array.from({ length: options.workers }, () => new InferenceThread(options));
  const opened = await Promise.allSettled(threads.map((thread) => thread.opened));
  const failed = opened.find((result) => result.status === 'rejected');
  const [first] = opened;
  if (failed !== undefined || first?.status !== 'fulfilled') {
    await Promise.all(threads.map((thread) => thread.close()));
    throw failed?.reason ?? new RunError('The model has no thread to run on.');
  }
  return {
    description: first.value,
    capacity: threads.length,
    get busy() {
      return threads.some((thread) => thread.busy);
    },
    run: (feeds) => {
      const idle = threads.find((thread) => !thread.busy);
      if (idle === undefined) throw new Error('all threads of the model are busy');
      return idle.run(feeds);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

class InferenceThread {
  readonly opened: Promise<ModelDescription>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #pending: { id: number; resolve: (run: Run) => void; reject: (error: Error) => void } | null = null;
  #nextId = 0;
  #closing = false;

  constructor({ path, threads, onLost }: RunnerOptions) {
    const workerData: WorkerOptions = { path, threads };
    // From the sources in development, from the bundle's second file in the image.
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = startThread(new URL(`./inference-worker.${ending}`, import.meta.url), workerData);
    const ready = Promise.withResolvers<ModelDescription>();
    this.opened = ready.promise;
    // Whoever waits gets the rejection; that nobody does is no defect.
    this.opened.catch(() => {});
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    let open = false;
    const lose = (reason: string): void => {
      const message = `the thread of the model ${path} ended: ${reason}`;
      this.#pending?.reject(new Error(message));
      this.#pending = null;
      if (!open) ready.reject(new RunError(`Model file ${path} cannot be loaded: ${reason}.`));
      else if (!this.#closing) onLost(message);
    };
    this.#worker.on('error', (error) => lose(error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', (code) => lose(`exit code ${code}`));
    this.#worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') {
        open = true;
        ready.resolve(message.description);
      } else if (message.kind === 'failed') {
        this.#closing = true;
        ready.reject(new RunError(message.message));
      } else this.#settle(message);
    });
  }

  get busy(): boolean {
    return this.#pending !== null;
  }

  run(feeds: Tensors): Promise<Run> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending = { id, resolve, reject };
      const transfer: ArrayBuffer[] = [];
      const sent = Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, sendable(tensor, transfer)]),
      );
      this.#send({ kind: 'run', id, feeds: sent }, transfer);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#send({ kind: 'close' }, []);
    await this.#ended;
  }

  #send(message: ToWorker, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #settle(message: Extract<FromWorker, { id: number }>): void {
    const pending = this.#pending;
    if (pending === null || pending.id !== message.id) return;
    this.#pending = null;
    if (message.kind === 'refused') pending.reject(new ModelRunError(message.message));
    else {
      const outputs = Object.fromEntries(
        Object.entries(message.outputs).map(([name, tensor]) => [name, received(tensor)]),
      );
      pending.resolve({ outputs, milliseconds: message.milliseconds });
    }
  }
}

/** Buffers that hold nothing else are handed over, not copied. Half floats travel as their bits. */
function sendable(tensor: Tensor, transfer: ArrayBuffer[]): Tensor {
  const { data } = tensor;
  if (Array.isArray(data)) return tensor;
  const { buffer, byteOffset, byteLength } = data;
  if (!(buffer instanceof ArrayBuffer)) throw new Error('tensors do not lie in shared memory');
  if (byteLength === buffer.byteLength && byteLength > 0 && !transfer.includes(buffer)) transfer.push(buffer);
  if (tensor.type !== 'float16') return tensor;
  return { ...tensor, data: new Uint16Array(buffer, byteOffset, byteLength / 2) };
}

function received(tensor: Tensor): Tensor {
  if (tensor.type !== 'float16' || !(tensor.data instanceof Uint16Array)) return tensor;
  const { buffer, byteOffset, length } = tensor.data;
  return { ...tensor, data: new Float16Array(buffer, byteOffset, length) };
}
