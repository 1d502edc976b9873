/** The record batches of an Arrow IPC file or stream. */

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  type Field,
  type RecordBatch,
  RecordBatchReader,
} from 'apache-arrow';
import { RunError } from '../../inputs/errors.ts';
import { decodeLz4Frame } from './lz4.ts';

export function refuseDuplicates(path: string, fields: readonly Field[]): void {
  const twice = fields.find(
    (field, index) => fields.findIndex((other) => other.name === field.name) !== index,
  );
  if (twice !== undefined)
    throw new RunError(`${path}: two columns are called ${JSON.stringify(twice.name)}`);
}

/** Values are decoded when they are read, so damage shows there, too. */
export function guard<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw damaged(path, error);
  }
}

function damaged(path: string, error: unknown): RunError {
  if (error instanceof RunError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new RunError(`${path} cannot be read as Arrow, it is damaged or truncated: ${reason}`);
}

/** The record batches one after the other; the schema is given before the first. */
export async function* recordBatches(
  path: string,
  onSchema: (fields: readonly Field[]) => void,
): AsyncGenerator<RecordBatch> {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zstdDecompressSync(data) });
  const file = await open(path);
  const reading = readBatches(path, file, onSchema);
  try {
    for (;;) {
      const next = await reading.next().catch((error: unknown) => {
        throw damaged(path, error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await reading.return();
    await file.close().catch(() => undefined);
  }
}

/** The file format is read by its footer, and so can be found truncated; the stream format as it comes. */
async function* readBatches(
  path: string,
  file: FileHandle,
  onSchema: (fields: readonly Field[]) => void,
): AsyncGenerator<RecordBatch, void> {
  const { size } = await file.stat();
  const [head, tail] = [Buffer.alloc(6), Buffer.alloc(6)];
  await file.read(head, 0, 6, 0);
  await file.read(tail, 0, 6, Math.max(0, size - 6));
  const isFile = head.toString('latin1') === 'ARROW1';
  if (isFile && tail.toString('latin1') !== 'ARROW1') throw new Error('it does not end with ARROW1');
  const stream = isFile ? undefined : createReadStream(path);
  try {
    const reader =
      stream === undefined ? await RecordBatchReader.from(file) : await RecordBatchReader.from(stream);
    await reader.open();
    onSchema(reader.schema.fields);
    for await (const batch of reader) yield batch;
  } finally {
    stream?.destroy();
  }
}
