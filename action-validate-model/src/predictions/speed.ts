/** How fast the model is on this machine: wall time of each call, without reading the data. */

import type { Estimate } from '../../../core/gate/types.ts';
import type { Predictor } from '../../../core/models/types.ts';
import { quantileInterval } from '../../../core/stats/index.ts';
import type { Batch } from '../../../core/tables/types.ts';

export interface Timing {
  readonly milliseconds: number;
  readonly rows: number;
}

/** Latency is judged on at least this many calls: a 95% interval of a p95 begins at 59. */
export const minTimings = 100;
/** Timed repetition never takes longer than this. */
const maxRepeatMilliseconds = 10_000;

/** Repeats the kept batches until there are enough timings for a p95, within ten seconds. */
export async function repeatTimings(
  predictor: Predictor,
  kept: readonly Batch[],
  timings: readonly Timing[],
  now: () => number,
): Promise<Timing[]> {
  const all = [...timings];
  const deadline = now() + maxRepeatMilliseconds;
  for (let i = 0; all.length < minTimings && now() < deadline && kept.length > 0; i++) {
    const batch = kept[i % kept.length] as Batch;
    const started = now();
    await predictor.predict(batch);
    all.push({ milliseconds: now() - started, rows: batch.rows });
  }
  return all;
}

/** `latency_p50` and `latency_p95` with order-statistic intervals, `rows_per_second` over all calls. */
export function speedEstimates(
  timings: readonly Timing[],
  level: number,
): { p50: Estimate; p95: Estimate; rowsPerSecond: Estimate } {
  const latencies = Float64Array.from(timings, (timing) => timing.milliseconds).sort();
  return {
    p50: latencyQuantile(latencies, 0.5, level),
    p95: latencyQuantile(latencies, 0.95, level),
    rowsPerSecond: throughput(timings),
  };
}

function latencyQuantile(sorted: Float64Array, quantile: number, level: number): Estimate {
  const n = sorted.length;
  const needed = quantile === 0.95 ? 59 : 1;
  if (n < needed) {
    return {
      defined: false,
      reason: `the 95th percentile of latency needs ${needed} batches, there are ${n}; use a smaller batch-size`,
      n,
    };
  }
  const value = sorted[Math.ceil(quantile * n) - 1] as number;
  return { defined: true, value, interval: quantileInterval(sorted, quantile, level), n };
}

function throughput(timings: readonly Timing[]): Estimate {
  const milliseconds = timings.reduce((sum, timing) => sum + timing.milliseconds, 0);
  const rows = timings.reduce((sum, timing) => sum + timing.rows, 0);
  if (milliseconds <= 0) return { defined: false, reason: 'no time was measured', n: timings.length };
  return { defined: true, value: (rows / milliseconds) * 1000, interval: null, n: timings.length };
}
