/** Decompression of LZ4 frames, the default compression of Feather files (LZ4 frame format 1.6). */

const frameMagic = 0x184d2204;

/** @throws Error when the frame is damaged. */
export function decodeLz4Frame(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.getUint32(0, true) !== frameMagic) throw new Error('not an LZ4 frame');
  const flags = view.getUint8(4);
  const blockChecksums = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const output = new Output(hasSize ? Number(view.getBigUint64(6, true)) : data.length * 4);
  let at = 6 + (hasSize ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) return output.bytes.subarray(0, output.length);
    const size = header & 0x7fffffff;
    if (at + size > data.length) throw new Error('the LZ4 frame is truncated');
    const block = data.subarray(at, at + size);
    if (header >>> 31 === 1) output.append(block, 0, block.length);
    else decodeBlock(block, output);
    at += size + (blockChecksums ? 4 : 0);
  }
}

function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const length = (short: number): number => {
    let total = short;
    if (short === 15) {
      let more: number;
      do {
        more = block[at++] ?? 0;
        total += more;
      } while (more === 255);
    }
    return total;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = length(token >> 4);
    if (at + literals > block.length) throw new Error('the LZ4 block is truncated');
    output.append(block, at, literals);
    at += literals;
    if (at >= block.length) return;
    const distance = (block[at] as number) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    output.repeat(distance, length(token & 15) + 4);
  }
}

class Output {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity: number) {
    // The size is read from the file: a damaged one must not ask for all memory at once.
    this.bytes = new Uint8Array(Math.min(Math.max(capacity, 64), 1 << 24));
  }

  append(source: Uint8Array, from: number, count: number): void {
    this.reserve(count);
    this.bytes.set(source.subarray(from, from + count), this.length);
    this.length += count;
  }

  /** Copies what was written `distance` ago; source and target may overlap, so byte by byte. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length)
      throw new Error('the LZ4 block refers to bytes before its start');
    this.reserve(count);
    const { bytes } = this;
    for (let to = this.length, end = to + count; to < end; to += 1)
      bytes[to] = bytes[to - distance] as number;
    this.length += count;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + count, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
