/** What a service uses while it is under load: processor time so far, at some moments, and its peak of memory. */

import type { CpuTrack } from '../duet/index.ts';
import type { RunningService } from '../service/index.ts';

/** Times count from the end of the warm-up. */
export interface Track extends CpuTrack {
  readonly peakBytes: number;
}

export interface Tracking {
  /** `zeroMs`: the end of the warm-up, as `performance.now()`. */
  begin(zeroMs: number): void;
  /** Ends it with a last look; null where nothing could be seen. Safe to call twice. */
  end(): Track | null;
}

/** Often enough that the ends of the measured time are met closely; a look takes a millisecond or two. */
const everyMs = 500;

export function trackUsage(service: RunningService): Tracking {
  const atMs: number[] = [];
  const cpuMs: number[] = [];
  let zeroMs = Number.NaN;
  let timer: NodeJS.Timeout | null = null;
  let blind = false;
  const look = (): void => {
    const usage = service.usage();
    if (usage === null) {
      blind = true;
      return;
    }
    atMs.push(performance.now() - zeroMs);
    cpuMs.push(usage.cpuMs);
  };
  return {
    begin(at) {
      zeroMs = at;
      look();
      timer = setInterval(look, everyMs);
      setTimeout(look, Math.max(0, at - performance.now())).unref();
    },
    end() {
      if (timer !== null) {
        clearInterval(timer);
        timer = null;
        look();
      }
      return blind || atMs.length === 0 ? null : { atMs, cpuMs, peakBytes: service.peakBytes };
    },
  };
}
