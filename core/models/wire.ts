/**
 * Reading and rewriting protocol buffers without a schema, so that a model keeps every byte that is not edited:
 * fields of newer ONNX versions survive, and weights are neither decoded nor copied more than once.
 * Encoding: https://protobuf.dev/programming-guides/encoding/
 */

/** One field of a message; offsets count from the start of the buffer that was scanned. */
export interface Field {
  readonly number: number;
  readonly type: 0 | 1 | 2 | 5;
  /** Where the tag starts. */
  readonly start: number;
  /** Where the value ends. */
  readonly end: number;
  /** The bytes of a length-delimited value (type 2), else empty. */
  readonly bytes: Uint8Array;
  /** The value of a varint (type 0), else 0n. */
  readonly varint: bigint;
}

/** The bytes are not a protocol buffer, or end too early. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const none: Uint8Array = new Uint8Array(0);

/** Walks the top-level fields of a message. @throws WireError */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;

  /** Tags and lengths: small numbers, read without the cost of bigint. */
  function small(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new WireError('ends in the middle of a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new WireError('holds a length that cannot be');
  }

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new WireError('ends in the middle of a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new WireError('holds a number of more than 64 bits');
  }

  while (at < message.length) {
    const start = at;
    const tag = small();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (number === 0 || (type !== 0 && type !== 1 && type !== 2 && type !== 5)) {
      throw new WireError('holds a field that cannot be');
    }
    let bytes: Uint8Array = none;
    let value = 0n;
    if (type === 0) value = varint();
    else if (type === 2) {
      const length = small();
      if (at + length > message.length) throw new WireError('ends in the middle of a field');
      bytes = message.subarray(at, at + length);
      at += length;
    } else {
      at += type === 1 ? 8 : 4;
      if (at > message.length) throw new WireError('ends in the middle of a number');
    }
    yield { number, type, start, end: at, bytes, varint: value };
  }
}

const decoder = new TextDecoder();

export function textOf(field: Field): string {
  return decoder.decode(field.bytes);
}

/** Values of a repeated integer field, packed or not, as two's complement 64-bit numbers. */
export function integersOf(field: Field): bigint[] {
  if (field.type === 0) return [BigInt.asIntN(64, field.varint)];
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      values.push(BigInt.asIntN(64, value));
      value = 0n;
      shift = 0n;
    }
  }
  return values;
}

/** A length-delimited field as bytes. */
export function encodeField(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return concatBytes([encodeVarint(number * 8 + 2), encodeVarint(bytes.length), bytes]);
}

export function encodeInteger(number: number, value: number): Uint8Array {
  return concatBytes([encodeVarint(number * 8), encodeVarint(value)]);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
