/** Tensors as they travel between the threads: plain typed arrays with their dimensions. */

export type TensorType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool'
  | 'string';

export type NumberData =
  | Float32Array
  | Float64Array
  | Float16Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

export type TensorData = NumberData | BigInt64Array | BigUint64Array | string[];

export interface Tensor {
  readonly type: TensorType;
  readonly data: TensorData;
  readonly dims: readonly number[];
}

/** By the name of a model's input or output. */
export type Tensors = Readonly<Record<string, Tensor>>;

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Float16Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

export function isTensorType(type: string): type is TensorType {
  return type === 'string' || type in constructors;
}

/** Zeros, or empty texts. */
export function createData(type: TensorType, length: number): TensorData {
  return type === 'string' ? new Array<string>(length).fill('') : new constructors[type](length);
}

export function product(dims: readonly number[]): number {
  return dims.reduce((total, size) => total * size, 1);
}

/** Several tensors of one type and row shape, one below the other. */
export function joinTensors(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (first === undefined) throw new Error('there is nothing to join');
  if (parts.length === 1) return first;
  const rows = parts.reduce((total, part) => total + (part.dims[0] ?? 0), 0);
  const dims = [rows, ...first.dims.slice(1)];
  if (first.type === 'string') {
    return { type: 'string', dims, data: parts.flatMap((part) => part.data as string[]) };
  }
  const data = createData(first.type, product(dims));
  let at = 0;
  for (const part of parts) {
    setData(data, part.data, at);
    at += part.data.length;
  }
  return { type: first.type, dims, data };
}

/** Rows [from, to) of a tensor whose first dimension is the rows; shares memory with it. */
export function sliceTensor(tensor: Tensor, from: number, to: number): Tensor {
  const width = product(tensor.dims.slice(1));
  const data = Array.isArray(tensor.data)
    ? tensor.data.slice(from * width, to * width)
    : tensor.data.subarray(from * width, to * width);
  return { type: tensor.type, dims: [to - from, ...tensor.dims.slice(1)], data };
}

/** A copy with `rows` rows, the last one repeated. */
export function padTensor(tensor: Tensor, rows: number): Tensor {
  const have = tensor.dims[0] ?? 0;
  if (have >= rows || have === 0) return tensor;
  const last = sliceTensor(tensor, have - 1, have);
  return joinTensors([tensor, ...Array.from({ length: rows - have }, () => last)]);
}

function setData(target: TensorData, source: TensorData, at: number): void {
  // Both are of the same type by construction: the tensors of one input of one model.
  (target as Float64Array).set(source as Float64Array, at);
}
