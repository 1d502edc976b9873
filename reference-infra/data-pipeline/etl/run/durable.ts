/** Files that are there whole or not at all, also after the power went. */

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Told before and after each change that lasts: where a run may be killed. */
export type OnPoint = (point: string) => void;

export class Durable {
  private readonly onPoint: OnPoint;

  constructor(onPoint: OnPoint = () => {}) {
    this.onPoint = onPoint;
  }

  point(name: string): void {
    this.onPoint(name);
  }

  /** Replaces the file. */
  write(path: string, text: string): void {
    this.point(`before writing ${basename(path)}`);
    mkdirSync(dirname(path), { recursive: true });
    const part = partOf(path);
    writeSynced(part, text, 'w');
    this.point(`half way writing ${basename(path)}`);
    renameSync(part, path);
    syncFolder(dirname(path));
    this.point(`after writing ${basename(path)}`);
  }

  /** Adds a line that ends with a newline. */
  append(path: string, line: string): void {
    this.point(`before a line of ${basename(path)}`);
    mkdirSync(dirname(path), { recursive: true });
    const isNew = !existsSync(path);
    writeSynced(path, line, 'a');
    if (isNew) syncFolder(dirname(path));
    this.point(`after a line of ${basename(path)}`);
  }

  /** Moves a file, also to another file system. What stands at the target is replaced. */
  move(from: string, to: string): void {
    this.point(`before moving ${basename(from)}`);
    mkdirSync(dirname(to), { recursive: true });
    syncFile(from);
    try {
      renameSync(from, to);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      const part = partOf(to);
      copyFileSync(from, part);
      syncFile(part);
      this.point(`half way moving ${basename(from)}`);
      renameSync(part, to);
      rmSync(from);
    }
    syncFolder(dirname(to));
    this.point(`after moving ${basename(from)}`);
  }

  /** A file, or a folder with all that is in it; nothing when it is not there. */
  remove(path: string): void {
    if (!existsSync(path)) return;
    this.point(`before removing ${basename(path)}`);
    rmSync(path, { recursive: true, force: true });
    this.point(`after removing ${basename(path)}`);
  }
}

/** The same for each try, so that what a killed run left is written over. */
function partOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

function writeSynced(path: string, text: string, flags: 'w' | 'a'): void {
  const file = openSync(path, flags);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A rename lasts once its folder is on disk. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
