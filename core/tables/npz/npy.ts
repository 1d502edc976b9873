/** NumPy's array format, versions 1 to 3 (NEP 1). */

import { RunError } from '../../inputs/errors.ts';

export type NpyKind = 'f' | 'i' | 'u' | 'b' | 'U' | 'S';

export interface NpyArray {
  readonly kind: NpyKind;
  /** Bytes of one element. */
  readonly itemSize: number;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** The elements, without the header; not copied. */
  readonly data: Buffer;
}

const refused: Readonly<Record<string, string>> = {
  O: 'holds Python objects (a pickle), which are never loaded, for that runs code in them; save it with a numeric or text dtype',
  c: 'holds complex numbers, which are no table column',
  M: 'holds dates (datetime64), which are not supported; save them as text or numbers',
  m: 'holds durations (timedelta64), which are not supported; save them as numbers',
  V: 'holds raw or structured records, which are not supported; save each field as an array of its own',
};

/** Reads the header; `where` names file and array for messages. */
export function parseNpy(where: string, bytes: Buffer): NpyArray {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw new RunError(`${where} is not a NumPy array`);
  const version = bytes[6] as number;
  if (version < 1 || version > 3) throw new RunError(`${where} has the unknown format version ${version}`);
  const headerAt = version === 1 ? 10 : 12;
  if (bytes.length < headerAt) throw truncated(where);
  const dataAt = headerAt + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (bytes.length < dataAt) throw truncated(where);
  const header = bytes.toString(version === 3 ? 'utf8' : 'latin1', headerAt, dataAt);
  const { kind, itemSize, littleEndian } = parseType(where, header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shapeText = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (order === undefined || shapeText === undefined)
    throw new RunError(`${where} has a header that cannot be read`);
  const shape = shapeText
    .split(',')
    .flatMap((length) => (length.trim() === '' ? [] : [Number.parseInt(length, 10)]));
  const size = shape.reduce((product, length) => product * length, itemSize);
  const data = bytes.subarray(dataAt);
  if (data.length !== size) throw truncated(where);
  return { kind, itemSize, littleEndian, fortranOrder: order === 'True', shape, data };
}

function parseType(where: string, header: string) {
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z?])(\d*)/.exec(header);
  if (descr === null) throw new RunError(`${where} ${refused.V}`);
  const [, order, letter = '', digits = ''] = descr;
  const reason = refused[letter];
  if (reason !== undefined) throw new RunError(`${where} ${reason}`);
  const width = digits === '' ? 1 : Number(digits);
  const littleEndian = order !== '>';
  const known =
    letter === 'f'
      ? [2, 4, 8].includes(width)
      : letter === 'i' || letter === 'u'
        ? [1, 2, 4, 8].includes(width)
        : letter === 'b'
          ? width === 1
          : letter === 'U' || letter === 'S';
  if (!known) throw new RunError(`${where} has the type ${letter}${digits}, which is not supported`);
  return { kind: letter as NpyKind, itemSize: letter === 'U' ? width * 4 : width, littleEndian };
}

/** Reader of the element at an index of the array as it lies in the file. */
export function numberAt(array: NpyArray): (index: number) => number {
  const { data, itemSize, littleEndian: little } = array;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (`${array.kind}${itemSize}`) {
    case 'f2':
      return (index) => halfToNumber(view.getUint16(index * 2, little));
    case 'f4':
      return (index) => view.getFloat32(index * 4, little);
    case 'f8':
      return (index) => view.getFloat64(index * 8, little);
    case 'i1':
      return (index) => view.getInt8(index);
    case 'i2':
      return (index) => view.getInt16(index * 2, little);
    case 'i4':
      return (index) => view.getInt32(index * 4, little);
    case 'i8':
      return (index) => Number(view.getBigInt64(index * 8, little));
    case 'u1':
      return (index) => view.getUint8(index);
    case 'u2':
      return (index) => view.getUint16(index * 2, little);
    case 'u4':
      return (index) => view.getUint32(index * 4, little);
    case 'u8':
      return (index) => Number(view.getBigUint64(index * 8, little));
    default:
      return (index) => (view.getUint8(index) === 0 ? 0 : 1);
  }
}

/** Reader of elements as text: strings without the padding, integers with all digits. */
export function textAt(array: NpyArray): (index: number) => string {
  const { data, itemSize, littleEndian: little } = array;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (array.kind === 'U') return (index) => readUcs4(view, index * itemSize, itemSize, little);
  if (array.kind === 'S') {
    return (index) => data.toString('utf8', index * itemSize, (index + 1) * itemSize).replace(/\0+$/, '');
  }
  if (itemSize === 8 && array.kind === 'i') return (index) => String(view.getBigInt64(index * 8, little));
  if (itemSize === 8 && array.kind === 'u') return (index) => String(view.getBigUint64(index * 8, little));
  const number = numberAt(array);
  if (array.kind === 'b') return (index) => String(number(index) === 1);
  return (index) => String(number(index));
}

function readUcs4(view: DataView, start: number, length: number, little: boolean): string {
  let text = '';
  let padding = '';
  for (let at = start; at < start + length; at += 4) {
    const point = view.getUint32(at, little);
    if (point === 0) padding += '\0';
    else {
      text += padding + String.fromCodePoint(Math.min(point, 0x10ffff));
      padding = '';
    }
  }
  return text;
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function truncated(where: string): RunError {
  return new RunError(`${where} is damaged: its data are shorter or longer than its header says`);
}
