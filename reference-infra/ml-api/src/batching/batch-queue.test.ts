import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RequestError } from '../errors.ts';
import type { ModelDescription } from '../model/description.ts';
import { ModelRunError, type Run, type Runner } from '../model/runner.ts';
import type { Tensors } from '../model/tensors.ts';
import { Admission } from './admission.ts';
import { type BatchOptions, BatchQueue } from './batch-queue.ts';

const description: ModelDescription = {
  inputs: [],
  outputs: [],
  classes: null,
  unreadable: [],
  producer: null,
};
const joinable = { fixedRows: null, joinable: true };
const usual: BatchOptions = { maxRows: 100, maxDelayMs: 0, deadlineMs: 10_000 };

/** Doubles each value; refuses negative ones. Each run lasts until it is released. */
class Doubler implements Runner {
  readonly description = description;
  readonly capacity: number;
  readonly busy = false;
  readonly runs: number[][] = [];
  #release: (() => void)[] = [];

  constructor(capacity = 1) {
    this.capacity = capacity;
  }

  async run(feeds: Tensors): Promise<Run> {
    const values = Array.from((feeds.x?.data ?? []) as Float64Array);
    this.runs.push(values);
    await new Promise<void>((resolve) => this.#release.push(resolve));
    if (values.some((value) => value < 0)) throw new ModelRunError('negative');
    const data = Float64Array.from(values, (value) => 2 * value);
    return { outputs: { y: { type: 'float64', data, dims: feeds.x?.dims ?? [] } }, milliseconds: 1 };
  }

  async close(): Promise<void> {}

  /** Ends the oldest run, when it has begun. */
  async release(): Promise<void> {
    while (this.#release.length === 0) await sleep(1);
    this.#release.shift()?.();
    await sleep(2);
  }

  async releaseAll(promises: readonly Promise<unknown>[]): Promise<void> {
    let open = true;
    void Promise.allSettled(promises).then(() => {
      open = false;
    });
    while (open) {
      this.#release.shift()?.();
      await sleep(1);
    }
  }
}

const feed = (...values: number[]): Tensors => ({
  x: { type: 'float64', data: Float64Array.from(values), dims: [values.length] },
});

function queueOf(
  runner: Runner,
  options: Partial<BatchOptions> = {},
  limits = { requests: 1000, rows: 1000, bytes: 1000 },
  batching = joinable as { fixedRows: number | null; joinable: boolean },
): BatchQueue {
  return new BatchQueue(runner, batching, new Admission(limits), { ...usual, ...options });
}

const submit = async (
  queue: BatchQueue,
  values: readonly number[],
  signal?: AbortSignal,
): Promise<number[]> =>
  Array.from((await queue.submit(feed(...values), values.length, signal)).outputs.y?.data as Float64Array);

describe('requests', () => {
  test('that arrive while the model runs are joined, and each gets its own rows', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner);
    const first = submit(queue, [1]);
    await sleep(5);
    const others = [submit(queue, [2, 3]), submit(queue, [4]), submit(queue, [5, 6, 7])];
    await runner.releaseAll([first, ...others]);
    expect(await Promise.all([first, ...others])).toEqual([[2], [4, 6], [8], [10, 12, 14]]);
    expect(runner.runs).toEqual([[1], [2, 3, 4, 5, 6, 7]]);
  });

  test('are joined up to the limit of rows; a larger one runs by itself', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner, { maxRows: 3 });
    const all = [[0], [1, 2], [3, 4], [5], [6, 7, 8, 9]].map((values) => submit(queue, values));
    await runner.releaseAll(all);
    expect(await Promise.all(all)).toEqual([[0], [2, 4], [6, 8], [10], [12, 14, 16, 18]]);
    expect(runner.runs).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8, 9],
    ]);
  });

  test('that the model refuses do not fail their neighbours', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner);
    const all = [submit(queue, [1]), submit(queue, [-1]), submit(queue, [3])];
    const settled = Promise.allSettled(all);
    await runner.releaseAll(all);
    const [good, bad, alsoGood] = await settled;
    expect(good).toMatchObject({ status: 'fulfilled', value: [2] });
    expect(alsoGood).toMatchObject({ status: 'fulfilled', value: [6] });
    expect(bad).toMatchObject({ status: 'rejected', reason: { status: 400, reason: 'model_failed' } });
  });

  test('of another row shape are not joined', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner);
    const wide = (n: number): Tensors => ({
      x: { type: 'float64', data: new Float64Array(n), dims: [1, n] },
    });
    const all = [queue.submit(wide(2), 1), queue.submit(wide(3), 1), queue.submit(wide(2), 1)];
    await runner.releaseAll(all);
    expect(runner.runs.map((run) => run.length)).toEqual([4, 3]);
  });

  test('to a model whose outputs are not by row are run one by one', async () => {
    const total: Runner = {
      description,
      capacity: 1,
      busy: false,
      close: async () => {},
      run: async (feeds) => {
        const sum = Array.from(feeds.x?.data as Float64Array).reduce((a, b) => a + b, 0);
        return {
          outputs: { y: { type: 'float64', data: Float64Array.of(sum), dims: [1] } },
          milliseconds: 1,
        };
      },
    };
    const queue = queueOf(total);
    expect(await Promise.all([submit(queue, [1, 2]), submit(queue, [3, 4]), submit(queue, [5, 6])])).toEqual([
      [3],
      [7],
      [11],
    ]);
  });

  test('to a model of a fixed number of rows run in parts of that size, the last one padded', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner, {}, undefined, { fixedRows: 2, joinable: false });
    const all = [submit(queue, [1, 2, 3]), submit(queue, [4])];
    await runner.releaseAll(all);
    expect(await Promise.all(all)).toEqual([[2, 4, 6], [8]]);
    expect(runner.runs).toEqual([
      [1, 2],
      [3, 3],
      [4, 4],
    ]);
  });
});

describe('a second thread', () => {
  test('is not used before the delay is over, unless the batch is full', async () => {
    const runner = new Doubler(2);
    const queue = queueOf(runner, { maxRows: 3, maxDelayMs: 60_000 });
    const first = submit(queue, [1]);
    await sleep(5);
    const second = submit(queue, [2]);
    await sleep(20);
    expect(runner.runs).toEqual([[1]]);
    const third = submit(queue, [3, 4]);
    await sleep(5);
    expect(runner.runs).toEqual([[1], [2, 3, 4]]);
    await runner.releaseAll([first, second, third]);
  });

  test('is used when the oldest has waited for the delay', async () => {
    const runner = new Doubler(2);
    const queue = queueOf(runner, { maxDelayMs: 10 });
    const first = submit(queue, [1]);
    await sleep(5);
    const second = submit(queue, [2]);
    while (runner.runs.length < 2) await sleep(1);
    await runner.releaseAll([first, second]);
  });
});

describe('a queue', () => {
  test('refuses what does not fit, and takes it again when there is room', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner, {}, { requests: 10, rows: 3, bytes: 10 });
    const first = submit(queue, [1, 2]);
    await expect(submit(queue, [3, 4])).rejects.toMatchObject({
      status: 503,
      reason: 'queue_full',
      retryAfter: 1,
      message: expect.stringContaining('2 rows wait, and 2 more do not fit (limit 3)'),
    });
    await runner.releaseAll([first]);
    const again = submit(queue, [3, 4]);
    await runner.releaseAll([again]);
    expect(await again).toEqual([6, 8]);
  });

  test('takes a single request that is larger than all its room when it is empty', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner, {}, { requests: 10, rows: 1, bytes: 10 });
    const only = submit(queue, [1, 2, 3]);
    await runner.releaseAll([only]);
    expect(await only).toEqual([2, 4, 6]);
  });

  test('gives up what has waited for too long, and does not compute it', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner, { deadlineMs: 30 });
    const first = submit(queue, [1]);
    await sleep(5);
    await expect(submit(queue, [2])).rejects.toMatchObject({
      status: 503,
      reason: 'deadline',
      retryAfter: 1,
    });
    await runner.releaseAll([first]);
    expect(runner.runs).toEqual([[1]]);
  });

  test('does not compute for clients that went away', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner);
    const first = submit(queue, [1]);
    await sleep(5);
    const client = new AbortController();
    const second = submit(queue, [2], client.signal);
    const third = submit(queue, [3]);
    client.abort();
    await expect(second).rejects.toBeInstanceOf(RequestError);
    await runner.releaseAll([first, third]);
    expect(runner.runs).toEqual([[1], [3]]);
  });

  test('is idle when all has been answered', async () => {
    const runner = new Doubler();
    const queue = queueOf(runner);
    await queue.idle();
    const first = submit(queue, [1]);
    let idle = false;
    const waiting = queue.idle().then(() => {
      idle = true;
    });
    await sleep(5);
    expect(idle).toBe(false);
    await runner.releaseAll([first]);
    await waiting;
  });
});

describe('at the door', () => {
  test('requests and the bytes of their bodies are bounded, and places are given back once', () => {
    const admission = new Admission({ requests: 2, rows: 1, bytes: 100 });
    const place = admission.enter(60);
    expect(() => admission.enter(50)).toThrow(/do(?:es)? not fit/);
    admission.enter(40);
    expect(() => admission.enter(0)).toThrow('2 requests are open, which is the limit');
    place.leave();
    place.leave();
    expect(admission.requests).toBe(1);
    const growing = admission.enter(0);
    growing.grow(60);
    expect(() => growing.grow(1)).toThrow(/do(?:es)? not fit/);
    growing.leave();
    admission.enter(60);
  });
});
