/** Checking UTF-8 window by window. */

import { isUtf8 } from 'node:buffer';
import { RunError } from '../inputs/errors.ts';
import { markOf } from './encoding.ts';

/**
 * Refuses a window that is no UTF-8, naming the physical line; `line` is that of `bytes[start]`. A character that
 * the end of the window cuts is left to the next one, unless this is the last. `hasOptions`: the user has
 * `csv-options` to answer with.
 */
export function checkUtf8(
  path: string,
  bytes: Buffer,
  start: number,
  windowEnd: number,
  last: boolean,
  line: number,
  hasOptions = false,
): void {
  const end = last ? windowEnd : wholeCharacters(bytes, start, windowEnd);
  if (isUtf8(bytes.subarray(start, end))) return;
  let at = start;
  let here = line;
  while (at < end) {
    const lineEnd = endOfLine(bytes, at, end);
    if (!isUtf8(bytes.subarray(at, lineEnd))) {
      const option = hasOptions ? ', or name its encoding in csv-options, such as encoding=windows-1252' : '';
      throw new RunError(`${path}:${here}: not UTF-8 text; save the file as UTF-8${option}`);
    }
    at = lineEnd;
    here += 1;
  }
}

/** Length of the UTF-8 byte order mark; UTF-16 is refused by name. */
export function skipByteOrderMark(path: string, bytes: Buffer, end: number, hasOptions = false): number {
  const mark = markOf(bytes.subarray(0, Math.min(end, 3)));
  if (mark === undefined) return 0;
  if (mark === 'utf-8') return 3;
  const option = hasOptions ? `, or say encoding=${mark} in csv-options` : '';
  throw new RunError(`${path}: the file is UTF-16 text; save it as UTF-8${option}`);
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
