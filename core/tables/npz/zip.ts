/** The part of the ZIP format that NPZ files use: stored and deflated entries (PKWARE APPNOTE 6.3.10). */

import type { FileHandle } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { RunError } from '../../inputs/errors.ts';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerAt: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const unknownSize = 0xffffffff;

/** The entries by the archive's directory. */
export async function listEntries(path: string, file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await read(path, file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw new RunError(`${path} is truncated: the directory of the ZIP archive is missing`);
  const count = tail.readUInt16LE(end + 10);
  const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count === 0xffff || length === unknownSize || start === unknownSize) throw zip64(path);
  const directory = await read(path, file, start, length);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature) throw damaged(path);
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, nameEnd);
    const entry = {
      name,
      method: directory.readUInt16LE(at + 10),
      checksum: directory.readUInt32LE(at + 16),
      packedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      headerAt: directory.readUInt32LE(at + 42),
    };
    if ((directory.readUInt16LE(at + 8) & 1) !== 0)
      throw new RunError(`${path}: ${name} is encrypted, which cannot be read`);
    if ([entry.packedSize, entry.size, entry.headerAt].includes(unknownSize)) throw zip64(path);
    entries.push(entry);
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The unpacked bytes of an entry, their checksum verified. */
export async function readEntry(path: string, file: FileHandle, entry: ZipEntry): Promise<Buffer> {
  const header = await read(path, file, entry.headerAt, 30);
  if (header.readUInt32LE(0) !== localSignature) throw damaged(path);
  const start = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await read(path, file, start, entry.packedSize);
  const bytes = unpack(path, entry, packed);
  if (bytes.length !== entry.size || crc32(bytes) !== entry.checksum) {
    throw new RunError(`${path}: ${entry.name} is damaged: its checksum does not match`);
  }
  return bytes;
}

function unpack(path: string, entry: ZipEntry, packed: Buffer): Buffer {
  if (entry.method === 0) return packed;
  if (entry.method !== 8) {
    throw new RunError(
      `${path}: ${entry.name} is packed by method ${entry.method}; only stored and deflated entries can be read`,
    );
  }
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(entry.size, 1) });
  } catch {
    throw new RunError(`${path}: ${entry.name} is damaged: it cannot be unpacked`);
  }
}

async function read(path: string, file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (position + length > size) throw damaged(path);
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(length - at, 1 << 30), position + at);
    if (bytesRead === 0) throw damaged(path);
    at += bytesRead;
  }
  return bytes;
}

function damaged(path: string): RunError {
  return new RunError(`${path} is damaged or truncated: its ZIP directory does not fit its content`);
}

function zip64(path: string): RunError {
  return new RunError(
    `${path} is a ZIP64 archive (an entry beyond 4 GiB), which cannot be read; use Parquet or split it`,
  );
}
