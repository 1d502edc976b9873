/** Doubles set aside in a temporary file: chunks are appended, and read again by their place. */

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../inputs/errors.ts';

/** Values of a column that are kept in memory before they are written: small tables never touch the disk. */
const chunkValues = 8192;

export class SpillFile {
  private readonly file: number;
  private end = 0;

  /** @param folder of its own, which is the caller's to remove; `open`: one that was written there before */
  constructor(folder: string, how: 'create' | 'open' = 'create') {
    this.file = openSync(join(folder, 'columns'), how === 'create' ? 'wx+' : 'r');
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

  /** All numbers of the parts, into the start of `values`. */
  readAll(parts: readonly StoredNumbers[], values: Float64Array): void {
    let from = 0;
    for (const { places, rest } of parts) {
      for (const place of places) {
        this.read(place, values.subarray(from, from + chunkValues));
        from += chunkValues;
      }
      values.set(rest, from);
      from += rest.length;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private read(at: number, into: Float64Array): void {
    const bytes = bytesOf(into);
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.file, bytes, done, bytes.length - done, at + done);
      if (count === 0) throw new RunError('a temporary file was cut short while it was read');
      done += count;
    }
  }
}

const bytesOf = (values: Float64Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Numbers in the order in which they came: full chunks in the file, and the rest. Plain data. */
export interface StoredNumbers {
  readonly places: readonly number[];
  readonly rest: Float64Array;
}

export const lengthOf = ({ places, rest }: StoredNumbers): number =>
  places.length * chunkValues + rest.length;

export class SpilledNumbers {
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
  }

  stored(): StoredNumbers {
    return { places: this.places, rest: this.chunk.slice(0, this.used) };
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
