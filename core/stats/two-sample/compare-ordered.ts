/**
 * Kolmogorov-Smirnov and Wasserstein of two samples that are sorted only where that matters. In an interval where F - G
 * keeps its sign its integral needs sums only, and where it cannot reach the largest difference so far it needs no order.
 */

import type { OrderedNumbers } from '../ordered-numbers.ts';
import { compareSorted, type SortedComparison } from './compare-sorted.ts';
import { outerCorrection, outerRows } from './outer-rows.ts';

export type OrderedComparison = Pick<SortedComparison, 'n' | 'm' | 'ks' | 'wasserstein' | 'rootSpread'>;

/**
 * Above this share of H (1 - H) the rows of an interval are counted one by one for the integral of sqrt(H (1 - H));
 * below, a chord stands for the arc, which is off by less than its square over 32.
 */
const wideStep = 0.005;

/**
 * `x` and `y`: of `orderBoth`, at least one value each. The distances are those of `compareSorted`; the spread is within
 * 1e-6 of its own.
 */
export function compareOrdered(x: OrderedNumbers, y: OrderedNumbers): OrderedComparison {
  const [n, m] = [x.length, y.length];
  if (x.buckets === 1 || y.buckets !== x.buckets || n === 0 || m === 0) {
    return compareSorted(x.sorted(), y.sorted());
  }
  x.sort(0, outerRows + 1);
  x.sort(n - outerRows - 1, n);
  y.sort(0, outerRows + 1);
  y.sort(m - outerRows - 1, m);
  const pass = new Pass(n, m, largestAtEdges(x.starts, y.starts, n, m));
  for (let bucket = 0; bucket < x.buckets; bucket++) {
    const [fromX, toX] = [x.starts[bucket] as number, x.starts[bucket + 1] as number];
    const [fromY, toY] = [y.starts[bucket] as number, y.starts[bucket + 1] as number];
    if (fromX === toX && fromY === toY) continue;
    if (pass.needsOrder(toX - fromX, toY - fromY)) {
      x.sortBucket(bucket);
      y.sortBucket(bucket);
      pass.merge(x.values, fromX, toX, y.values, fromY, toY);
    } else {
      pass.sum(x.values, fromX, toX, y.values, fromY, toY);
    }
  }
  return {
    n,
    m,
    ks: pass.largest / (n * m),
    wasserstein: pass.absolute / (n * m),
    rootSpread: pass.root / (n + m) + outerCorrection(x.values, y.values),
  };
}

/** The largest n m |F - G| between buckets. */
function largestAtEdges(startsX: Int32Array, startsY: Int32Array, n: number, m: number): number {
  let largest = 0;
  for (let edge = 1; edge < startsX.length - 1; edge++) {
    largest = Math.max(largest, Math.abs((startsX[edge] as number) * m - (startsY[edge] as number) * n));
  }
  return largest;
}

/** From the least value to the greatest, bucket by bucket; in units of counts as in `compareSorted`. */
class Pass {
  largest: number;
  absolute = 0;
  /** N times the integral of sqrt(H (1 - H)). */
  root = 0;
  private readonly n: number;
  private readonly m: number;
  private readonly rows: number;
  private passedX = 0;
  private passedY = 0;
  /** The greatest value that was passed. */
  private last = Number.NaN;

  constructor(n: number, m: number, largest: number) {
    this.n = n;
    this.m = m;
    this.rows = n + m;
    this.largest = largest;
  }

  /** Whether something depends on the order of the next rows, `a` of x and `b` of y. */
  needsOrder(a: number, b: number): boolean {
    const { n, m, rows } = this;
    const difference = this.difference();
    const [highest, lowest] = [difference + a * m, difference - b * n];
    if (lowest < 0 && highest > 0) return true;
    if (Math.max(highest, -lowest) > this.largest) return true;
    const passed = this.passedX + this.passedY;
    const [least, most] = [passed, passed + a + b];
    const product = Math.min(least * (rows - least), most * (rows - most));
    return (a + b) * rows > wideStep * product;
  }

  /** Rows in order, as `compareSorted` counts them. */
  merge(x: Float64Array, fromX: number, toX: number, y: Float64Array, fromY: number, toY: number): void {
    const { n, rows } = this;
    let { largest, absolute, root, last } = this;
    let i = fromX;
    let j = fromY;
    while (i < toX || j < toY) {
      const a = i < toX ? (x[i] as number) : Number.POSITIVE_INFINITY;
      const b = j < toY ? (y[j] as number) : Number.POSITIVE_INFINITY;
      const next = Math.min(a, b);
      if (next > last) {
        const passed = i + j;
        const size = Math.abs(i * rows - passed * n);
        if (size > largest) largest = size;
        absolute += size * (next - last);
        root += Math.sqrt(passed * (rows - passed)) * (next - last);
      }
      last = next;
      const isX = +(a <= b);
      i += isX;
      j += 1 - isX;
    }
    this.largest = largest;
    this.absolute = absolute;
    this.root = root;
    this.last = last;
    this.passedX = toX;
    this.passedY = toY;
  }

  /** Rows in any order, between whose values F - G keeps its sign. */
  sum(x: Float64Array, fromX: number, toX: number, y: Float64Array, fromY: number, toY: number): void {
    const { n, m, rows } = this;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = fromX; i < toX; i++) {
      const value = x[i] as number;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    for (let j = fromY; j < toY; j++) {
      const value = y[j] as number;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    // Integrals from low to high of the rows of each side that are passed within.
    let insideX = 0;
    let insideY = 0;
    for (let i = fromX; i < toX; i++) insideX += high - (x[i] as number);
    for (let j = fromY; j < toY; j++) insideY += high - (y[j] as number);
    const width = high - low;
    const passed = this.passedX + this.passedY;
    const more = toX - fromX + toY - fromY;
    const difference = this.difference();
    const [before, after] = [
      Math.sqrt(passed * (rows - passed)),
      Math.sqrt((passed + more) * (rows - passed - more)),
    ];
    const gap = passed === 0 ? 0 : low - this.last;
    this.absolute += Math.abs(difference) * gap + Math.abs(difference * width + m * insideX - n * insideY);
    this.root += before * (gap + width) + ((after - before) / more) * (insideX + insideY);
    this.last = high;
    this.passedX = toX;
    this.passedY = toY;
  }

  /** n m (F - G) right of what was passed. */
  private difference(): number {
    return this.passedX * this.m - this.passedY * this.n;
  }
}
