/** Timers that are exact to some hundredths of a millisecond: a thread that waits on shared memory, and wakes the loop. */

import { isMainThread, workerData } from 'node:worker_threads';
import { startThread } from '../../core/threads/index.ts';

/** Milliseconds of the monotonic clock, which all processes of a machine share. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

interface Shared {
  /** When to wake; infinite: not at all. */
  readonly alarm: Float64Array;
  /** 0: changes with each new alarm. 16: changes with each wake. */
  readonly signals: Int32Array;
}

const set = 0;
const woken = 16;
/** As late as the kernel ends a wait, so much earlier it is asked for; the rest is spun. */
const slackMs = 0.06;

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** Callbacks at times of `monotonicMs`, in order of time. */
export class TruthTimer {
  private readonly shared: Shared = {
    alarm: new Float64Array(new SharedArrayBuffer(8)).fill(Number.POSITIVE_INFINITY),
    signals: new Int32Array(new SharedArrayBuffer(128)),
  };
  private readonly thread = startThread(new URL(import.meta.url), this.shared);
  /** A binary heap. */
  private readonly entries: Entry[] = [];

  constructor() {
    this.listen(0);
  }

  at(at: number, run: () => void): void {
    const { entries } = this;
    entries.push({ at, run });
    for (let i = entries.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if ((entries[parent] as Entry).at <= (entries[i] as Entry).at) break;
      [entries[parent], entries[i]] = [entries[i] as Entry, entries[parent] as Entry];
      i = parent;
    }
    if (entries[0]?.run === run) this.arm();
  }

  async close(): Promise<void> {
    await this.thread.terminate();
  }

  private readonly wake = (): void => {
    // Read first: a wake that comes while this one is at work must not be missed.
    const seen = Atomics.load(this.shared.signals, woken);
    for (let first = this.entries[0]; first !== undefined; first = this.entries[0]) {
      if (first.at > monotonicMs() + slackMs) break;
      while (monotonicMs() < first.at);
      this.pop();
      first.run();
    }
    this.arm();
    this.listen(seen);
  };

  private listen(seen: number): void {
    const wait = Atomics.waitAsync(this.shared.signals, woken, seen);
    if (wait.async) wait.value.then(this.wake);
    else setImmediate(this.wake);
  }

  private arm(): void {
    const { alarm, signals } = this.shared;
    const at = this.entries[0]?.at ?? Number.POSITIVE_INFINITY;
    if (alarm[0] === at) return;
    alarm[0] = at;
    Atomics.add(signals, set, 1);
    Atomics.notify(signals, set);
  }

  private pop(): void {
    const { entries } = this;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    entries[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      if (left >= entries.length) break;
      const right = left + 1;
      const least =
        right < entries.length && (entries[right] as Entry).at < (entries[left] as Entry).at ? right : left;
      if ((entries[i] as Entry).at <= (entries[least] as Entry).at) break;
      [entries[least], entries[i]] = [entries[i] as Entry, entries[least] as Entry];
      i = least;
    }
  }
}

function serve({ alarm, signals }: Shared): void {
  for (;;) {
    const seen = Atomics.load(signals, set);
    const wait = (alarm[0] as number) - monotonicMs() - slackMs;
    if (wait > 0 && Atomics.wait(signals, set, seen, wait) !== 'timed-out') continue;
    // Another alarm may have been set in the same moment: then its signal ends the wait at once.
    alarm[0] = Number.POSITIVE_INFINITY;
    Atomics.add(signals, woken, 1);
    Atomics.notify(signals, woken);
  }
}

if (!isMainThread && typeof workerData === 'object' && workerData !== null && 'alarm' in workerData) {
  serve(workerData as Shared);
}
