/** What a service writes: straight into a file, so that it never waits for the gate, and bounded in the report. */

import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redact } from '../inputs/secrets.ts';

/** The report has the beginning and the end of a longer one. */
const headBytes = 128 * 1024;
const tailBytes = 1024 * 1024;
/** A service that logs every request of a long run must not fill the disk. */
const largest = 256 * 1024 * 1024;

export class LogFile {
  /** For the child's streams; opened to append, so that it can be cut while the child writes. */
  readonly descriptor: number;
  readonly #folder: string;
  readonly #redact: Redact;
  #cutBytes = 0;

  constructor(redact: Redact) {
    this.#redact = redact;
    this.#folder = mkdtempSync(join(tmpdir(), 'ml-gates-service-'));
    this.descriptor = openSync(join(this.#folder, 'log'), 'a+');
  }

  get size(): number {
    return fstatSync(this.descriptor).size;
  }

  /** Drops what was written, once it is too much. */
  keepSmall(): void {
    const { size } = this;
    if (size <= largest) return;
    this.#cutBytes += size;
    ftruncateSync(this.descriptor, 0);
  }

  /** The last lines after `from`, without secrets. */
  lastLines(count: number, from = 0): string {
    const { size } = this;
    // What was there before may have been dropped.
    const start = Math.max(from > size ? 0 : from, size - 16 * 1024);
    const lines = this.#read(start, size)
      .trimEnd()
      .split(/\r\n|\n|\r/);
    return lines.slice(-count).join('\n');
  }

  /** For the report. */
  text(): string {
    const { size } = this;
    const cut =
      this.#cutBytes === 0
        ? ''
        : `[${this.#cutBytes.toLocaleString('en-US')} bytes before this were dropped]\n`;
    if (size <= headBytes + tailBytes) return cut + this.#read(0, size);
    const left = size - headBytes - tailBytes;
    return `${cut}${this.#read(0, headBytes)}\n[${left.toLocaleString('en-US')} bytes left out]\n${this.#read(size - tailBytes, size)}`;
  }

  close(): void {
    closeSync(this.descriptor);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #read(start: number, end: number): string {
    const bytes = Buffer.alloc(Math.max(0, end - start));
    const count = readSync(this.descriptor, bytes, 0, bytes.length, start);
    return this.#redact(bytes.toString('utf8', 0, count));
  }
}
