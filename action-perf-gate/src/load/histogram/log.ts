/** The log of histograms that HdrHistogram's tools read: one line an interval (HistogramLogWriter, version 1.3). */

import { encode } from './encoding.ts';
import type { Histogram } from './histogram.ts';

export interface LogEntry {
  /** Told in the log as `Tag=`; without commas and blanks. */
  readonly tag: string | null;
  /** In seconds from the start of the log. */
  readonly startSeconds: number;
  readonly lengthSeconds: number;
  readonly histogram: Histogram;
}

/** @param comment one line, without line breaks */
export function histogramLog(startedAt: Date, comment: string, entries: readonly LogEntry[]): string {
  const seconds = startedAt.getTime() / 1000;
  const lines = [
    '#[Histogram log format version 1.3]',
    `#[${comment}]`,
    `#[StartTime: ${seconds.toFixed(3)} (seconds since epoch), ${startedAt.toISOString()}]`,
    '#[Values are microseconds; Interval_Max is in milliseconds]',
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ];
  for (const { tag, startSeconds, lengthSeconds, histogram } of entries) {
    const max = histogram.total === 0 ? 0 : histogram.max;
    lines.push(
      `${tag === null ? '' : `Tag=${tag},`}${startSeconds.toFixed(3)},${lengthSeconds.toFixed(3)},${max.toFixed(3)},${encode(histogram)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
