/** The p-value of the two-sample Kolmogorov-Smirnov test, as `scipy.stats.ks_2samp(method='auto')` finds it. */

import { binomialPmf } from '../distributions.ts';
import { kolmogorovTail } from './kolmogorov.ts';

/** As scipy's 'auto': up to so many values on both sides the distribution is counted out. */
const exactUpTo = 10_000;

/**
 * Two-sided p of the statistic `d` of samples of `n` and `m` values. Exact for continuous values up to 10,000 a side
 * (with ties it errs upwards); beyond, that of one sample of round(n m / (n + m)) values.
 */
export function ksPValue(d: number, n: number, m: number): number {
  if (Math.max(n, m) > exactUpTo) {
    return kolmogorovTail(roundHalfEven((n * m) / (n + m)), d);
  }
  const divisor = greatestCommonDivisor(n, m);
  const steps = Math.round(d * (n / divisor) * m);
  if (steps <= 0) return 1;
  const p = n === m ? equalSizesTail(n, steps) : latticeTail(n, m, divisor, steps);
  return Math.min(1, Math.max(0, p));
}

/** numpy's rounding. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * P(D >= h / n) for two samples of n: Gnedenko and Korolyuk's 2 (A1 - A2 + A3 ...), A_k = C(2n, n - k h) / C(2n, n), as
 * 2 r1 (1 - r2 (1 - r3 ...)) with the ratios r_k = A_k / A_(k-1), which lets nothing cancel.
 */
function equalSizesTail(n: number, h: number): number {
  let p = 0;
  for (let k = Math.floor(n / h); k >= 1; k--) {
    let ratio = 1;
    const shift = (k - 1) * h;
    for (let j = 0; j < h; j++) ratio *= (n - shift - j) / (n + shift + j + 1);
    p = ratio * (1 - p);
  }
  return 2 * p;
}

/** Masses below it are dropped: arithmetic on denormal numbers takes a hundred times as long. */
const negligible = 1e-300;

/**
 * P(D >= h / lcm(n, m)) for n other than m. A pooled order is a path of n steps in x and m in y; D is its largest
 * |x / n - y / m| (Hodges 1957). The walk here steps in y with probability m / (n + m), which keeps the masses within
 * the range of numbers, and is held to end in (n, m). `touched[y]` is the mass of walks at y that have been at the
 * boundary or beyond; only the band inside it is walked, outside it all have. A path read backwards is as likely and as
 * far from the diagonal, so walking to the middle is enough.
 */
function latticeTail(n: number, m: number, divisor: number, h: number): number {
  const rows = n + m;
  // Far beyond the least double, whatever the constant before it (Wei and Dudley 2012).
  if (2 * ((n * m) / rows) * (h / ((n / divisor) * m)) ** 2 > 800) return 0;
  const up = m / rows;
  const middle = Math.floor(rows / 2);
  const mirrored = rows - middle;
  const xStep = m / divisor;
  const width = (n + m) / divisor;
  const lowest = (s: number): number => Math.max(0, s - n, Math.floor((s * xStep - h) / width) + 1);
  const highest = (s: number): number => Math.min(m, s, Math.ceil((s * xStep + h) / width) - 1);
  // One place more at both ends, for what comes in from outside the band.
  const touched = new Float64Array(m + 3);
  const entering = (y: number, s: number): void => {
    const mass = binomialPmf(y, s, up);
    touched[y + 1] = mass > negligible ? mass : 0;
  };
  const atMiddle = new Float64Array(m + 1);
  for (let s = 1; s <= mirrored; s++) {
    entering(lowest(s - 1) - 1, s - 1);
    entering(highest(s - 1) + 1, s - 1);
    if (lowest(s) > highest(s)) return 1;
    step(touched, lowest(s), highest(s), up);
    if (s === middle) copyMasses(touched, lowest(s), highest(s), atMiddle, s, up);
  }
  const atMirrored = new Float64Array(m + 1);
  copyMasses(touched, lowest(mirrored), highest(mirrored), atMirrored, mirrored, up);
  let sum = 0;
  for (let y = Math.max(0, middle - n); y <= Math.min(m, middle); y++) {
    const all = binomialPmf(y, middle, up);
    const allBack = binomialPmf(m - y, mirrored, up);
    const before = atMiddle[y] as number;
    sum += before * allBack + (all - before) * (atMirrored[m - y] as number);
  }
  return sum / binomialPmf(m, rows, up);
}

/** One step of the walk, in place; `touched` is shifted by one. */
function step(touched: Float64Array, low: number, high: number, up: number): void {
  const stay = 1 - up;
  for (let at = high + 1; at > low; at--) {
    const mass = stay * (touched[at] as number) + up * (touched[at - 1] as number);
    touched[at] = mass > negligible ? mass : 0;
  }
}

/** Of all y after `s` steps: in the band those of the walk, outside it all. */
function copyMasses(
  touched: Float64Array,
  low: number,
  high: number,
  out: Float64Array,
  s: number,
  up: number,
): void {
  for (let y = 0; y < out.length; y++) {
    out[y] = y >= low && y <= high ? (touched[y + 1] as number) : binomialPmf(y, s, up);
  }
}
