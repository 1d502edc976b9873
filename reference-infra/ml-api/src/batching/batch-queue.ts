/**
 * Requests that wait for the model, joined into one run. When a thread of the model is idle and no other runs, a request
 * goes at once; while one runs, requests gather, at most until there are `maxRows` rows or the oldest has waited for
 * `maxDelayMs`, if another thread is free by then.
 */

import { RequestError } from '../errors.ts';
import type { Batching } from '../model/description.ts';
import { ModelRunError, type Run, type Runner } from '../model/runner.ts';
import { joinTensors, sliceTensor, type Tensors } from '../model/tensors.ts';
import type { SpanLink } from '../types.ts';
import type { Admission } from './admission.ts';
import { runInParts } from './fixed-rows.ts';

export interface BatchOptions {
  /** Rows of one joined run; a larger request runs by itself. */
  readonly maxRows: number;
  readonly maxDelayMs: number;
  /** The longest that a request may wait for its run. */
  readonly deadlineMs: number;
  /** Called for each run of the model. */
  readonly onRun?: (rows: number, milliseconds: number) => void;
}

export interface Completed {
  readonly outputs: Tensors;
  /** Rows of the run that this request was part of. */
  readonly batchRows: number;
  /** Spans of all requests of that run, as far as they are traced. */
  readonly spans: readonly SpanLink[];
  /** performance.now() when it was queued, when its run began and when that ended. */
  readonly queuedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

interface Job {
  readonly feeds: Tensors;
  readonly rows: number;
  /** Types and row shapes of the feeds: only equal ones can be joined. */
  readonly key: string;
  readonly queuedAt: number;
  readonly span: SpanLink | null;
  state: 'waiting' | 'running' | 'settled';
  resolve(completed: Completed): void;
  reject(error: Error): void;
}

export class BatchQueue {
  readonly #runner: Runner;
  readonly #batching: Batching;
  readonly #admission: Admission;
  readonly #options: BatchOptions;
  #joinable: boolean;
  #waiting: Job[] = [];
  #running = 0;
  #scheduled = false;
  #delayTimer: NodeJS.Timeout | null = null;
  #deadlineTimer: NodeJS.Timeout | null = null;
  #whenIdle: (() => void)[] = [];

  constructor(runner: Runner, batching: Batching, admission: Admission, options: BatchOptions) {
    this.#runner = runner;
    this.#batching = batching;
    this.#joinable = batching.joinable && options.maxRows > 1;
    this.#admission = admission;
    this.#options = options;
  }

  /**
   * Takes the memory of the feeds. An aborted request that still waits is not computed.
   * @param span of the request, when it is traced
   * @throws RequestError 503 when there is no room or the deadline passes, 400 when the model refuses the values.
   */
  async submit(
    feeds: Tensors,
    rows: number,
    signal?: AbortSignal,
    span: SpanLink | null = null,
  ): Promise<Completed> {
    if (signal?.aborted === true) throw gone();
    const leave = this.#admission.addRows(rows);
    try {
      return await new Promise<Completed>((resolve, reject) => {
        const job: Job = {
          feeds,
          rows,
          key: this.#joinable ? keyOf(feeds) : '',
          queuedAt: performance.now(),
          span,
          state: 'waiting',
          resolve,
          reject,
        };
        signal?.addEventListener('abort', () => this.#drop(job, gone()), { once: true });
        this.#waiting.push(job);
        this.#watchDeadline();
        this.#schedule();
      });
    } finally {
      leave();
    }
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    if (this.#waiting.length === 0 && this.#running === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** At the end of this turn of the event loop, so that requests which arrived together run together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#running < this.#runner.capacity) {
      if (this.#mayGather()) return;
      const batch = this.#take();
      this.#running++;
      void this.#run(batch).finally(() => {
        this.#running--;
        this.#dispatch();
        this.#tellIdle();
      });
    }
  }

  /** True: others run, there is room in the batch, and the oldest has not waited long; a timer comes back to it. */
  #mayGather(): boolean {
    const { maxDelayMs, maxRows } = this.#options;
    const [oldest] = this.#waiting;
    if (!this.#joinable || this.#running === 0 || maxDelayMs <= 0 || oldest === undefined) return false;
    let rows = 0;
    for (const job of this.#waiting) {
      rows += job.rows;
      if (rows >= maxRows) return false;
    }
    const left = oldest.queuedAt + maxDelayMs - performance.now();
    if (left <= 0) return false;
    this.#delayTimer ??= setTimeout(() => {
      this.#delayTimer = null;
      this.#dispatch();
    }, left);
    return true;
  }

  /** The oldest, and in order those that can be joined with it. */
  #take(): readonly Job[] {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return [];
    const batch: Job[] = [];
    const left: Job[] = [];
    let rows = 0;
    for (const job of this.#waiting) {
      const joins =
        job === oldest ||
        (this.#joinable && job.key === oldest.key && rows + job.rows <= this.#options.maxRows);
      if (joins) {
        rows += job.rows;
        job.state = 'running';
        batch.push(job);
      } else left.push(job);
    }
    this.#waiting = left;
    return batch;
  }

  async #run(batch: readonly Job[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (batch.length > 1 && (await this.#runJoined(batch))) return;
    for (const job of batch) await this.#runAlone(job);
  }

  /** False when each must be run by itself: one of them is refused by the model, or its outputs are not by row. */
  async #runJoined(batch: readonly Job[]): Promise<boolean> {
    const rows = batch.reduce((total, job) => total + job.rows, 0);
    const names = Object.keys(batch[0]?.feeds ?? {});
    const startedAt = performance.now();
    let run: Run;
    try {
      const joined = names.map((name) => [name, joinTensors(batch.flatMap((job) => job.feeds[name] ?? []))]);
      run = await this.#runner.run(Object.fromEntries(joined) as Tensors);
    } catch (error) {
      if (error instanceof ModelRunError) return false;
      for (const job of batch) this.#settle(job, () => job.reject(asError(error)));
      return true;
    }
    const outputs = Object.entries(run.outputs);
    if (outputs.some(([, tensor]) => tensor.dims[0] !== rows)) {
      this.#joinable = false;
      return false;
    }
    this.#options.onRun?.(rows, run.milliseconds);
    const endedAt = performance.now();
    const spans = batch.flatMap((job) => job.span ?? []);
    let from = 0;
    for (const job of batch) {
      const to = from + job.rows;
      const own = Object.fromEntries(outputs.map(([name, tensor]) => [name, sliceTensor(tensor, from, to)]));
      const { queuedAt } = job;
      this.#settle(job, () =>
        job.resolve({ outputs: own, batchRows: rows, spans, queuedAt, startedAt, endedAt }),
      );
      from = to;
    }
    return true;
  }

  async #runAlone(job: Job): Promise<void> {
    const startedAt = performance.now();
    const { rows, queuedAt } = job;
    const spans = job.span === null ? [] : [job.span];
    try {
      const { fixedRows } = this.#batching;
      const run =
        fixedRows === null
          ? await this.#runner.run(job.feeds)
          : await runInParts(this.#runner, job.feeds, rows, fixedRows);
      this.#options.onRun?.(fixedRows ?? rows, run.milliseconds);
      const endedAt = performance.now();
      this.#settle(job, () =>
        job.resolve({
          outputs: run.outputs,
          batchRows: fixedRows ?? rows,
          spans,
          queuedAt,
          startedAt,
          endedAt,
        }),
      );
    } catch (error) {
      this.#settle(job, () => job.reject(asError(error)));
    }
  }

  #settle(job: Job, tell: () => void): void {
    if (job.state === 'settled') return;
    job.state = 'settled';
    tell();
  }

  /** Takes a job that waits out of the queue; one that runs goes on, since others may run with it. */
  #drop(job: Job, error: RequestError): void {
    if (job.state === 'waiting') this.#waiting = this.#waiting.filter((other) => other !== job);
    this.#settle(job, () => job.reject(error));
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#waiting.length > 0 || this.#running > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** The queue is in the order of arrival, and all have the same time: the oldest is the next to be late. */
  #watchDeadline(): void {
    const [oldest] = this.#waiting;
    if (this.#deadlineTimer !== null || oldest === undefined) return;
    const { deadlineMs } = this.#options;
    this.#deadlineTimer = setTimeout(
      () => {
        this.#deadlineTimer = null;
        const late = this.#waiting.filter((job) => performance.now() - job.queuedAt >= deadlineMs);
        for (const job of late) this.#drop(job, tooLate(deadlineMs));
        this.#watchDeadline();
      },
      Math.max(1, oldest.queuedAt + deadlineMs - performance.now() + 1),
    );
    this.#deadlineTimer.unref();
  }
}

function keyOf(feeds: Tensors): string {
  let key = '';
  for (const name in feeds) key += `${feeds[name]?.dims.slice(1).join('x')};`;
  return key;
}

function gone(): RequestError {
  return new RequestError(499, 'client_closed', 'The client went away before its answer was computed.');
}

function tooLate(deadlineMs: number): RequestError {
  return new RequestError(
    503,
    'deadline',
    `The request has waited for ${deadlineMs} ms, the longest that it may, and was not computed. Try again later.`,
    { retryAfter: 1 },
  );
}

/** What the model itself refuses is in the values: an index past the end of a table, a shape that it cannot add. */
function asError(error: unknown): Error {
  if (!(error instanceof ModelRunError)) return error instanceof Error ? error : new Error(String(error));
  if (/failed to allocate|bad_alloc|out of memory/i.test(error.message)) {
    return new RequestError(503, 'queue_full', 'There is not enough memory for a run of this size.', {
      retryAfter: 5,
    });
  }
  return new RequestError(400, 'model_failed', `The model cannot be run on these values: ${error.message}`);
}
