/** Comparing columns of numbers in threads: sorting takes most of the time. */

import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { sortNumbers } from '../stats/index.ts';
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

type Answer = { readonly comparison: Comparison } | { readonly defect: string };

const mostThreads = 4;
/** Up to so many numbers are sorted before a thread has started. */
const fewNumbers = 200_000;

export function runJob({ reference, current, method, isNamed }: NumbersJob): Comparison {
  sortNumbers(reference.sorted);
  sortNumbers(current.sorted);
  return compareNumbers(reference, current, method, isNamed);
}

/** What a thread does: answer jobs until it is ended. */
export function serveJobs(): void {
  parentPort?.on('message', (job: NumbersJob) => {
    let answer: Answer;
    try {
      answer = { comparison: runJob(job) };
      // Not when the collector gets round to it: columns are large.
      for (const { sorted } of [job.reference, job.current]) (sorted.buffer as ArrayBuffer).transfer(0);
    } catch (error) {
      answer = { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    parentPort?.postMessage(answer);
  });
}

interface Thread {
  readonly worker: Worker;
  busy: ((answer: Answer) => void) | null;
}

/** As many jobs at a time as there are cores: memory holds the columns of those. */
export class Threads {
  private readonly url: URL;
  private readonly threads: Thread[] = [];
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
    if (job.reference.sorted.length + job.current.sorted.length <= fewNumbers) return runJob(job);
    await this.room();
    const thread = this.threads.find(({ busy }) => busy === null) ?? this.start();
    const answer = await new Promise<Answer>((done) => {
      thread.busy = done;
      const buffers = [job.reference.sorted.buffer, job.current.sorted.buffer] as ArrayBuffer[];
      thread.worker.postMessage(job, [...new Set(buffers)]);
    });
    if ('defect' in answer) throw Object.assign(new Error('a thread failed'), { stack: answer.defect });
    return answer.comparison;
  }

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
      this.free(thread, { defect: error.stack ?? error.message });
    });
    this.threads.push(thread);
    return thread;
  }

  private free(thread: Thread, answer: Answer): void {
    const done = thread.busy;
    thread.busy = null;
    done?.(answer);
    for (const wake of this.waiting.splice(0)) wake();
  }
}
