/** The content of a gzip file, and a bound on what a small file may unfold to. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RunError } from '../inputs/errors.ts';

export interface GzipLimits {
  /** Bytes of content that any file may have. */
  readonly size: number;
  /** Times the size of the file; content that is larger than `size` and than this is refused. */
  readonly ratio: number;
}

/** Tables of repeated rows reach some 100, deflate itself 1,030: both bounds together are passed by bombs only. */
const limits: GzipLimits = { size: 2 ** 30, ratio: 200 };

const chunkSize = 1 << 18;

/** The content in chunks. @throws RunError once it is out of all proportion to the file. */
export async function* gunzipped(
  path: string,
  { size, ratio }: GzipLimits = limits,
): AsyncGenerator<Buffer, undefined> {
  const { size: packed } = await stat(path);
  const most = Math.max(size, ratio * packed);
  const gunzip = createGunzip({ chunkSize });
  // A pipeline, so that an error of the file or of the decompression reaches the reader.
  pipeline(createReadStream(path), gunzip, () => undefined);
  let total = 0;
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > most) throw bomb(path, packed, total);
    yield chunk;
  }
}

/** So much of the content tells whether a file is alike enough to be unpacked for its size alone. */
const firstPart = 32 << 20;

/**
 * Refuses a bomb before any work is done on its rows, where its beginning looks like one. What looks like data at first is
 * left to `gunzipped`.
 * @throws RunError
 */
export async function refuseBomb(path: string, { size, ratio }: GzipLimits = limits): Promise<void> {
  const { size: packed } = await stat(path);
  const most = Math.max(size, ratio * packed);
  const gunzip = createGunzip({ chunkSize });
  pipeline(createReadStream(path), gunzip, () => undefined);
  let total = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total >= firstPart && total < ratio * gunzip.bytesWritten) return;
      if (total > most) throw bomb(path, packed, total);
    }
  } catch (error) {
    // What is damaged is told by whoever reads it.
    if (error instanceof RunError) throw error;
  }
}

function bomb(path: string, packed: number, content: number): RunError {
  const times = Math.floor(content / packed);
  return new RunError(
    `${path}: ${inWords(packed)} that unpack to more than ${inWords(content)}, ${times} times as much: a gzip bomb? ` +
      'If the rows are truly so alike, give the file unpacked',
  );
}

function inWords(bytes: number): string {
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 1024)} KiB`;
  return bytes < 2 ** 30 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
