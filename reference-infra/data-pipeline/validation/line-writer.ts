/** JSON lines to a file, in blocks: millions of rejected rows do not wait in memory. */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

const blockBytes = 1 << 16;

export class LineWriter {
  lines = 0;
  private readonly file: number;
  private waiting: string[] = [];
  private size = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  write(value: unknown): void {
    const line = `${JSON.stringify(value)}\n`;
    this.waiting.push(line);
    this.size += line.length;
    this.lines += 1;
    if (this.size >= blockBytes) this.flush();
  }

  /** On disk when it returns. */
  close(): void {
    try {
      this.flush();
      fsyncSync(this.file);
    } finally {
      closeSync(this.file);
    }
  }

  private flush(): void {
    const bytes = Buffer.from(this.waiting.join(''));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    this.waiting = [];
    this.size = 0;
  }
}
