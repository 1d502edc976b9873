/**
 * Histograms in HdrHistogram's compressed V2 encoding (AbstractHistogram.encodeIntoCompressedByteBuffer): counts as ZigZag
 * LEB128 with runs of zeros, deflated, in base64.
 */

import { deflateSync, inflateSync } from 'node:zlib';
import { RunError } from '../../../../core/inputs/index.ts';
import { countsLength, Histogram, highestUs, lowestUs, significantDigits } from './histogram.ts';

const plainCookie = 0x1c849303;
/** The high nibble of the low byte is the word size, 1 for LEB128. */
const compressedCookie = 0x1c849304;
const wordSize = 0x10;
const headerBytes = 40;
const compressedHeaderBytes = 8;
/** A histogram of this range in full, with room: what claims more is damaged. */
const mostBytes = 1024 * 1024;

export function encode({ counts }: Histogram): string {
  const bytes: number[] = [];
  let last = counts.length;
  while (last > 0 && counts[last - 1] === 0) last--;
  for (let i = 0; i < last; ) {
    const count = counts[i] as number;
    if (count !== 0) {
      writeZigZag(bytes, BigInt(count));
      i++;
      continue;
    }
    const start = i;
    while (i < last && counts[i] === 0) i++;
    writeZigZag(bytes, BigInt(start - i));
  }
  const plain = Buffer.alloc(headerBytes + bytes.length);
  plain.writeUInt32BE(plainCookie | wordSize, 0);
  plain.writeUInt32BE(bytes.length, 4);
  // 8: the offset of normalised indexes, 0.
  plain.writeUInt32BE(significantDigits, 12);
  plain.writeBigUInt64BE(BigInt(lowestUs), 16);
  plain.writeBigUInt64BE(BigInt(highestUs), 24);
  plain.writeDoubleBE(1, 32);
  plain.set(bytes, headerBytes);
  const deflated = deflateSync(plain);
  const head = Buffer.alloc(compressedHeaderBytes);
  head.writeUInt32BE(compressedCookie | wordSize, 0);
  head.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString('base64');
}

/** @throws RunError when the text is no histogram, or one of another range. */
export function decode(text: string): Histogram {
  try {
    return decodeBytes(Buffer.from(text, 'base64'));
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError('The histogram is damaged.');
  }
}

function decodeBytes(bytes: Buffer): Histogram {
  if (bytes.length < compressedHeaderBytes || (bytes.readUInt32BE(0) & ~0xf0) >>> 0 !== compressedCookie)
    throw new RunError('The text is no compressed HdrHistogram of version 2.');
  const plain = inflateSync(
    bytes.subarray(compressedHeaderBytes, compressedHeaderBytes + bytes.readUInt32BE(4)),
    {
      maxOutputLength: mostBytes,
    },
  );
  if (
    plain.readUInt32BE(12) !== significantDigits ||
    plain.readBigUInt64BE(16) !== BigInt(lowestUs) ||
    plain.readBigUInt64BE(24) !== BigInt(highestUs)
  )
    throw new RunError('The histogram has another range; here it is 1 us to 60 s with 3 digits.');
  const histogram = new Histogram();
  const end = headerBytes + plain.readUInt32BE(4);
  let index = 0;
  for (let at = headerBytes; at < end; ) {
    const [value, next] = readZigZag(plain, at);
    at = next;
    if (value < 0) {
      index -= value;
      continue;
    }
    if (index >= countsLength) throw new RunError('The histogram is damaged.');
    histogram.counts[index++] = value;
    histogram.total += value;
  }
  return histogram;
}

function writeZigZag(bytes: number[], value: bigint): void {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  // Nine bytes at most: the last one carries eight bits.
  for (let i = 0; i < 8 && rest >= 0x80n; i++) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
}

function readZigZag(bytes: Buffer, start: number): [value: number, next: number] {
  let rest = 0n;
  let at = start;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes.readUInt8(at++);
    if (shift === 56n) {
      rest |= BigInt(byte) << shift;
      break;
    }
    rest |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return [Number((rest >> 1n) ^ -(rest & 1n)), at];
}
