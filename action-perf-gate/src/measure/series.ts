/** The run over time: what each second, or each few, saw. */

import { sortNumbers } from '../../../core/stats/index.ts';
import { okIndex, type Window } from './reading.ts';

/** One interval of the run, by when requests were due. Times are null where no request was successful. */
export interface SeriesPoint {
  /** Start, in seconds from the end of the warm-up. */
  readonly at: number;
  readonly due: number;
  /** Sent in it, whenever they were due. */
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface Series {
  /** Length of an interval. */
  readonly seconds: number;
  readonly points: readonly SeriesPoint[];
}

/** More points than these are not told apart on a screen, and make the document long. */
const mostPoints = 240;

export function seriesOf(windows: readonly Window[]): Series {
  const totalMs = windows.reduce((sum, { samples }) => sum + samples.schedule.durationMs, 0);
  const seconds = niceLength(totalMs / 1000 / mostPoints);
  const count = Math.max(1, Math.ceil(totalMs / 1000 / seconds - 1e-9));
  const buckets = Array.from({ length: count }, () => ({
    due: 0,
    sent: 0,
    failed: 0,
    latencies: [] as number[],
  }));
  const bucketAt = (ms: number) => buckets[Math.min(count - 1, Math.floor(ms / 1000 / seconds))];
  let before = 0;
  for (const { samples, target } of windows) {
    const { schedule, doneMs, sentMs, outcome } = samples;
    for (let i = 0; i < schedule.dueMs.length; i++) {
      if (schedule.target[i] !== target) continue;
      const due = schedule.dueMs[i] ?? 0;
      const bucket = bucketAt(before + due);
      if (bucket === undefined) continue;
      bucket.due += 1;
      if (outcome[i] === okIndex) bucket.latencies.push((doneMs[i] ?? Number.NaN) - due);
      else bucket.failed += 1;
      const sent = sentMs[i] ?? Number.NaN;
      const sending = sent < schedule.durationMs ? bucketAt(before + Math.max(0, sent)) : undefined;
      if (sending !== undefined) sending.sent += 1;
    }
    before += schedule.durationMs;
  }
  return { seconds, points: buckets.map((bucket, index) => pointOf(index * seconds, bucket)) };
}

function pointOf(
  at: number,
  { due, sent, failed, latencies }: { due: number; sent: number; failed: number; latencies: number[] },
): SeriesPoint {
  const sorted = sortNumbers(Float64Array.from(latencies));
  const quantile = (share: number): number | null =>
    sorted.length === 0 ? null : round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return {
    at: Number(at.toFixed(3)),
    due,
    sent,
    ok: latencies.length,
    failed,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: quantile(1),
  };
}

/** A microsecond is all that is known. */
export const round = (ms: number): number => Number(ms.toFixed(3));

/** 1, 2, 5, 10, … seconds; shorter than one only where the run is. */
function niceLength(least: number): number {
  return (
    [1, 2, 5, 10, 15, 30, 60, 120, 300].find((length) => length >= least) ?? Math.ceil(least / 300) * 300
  );
}
