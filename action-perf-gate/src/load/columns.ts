/** The columns of a run in memory that all threads share, and the counters that they keep for the progress. */

import { outcomes, type Samples, type Schedule } from './types.ts';

/** In `outcome` until the request has ended. */
export const pending = 255;

export const outcomeIndex = Object.fromEntries(outcomes.map((outcome, i) => [outcome, i])) as Readonly<
  Record<(typeof outcomes)[number], number>
>;

/** The columns of the whole schedule, on shared memory. */
export function sharedColumns(schedule: Schedule): Samples {
  const n = schedule.dueMs.length;
  const times = (): Float64Array => new Float64Array(new SharedArrayBuffer(8 * n)).fill(Number.NaN);
  return {
    schedule: {
      dueMs: copied(schedule.dueMs, Float64Array),
      target: copied(schedule.target, Uint8Array),
      request: copied(schedule.request, Uint16Array),
      durationMs: schedule.durationMs,
    },
    attemptMs: times(),
    sentMs: times(),
    firstByteMs: times(),
    doneMs: times(),
    outcome: new Uint8Array(new SharedArrayBuffer(n)).fill(pending),
    status: new Uint16Array(new SharedArrayBuffer(2 * n)),
  };
}

/** The arrivals from one index to before another, with times that count from `originMs`, on memory of their own. */
export function cutSamples(samples: Samples, from: number, to: number, originMs: number): Samples {
  const times = (column: Float64Array): Float64Array => {
    const part = new Float64Array(to - from);
    for (let i = 0; i < part.length; i++) part[i] = (column[from + i] as number) - originMs;
    return part;
  };
  const { schedule } = samples;
  return {
    schedule: {
      dueMs: times(schedule.dueMs),
      target: new Uint8Array(schedule.target.subarray(from, to)),
      request: new Uint16Array(schedule.request.subarray(from, to)),
      durationMs: schedule.durationMs - originMs,
    },
    attemptMs: times(samples.attemptMs),
    sentMs: times(samples.sentMs),
    firstByteMs: times(samples.firstByteMs),
    doneMs: times(samples.doneMs),
    outcome: new Uint8Array(samples.outcome.subarray(from, to)),
    status: new Uint16Array(samples.status.subarray(from, to)),
  };
}

/** The first index whose value is not below `value`, in ascending numbers. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counters of a thread; after these, one for each outcome. */
export const counters = { sent: 0, done: 1, connections: 2, outcomes: 3 } as const;
export const counterCount = counters.outcomes + outcomes.length;

function copied<T extends Float64Array | Uint8Array | Uint16Array>(
  column: T,
  kind: { new (buffer: SharedArrayBuffer): T },
): T {
  const copy = new kind(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}
