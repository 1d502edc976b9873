/** Comparing columns of numbers in threads: sorting takes most of the time. */

import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import type { TakeNumbers } from '../tables/index.ts';
import { compareNumbers } from './compare-numbers.ts';
import type { Comparison } from './comparison.ts';
import type { NumberSide } from './sides.ts';
import type { DriftMethod } from './types.ts';

/** The numbers of both sides in any order; they are the thread's. */
export interface NumbersJob {
  readonly reference: NumberSide;
  readonly current: NumberSide;
  readonly method: DriftMethod | null;
  readonly isNamed: boolean;
}

type Answer = ({ readonly comparison: Comparison } | { readonly defect: string }) & {
  /** The memory of the job's numbers, for others. */
  readonly buffers: readonly ArrayBuffer[];
};

const mostThreads = 4;
/** Up to so many numbers are sorted before a thread has started. */
const fewNumbers = 200_000;
const bytesOfNumber = 8;

export const runJob = ({ reference, current, method, isNamed }: NumbersJob): Comparison =>
  compareNumbers(reference, current, method, isNamed);

/** What a thread does: answer jobs until it is ended. */
export function serveJobs(): void {
  parentPort?.on('message', (job: NumbersJob) => {
    const buffers = buffersOf(job);
    let answer: Answer;
    try {
      answer = { comparison: runJob(job), buffers };
    } catch (error) {
      answer = { defect: error instanceof Error ? (error.stack ?? error.message) : String(error), buffers };
    }
    parentPort?.postMessage(answer, buffers);
  });
}

const buffersOf = ({ reference, current }: NumbersJob): ArrayBuffer[] => [
  ...new Set([reference.values.buffer, current.values.buffer] as ArrayBuffer[]),
];

interface Thread {
  readonly worker: Worker;
  busy: ((answer: Answer) => void) | null;
}

/** As many jobs at a time as there are cores: memory holds the columns of those. */
export class Threads {
  private readonly url: URL;
  private readonly threads: Thread[] = [];
  private spare: ArrayBuffer[] = [];
  private waiting: (() => void)[] = [];
  private failure: Error | null = null;

  /** @param url of the code that calls `serveJobs` */
  constructor(url: URL) {
    this.url = url;
  }

  /** Waits until there is room for another job, so that its numbers need not be read before. */
  async room(): Promise<void> {
    while (this.failure === null && !this.threads.some(({ busy }) => busy === null) && this.isFull()) {
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
    if (this.failure !== null) throw this.failure;
  }

  async run(job: NumbersJob): Promise<Comparison> {
    if (job.reference.values.length + job.current.values.length <= fewNumbers) {
      const comparison = runJob(job);
      this.spare.push(...buffersOf(job));
      return comparison;
    }
    await this.room();
    const thread = this.threads.find(({ busy }) => busy === null) ?? this.start();
    const answer = await new Promise<Answer>((done) => {
      thread.busy = done;
      thread.worker.postMessage(job, buffersOf(job));
    });
    if ('defect' in answer) throw Object.assign(new Error('a thread failed'), { stack: answer.defect });
    return answer.comparison;
  }

  /** For the numbers of a job: memory of an earlier one, if there is any. Columns are large, and collected late. */
  readonly take: TakeNumbers = (length) => {
    const place = this.spare.findIndex(({ byteLength }) => byteLength >= length * bytesOfNumber);
    const [buffer = new ArrayBuffer(length * bytesOfNumber)] = place < 0 ? [] : this.spare.splice(place, 1);
    return new Float64Array(buffer, 0, length);
  };

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  private isFull(): boolean {
    return this.threads.length >= Math.min(availableParallelism(), mostThreads);
  }

  private start(): Thread {
    const worker = new Worker(this.url, { execArgv: [] });
    const thread: Thread = { worker, busy: null };
    worker.on('message', (answer: Answer) => this.free(thread, answer));
    worker.on('error', (error) => {
      this.failure = error;
      this.free(thread, { defect: error.stack ?? error.message, buffers: [] });
    });
    this.threads.push(thread);
    return thread;
  }

  private free(thread: Thread, answer: Answer): void {
    const done = thread.busy;
    thread.busy = null;
    this.spare.push(...answer.buffers);
    done?.(answer);
    for (const wake of this.waiting.splice(0)) wake();
  }
}
