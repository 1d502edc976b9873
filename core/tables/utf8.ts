/** Checking UTF-8 window by window. */

import { isUtf8 } from 'node:buffer';
import { RunError } from '../inputs/errors.ts';

/**
 * Refuses a window that is no UTF-8, naming the physical line; `line` is that of `bytes[start]`. A character that
 * the end of the window cuts is left to the next one, unless this is the last.
 */
export function checkUtf8(
  path: string,
  bytes: Buffer,
  start: number,
  windowEnd: number,
  last: boolean,
  line: number,
): void {
  const end = last ? windowEnd : wholeCharacters(bytes, start, windowEnd);
  if (isUtf8(bytes.subarray(start, end))) return;
  let at = start;
  let here = line;
  while (at < end) {
    const lineEnd = endOfLine(bytes, at, end);
    if (!isUtf8(bytes.subarray(at, lineEnd))) {
      throw new RunError(`${path}:${here}: not UTF-8 text; save the file as UTF-8`);
    }
    at = lineEnd;
    here += 1;
  }
}

function endOfLine(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] === 10) return at + 1;
    if (bytes[at] === 13) return at + 1 < end && bytes[at + 1] === 10 ? at + 2 : at + 1;
  }
  return end;
}

/** The end without the first bytes of a character that goes on behind it. */
function wholeCharacters(bytes: Buffer, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back += 1) {
    const byte = bytes[end - back] as number;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return end - back;
  }
  return end;
}
