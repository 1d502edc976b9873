/** How far a run is, read from the memory that its threads write. */

import { counterCount, counters, lowerBound } from './columns.ts';
import { type Outcome, outcomes, type Progress, type Samples } from './types.ts';

const windowMs = 1000;
/** As many latencies as are sorted at most. */
const mostLatencies = 4000;

export function progressOf(columns: Samples, counts: readonly Int32Array[], elapsedMs: number): Progress {
  const sum = (counter: number): number => counts.reduce((all, each) => all + (each[counter] ?? 0), 0);
  const errors: Partial<Record<Outcome, number>> = {};
  for (const [i, outcome] of outcomes.entries()) {
    const count = sum(counters.outcomes + i);
    if (outcome !== 'ok' && count > 0) errors[outcome] = count;
  }
  return {
    elapsedMs,
    planned: columns.schedule.dueMs.length,
    due: lowerBound(columns.schedule.dueMs, elapsedMs),
    sent: sum(counters.sent),
    done: sum(counters.done),
    errors,
    connections: sum(counters.connections),
    latencyMs: currentLatency(columns, elapsedMs),
  };
}

export function newCounters(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * counterCount));
}

function currentLatency({ schedule, doneMs }: Samples, elapsedMs: number): Progress['latencyMs'] {
  const to = lowerBound(schedule.dueMs, elapsedMs);
  const from = lowerBound(schedule.dueMs, elapsedMs - windowMs);
  const step = Math.max(1, Math.ceil((to - from) / mostLatencies));
  const latencies: number[] = [];
  for (let i = from; i < to; i += step) {
    const latency = (doneMs[i] as number) - (schedule.dueMs[i] as number);
    if (latency >= 0) latencies.push(latency);
  }
  if (latencies.length === 0) return null;
  const sorted = Float64Array.from(latencies).sort();
  const at = (quantile: number): number => sorted[Math.ceil(quantile * sorted.length) - 1] as number;
  return { p50: at(0.5), p99: at(0.99) };
}
