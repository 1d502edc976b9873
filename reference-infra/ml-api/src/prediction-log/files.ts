/**
 * The prediction log in files: JSON lines in segments that grow up to a size or the end of the day (UTC), the oldest
 * deleted so that all together stay within a bound. A segment belongs to one process.
 */

import { type FileHandle, mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { flatRows } from './encode.ts';
import type { Slice } from './ring.ts';
import type { Sink } from './writer.ts';

export interface FileOptions {
  readonly folder: string;
  /** Of all segments together, in bytes; one segment is at most a tenth of it, and at most 64 MiB. */
  readonly totalBytes: number;
  readonly now?: () => Date;
}

interface Segment {
  readonly path: string;
  readonly file: FileHandle;
  readonly inode: number;
  /** `2026-11-29` */
  readonly day: string;
  /** Up to the end of the last whole line. */
  bytes: number;
}

interface Listed {
  readonly path: string;
  readonly bytes: number;
  readonly owner: string;
}

const largestSegment = 64 * 2 ** 20;
/** `predictions-<time>-<host>-<pid>.jsonl`: in the order of their names they are in the order of time. */
const pattern = /^predictions-\d{4}-\d{2}-\d{2}T[\d-]+Z-(?<owner>[\w.-]+-\d+)\.jsonl$/;

export class FileSink implements Sink {
  readonly description: string;
  private readonly options: FileOptions;
  private readonly segmentBytes: number;
  private readonly now: () => Date;
  private segment: Segment | null = null;
  private repaired = false;

  constructor(options: FileOptions) {
    this.options = options;
    this.segmentBytes = Math.min(largestSegment, options.totalBytes / 10);
    this.now = options.now ?? (() => new Date());
    this.description = `the folder ${options.folder}`;
  }

  async write(batch: readonly Slice[]): Promise<number> {
    const rows = batch.flatMap((slice) => flatRows(slice));
    const segment = await this.current();
    const bytes = Buffer.from(`${rows.join('\n')}\n`);
    try {
      await writeWhole(segment.file, bytes);
      segment.bytes += bytes.length;
      return 0;
    } catch (error) {
      // A disk that is full leaves half a line, which no reader takes. The segment goes on: a new one for each attempt
      // would fill the folder.
      await segment.file.truncate(segment.bytes).catch(() => this.close());
      throw error;
    }
  }

  async close(): Promise<void> {
    const { segment } = this;
    this.segment = null;
    await segment?.file.close().catch(() => {});
  }

  private async current(): Promise<Segment> {
    const now = this.now();
    const day = now.toISOString().slice(0, 10);
    const { segment } = this;
    const goesOn = segment !== null && segment.day === day && segment.bytes < this.segmentBytes;
    if (goesOn && (await isInPlace(segment))) return segment;
    await this.close();
    const { folder } = this.options;
    await mkdir(folder, { recursive: true });
    if (!this.repaired) await repair(folder);
    this.repaired = true;
    await this.prune();
    const stamp = now.toISOString().replaceAll(/[:.]/g, '-');
    const path = join(folder, `predictions-${stamp}-${ownName()}.jsonl`);
    // Appending goes on where the same moment has a segment already.
    const file = await open(path, 'a');
    const { size, ino } = await file.stat();
    this.segment = { path, file, inode: ino, day, bytes: size };
    return this.segment;
  }

  /** Leaves room for one more segment. */
  private async prune(): Promise<void> {
    const segments = await list(this.options.folder);
    let total = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of segments) {
      if (total + this.segmentBytes <= this.options.totalBytes) return;
      // Another replica may have deleted it just now.
      await rm(path, { force: true });
      total -= bytes;
    }
  }
}

/** False when somebody has moved or deleted it: what is written to it then is lost. */
async function isInPlace({ path, inode }: Segment): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.ino === inode;
}

/** Appends; a write may take less than it was given. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/** A process that was killed leaves half a line at the end of its last segment; it is cut off, unless its owner lives. */
async function repair(folder: string): Promise<void> {
  for (const { path, bytes, owner } of await list(folder)) {
    const [, host, pid] = /^(.*)-(\d+)$/.exec(owner) ?? [];
    if (host !== hostName() || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    const whole = await lengthOfWholeLines(path, bytes);
    if (whole < bytes) await truncate(path, whole);
  }
}

async function lengthOfWholeLines(path: string, bytes: number): Promise<number> {
  const file = await open(path, 'r');
  const window = Buffer.alloc(64 * 1024);
  try {
    for (let end = bytes; end > 0; ) {
      const start = Math.max(0, end - window.length);
      const { bytesRead } = await file.read(window, 0, end - start, start);
      const feed = window.lastIndexOf(10, bytesRead - 1);
      if (feed !== -1 && bytesRead > 0) return start + feed + 1;
      end = start;
    }
    return 0;
  } finally {
    await file.close();
  }
}

/** The oldest first. */
async function list(folder: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const owner = pattern.exec(name)?.groups?.owner;
    if (owner === undefined) continue;
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts?.isFile()) found.push({ path, bytes: facts.size, owner });
  }
  return found;
}

function hostName(): string {
  return hostname().replaceAll(/[^\w.-]/g, '_');
}

function ownName(): string {
  return `${hostName()}-${process.pid}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
