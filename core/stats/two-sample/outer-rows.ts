import { hypergeometricPmf, standardDeviation } from './hypergeometric.ts';

/** From each end; where so many rows lie outside, F - G is normal enough. */
export const outerRows = 1000;

/**
 * What has to be added to the integral of sqrt(H (1 - H)) for it to give the mean of |F - G| as if that were normal,
 * at the outer rows where it is not: with few rows outside, their number on one side is hypergeometric. With heavy
 * tails a few outer gaps make up most of the integral: for Cauchy's distribution a fifth would be missing.
 */
export function outerCorrection(x: Float64Array, y: Float64Array): number {
  const rows = x.length + y.length;
  const last = Math.min(outerRows, Math.floor(rows / 2));
  let correction = 0;
  let low = 0;
  let high = 0;
  let lowest = smallest(x, y, 0, 0);
  let highest = largest(x, y, 0, 0);
  for (let passed = 1; passed <= last; passed++) {
    // low and high: how many of the rows passed at each end are of x.
    if (x[low] === lowest) low++;
    if (x[x.length - 1 - high] === highest) high++;
    const nextLowest = smallest(x, y, low, passed - low);
    const nextHighest = largest(x, y, high, passed - high);
    // In the middle both ends meet in one gap.
    const sameGap = passed * 2 === rows;
    const width = nextLowest - lowest + (sameGap ? 0 : highest - nextHighest);
    lowest = nextLowest;
    highest = nextHighest;
    if (width > 0) {
      const normal = Math.sqrt(passed * (rows - passed)) / rows;
      correction += (relativeDeviation(rows, passed, x.length) - 1) * normal * width;
    }
  }
  return correction;
}

/** The next value up when `i` and `j` values of x and y are passed. */
function smallest(x: Float64Array, y: Float64Array, i: number, j: number): number {
  return Math.min(x[i] ?? Number.POSITIVE_INFINITY, y[j] ?? Number.POSITIVE_INFINITY);
}

function largest(x: Float64Array, y: Float64Array, i: number, j: number): number {
  return Math.max(
    x[x.length - 1 - i] ?? Number.NEGATIVE_INFINITY,
    y[y.length - 1 - j] ?? Number.NEGATIVE_INFINITY,
  );
}

/**
 * The mean absolute deviation of a hypergeometric count over that of a normal one of the same variance. It is
 * 2 k (rows - marked - drawn + k) / rows * P(X = k) with k the whole number next above the mean (De Moivre's identity).
 */
function relativeDeviation(rows: number, marked: number, drawn: number): number {
  const urn = { rows, marked, drawn };
  const k = Math.floor((marked * drawn) / rows) + 1;
  const deviation = ((2 * k * (rows - marked - drawn + k)) / rows) * hypergeometricPmf(k, urn);
  return deviation / (Math.sqrt(2 / Math.PI) * standardDeviation(urn));
}
