import type { Interval } from '../gate/types.ts';

/**
 * The Hodges-Lehmann estimate of the centre of a symmetric distribution, the median of all averages of two values (Walsh
 * averages), and the interval that inverts Wilcoxon's signed-rank test (Hollander, Wolfe and Chicken 2014, Nonparametric
 * Statistical Methods, 3.1 to 3.3). The interval covers with at least `level` whatever the tails are; for normal values it
 * is some 3% wider than Student's, with outliers far narrower. Null where the values are too few for the level. Two or
 * three thousand values at most: all pairs are averaged.
 */
export function hodgesLehmann(
  values: ArrayLike<number>,
  level: number,
): { readonly value: number; readonly interval: Interval | null } {
  const averages = walshAverages(values);
  const count = averages.length;
  const value = ((averages[(count - 1) >> 1] as number) + (averages[count >> 1] as number)) / 2;
  const rank = signedRankBound(values.length, level);
  if (rank === null) return { value, interval: null };
  const low = averages[rank - 1] as number;
  const high = averages[count - rank] as number;
  return { value, interval: { level, low, high, method: 'signed-rank' } };
}

/** How few values have an interval at all: the extremes of 6 cover with 1 - 2 / 2^6, which is above 0.95. */
export function fewestForSignedRank(level: number): number {
  return Math.ceil(1 - Math.log2(1 - level) - 1e-9);
}

function walshAverages(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const averages = new Float64Array((n * (n + 1)) / 2);
  let place = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) averages[place++] = ((values[i] as number) + (values[j] as number)) / 2;
  }
  return averages.sort();
}

/**
 * The largest rank r, from 1, with P(T <= r - 1) at most half of 1 - level, where T is the sum of the ranks of positive
 * values among n: exactly, by adding one rank after the other, to any sum with probability one half.
 */
function signedRankBound(n: number, level: number): number | null {
  const tail = (1 - level) / 2;
  const most = (n * (n + 1)) / 2;
  const mass = new Float64Array(most + 1);
  mass[0] = 1;
  for (let rank = 1, reach = 0; rank <= n; rank++) {
    reach += rank;
    for (let sum = reach; sum >= 0; sum--) {
      const without = mass[sum] as number;
      const withRank = sum >= rank ? (mass[sum - rank] as number) : 0;
      mass[sum] = (without + withRank) / 2;
    }
  }
  let below = 0;
  for (let sum = 0; sum <= most; sum++) {
    below += mass[sum] as number;
    if (below > tail * (1 + 1e-12)) return sum === 0 ? null : sum;
  }
  return null;
}
