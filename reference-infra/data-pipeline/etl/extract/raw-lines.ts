/** The text of single lines of a file: what stands where no row could be read. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

const longest = 10_000;

/** @param lines physical lines from 1, ascending. Texts are cut at 10,000 characters. */
export async function* readLines(
  path: string,
  lines: readonly number[],
  encoding = 'utf-8',
): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  const bytes = createReadStream(path);
  const plain = /\.gz$/i.test(path) ? bytes.pipe(createGunzip()) : bytes;
  // Latin-1 keeps each byte, so that the line can be decoded as what it is.
  plain.setEncoding('latin1');
  const decoder = new TextDecoder(encoding);
  const wanted = lines[Symbol.iterator]();
  let next = wanted.next();
  let at = 0;
  const reader = createInterface({ input: plain, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of reader) {
      at += 1;
      if (next.done === true) return;
      if (at !== next.value) continue;
      yield { line: at, text: decoder.decode(Buffer.from(line, 'latin1')).slice(0, longest) };
      next = wanted.next();
    }
  } finally {
    reader.close();
    bytes.destroy();
  }
}
