/** The bytes of a file, plain or gzip, as UTF-8, in one growing window: memory holds the window, not the file. */

import { open } from 'node:fs/promises';
import { RunError } from '../inputs/errors.ts';
import { decodeChunks, encodingName } from './encoding.ts';
import { gunzipped } from './gunzip.ts';

const windowSize = 1 << 20;
/** Least length of a read. */
const smallest = 1 << 12;
/** A longer record is damage, such as a quote that never closes, or not meant for a row. */
const longestRecord = 256 << 20;

/**
 * Usage: `while (await source.fill()) source.start = consume(source.bytes, source.start, source.end, source.last)`.
 * What the consumer leaves is kept and extended by the next `fill`.
 */
export class ByteSource {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** True when the window reaches to the end of the file. */
  last = false;
  /** Place in the (uncompressed, decoded) file of `bytes[0]`. */
  offset = 0;
  private readonly path: string;
  private readonly chunks: AsyncIterator<Buffer>;
  private delivered = false;
  private spare: Buffer | undefined;
  private skip = 0;

  /** `encoding`: a label of the WHATWG Encoding Standard; another than UTF-8 is decoded, `bytes` are UTF-8 always. */
  constructor(path: string, gzip: boolean, offset = 0, encoding = 'utf-8') {
    this.path = path;
    const decoded = encodingName(encoding) !== 'utf-8';
    if (gzip || decoded) this.skip = offset;
    else this.offset = offset;
    const open = (): AsyncIterableIterator<Buffer> =>
      gzip ? gunzipped(path) : plain(path, decoded ? 0 : offset);
    this.chunks = decoded ? decodeChunks(path, encoding, open) : open();
  }

  /** Extends the window by at least one byte, or sets `last`; false when the last window was already given. */
  async fill(): Promise<boolean> {
    if (this.delivered) return false;
    const kept = this.end - this.start;
    if (kept >= longestRecord) {
      throw new RunError(
        `${this.path}: one record is longer than ${longestRecord >> 20} MiB; is a quote or a bracket not closed?`,
      );
    }
    this.bytes.copyWithin(0, this.start, this.end);
    this.offset += this.start;
    this.start = 0;
    this.end = kept;
    // A consumer reads what it left anew: by doubling, a record of 100 MB is read twice and not two hundred times.
    const target = Math.min(longestRecord, kept + Math.max(windowSize / 2, kept));
    while (this.end < target && !this.last) await this.readOn(target);
    this.delivered = this.last;
    return true;
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async readOn(target: number): Promise<void> {
    let chunk = this.spare ?? (await this.next());
    this.spare = undefined;
    if (chunk === undefined) {
      this.last = true;
      return;
    }
    if (this.skip > 0) {
      const skipped = Math.min(this.skip, chunk.length);
      this.skip -= skipped;
      this.offset += skipped;
      chunk = chunk.subarray(skipped);
    }
    const room = Math.min(target - this.end, chunk.length);
    const needed = this.end + room;
    if (needed > this.bytes.length) this.grow(Math.max(needed, Math.min(target, 2 * this.bytes.length)));
    chunk.copy(this.bytes, this.end, 0, room);
    this.end += room;
    if (room < chunk.length) this.spare = chunk.subarray(room);
  }

  private async next(): Promise<Buffer | undefined> {
    try {
      const result = await this.chunks.next();
      return result.done === true ? undefined : result.value;
    } catch (error) {
      if (error instanceof RunError) throw error;
      throw new RunError(
        `${this.path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private grow(size: number): void {
    const bytes = Buffer.allocUnsafe(size);
    this.bytes.copy(bytes, 0, 0, this.end);
    this.bytes = bytes;
  }
}

/** A small file takes a small buffer: there may be thousands of them. */
async function* plain(path: string, offset: number): AsyncGenerator<Buffer, undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let at = offset; ; ) {
      // One byte more than there seems to be: a file may grow, and the end must be seen.
      const length = Math.min(windowSize / 2, Math.max(smallest, size - at + 1));
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
