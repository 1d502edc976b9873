/** Reads the files of a gzip-compressed tar stream, as npm packs them. Format: POSIX.1-1988 ustar with pax headers. */

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { RunError } from '../inputs/errors.ts';

const block = 512;

/**
 * Says under which plain file name an entry is to be written, or null to leave it out.
 * The path is the entry's own, e.g. `package/bin/a.so`.
 */
export type EntryChoice = (path: string) => string | null;

/**
 * A stream that takes the uncompressed tar and writes the chosen entries into a folder; `written` lists their names.
 * Only regular files are written; a name that is not a plain file name is refused, so nothing leaves the folder.
 * @throws RunError (through the stream) when the archive is damaged or ends early.
 */
export function tarExtractor(
  folder: string,
  choose: EntryChoice,
): { readonly stream: Writable; readonly written: string[] } {
  const written: string[] = [];
  let pending: Buffer = Buffer.alloc(0);
  let output: Writable | null = null;
  let collecting: Buffer[] | null = null;
  let left = 0;
  let padding = 0;
  let longPath: string | null = null;
  let ended = false;

  async function take(chunk: Buffer): Promise<void> {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      if (left > 0) {
        const part = pending.subarray(0, left);
        if (part.length === 0) return;
        pending = pending.subarray(part.length);
        left -= part.length;
        if (output !== null) await write(output, part);
        collecting?.push(Buffer.from(part));
        if (left > 0) return;
      }
      if (output !== null) {
        await close(output);
        output = null;
      }
      if (collecting !== null) {
        longPath = paxPath(Buffer.concat(collecting)) ?? longPath;
        collecting = null;
      }
      if (padding > 0) {
        const skipped = Math.min(padding, pending.length);
        pending = pending.subarray(skipped);
        padding -= skipped;
        if (padding > 0) return;
      }
      if (pending.length < block || ended) return;
      const header = pending.subarray(0, block);
      pending = pending.subarray(block);
      if (header.every((byte) => byte === 0)) {
        ended = true;
        return;
      }
      open(header);
    }
  }

  function open(header: Buffer): void {
    checkSum(header);
    left = octal(header, 124, 12);
    padding = (block - (left % block)) % block;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') {
      collecting = [];
      return;
    }
    const prefix = text(header, 345, 155);
    const path = longPath ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`);
    longPath = null;
    if (type !== '0' && type !== '\0') return;
    const name = choose(path);
    if (name === null) return;
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
      throw new RunError(
        `The archive holds ${JSON.stringify(path)}, which would be written outside of its folder.`,
      );
    }
    written.push(name);
    output = createWriteStream(join(folder, name), { flags: 'wx', mode: 0o755 });
    output.on('error', () => {});
  }

  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk).then(() => done(), done);
    },
    final(done) {
      const damaged = left > 0 || output !== null || (pending.length > 0 && !ended);
      if (output !== null) output.destroy();
      done(damaged ? new RunError('The archive ends in the middle of a file.') : null);
    },
    destroy(error, done) {
      output?.destroy();
      done(error);
    },
  });
  return { stream, written };
}

function write(output: Writable, part: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(part, (error) => (error ? reject(error) : resolve()));
  });
}

function close(output: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    output.once('error', reject);
    output.end(resolve);
  });
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw new RunError('The archive is damaged: a size is not a number.');
  return Number.parseInt(digits, 8);
}

function checkSum(header: Buffer): void {
  let sum = 0;
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] as number);
  if (sum !== octal(header, 148, 8)) throw new RunError('The archive is damaged: a header does not add up.');
}

/** `path` of a pax extended header: records of `<length> <key>=<value>\n`. */
function paxPath(data: Buffer): string | null {
  let at = 0;
  let path: string | null = null;
  while (at < data.length) {
    const space = data.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(data.toString('utf8', at, space));
    if (!Number.isInteger(length) || length <= 0)
      throw new RunError('The archive is damaged: a pax header is not readable.');
    const record = data.toString('utf8', space + 1, at + length - 1);
    if (record.startsWith('path=')) path = record.slice('path='.length);
    at += length;
  }
  return path;
}
