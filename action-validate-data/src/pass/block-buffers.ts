/**
 * The memory of blocks goes to a thread and comes back: a buffer for each block would be a hundred megabytes for the
 * collector to find.
 */

const free: ArrayBuffer[] = [];
const mostFree = 16;
/** Blocks are about as large as a reader's window; larger ones, of long records, are not kept. */
const usual = 1 << 20;

/** A buffer of at least that size; what it holds is of an earlier block. */
export function takeBuffer(size: number): ArrayBuffer {
  if (size > usual) return new ArrayBuffer(size);
  return free.pop() ?? new ArrayBuffer(usual);
}

export function returnBuffer(buffer: ArrayBuffer): void {
  if (buffer.byteLength === usual && free.length < mostFree) free.push(buffer);
}
