import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let at = pool.length;

/**
 * A UUID of version 7 (RFC 9562, 5.7): the time first, so that rows of one moment lie together in the index of the
 * primary key, then 74 random bits.
 */
export function makeRowId(time: Date): string {
  const random = randomHex();
  const stamp = time.getTime().toString(16).padStart(12, '0');
  const variant = (8 + (Number.parseInt(random.charAt(3), 16) % 4)).toString(16);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** 20 hexadecimal digits. One call for many ids: each costs some microseconds. */
function randomHex(): string {
  if (at + 10 > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  at += 10;
  return pool.toString('hex', at - 10, at);
}
