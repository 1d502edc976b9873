/**
 * Noise floors of the distances between counts: what they give when the pooled rows are split at random into n and m.
 * A category's rows on one side are then hypergeometric, and the distances are sums over categories: their means are
 * sums of means, whatever the dependence.
 */

import { hellingerTerm, jensenShannonTerm, psiTerm, shareDifference } from './count-distances.ts';
import {
  highestCount,
  hypergeometricPmf,
  lowestCount,
  standardDeviation,
  type Urn,
} from './hypergeometric.ts';

export interface CountNoiseFloors {
  /** Means. */
  readonly psi: number;
  readonly totalVariation: number;
  readonly chiSquare: number;
  /** Roots of the mean of the square, a little above the means. */
  readonly jensenShannon: number;
  readonly hellinger: number;
  readonly cramersV: number;
}

interface Means {
  psi: number;
  divergence: number;
  squares: number;
  variation: number;
}

/** `pooled`: rows of each category on both sides together, n + m of them in all. */
export function countNoiseFloors(pooled: ArrayLike<number>, n: number, m: number): CountNoiseFloors {
  const sums: Means = { psi: 0, divergence: 0, squares: 0, variation: 0 };
  // Of the categories of one size there may be a hundred thousand, of different sizes no more than sqrt(2 N).
  const known = new Map<number, Means>();
  let categories = 0;
  for (let k = 0; k < pooled.length; k++) {
    const count = pooled[k] as number;
    if (count === 0) continue;
    categories++;
    let means = known.get(count);
    if (means === undefined) {
      means = categoryMeans(count, n, m);
      known.set(count, means);
    }
    sums.psi += means.psi;
    sums.divergence += means.divergence;
    sums.squares += means.squares;
    sums.variation += means.variation;
  }
  const rows = n + m;
  const freedom = Math.max(0, categories - 1);
  return {
    psi: sums.psi,
    totalVariation: sums.variation / 2,
    chiSquare: (freedom * rows) / (rows - 1),
    jensenShannon: Math.sqrt(sums.divergence),
    hellinger: Math.sqrt(sums.squares),
    cramersV: Math.min(1, Math.sqrt(freedom / (rows - 1))),
  };
}

/** What lies further out weighs below 1e-14. */
const reachInDeviations = 8;
/** Points per standard deviation; where counts lie closer, every so manieth stands for its neighbours. */
const pointsPerDeviation = 8;

/** The terms' means over the rows that side a may have of a category with `count` in all. */
function categoryMeans(count: number, n: number, m: number): Means {
  const urn: Urn = { rows: n + m, marked: count, drawn: n };
  const deviation = standardDeviation(urn);
  const centre = Math.round((count * n) / (n + m));
  const stride = Math.max(1, Math.floor(deviation / pointsPerDeviation));
  const reach = Math.ceil((reachInDeviations * deviation + reachInDeviations) / stride);
  const means: Means = { psi: 0, divergence: 0, squares: 0, variation: 0 };
  let weights = 0;
  for (let step = -reach; step <= reach; step++) {
    const x = centre + step * stride;
    if (x < lowestCount(urn) || x > highestCount(urn)) continue;
    const weight = hypergeometricPmf(x, urn);
    const y = count - x;
    weights += weight;
    means.psi += weight * psiTerm(x, y, n, m);
    means.divergence += weight * jensenShannonTerm(x, y, n, m);
    means.squares += weight * hellingerTerm(x, y, n, m);
    means.variation += weight * Math.abs(shareDifference(x, y, n, m));
  }
  means.psi /= weights;
  means.divergence /= weights;
  means.squares /= weights;
  means.variation /= weights;
  return means;
}
