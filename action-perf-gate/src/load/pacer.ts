/**
 * The thread that wakes the senders. Node's timers count whole milliseconds, and a sender that spun instead would take a
 * core; a wait on shared memory ends within some 0.05 ms, and its notice reaches the event loop of a sender as soon.
 */

import { clockOffset } from './clock.ts';
import { type ThreadRole, threadOf, tickStride } from './protocol.ts';

/** The wait ends late by as much as the kernel rounds timers up for threads without priority (PR_SET_TIMERSLACK). */
const slackMs = 0.06;

/** Returns after the last arrival, or when the run is cancelled. */
export function pace(dueMs: Float64Array, originMs: number, { ticks, stop, threads }: ThreadRole): void {
  const offset = clockOffset() - originMs;
  const isDue = new Uint8Array(threads);
  for (let next = 0; next < dueMs.length; ) {
    const wait = (dueMs[next] as number) - (performance.now() + offset) - slackMs;
    if (wait > 0 && Atomics.wait(stop, 0, 0, wait) !== 'timed-out') return;
    const now = performance.now() + offset + slackMs;
    while (next < dueMs.length && (dueMs[next] as number) <= now) isDue[threadOf(next++, threads)] = 1;
    for (let thread = 0; thread < threads; thread++) {
      if (isDue[thread] === 0) continue;
      isDue[thread] = 0;
      Atomics.add(ticks, thread * tickStride, 1);
      Atomics.notify(ticks, thread * tickStride);
    }
  }
}
