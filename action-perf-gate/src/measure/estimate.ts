/** The metrics of one service, each with its interval. */

import type { Estimate, Interval } from '../../../core/gate/types.ts';
import {
  clusteredQuantileInterval,
  clusteredShareInterval,
  sampleQuantile,
  studentInterval,
} from '../../../core/stats/index.ts';
import { quantiles } from '../catalogue.ts';
import type { Track } from '../run/index.ts';
import { type Reading, timeBlocks } from './reading.ts';

/** A service that the gate started, over its lives; null: it did not, or cannot see it. */
export interface UsageReading {
  /** Processor time and completed requests in each of the blocks that were looked at, in order. */
  readonly blocks: readonly { readonly cpuMs: number; readonly requests: number }[];
  readonly peakBytes: number;
}

export interface Subject {
  readonly reading: Reading;
  readonly usage: UsageReading | null;
  /** Why there is no usage. */
  readonly noUsage: string;
}

export function estimate(metric: string, { reading, usage, noUsage }: Subject, level: number): Estimate {
  const { latencyMs, sortedMs, failed } = reading;
  switch (metric) {
    case 'error_rate': {
      const n = failed.length;
      if (n === 0) return { defined: false, reason: 'no request was due', n };
      const { interval } = clusteredShareInterval(n, (index) => failed[index] === 1, level);
      return { defined: true, value: countFailed(reading) / n, interval, n };
    }
    case 'throughput': {
      const n = reading.completed.reduce((sum, count) => sum + count, 0);
      if (failed.length === 0) return { defined: false, reason: 'no request was due', n: 0 };
      const perBlock = reading.completed.map((count) => (count * timeBlocks) / reading.seconds);
      // Nothing done is a throughput of 0, from all the requests that were due.
      return {
        defined: true,
        value: n / reading.seconds,
        interval: meanInterval(perBlock, level),
        n: failed.length,
      };
    }
    case 'cpu_per_request':
      return usage === null ? { defined: false, reason: noUsage, n: 0 } : cpuPerRequest(usage, level);
    case 'memory_peak':
      if (usage === null) return { defined: false, reason: noUsage, n: 0 };
      return { defined: true, value: usage.peakBytes, interval: null, n: 1 };
    default:
  }
  const n = sortedMs.length;
  if (n === 0) return { defined: false, reason: noLatency(reading), n };
  if (metric === 'max') return { defined: true, value: sortedMs.at(-1) ?? 0, interval: null, n };
  if (metric === 'mean') {
    const value = latencyMs.reduce((sum, each) => sum + each, 0) / n;
    return { defined: true, value, interval: blockMeans(latencyMs, level), n };
  }
  const quantile = quantiles[metric];
  if (quantile === undefined) throw new RangeError(`${metric} is no metric of latency`);
  const { interval } = clusteredQuantileInterval(latencyMs, sortedMs, quantile, level);
  return { defined: true, value: sampleQuantile(sortedMs, quantile), interval, n };
}

export const countFailed = ({ failed }: Reading): number => failed.reduce((sum, each) => sum + each, 0);

function noLatency({ failed }: Reading): string {
  return failed.length === 0
    ? 'no request was due'
    : `none of ${failed.length.toLocaleString('en-US')} requests was successful, and latency is that of successful ones`;
}

function cpuPerRequest({ blocks }: UsageReading, level: number): Estimate {
  const requests = blocks.reduce((sum, block) => sum + block.requests, 0);
  const cpuMs = blocks.reduce((sum, block) => sum + block.cpuMs, 0);
  if (requests === 0) return { defined: false, reason: 'no request was completed', n: 0 };
  const value = cpuMs / requests;
  // A ratio of sums: what a block adds to the error is its processor time less what its requests would have cost.
  const mean = requests / blocks.length;
  const interval = meanInterval(
    blocks.map((block) => value + (block.cpuMs - value * block.requests) / mean),
    level,
  );
  return { defined: true, value, interval: clampBelow(interval), n: requests };
}

/** Student's interval over blocks: requests that are near each other are alike, blocks hardly. */
function meanInterval(blocks: readonly number[], level: number): Interval | null {
  if (blocks.length < timeBlocks) return null;
  const { low, high } = studentInterval(blocks, level);
  return { level, low, high, method: 'student-blocks' };
}

function blockMeans(values: Float64Array, level: number): Interval | null {
  if (values.length < 2 * timeBlocks) return null;
  const startOf = (block: number): number => Math.floor((block * values.length) / timeBlocks);
  const means = Array.from({ length: timeBlocks }, (_, block) => {
    const part = values.subarray(startOf(block), startOf(block + 1));
    return part.reduce((sum, each) => sum + each, 0) / part.length;
  });
  return clampBelow(meanInterval(means, level));
}

/** Times are not negative, whatever a symmetric interval says. */
function clampBelow(interval: Interval | null): Interval | null {
  return interval === null ? null : { ...interval, low: Math.max(0, interval.low) };
}

/** A run's blocks of processor time, from the looks at it; `doneMs` when requests were completed, ascending. */
export function usageBlocks(
  lives: readonly { readonly track: Track; readonly doneMs: Float64Array; readonly durationMs: number }[],
): UsageReading {
  const perLife = Math.max(1, Math.ceil(timeBlocks / lives.length));
  const blocks = lives.flatMap(({ track, doneMs, durationMs }) =>
    Array.from({ length: perLife }, (_, block) => {
      const [from, to] = [(block * durationMs) / perLife, ((block + 1) * durationMs) / perLife];
      const requests = doneMs.reduce((count, done) => (done >= from && done < to ? count + 1 : count), 0);
      return { cpuMs: cpuAt(track, to) - cpuAt(track, from), requests };
    }),
  );
  return { blocks, peakBytes: Math.max(...lives.map(({ track }) => track.peakBytes)) };
}

/** Between two looks it is taken as straight. */
function cpuAt({ atMs, cpuMs }: Track, at: number): number {
  const after = atMs.findIndex((each) => each >= at);
  if (after < 0) return cpuMs.at(-1) ?? 0;
  const before = after - 1;
  const [x1, y1] = [atMs[after] ?? 0, cpuMs[after] ?? 0];
  if (before < 0) return y1;
  const [x0, y0] = [atMs[before] ?? 0, cpuMs[before] ?? 0];
  return x1 > x0 ? y0 + ((at - x0) / (x1 - x0)) * (y1 - y0) : y1;
}
