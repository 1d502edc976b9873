/** One clock for all threads: `performance.now()` of each counts from its own start. */

/** What added to this thread's `performance.now()` gives milliseconds of the monotonic clock of the process. */
export function clockOffset(): number {
  let offset = 0;
  let narrowest = Number.POSITIVE_INFINITY;
  // The first calls take long, and the thread may lose its core between two: the narrowest of many brackets counts.
  for (let i = 0; i < 50; i++) {
    const before = performance.now();
    const monotonic = Number(process.hrtime.bigint()) / 1e6;
    const after = performance.now();
    if (after - before < narrowest) {
      narrowest = after - before;
      offset = monotonic - (before + after) / 2;
    }
  }
  return offset;
}
