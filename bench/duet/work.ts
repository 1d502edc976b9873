/** Work that takes time on a core and makes garbage, as services do. */

export function work(loops: number): number {
  const kept: { readonly state: number }[] = [];
  let state = 1;
  for (let i = 0; i < loops; i++) {
    state = (state * 31 + i) % 1_000_003;
    if (i % 64 === 0) kept.push({ state });
  }
  return state + kept.length;
}

/** How many loops take a millisecond here: the best of several tries, as others may be at work. */
export function loopsPerMs(): number {
  const loops = 200_000;
  const tries = Array.from({ length: 20 }, () => {
    const start = performance.now();
    work(loops);
    return performance.now() - start;
  });
  return loops / Math.min(...tries);
}
