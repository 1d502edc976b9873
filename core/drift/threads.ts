/** Reading rows and comparing columns of numbers in threads: parsing and sorting take most of the time. */

import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parentPort, type Worker } from 'node:worker_threads';
import { RunError } from '../inputs/index.ts';
import { type CollectedRows, type CollectRequest, collectRows, type TakeNumbers } from '../tables/index.ts';
import { endThread, listen, startThread } from '../threads/index.ts';
import { compareNumbers } from './compare-numbers.ts';
import type { Comparison } from './comparison.ts';
import type { NumberSide } from './sides.ts';
import type { DriftMethod } from './types.ts';

/** The numbers of both sides in any order; they are the thread's. */
export interface NumbersJob {
  readonly kind: 'compare';
  readonly reference: NumberSide;
  readonly current: NumberSide;
  readonly method: DriftMethod | null;
  readonly isNamed: boolean;
}

type Job = NumbersJob | ({ readonly kind: 'collect' } & CollectRequest);

type Outcome =
  | { readonly comparison: Comparison }
  | { readonly rows: CollectedRows }
  | { readonly problem: string }
  | { readonly defect: string };
type Answer = Outcome & {
  /** The memory of the job's numbers, for others. */
  readonly buffers: readonly ArrayBuffer[];
};

const mostThreads = 4;
/** Up to so many numbers are sorted, and bytes read, before a thread has started. */
const fewNumbers = 200_000;
const fewBytes = 4_000_000;
const bytesOfNumber = 8;
/** Columns of a profile bring memory of their own: what is not used again must not pile up. */
const mostSpare = 4;
/** Of the numbers of all jobs together, those that are being read included; one job may have more. */
const mostBytes = 300_000_000;

const cores = (): number => Math.min(availableParallelism(), mostThreads);
/** Comparing keeps up with reading, which takes a core. */
const comparers = (): number => Math.max(1, cores() - 1);

const compare = ({ reference, current, method, isNamed }: NumbersJob): Comparison =>
  compareNumbers(reference, current, method, isNamed);

/** What a thread does: answer jobs until it is ended. */
export function serveJobs(): void {
  const port = parentPort;
  if (port === null) return;
  listen(port, async (job: Job) => {
    const buffers = job.kind === 'compare' ? buffersOf(job) : [];
    port.postMessage({ ...(await answer(job)), buffers } satisfies Answer, buffers);
  });
}

async function answer(job: Job): Promise<Outcome> {
  try {
    if (job.kind === 'compare') return { comparison: compare(job) };
    return { rows: await collectRows(job) };
  } catch (error) {
    if (error instanceof RunError) return { problem: error.message };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
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
  /** Of the numbers of jobs that are not done. */
  private bytes = 0;
  private waiting: (() => void)[] = [];
  private failure: Error | null = null;

  /** @param url of the code that calls `serveJobs` */
  constructor(url: URL) {
    this.url = url;
  }

  /**
   * Waits until there is room for another job, so that its numbers need not be read before.
   * @param numbers of both sides together
   */
  async room(numbers: number): Promise<void> {
    while (!this.isFree(comparers()) || this.wouldExceed(numbers * bytesOfNumber)) await this.change();
  }

  async compare(job: Omit<NumbersJob, 'kind'>): Promise<Comparison> {
    const whole = { kind: 'compare', ...job } as const;
    if (job.reference.values.length + job.current.values.length <= fewNumbers) {
      const comparison = compare(whole);
      this.keep(buffersOf(whole));
      return comparison;
    }
    const outcome = await this.ask(whole, buffersOf(whole));
    if (!('comparison' in outcome)) throw new TypeError('a thread gave no comparison');
    return outcome.comparison;
  }

  /** @throws RunError as `collectRows` */
  readonly collect = async (request: CollectRequest): Promise<CollectedRows> => {
    const bytes = request.paths.reduce((sum, path) => sum + statSync(path).size, 0);
    if (bytes <= fewBytes) return await collectRows(request);
    const outcome = await this.ask({ kind: 'collect', ...request }, []);
    if (!('rows' in outcome)) throw new TypeError('a thread gave no rows');
    return outcome.rows;
  };

  /** For the numbers of a job: memory of an earlier one, if there is any. Columns are large, and collected late. */
  readonly take: TakeNumbers = (length) => {
    const place = this.spare.findIndex(({ byteLength }) => byteLength >= length * bytesOfNumber);
    // What is too short for one column is so for the next as well.
    const [spare] = this.spare.splice(Math.max(0, place), 1);
    const buffer = place < 0 || spare === undefined ? new ArrayBuffer(length * bytesOfNumber) : spare;
    return new Float64Array(buffer, 0, length);
  };

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => endThread(worker)));
  }

  private keep(buffers: readonly ArrayBuffer[]): void {
    this.spare = [...this.spare, ...buffers].slice(-mostSpare);
  }

  private async ask(job: Job, transfer: readonly ArrayBuffer[]): Promise<Outcome> {
    // At once, so that the next column is not read beside it.
    const bytes = transfer.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.bytes += bytes;
    const most = job.kind === 'collect' ? cores() : comparers();
    while (!this.isFree(most)) await this.change();
    const thread = this.threads.find(({ busy }) => busy === null) ?? this.start();
    const outcome = await new Promise<Answer>((done) => {
      thread.busy = (answer) => {
        this.bytes -= bytes;
        done(answer);
      };
      thread.worker.postMessage(job, transfer);
    });
    if ('problem' in outcome) throw new RunError(outcome.problem);
    if ('defect' in outcome) throw Object.assign(new Error('a thread failed'), { stack: outcome.defect });
    return outcome;
  }

  /** Whether a job may begin where so many threads are wanted at most. */
  private isFree(most: number): boolean {
    return this.threads.length < most || this.threads.some(({ busy }) => busy === null);
  }

  /** Until a job has ended. @throws what a thread died of */
  private async change(): Promise<void> {
    if (this.failure === null) await new Promise<void>((wake) => this.waiting.push(wake));
    if (this.failure !== null) throw this.failure;
  }

  private wouldExceed(bytes: number): boolean {
    return this.bytes > 0 && this.bytes + bytes > mostBytes;
  }

  private start(): Thread {
    const worker = startThread(this.url);
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
    this.keep(answer.buffers);
    done?.(answer);
    for (const wake of this.waiting.splice(0)) wake();
  }
}
