/**
 * Noise floors of the distances between ordered values: what they give on average when the pooled values are split at
 * random into n and m, so when there is nothing to find.
 */

import { Random } from '../random.ts';
import type { SortedComparison } from './compare-sorted.ts';
import type { TieStructure } from './ties.ts';

/** E sup|B| of a Brownian bridge, sqrt(pi / 2) ln 2 (Marsaglia, Tsang and Wang 2003). */
const meanSupremum = Math.sqrt(Math.PI / 2) * Math.LN2;

/** sqrt((1/n + 1/m) N / (N - 1)): the standard deviation of F - G where H is 1/2, times 2. */
function splitScale(n: number, m: number): number {
  const rows = n + m;
  return Math.sqrt((1 / n + 1 / m) * (rows / (rows - 1)));
}

/**
 * The mean of the Wasserstein distance: sqrt(2 / pi) times the standard deviation of F - G, integrated. In the unit
 * of the values.
 */
export function wassersteinNoiseFloor({
  n,
  m,
  rootSpread,
}: Pick<SortedComparison, 'n' | 'm' | 'rootSpread'>): number {
  return Math.sqrt(2 / Math.PI) * splitScale(n, m) * rootSpread;
}

/** The root of the mean square of the energy distance (exact), a little above its mean. */
export function energyNoiseFloor({ n, m, spread }: Pick<SortedComparison, 'n' | 'm' | 'spread'>): number {
  return splitScale(n, m) * Math.sqrt(2 * spread);
}

/**
 * The mean of D. Without ties: that of the supremum of a Brownian bridge, less what D loses by its steps (Hodges
 * 1957, equation 5.3: D acts as if larger by (1 / min + 2 / max) / 6). `ties`: of `tieStructure`; D is then the
 * largest of fewer differences, and smaller. The mean is estimated without bias either way, by a simulation with a
 * fixed seed (standard error below 1%): neither power nor quiet is favoured.
 */
export function ksNoiseFloor(n: number, m: number, ties: TieStructure | null = null): number {
  const scale = Math.sqrt(1 / n + 1 / m);
  const steps = (1 / Math.min(n, m) + 2 / Math.max(n, m)) / 6;
  if (ties === null) return Math.max(0, meanSupremum * scale - steps);
  return splitScale(n, m) * simulatedSupremum(ties, steps / scale);
}

const simulations = 2000;
/**
 * A Gaussian walk's supremum falls short of the Brownian one by so many steps' deviations: -zeta(1/2) / sqrt(2 pi)
 * (Siegmund 1985).
 */
const walkShortfall = 0.5826;

/**
 * The mean supremum of a Brownian bridge that is seen at the ends of single values only, and all along in the groups
 * that hold many: there its maximum between two ends is drawn too, less what the steps of the group's own values take
 * away.
 */
function simulatedSupremum(ties: TieStructure, leastShortfall: number): number {
  const random = new Random(20_240_229);
  const groups = ties.counts.length;
  const shares = ties.counts.map((count) => count / ties.rows);
  const shortfalls = ties.tied.map((count) =>
    Math.max(leastShortfall, walkShortfall * Math.sqrt(count / ties.rows)),
  );
  let total = 0;
  for (let run = 0; run < simulations; run++) {
    let at = 0;
    let left = 1;
    let supremum = 0;
    for (let g = 0; g < groups; g++) {
      const share = shares[g] as number;
      const rest = left - share;
      // The bridge, given where it is, that it ends at 0 and how much is left.
      const next =
        g === groups - 1 || rest <= 0
          ? 0
          : (at * rest) / left + random.normal() * Math.sqrt((share * rest) / left);
      supremum = Math.max(supremum, Math.abs(next));
      if (ties.tied[g] !== ties.counts[g]) {
        const span = (at - next) ** 2 - 2 * share * Math.log(1 - random.uniform());
        const peak = (Math.abs(at + next) + Math.sqrt(span)) / 2;
        supremum = Math.max(supremum, peak - (shortfalls[g] as number));
      }
      at = next;
      left = rest;
    }
    total += supremum;
  }
  return total / simulations;
}
