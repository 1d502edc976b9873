/** How the run goes on while it does: a line every few seconds in a log, one live line in a terminal. */

import { formatCount, formatValue } from '../../core/gate/index.ts';
import { counted, type Log } from '../../core/report/index.ts';
import type { Progress } from './load/index.ts';

export interface LiveLine {
  /** Replaces what it showed before. */
  show(text: string): void;
  clear(): void;
}

export interface ProgressOptions {
  readonly log: Log;
  /** Null: not a terminal. */
  readonly live: LiveLine | null;
  /** Milliseconds from an arbitrary start. */
  readonly now: () => number;
}

const everyMs = 5000;

/** For each life, what the generator tells four times a second. */
export function reportProgress({ log, live, now }: ProgressOptions) {
  // Over all lives: each may be shorter than that.
  let told = now();
  return (life: number, lives: number, lifeMs: number): ((progress: Progress) => void) => {
    return (progress) => {
      const text = `${lives === 1 ? '' : `life ${life + 1} of ${lives}, `}${progressText(progress, lifeMs)}`;
      if (live !== null) {
        live.show(text);
        return;
      }
      if (now() - told < everyMs) return;
      told = now();
      log.info(text);
    };
  };
}

/** `12 s of 35 s: 600 sent, 598 done, 2 errors (timeout 2); p50 4.1 ms, p99 9.8 ms` */
export function progressText(
  { elapsedMs, sent, done, errors, latencyMs }: Progress,
  totalMs: number,
): string {
  const at = Math.min(Math.round(elapsedMs / 1000), Math.round(totalMs / 1000));
  const kinds = Object.entries(errors).sort(([, a], [, b]) => b - a);
  const failed = kinds.reduce((sum, [, count]) => sum + count, 0);
  const kindText = kinds.map(([kind, count]) => `${kind} ${formatCount(count)}`).join(', ');
  const now =
    latencyMs === null ? '' : `; last second p50 ${short(latencyMs.p50)}, p99 ${short(latencyMs.p99)}`;
  return `${at} s of ${Math.round(totalMs / 1000)} s: ${formatCount(sent)} sent, ${formatCount(done)} done${failed === 0 ? '' : `, ${counted(failed, 'error')} (${kindText})`}${now}`;
}

const short = (ms: number): string => formatValue(Number(ms.toPrecision(3)), 'milliseconds');

/** On standard error, where it is a terminal. */
export function liveLine(
  stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  env: Readonly<Record<string, string | undefined>>,
): LiveLine | null {
  if (stream.isTTY !== true || env.GITHUB_ACTIONS !== undefined || env.CI !== undefined) return null;
  return {
    show: (text) => stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`),
    clear: () => stream.write('\r\u001b[2K'),
  };
}
