/** Waiting between looks at a registry, and between attempts when it is gone. */

/** Resolves after the time, or at once when the signal aborts; never keeps the process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Between 0.9 and 1.1 of it: replicas that started together do not ask together for ever. */
export function jittered(ms: number): number {
  return ms * (0.9 + 0.2 * Math.random());
}

/** `first`, doubled with each failure, at most `longest`. @param failures from 1. */
export function backoff(failures: number, first: number, longest: number): number {
  return Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
}
