/** Hashes of cells: 32 bits, spread well enough to count different values by them (murmur3's finalizer). */

const seed = 0x9747b28c;

function finalize(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** FNV-1a over the bytes, finalized. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = seed;
  for (let i = start; i < end; i += 1) h = Math.imul(h ^ (bytes[i] as number), 0x01000193);
  return finalize(h ^ (end - start));
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** By value: 3 and 3.0, 0 and -0 are the same. */
export function hashNumber(value: number): number {
  double[0] = value + 0;
  const low = Math.imul(words[0] as number, 0xcc9e2d51);
  return finalize(Math.imul(low ^ (low >>> 15) ^ (words[1] as number), 0x1b873593) ^ seed);
}

/** A number between 0 and 2^32 that draws rows for samples: the same for the same row on every run. */
export function drawOf(block: number, row: number): number {
  return finalize(finalize(block ^ seed) ^ Math.imul(row + 1, 0x9e3779b1)) >>> 0;
}
