/** The measured requests of one service, over all of its lives: latencies, failures, and the time that they took. */

import { sortNumbers } from '../../../core/stats/index.ts';
import { type Outcome, outcomes, type Samples } from '../load/index.ts';

/** Of all requests, or of those of one name. */
export interface Reading {
  /** From the intended start to the end of the response, of the successful ones in the order of arrivals. */
  readonly latencyMs: Float64Array;
  /** The same ascending. */
  readonly sortedMs: Float64Array;
  /** From the sending to the end of the response, of the successful ones, ascending. */
  readonly serviceMs: Float64Array;
  /** Of each request that was due, in order: 1 where it failed. */
  readonly failed: Uint8Array;
  /** Successful responses in each of ten equal parts of the measured time, by the end of the response. */
  readonly completed: readonly number[];
  readonly seconds: number;
}

/** What came of one service in one life. */
export interface Window {
  readonly samples: Samples;
  /** Of the schedule's targets. */
  readonly target: number;
}

export const okIndex = outcomes.indexOf('ok' satisfies Outcome);
/** Blocks that throughput is compared over. */
export const timeBlocks = 10;

/** `requests`: only of these places in the corpus. */
export function readWindows(
  windows: readonly Window[],
  requests: ReadonlySet<number> | null = null,
): Reading {
  const latencies: number[] = [];
  const services: number[] = [];
  const failed: number[] = [];
  const completed = new Array<number>(timeBlocks).fill(0);
  let [before, total] = [0, 0];
  for (const { samples } of windows) total += samples.schedule.durationMs;
  for (const { samples, target } of windows) {
    const { schedule, doneMs, sentMs, outcome } = samples;
    for (let i = 0; i < schedule.dueMs.length; i++) {
      if (schedule.target[i] !== target) continue;
      if (requests !== null && !requests.has(schedule.request[i] ?? 0)) continue;
      const ok = outcome[i] === okIndex;
      failed.push(ok ? 0 : 1);
      if (!ok) continue;
      const done = doneMs[i] ?? Number.NaN;
      latencies.push(done - (schedule.dueMs[i] ?? 0));
      services.push(done - (sentMs[i] ?? 0));
      const block = Math.floor(((before + done) / total) * timeBlocks);
      if (done < schedule.durationMs) completed[block] = (completed[block] ?? 0) + 1;
    }
    before += schedule.durationMs;
  }
  const latencyMs = Float64Array.from(latencies);
  return {
    latencyMs,
    sortedMs: sortNumbers(latencyMs.slice()),
    serviceMs: sortNumbers(Float64Array.from(services)),
    failed: Uint8Array.from(failed),
    completed,
    seconds: total / 1000,
  };
}

/** The places in the corpus of each name, in the order in which names first stand there. */
export function placesByName(names: readonly string[]): ReadonlyMap<string, ReadonlySet<number>> {
  const places = new Map<string, Set<number>>();
  for (const [place, name] of names.entries()) {
    const known = places.get(name);
    if (known === undefined) places.set(name, new Set([place]));
    else known.add(place);
  }
  return places;
}
