/** Doubles set aside in a temporary file: chunks are appended, and read again by their place. */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../inputs/errors.ts';
import { makeScratch, removeScratch } from '../duck/scratch.ts';
import type { TakeNumbers } from './types.ts';

/** Values of a column that are kept in memory before they are written: small tables never touch the disk. */
const chunkValues = 8192;

export class SpillFile {
  private readonly folder: string;
  private readonly file: number;
  private end = 0;

  private constructor(folder: string) {
    this.folder = folder;
    this.file = openSync(join(folder, 'columns'), 'wx+');
  }

  static async open(): Promise<SpillFile> {
    return new SpillFile(await makeScratch());
  }

  /** Where the values were put. @throws RunError when the disk is full */
  write(values: Float64Array): number {
    const at = this.end;
    const bytes = bytesOf(values);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.file, bytes, done, bytes.length - done, at + done);
      }
    } catch (error) {
      const [reason] = error instanceof Error ? error.message.split('\n') : [String(error)];
      throw new RunError(`the columns cannot be set aside in the temporary folder: ${reason}`, {
        cause: error,
      });
    }
    this.end += bytes.length;
    return at;
  }

  read(at: number, into: Float64Array): void {
    const bytes = bytesOf(into);
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.file, bytes, done, bytes.length - done, at + done);
      if (count === 0) throw new RunError('a temporary file was cut short while it was read');
      done += count;
    }
  }

  async close(): Promise<void> {
    closeSync(this.file);
    await removeScratch(this.folder);
  }
}

const bytesOf = (values: Float64Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Numbers of one column, in the order in which they came. */
export class SpilledNumbers {
  length = 0;
  private readonly spill: SpillFile;
  private readonly places: number[] = [];
  private chunk = new Float64Array(256);
  private used = 0;

  constructor(spill: SpillFile) {
    this.spill = spill;
  }

  add(value: number): void {
    if (this.used === this.chunk.length) this.makeRoom();
    this.chunk[this.used] = value;
    this.used += 1;
    this.length += 1;
  }

  all(take: TakeNumbers = (length) => new Float64Array(length)): Float64Array {
    const values = take(this.length);
    for (const [index, place] of this.places.entries()) {
      const from = index * chunkValues;
      this.spill.read(place, values.subarray(from, from + chunkValues));
    }
    values.set(this.chunk.subarray(0, this.used), this.places.length * chunkValues);
    return values;
  }

  private makeRoom(): void {
    if (this.chunk.length < chunkValues) {
      const larger = new Float64Array(Math.min(this.chunk.length * 4, chunkValues));
      larger.set(this.chunk);
      this.chunk = larger;
      return;
    }
    this.places.push(this.spill.write(this.chunk));
    this.used = 0;
  }
}
