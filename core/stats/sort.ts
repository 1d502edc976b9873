import { buckets, digitBits, mask, shifts, toStarts } from './radix.ts';

/** Up to here shifting rows one by one costs less than the histograms of a radix sort. */
const shortRun = 128;

/**
 * Row indices in ascending order of `values` (finite numbers); equal values keep their order. A stable radix sort by the
 * upper halves of the bit patterns, keys and rows moving together so that memory is read in order; then each run of
 * equal upper halves by the lower halves. A comparator sort of a million rows takes some ten times as long.
 */
export function argsort(values: Float64Array): Int32Array {
  const n = values.length;
  // All machines that Node runs on with these bundles are little-endian: the upper half comes second.
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * n);
  const keys = new Int32Array(n);
  const rows = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    keys[i] = upperKey(words[2 * i + 1] as number, words[2 * i] as number);
    rows[i] = i;
  }
  const sorted = radixSort(keys, rows);
  orderRuns(sorted.keys, sorted.rows, words);
  return sorted.rows;
}

/** Unsigned order of the keys is numeric order: negative numbers have all bits flipped, others the sign bit. */
function upperKey(high: number, low: number): number {
  // The sign bit alone is also what 0 becomes.
  return isNegativeZero(high, low) ? high : high ^ ((high >> 31) | 0x80000000);
}

function lowerKey(high: number, low: number): number {
  return isNegativeZero(high, low) ? 0 : low ^ (high >> 31);
}

/** -0 must tie with 0. */
function isNegativeZero(high: number, low: number): boolean {
  return high === -0x80000000 && low === 0;
}

interface KeyedRows {
  readonly keys: Int32Array;
  readonly rows: Int32Array;
}

/** Stable, by the keys as unsigned numbers. The arrays given are used up. */
function radixSort(givenKeys: Int32Array, givenRows: Int32Array): KeyedRows {
  const n = givenKeys.length;
  const histogram = new Int32Array(shifts.length * buckets);
  for (let i = 0; i < n; i++) {
    const key = givenKeys[i] as number;
    const first = key & mask;
    const second = buckets + ((key >>> digitBits) & mask);
    const third = 2 * buckets + (key >>> (2 * digitBits));
    histogram[first] = (histogram[first] as number) + 1;
    histogram[second] = (histogram[second] as number) + 1;
    histogram[third] = (histogram[third] as number) + 1;
  }
  let keys: Int32Array = givenKeys;
  let rows: Int32Array = givenRows;
  let nextKeys: Int32Array = new Int32Array(n);
  let nextRows: Int32Array = new Int32Array(n);
  for (const [pass, shift] of shifts.entries()) {
    const places = histogram.subarray(pass * buckets, (pass + 1) * buckets);
    // A digit that all rows share orders nothing.
    if (n === 0 || places[((keys[0] as number) >>> shift) & mask] === n) continue;
    toStarts(places);
    for (let i = 0; i < n; i++) {
      const key = keys[i] as number;
      const bucket = (key >>> shift) & mask;
      const target = places[bucket] as number;
      places[bucket] = target + 1;
      nextKeys[target] = key;
      nextRows[target] = rows[i] as number;
    }
    [keys, nextKeys] = [nextKeys, keys];
    [rows, nextRows] = [nextRows, rows];
  }
  return { keys, rows };
}

/** Orders each run of equal upper halves by the lower halves. */
function orderRuns(upper: Int32Array, rows: Int32Array, words: Int32Array): void {
  const n = rows.length;
  const lower = new Int32Array(shortRun);
  for (let start = 0; start < n; ) {
    const key = upper[start];
    let end = start + 1;
    while (end < n && upper[end] === key) end++;
    if (end - start > shortRun) orderLongRun(rows.subarray(start, end), words);
    else if (end - start > 1) orderShortRun(rows, start, end, words, lower);
    start = end;
  }
}

function orderShortRun(
  rows: Int32Array,
  start: number,
  end: number,
  words: Int32Array,
  lower: Int32Array,
): void {
  for (let i = start; i < end; i++) {
    const row = rows[i] as number;
    // Signed order of the flipped word is unsigned order of the word.
    const key = lowerKey(words[2 * row + 1] as number, words[2 * row] as number) ^ 0x80000000;
    let at = i;
    while (at > start && (lower[at - 1 - start] as number) > key) {
      lower[at - start] = lower[at - 1 - start] as number;
      rows[at] = rows[at - 1] as number;
      at--;
    }
    lower[at - start] = key;
    rows[at] = row;
  }
}

function orderLongRun(rows: Int32Array, words: Int32Array): void {
  const keys = new Int32Array(rows.length);
  let same = true;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    keys[i] = lowerKey(words[2 * row + 1] as number, words[2 * row] as number);
    same &&= keys[i] === keys[0];
  }
  if (!same) rows.set(radixSort(keys, rows.slice()).rows);
}
