/** Sorting doubles in place. */

import { buckets, digitBits, mask, shifts, toStarts } from './radix.ts';

/** Up to here the engine's own sort is as fast. */
const fewValues = 4096;
/** Of the last sort, used again by the next: a column after the other is sorted, and freed arrays are collected late. */
let scratch = { keys: new Int32Array(0), nextKeys: new Int32Array(0), values: new Float64Array(0) };

function scratchFor(n: number): typeof scratch {
  if (scratch.values.length < n) {
    scratch = { keys: new Int32Array(n), nextKeys: new Int32Array(n), values: new Float64Array(n) };
  }
  return scratch;
}

export function isAscending(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) < (values[i - 1] as number)) return false;
  }
  return true;
}

/** Values with one upper half, beyond which shifting them one by one costs more. */
const shortRun = 32;

/**
 * Ascending, as `Float64Array.prototype.sort` orders finite numbers, but for 0 and -0, which may stand in any order. A
 * radix sort by the upper halves of the bit patterns, keys and values moving together so that memory is read in order; then
 * each run of equal upper halves by value. A million take a third of the engine's time. Finite numbers only.
 */
export function sortNumbers(values: Float64Array): Float64Array {
  const n = values.length;
  if (n <= fewValues) return values.sort();
  if (isAscending(values)) return values;
  // All machines that Node runs on with these bundles are little-endian: the upper half comes second.
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * n);
  const room = scratchFor(n);
  let keys = room.keys;
  const histogram = new Int32Array(shifts.length * buckets);
  for (let i = 0; i < n; i++) {
    const high = words[2 * i + 1] as number;
    // Unsigned order of the keys is numeric order: negative numbers have all bits flipped, others the sign bit.
    const key = high ^ ((high >> 31) | 0x80000000);
    keys[i] = key;
    const first = key & mask;
    const second = buckets + ((key >>> digitBits) & mask);
    const third = 2 * buckets + (key >>> (2 * digitBits));
    histogram[first] = (histogram[first] as number) + 1;
    histogram[second] = (histogram[second] as number) + 1;
    histogram[third] = (histogram[third] as number) + 1;
  }
  let nextKeys = room.nextKeys;
  let from: Float64Array = values;
  let to: Float64Array = room.values;
  for (const [pass, shift] of shifts.entries()) {
    const places = histogram.subarray(pass * buckets, (pass + 1) * buckets);
    // A digit that all values share orders nothing.
    if (places[((keys[0] as number) >>> shift) & mask] === n) continue;
    toStarts(places);
    for (let i = 0; i < n; i++) {
      const key = keys[i] as number;
      const bucket = (key >>> shift) & mask;
      const target = places[bucket] as number;
      places[bucket] = target + 1;
      nextKeys[target] = key;
      to[target] = from[i] as number;
    }
    [keys, nextKeys] = [nextKeys, keys];
    [from, to] = [to, from];
  }
  orderRuns(from, keys, n);
  if (from !== values) values.set(from.subarray(0, n));
  return values;
}

/** Orders each run of equal keys by value, among the first `n`. */
function orderRuns(values: Float64Array, keys: Int32Array, n: number): void {
  for (let start = 0; start < n; ) {
    const key = keys[start];
    let end = start + 1;
    let ascending = true;
    while (end < n && keys[end] === key) {
      if ((values[end] as number) < (values[end - 1] as number)) ascending = false;
      end++;
    }
    if (!ascending) {
      if (end - start > shortRun) values.subarray(start, end).sort();
      else orderShortRun(values, start, end);
    }
    start = end;
  }
}

function orderShortRun(values: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const value = values[i] as number;
    let at = i;
    while (at > start && (values[at - 1] as number) > value) {
      values[at] = values[at - 1] as number;
      at--;
    }
    values[at] = value;
  }
}
