/** Every distance between two samples that needs their order, in one merging pass. */

import { normalisedAndersonDarling } from './anderson-darling.ts';
import { outerCorrection } from './outer-rows.ts';

/**
 * Two samples x (n values) and y (m values) with the empirical distributions F and G, and H of all N = n + m values.
 */
export interface SortedComparison {
  readonly n: number;
  readonly m: number;
  /** Different values in both samples together; N when nothing is tied. */
  readonly distinct: number;
  /** Kolmogorov-Smirnov: the largest |F - G|; `scipy.stats.ks_2samp`. */
  readonly ks: number;
  /** Integral of |F - G|, in the unit of the values; `scipy.stats.wasserstein_distance`. */
  readonly wasserstein: number;
  /** sqrt(2 * integral of (F - G)^2), in the root of that unit; `scipy.stats.energy_distance`. */
  readonly energy: number;
  /**
   * Scholz and Stephens 1987, equation 7 (midranks), less its mean and over its standard deviation;
   * `scipy.stats.anderson_ksamp(variant='midrank').statistic`. Null below four values: no standard deviation exists.
   */
  readonly andersonDarling: number | null;
  /**
   * Integral of sqrt(H (1 - H)), in the unit of the values: what the noise floor of `wasserstein` is made of. At the
   * outermost rows weighted for the few that they are (`outerCorrection`).
   */
  readonly rootSpread: number;
  /** Integral of H (1 - H), in the unit of the values: what the noise floor of `energy` is made of. */
  readonly spread: number;
}

/**
 * Rows per block. Values are summed up in the block first: rounding then grows with the block and the number of blocks,
 * not with the rows. And a function called per block is compiled whole, which runs in a third of the time of a loop
 * that V8 replaces while it is running.
 */
const block = 2048;

/** Sums over the values passed, in the units of counts: n m |F - G| for F and G, N^2 H (1 - H) for the spreads. */
interface Running {
  /** The last value, and rows before it. */
  value: number;
  rowsBefore: number;
  /** n m (F - G) left of the last value. */
  differenceBefore: number;
  largest: number;
  distinct: number;
  absolute: number;
  squared: number;
  anderson: number;
  root: number;
  spread: number;
}

/**
 * Compares two samples. `x` and `y`: at least one value each, ascending, finite, ties allowed; beyond some 1e280 the
 * integrals overflow to infinity.
 *
 * Counts are exact: with i and j values of x and y passed, n m (F - G) is the whole number i m - j n, and all products
 * of counts stay below 2^53 up to 23 million values a side. Only widths and sums are rounded.
 */
export function compareSorted(x: Float64Array, y: Float64Array): SortedComparison {
  const n = x.length;
  const m = y.length;
  if (n === 0 || m === 0) {
    throw new RangeError(`both samples need at least one value; they have ${n} and ${m}`);
  }
  const rows = n + m;
  const values = new Float64Array(block);
  const ranks = new Int32Array(block);
  const sums: Running = {
    value: Math.min(x[0] as number, y[0] as number),
    rowsBefore: 0,
    differenceBefore: 0,
    largest: 0,
    distinct: 0,
    absolute: 0,
    squared: 0,
    anderson: 0,
    root: 0,
    spread: 0,
  };
  let fromX = 0;
  for (let passed = 0; passed < rows; passed += block) {
    const length = Math.min(block, rows - passed);
    fromX = mergeBlock(x, y, fromX, passed - fromX, values, ranks, length);
    addBlock(values, ranks, length, passed, n, rows, sums);
  }
  const anderson = sums.anderson + lastAndersonTerm(sums, rows);
  const pairs = n * m;
  return {
    n,
    m,
    distinct: sums.distinct + 1,
    ks: sums.largest / pairs,
    wasserstein: sums.absolute / pairs,
    energy: Math.sqrt(2 * sums.squared) / pairs,
    andersonDarling: normalisedAndersonDarling(((anderson / pairs) * (rows - 1)) / rows, n, m),
    rootSpread: sums.root / rows + outerCorrection(x, y),
    spread: sums.spread / rows / rows,
  };
}

/**
 * The next `length` values of x and y in order, and for each how many of x come before it. Returns how many then
 * have.
 */
function mergeBlock(
  x: Float64Array,
  y: Float64Array,
  fromX: number,
  fromY: number,
  values: Float64Array,
  ranks: Int32Array,
  length: number,
): number {
  let i = fromX;
  let j = fromY;
  let k = 0;
  while (k < length && i < x.length && j < y.length) {
    const safe = k + Math.min(length - k, x.length - i, y.length - j);
    for (; k < safe; k++) {
      const a = x[i] as number;
      const b = y[j] as number;
      // Which side is next cannot be predicted: steps of 0 and 1 cost less than two branches.
      const isX = +(a <= b);
      values[k] = Math.min(a, b);
      ranks[k] = i;
      i += isX;
      j += 1 - isX;
    }
  }
  for (; k < length && i < x.length; k++, i++) {
    values[k] = x[i] as number;
    ranks[k] = i;
  }
  for (; k < length; k++, j++) {
    values[k] = y[j] as number;
    ranks[k] = i;
  }
  return i;
}

/**
 * Adds what lies left of each new value in the block: the integrals up to it, and the rank term of the value before.
 */
function addBlock(
  values: Float64Array,
  ranks: Int32Array,
  length: number,
  passed: number,
  n: number,
  rows: number,
  sums: Running,
): void {
  let { value, rowsBefore, differenceBefore, largest, distinct } = sums;
  let absolute = 0;
  let squared = 0;
  let anderson = 0;
  let root = 0;
  let spread = 0;
  for (let k = 0; k < length; k++) {
    const next = values[k] as number;
    if (next > value) {
      const width = next - value;
      const rowsHere = passed + k;
      // i m - j n with i + j = rowsHere.
      const difference = (ranks[k] as number) * rows - rowsHere * n;
      const size = Math.abs(difference);
      if (size > largest) largest = size;
      const product = rowsHere * (rows - rowsHere);
      absolute += size * width;
      squared += size * size * width;
      root += Math.sqrt(product) * width;
      spread += product * width;
      // Twice the midranks; the quarters in the terms of Scholz and Stephens cancel.
      const midDifference = differenceBefore + difference;
      const midRank = rowsBefore + rowsHere;
      const tied = rowsHere - rowsBefore;
      anderson += (tied * midDifference * midDifference) / (midRank * (2 * rows - midRank) - rows * tied);
      rowsBefore = rowsHere;
      differenceBefore = difference;
      value = next;
      distinct++;
    }
  }
  sums.value = value;
  sums.rowsBefore = rowsBefore;
  sums.differenceBefore = differenceBefore;
  sums.largest = largest;
  sums.distinct = distinct;
  sums.absolute += absolute;
  sums.squared += squared;
  sums.anderson += anderson;
  sums.root += root;
  sums.spread += spread;
}

/** Of the largest value, behind which nothing follows that would add it; 0 when it is the only one. */
function lastAndersonTerm(sums: Running, rows: number): number {
  const tied = rows - sums.rowsBefore;
  if (tied === rows) return 0;
  const midRank = sums.rowsBefore + rows;
  return (tied * sums.differenceBefore ** 2) / (midRank * (2 * rows - midRank) - rows * tied);
}
