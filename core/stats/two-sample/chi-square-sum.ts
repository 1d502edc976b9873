/** Nodes of Gauss and Chebyshev's rule per interval. */
const nodes = 96;
/** exp(-80) is nothing beside the first interval. */
const negligibleExponent = 80;

/**
 * P(sum of w_j Z_j^2 > x) for independent standard normal Z_j. `weights`: positive and falling; those that are zero,
 * or negative by rounding, count for nothing. What the weights lack to a sum of 1 counts as a constant.
 *
 * Smirnov's formula (1937; Durbin 1973, "Distribution theory for tests based on the sample distribution function",
 * section 4): the integrals of exp(-x u / 2) / (pi u sqrt|D(u)|) between 1 / w_1 and 1 / w_2, 1 / w_3 and 1 / w_4,
 * ..., with alternating signs, where D(u) is the product of the 1 - w_j u. Relative precision holds in the far tail,
 * since the first integral is nearly all of it there. With u = the interval's middle + half its length * cos t the
 * roots at both ends cancel.
 */
export function sumOfChiSquaresTail(x: number, weights: Float64Array): number {
  let kept = 0;
  let sum = 0;
  // Weights this small are noise of the eigenvalues, and their intervals lie where exp(-x u / 2) is nothing.
  while (kept < weights.length && (weights[kept] as number) > 1e-9) {
    sum += weights[kept] as number;
    kept++;
  }
  const excess = x - Math.max(0, 1 - sum);
  if (kept === 0) return x < 1 ? 1 : 0;
  if (excess <= 0) return 1;
  let tail = 0;
  let sign = 1;
  const first = 1 / (weights[0] as number);
  for (let pair = 0; pair < kept; pair += 2) {
    const start = 1 / (weights[pair] as number);
    if ((excess * (start - first)) / 2 > negligibleExponent) break;
    const end = pair + 1 < kept ? 1 / (weights[pair + 1] as number) : null;
    tail += (sign * interval(excess, weights, kept, pair, start, end)) / Math.PI;
    sign = -sign;
  }
  return Math.min(1, Math.max(0, tail));
}

/** One integral, from `start` to `end`, or without end when the number of weights is odd. */
function interval(
  x: number,
  weights: Float64Array,
  kept: number,
  pair: number,
  start: number,
  end: number | null,
): number {
  let sum = 0;
  if (end === null) {
    // u = start + s^2: the root at the start cancels, and exp(-x s^2 / 2) ends the integral.
    const reach = Math.sqrt((2 * negligibleExponent) / x);
    const step = reach / (4 * nodes);
    for (let k = 0; k < 4 * nodes; k++) {
      const u = start + ((k + 0.5) * step) ** 2;
      sum += integrand(x, u, weights, kept, pair, 1) * 2 * Math.sqrt(start) * step;
    }
    return sum;
  }
  const middle = (start + end) / 2;
  const half = (end - start) / 2;
  for (let k = 0; k < nodes; k++) {
    const u = middle + half * Math.cos(((k + 0.5) * Math.PI) / nodes);
    sum += integrand(x, u, weights, kept, pair, 2);
  }
  return (sum * Math.sqrt(start * end) * Math.PI) / nodes;
}

/** exp(-x u / 2) / u over the root of |D(u)| without the factors `pair` to `pair + own`. */
function integrand(
  x: number,
  u: number,
  weights: Float64Array,
  kept: number,
  pair: number,
  own: number,
): number {
  // In logarithms: a hundred factors may overflow.
  let log = 0;
  let product = 1;
  for (let j = 0; j < kept; j++) {
    if (j >= pair && j < pair + own) continue;
    product *= Math.abs(1 - (weights[j] as number) * u);
    if (product > 1e100 || product < 1e-100) {
      log += Math.log(product);
      product = 1;
    }
  }
  return Math.exp(-(x * u + log + Math.log(product)) / 2) / u;
}
