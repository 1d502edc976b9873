/**
 * Numbers in order, as far as somebody has asked: grouped into narrow intervals of value, each of which is sorted when it
 * is first needed. Quantiles and most distances need the order of few of them, and grouping costs a fraction of sorting.
 */

import { isAscending, sortNumbers } from './sort-numbers.ts';
import { countBelow, countUpTo } from './sorted-search.ts';

/** Up to so many numbers on both sides together are sorted at once. */
const fewNumbers = 20_000;
const bucketRows = 64;
const mostBuckets = 1 << 16;
const sampled = 4096;
/** Of the sample, at each end, for one open bucket there: a value far out must not widen the others. */
const tail = 0.01;

/** Where the buckets are: the first and the last are open, the others of equal width from `low` to `high`. */
interface Buckets {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  /** Buckets per unit of value. */
  readonly scale: number;
}

const oneBucket: Buckets = {
  count: 1,
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  scale: 0,
};

/** Finite numbers, ascending from bucket to bucket, and within those that are sorted. */
export class OrderedNumbers {
  readonly length: number;
  /** All of them; ascending only where `sort` has been. */
  readonly values: Float64Array;
  readonly buckets: number;
  /** Index of the first value of each bucket, and the number of values. */
  readonly starts: Int32Array;
  private readonly where: Buckets;
  private readonly isSorted: Uint8Array;

  constructor(values: Float64Array, where: Buckets, starts: Int32Array) {
    this.values = values;
    this.length = values.length;
    this.where = where;
    this.buckets = where.count;
    this.starts = starts;
    this.isSorted = new Uint8Array(where.count);
  }

  /** The number of that rank, from 0. */
  at(index: number): number {
    this.sort(index, index + 1);
    return this.values[index] as number;
  }

  /** How many are less than `value`. */
  countBelow(value: number): number {
    return countBelow(this.values, value, ...this.around(value));
  }

  /** How many are at most `value`. */
  countUpTo(value: number): number {
    return countUpTo(this.values, value, ...this.around(value));
  }

  /** Sorts the buckets that hold the ranks from `from` to before `to`. */
  sort(from: number, to: number): void {
    let bucket = countUpTo(this.starts, from, 1) - 1;
    for (; bucket < this.buckets && (this.starts[bucket] as number) < to; bucket++) this.sortBucket(bucket);
  }

  sortBucket(bucket: number): void {
    if (this.isSorted[bucket] === 1) return;
    this.isSorted[bucket] = 1;
    const [start, end] = [this.starts[bucket] as number, this.starts[bucket + 1] as number];
    if (end - start > 1) sortNumbers(this.values.subarray(start, end));
  }

  /** All of them, ascending. */
  sorted(): Float64Array {
    if (!this.isSorted.includes(1)) {
      sortNumbers(this.values);
      this.isSorted.fill(1);
    }
    for (let bucket = 0; bucket < this.buckets; bucket++) this.sortBucket(bucket);
    return this.values;
  }

  /** Ranks of the bucket that a value belongs to, which is sorted. */
  private around(value: number): [number, number] {
    const bucket = bucketOf(value, this.where);
    this.sortBucket(bucket);
    return [this.starts[bucket] as number, this.starts[bucket + 1] as number];
  }
}

/** Of numbers in any order. The array is the result's from now on. */
export function orderNumbers(values: Float64Array): OrderedNumbers {
  return new OrderedNumbers(values, oneBucket, Int32Array.of(0, values.length));
}

/** Both sides of a comparison, finite numbers in any order, in the same buckets. The arrays are the result's from now on. */
export function orderBoth(x: Float64Array, y: Float64Array): readonly [OrderedNumbers, OrderedNumbers] {
  const where = bucketsFor(x, y);
  if (where === null) return [orderNumbers(x), orderNumbers(y)];
  return [group(x, where), group(y, where)];
}

function bucketsFor(x: Float64Array, y: Float64Array): Buckets | null {
  const rows = x.length + y.length;
  if (rows <= fewNumbers || (isAscending(x) && isAscending(y))) return null;
  const sample = new Float64Array(2 * sampled);
  let taken = 0;
  for (const side of [x, y]) {
    const step = Math.max(1, side.length / sampled);
    for (let at = 0; at < side.length && taken < sample.length; at += step) {
      sample[taken++] = side[Math.floor(at)] as number;
    }
  }
  const some = sample.subarray(0, taken).sort();
  const low = some[Math.floor(tail * (taken - 1))] as number;
  const high = some[Math.ceil((1 - tail) * (taken - 1))] as number;
  const count = Math.min(mostBuckets, 2 ** Math.ceil(Math.log2(rows / bucketRows)));
  const scale = (count - 2) / (high - low);
  return high > low && Number.isFinite(scale) && scale > 0 ? { count, low, high, scale } : null;
}

/** Monotone in the value: so are its rounded steps. */
function bucketOf(value: number, { count, low, high, scale }: Buckets): number {
  if (value < low || count === 1) return 0;
  return value >= high ? count - 1 : Math.min(count - 2, 1 + Math.floor((value - low) * scale));
}

/** Of the last grouping, used again by the next: freed arrays are collected late. */
let scratch = { values: new Float64Array(0), places: new Uint16Array(0) };

function group(values: Float64Array, where: Buckets): OrderedNumbers {
  const n = values.length;
  if (scratch.values.length < n) scratch = { values: new Float64Array(n), places: new Uint16Array(n) };
  const starts = new Int32Array(where.count + 1);
  countBuckets(values, where, scratch.places, starts);
  for (let bucket = 1; bucket <= where.count; bucket++) {
    starts[bucket] = (starts[bucket] as number) + (starts[bucket - 1] as number);
  }
  scatter(values, scratch.places, starts.slice(0, where.count), scratch.values);
  values.set(scratch.values.subarray(0, n));
  return new OrderedNumbers(values, where, starts);
}

/** The bucket of each value, and into `starts`, one place on, how many each has. */
function countBuckets(
  values: Float64Array,
  { count, low, high, scale }: Buckets,
  places: Uint16Array,
  starts: Int32Array,
): void {
  const inner = count - 2;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let bucket = 0;
    // As `bucketOf`; the bits beyond 32 are never set below `high`.
    if (value >= high) bucket = count - 1;
    else if (value >= low) bucket = Math.min(inner, 1 + (((value - low) * scale) | 0));
    places[i] = bucket;
    starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
  }
}

function scatter(values: Float64Array, places: Uint16Array, next: Int32Array, into: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const bucket = places[i] as number;
    const target = next[bucket] as number;
    next[bucket] = target + 1;
    into[target] = values[i] as number;
  }
}
