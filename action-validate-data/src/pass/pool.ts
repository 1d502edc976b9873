/** The threads that judge rows: each has a few blocks at a time, and is ended when an expression does not come back. */

import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { RunError } from '../../../core/inputs/index.ts';
import { endThread, startThread } from '../../../core/threads/index.ts';
import type { ColumnState } from '../profile/column.ts';
import { returnBuffer } from './block-buffers.ts';
import type { Block, FileSetup, FromJudge, JudgeSetup, ToJudge } from './protocol.ts';
import { createWatch, type Stuck, WatchingSide } from './watch.ts';

const mostThreads = 4;
/** Blocks that a thread may have at a time: one at work, one waiting. */
const ahead = 2;
const lookEvery = 200;

/** What the threads are to do, once that is known. */
export interface PoolWork extends JudgeSetup {
  /** Says which expression took too long. */
  readonly describe: (stuck: Stuck, file: string) => string;
  /** Blocks come back in any order. */
  readonly onJudged: (judged: Extract<FromJudge, { kind: 'judged' }>) => void;
  /** Violations of a block before it comes back; the thread goes on sending as parts are `taken`. */
  readonly onFound: (part: Extract<FromJudge, { kind: 'found' }>, taken: () => void) => void;
}

/** Up to this size one thread is done before a second one has started. */
const smallData = 8 << 20;

interface Thread {
  readonly worker: Worker;
  readonly watch: WatchingSide;
  waiting: number;
  finished: Extract<FromJudge, { kind: 'finished' }> | null;
}

export class JudgePool {
  private readonly threads: Thread[] = [];
  readonly patternTime: number;
  private work: PoolWork | null = null;
  private readonly timer: NodeJS.Timeout;
  private file = '';
  private failure: Error | null = null;
  /** Woken at every message and failure. */
  private wake: () => void = () => {};

  /**
   * Starts the threads at once: they load while the schema is read and the rules are measured.
   * @param bytes to read: small data are not worth a second thread
   * @param patternTime milliseconds that one regular expression may take on one value
   */
  constructor(bytes: number, patternTime = 2000) {
    this.patternTime = patternTime;
    // A thread on every core, although the main one reads and cuts: it waits for them most of the time.
    const wanted = bytes <= smallData ? 1 : Math.min(availableParallelism(), mostThreads);
    while (this.threads.length < wanted) this.threads.push(this.start());
    this.timer = setInterval(() => this.look(), lookEvery);
    this.timer.unref();
  }

  static async forFiles(files: readonly { readonly path: string }[]): Promise<JudgePool> {
    let bytes = 0;
    for (const { path } of files) bytes += (await stat(path)).size;
    return new JudgePool(bytes);
  }

  prepare(work: PoolWork): void {
    this.work = work;
    const { schema, nulls } = work;
    for (const thread of this.threads) this.post(thread, { kind: 'setup', setup: { schema, nulls } });
  }

  /** Makes a file known to all threads; call it when the blocks of the one before have come back. */
  async begin(setup: FileSetup): Promise<void> {
    await this.idle();
    this.file = setup.shown;
    for (const thread of this.threads) this.post(thread, { kind: 'file', setup });
  }

  /** Gives the block to the thread with the least to do; waits while all have enough. */
  async give(block: Block): Promise<void> {
    for (;;) {
      this.throwFailure();
      const thread = this.threads.reduce((least, each) => (each.waiting < least.waiting ? each : least));
      if (thread.waiting < ahead) {
        thread.waiting += 1;
        const transfer = buffersOf(block);
        this.post(thread, { kind: 'block', block }, transfer);
        return;
      }
      await this.event();
    }
  }

  /** Waits until all blocks have come back. */
  async idle(): Promise<void> {
    for (;;) {
      this.throwFailure();
      if (this.threads.every(({ waiting }) => waiting === 0)) return;
      await this.event();
    }
  }

  /** The profile's parts, one a thread. */
  async finish(): Promise<{ columns: readonly (readonly [string, ColumnState])[]; columnsLeft: number }[]> {
    await this.idle();
    for (const thread of this.threads) this.post(thread, { kind: 'finish' });
    for (;;) {
      this.throwFailure();
      const done = this.threads.flatMap(({ finished }) => (finished === null ? [] : [finished]));
      if (done.length === this.threads.length) return done;
      await this.event();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.threads.map(({ worker }) => endThread(worker)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private start(): Thread {
    const watch = createWatch();
    // In the bundle the thread's code is a bundle of its own.
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker/index.js';
    const worker = startThread(new URL(file, import.meta.url), watch);
    const thread: Thread = { worker, watch: new WatchingSide(watch), waiting: 0, finished: null };
    worker.on('message', (message: FromJudge) => {
      try {
        this.receive(thread, message);
      } catch (error) {
        // Such as a disk that is full: an error of a listener would end the process without a word.
        this.fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    worker.on('error', (error: Error & { code?: string }) => this.fail(explain(error)));
    worker.on('exit', (code) => {
      if (thread.finished === null) this.fail(new Error(`a thread ended with exit code ${code}`));
    });
    return thread;
  }

  private receive(thread: Thread, message: FromJudge): void {
    switch (message.kind) {
      case 'judged':
        thread.waiting -= 1;
        if (message.bytes !== null) returnBuffer(message.bytes);
        this.work?.onJudged(message);
        break;
      case 'found':
        this.work?.onFound(message, () => thread.watch.taken());
        break;
      case 'finished':
        thread.finished = message;
        break;
      case 'failed': {
        if (message.defect === null) this.fail(new RunError(message.message));
        else this.fail(Object.assign(new Error(message.message), { stack: message.defect }));
      }
    }
    this.wake();
  }

  private look(): void {
    for (const { watch } of this.threads) {
      const stuck = watch.look(performance.now(), this.patternTime);
      if (stuck !== null && this.work !== null) this.fail(new RunError(this.work.describe(stuck, this.file)));
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  private event(): Promise<void> {
    return new Promise((done) => {
      this.wake = done;
    });
  }

  private post(thread: Thread, message: ToJudge, transfer: ArrayBuffer[] = []): void {
    thread.worker.postMessage(message, transfer);
  }
}

function explain(error: Error & { code?: string }): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new RunError('the rows need more memory than there is; are single rows or values very large?');
}

/** What moves to the thread instead of being copied. */
function buffersOf(block: Block): ArrayBuffer[] {
  if (block.kind === 'values') return [];
  if (block.kind !== 'columns') return [block.bytes];
  return block.columns.flatMap((column) => {
    const missing = column.missing === null ? [] : [column.missing.buffer];
    if (column.kind === 'numbers') return [column.values.buffer, ...missing];
    return column.kind === 'texts' ? [column.bytes.buffer, column.offsets.buffer, ...missing] : missing;
  });
}
