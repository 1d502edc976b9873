/** A file that is there whole, or not at all. */

import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const blockSize = 1 << 16;

/**
 * Writes UTF-8 text piece by piece beside the target, then renames it: a reader never sees half a file, and a symbolic
 * link that stands at the target is replaced, not followed. Memory stays at some 64 KB whatever the length.
 */
export async function writeWhole(
  target: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const part = join(dirname(target), `.${randomUUID()}.part`);
  try {
    await pipeline(Readable.from(blocks(pieces)), createWriteStream(part, { flags: 'wx' }));
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A stream takes far longer for a thousand short texts than for one long one. */
async function* blocks(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  let waiting: string[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < blockSize) continue;
    yield Buffer.from(waiting.join(''), 'utf8');
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.from(waiting.join(''), 'utf8');
}
