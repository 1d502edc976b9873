/** The latencies of a run as a file that HdrHistogram's tools read, and that adds up with those of other runs. */

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Subject } from '../../../core/gate/types.ts';
import { histogramLog, histogramOf, type LogEntry } from '../load/index.ts';
import { okIndex, type Window } from './reading.ts';

/** More intervals make the file of a long run large, and show nothing more. */
const mostIntervals = 600;

/** One line for each second, or each few of a long run, and kind: `ok` from due to done, `service` from sent to done, `failed` from due to failure. */
export function histogramText(startedAt: Date, windows: readonly Window[]): string {
  const entries: LogEntry[] = [];
  const totalMs = windows.reduce((sum, { samples }) => sum + samples.schedule.durationMs, 0);
  const secondsEach = Math.max(1, Math.ceil(totalMs / 1000 / mostIntervals));
  let before = 0;
  for (const { samples, target } of windows) {
    const { schedule, doneMs, sentMs, outcome } = samples;
    const seconds = Math.max(1, Math.ceil(schedule.durationMs / 1000 / secondsEach));
    const kinds = { ok: parts(seconds), service: parts(seconds), failed: parts(seconds) };
    for (let i = 0; i < schedule.dueMs.length; i++) {
      if (schedule.target[i] !== target) continue;
      const due = schedule.dueMs[i] ?? 0;
      const done = doneMs[i] ?? Number.NaN;
      const second = Math.min(seconds - 1, Math.max(0, Math.floor(due / 1000 / secondsEach)));
      if (!Number.isFinite(done)) continue;
      if (outcome[i] === okIndex) {
        kinds.ok[second]?.push(done - due);
        kinds.service[second]?.push(done - (sentMs[i] ?? due));
      } else kinds.failed[second]?.push(done - due);
    }
    for (let second = 0; second < seconds; second++) {
      for (const [tag, all] of Object.entries(kinds)) {
        const latencies = all[second] ?? [];
        if (latencies.length === 0) continue;
        entries.push({
          tag,
          startSeconds: before + second * secondsEach,
          lengthSeconds: secondsEach,
          histogram: histogramOf(latencies),
        });
      }
    }
    before += schedule.durationMs / 1000;
  }
  return histogramLog(startedAt, 'latencies in us: ok and failed from due, service from sent', entries);
}

const parts = (count: number): number[][] => Array.from({ length: count }, () => []);

/** Writes the text; gives the file by its content. `name` is what it is called in the result. */
export async function writeSubject(path: string, name: string, text: string): Promise<Subject> {
  await writeFile(path, text);
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
  return { name: name || basename(path), digest: { sha256 } };
}
