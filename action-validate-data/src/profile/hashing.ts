/** Hashes of cells: 32 bits, spread well enough to count different values by them (murmur3's finalizer). */

/** FNV-1a over bytes starts with the seed, takes each by xor and the prime, and is finalized with the length. */
export const hashSeed = 0x9747b28c;
export const hashPrime = 0x01000193;

export function finalizeHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** FNV-1a over the bytes, finalized. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = hashSeed;
  for (let i = start; i < end; i += 1) h = Math.imul(h ^ (bytes[i] as number), hashPrime);
  return finalizeHash(h ^ (end - start));
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** By value: 3 and 3.0, 0 and -0 are the same. */
export function hashNumber(value: number): number {
  double[0] = value + 0;
  const low = Math.imul(words[0] as number, 0xcc9e2d51);
  return finalizeHash(Math.imul(low ^ (low >>> 15) ^ (words[1] as number), 0x1b873593) ^ hashSeed);
}

/** A number between 0 and 2^32 that draws rows for samples: the same for the same row on every run. */
export function drawOf(block: number, row: number): number {
  return finalizeHash(finalizeHash(block ^ hashSeed) ^ Math.imul(row + 1, 0x9e3779b1)) >>> 0;
}
