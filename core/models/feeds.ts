/** Turns a batch of rows into the tensors that a model takes. Buffers are kept from batch to batch. */

import type { Tensor } from 'onnxruntime-node';
import { RunError } from '../inputs/errors.ts';
import type { Batch, ColumnBatch } from '../tables/types.ts';
import type { Binding, BoundInput } from './bind-features.ts';
import type { OnnxRuntime } from './onnx-session.ts';

/** A value that the model cannot take. The message names the column; whoever knows the file adds file and line. */
export class FeatureValueError extends RunError {
  readonly column: string;
  /** Within the batch, from 0. */
  readonly row: number;

  constructor(column: string, row: number, problem: string) {
    super(`feature \`${column}\` ${problem}`);
    this.column = column;
    this.row = row;
  }
}

export interface FeedOptions {
  /** `nan`: missing and NaN are fed as NaN to inputs of real numbers; default: they are errors. Infinity always is. */
  readonly missingValues: 'error' | 'nan';
}

type NumberBuffer =
  | Float32Array
  | Float64Array
  | Float16Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

const numberBuffers: Readonly<Record<string, (length: number) => NumberBuffer>> = {
  float32: (length) => new Float32Array(length),
  float64: (length) => new Float64Array(length),
  float16: (length) => new Float16Array(length),
  int32: (length) => new Int32Array(length),
  int16: (length) => new Int16Array(length),
  int8: (length) => new Int8Array(length),
  uint8: (length) => new Uint8Array(length),
  uint16: (length) => new Uint16Array(length),
  uint32: (length) => new Uint32Array(length),
  bool: (length) => new Uint8Array(length),
};

const realTypes: ReadonlySet<string> = new Set(['float32', 'float64', 'float16']);

export interface FeedBuilder {
  /**
   * Tensors for rows [from, from + rows) of the batch, padded with the last row to `padTo` rows when that is more.
   * They hold until the next call. @throws FeatureValueError
   */
  build(batch: Batch, from: number, rows: number, padTo: number | null): Readonly<Record<string, Tensor>>;
}

/** @throws RunError when an input has a type that cannot be fed. */
export function createFeedBuilder(runtime: OnnxRuntime, binding: Binding, options: FeedOptions): FeedBuilder {
  const fillers = binding.inputs.map((bound) => ({ bound, filler: createFiller(bound, options) }));
  return {
    build(batch, from, rows, padTo) {
      const total = Math.max(rows, padTo ?? 0);
      const feeds: Record<string, Tensor> = {};
      for (const { bound, filler } of fillers) {
        const data = filler(batch, from, rows, total);
        const dims = [total, ...bound.rowShape];
        feeds[bound.input.name] = tensorOf(runtime, bound.input.type, data, dims);
      }
      return feeds;
    },
  };
}

type TensorData = NumberBuffer | BigInt64Array | BigUint64Array | string[];
type Filler = (batch: Batch, from: number, rows: number, total: number) => TensorData;

function tensorOf(runtime: OnnxRuntime, type: string, data: TensorData, dims: number[]): Tensor {
  // The constructor's overloads pair each type with its array; the pairs are made in one place, above.
  const construct = runtime.Tensor as unknown as new (
    type: string,
    data: TensorData,
    dims: number[],
  ) => Tensor;
  if (!(data instanceof Float16Array)) return new construct(type, data, dims);
  // The constructor turns half floats into a Float16Array, whatever it is given; the binding of 1.30 does not know
  // that type of array and reads no bytes of it ("not enough space"). Their bits, called float16 afterwards, it reads.
  const bits = new construct('uint16', new Uint16Array(data.buffer, data.byteOffset, data.length), dims);
  return Object.assign(bits, { type });
}

function createFiller(bound: BoundInput, options: FeedOptions): Filler {
  const { type } = bound.input;
  const width = bound.rowShape.reduce((product, size) => product * size, 1);
  if (type === 'string')
    return (batch, from, rows, total) => fillText(bound, width, batch, from, rows, total);
  if (type === 'int64' || type === 'uint64') {
    let buffer = type === 'int64' ? new BigInt64Array(0) : new BigUint64Array(0);
    return (batch, from, rows, total) => {
      if (buffer.length < total * width) {
        buffer = type === 'int64' ? new BigInt64Array(total * width) : new BigUint64Array(total * width);
      }
      fillBigInts(bound, width, batch, from, rows, buffer);
      repeatLastRow(buffer, width, rows, total);
      return buffer.subarray(0, total * width);
    };
  }
  const create = numberBuffers[type];
  if (create === undefined) {
    throw new RunError(
      `The model's input \`${bound.input.name}\` has the type ${type}, which cannot be fed from a table.`,
    );
  }
  const target = {
    type,
    real: realTypes.has(type),
    allowNan: realTypes.has(type) && options.missingValues === 'nan',
  };
  let buffer = create(0);
  return (batch, from, rows, total) => {
    if (buffer.length < total * width) buffer = create(total * width);
    fillNumbers(bound, width, batch, from, rows, buffer, target);
    repeatLastRow(buffer, width, rows, total);
    return buffer.subarray(0, total * width);
  };
}

interface NumberTarget {
  readonly type: string;
  readonly real: boolean;
  readonly allowNan: boolean;
}

function fillNumbers(
  bound: BoundInput,
  width: number,
  batch: Batch,
  from: number,
  rows: number,
  out: NumberBuffer,
  target: NumberTarget,
): void {
  if (target.real && copyScalars(bound, width, batch, from, rows, out)) return;
  let offset = 0;
  for (const column of bound.columns) {
    const size = column.cellShape.reduce((product, length) => product * length, 1);
    const cells = columnOf(batch, column.name);
    if (cells.kind === 'text') {
      for (let row = 0; row < rows; row++) {
        const text = cells.values[from + row] ?? null;
        out[row * width + offset] = text === null ? Number.NaN : Number(text);
        const value = out[row * width + offset] as number;
        const wrong =
          text === null ? !target.allowNan : target.real ? !Number.isFinite(value) : value !== Number(text);
        if (wrong) throw valueError(column.name, from + row, text === null ? null : Number(text), target);
      }
    } else if (target.real) {
      const { values } = cells;
      for (let row = 0; row < rows; row++) {
        const start = (from + row) * size;
        const at = row * width + offset;
        for (let k = 0; k < size; k++) {
          out[at + k] = values[start + k] as number;
          // Also catches what overflows the narrower type. x - x is 0 for finite x only.
          const stored = out[at + k] as number;
          if (stored - stored !== 0 && !(target.allowNan && Number.isNaN(stored))) {
            throw valueError(
              column.name,
              from + row,
              missingAt(cells, from + row, values[start + k] as number),
              target,
            );
          }
        }
      }
    } else {
      const { values } = cells;
      for (let row = 0; row < rows; row++) {
        const start = (from + row) * size;
        const at = row * width + offset;
        for (let k = 0; k < size; k++) {
          const value = values[start + k] as number;
          out[at + k] = value;
          // Whole numbers in range are what the narrower type gives back unchanged.
          if (out[at + k] !== value || (target.type === 'bool' && value > 1)) {
            throw valueError(column.name, from + row, missingAt(cells, from + row, value), target);
          }
        }
      }
    }
    offset += size;
  }
}

/** Rows of a block: its part of the tensor stays in the first-level cache while the columns are written one by one. */
const blockRows = 128;

/**
 * The common case, without a branch per value: one number a cell in every column. False when there is anything else, or
 * a value that is not finite in the type of `out`; then nothing that was written counts.
 */
function copyScalars(
  bound: BoundInput,
  width: number,
  batch: Batch,
  from: number,
  rows: number,
  out: NumberBuffer,
): boolean {
  if (bound.columns.length !== width) return false;
  const columns: Float64Array[] = [];
  for (const column of bound.columns) {
    const cells = columnOf(batch, column.name);
    if (cells.kind === 'text') return false;
    columns.push(cells.values);
  }
  let sum = 0;
  for (let start = 0; start < rows; start += blockRows) {
    const end = Math.min(start + blockRows, rows);
    for (let k = 0; k < width; k++)
      sum += copyPart(columns[k] as Float64Array, from, start, end, out, width, k);
  }
  return sum === 0;
}

/** Zero when every value is finite in the type of `out`: x - x is 0 for finite x only. */
function copyPart(
  values: Float64Array,
  from: number,
  start: number,
  end: number,
  out: NumberBuffer,
  width: number,
  offset: number,
): number {
  let sum = 0;
  let at = start * width + offset;
  for (let row = from + start; row < from + end; row++) {
    out[at] = values[row] as number;
    const stored = out[at] as number;
    sum += stored - stored;
    at += width;
  }
  return sum;
}

function fillBigInts(
  bound: BoundInput,
  width: number,
  batch: Batch,
  from: number,
  rows: number,
  out: BigInt64Array | BigUint64Array,
): void {
  const target = { type: bound.input.type, real: false, allowNan: false };
  const [low, high] = bound.input.type === 'int64' ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  let offset = 0;
  for (const column of bound.columns) {
    const size = column.cellShape.reduce((product, length) => product * length, 1);
    const cells = columnOf(batch, column.name);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < size; k++) {
        const cell = cells.values[(from + row) * size + k] ?? null;
        if (cell === null) throw valueError(column.name, from + row, null, target);
        if (typeof cell === 'number' && !Number.isInteger(cell)) {
          throw valueError(column.name, from + row, missingAt(cells, from + row, cell), target);
        }
        if (typeof cell === 'string' && !/^[+-]?\d+$/.test(cell)) {
          throw new FeatureValueError(
            column.name,
            from + row,
            `holds ${JSON.stringify(cell)}, which is no whole number`,
          );
        }
        const value = BigInt(cell);
        if (value < low || value > high) {
          throw new FeatureValueError(
            column.name,
            from + row,
            `holds ${cell}, which does not fit ${bound.input.type}`,
          );
        }
        out[row * width + offset + k] = value;
      }
    }
    offset += size;
  }
}

function fillText(
  bound: BoundInput,
  width: number,
  batch: Batch,
  from: number,
  rows: number,
  total: number,
): string[] {
  const out = new Array<string>(total * width).fill('');
  let offset = 0;
  for (const column of bound.columns) {
    const size = column.cellShape.reduce((product, length) => product * length, 1);
    const cells = columnOf(batch, column.name);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < size; k++) {
        const cell = cells.values[(from + row) * size + k] ?? null;
        if (cell === null || Number.isNaN(cell)) {
          throw new FeatureValueError(column.name, from + row, 'is missing, and the model wants text');
        }
        out[row * width + offset + k] = String(cell);
      }
    }
    offset += size;
  }
  for (let at = rows * width; at < total * width; at++) out[at] = out[at - width] as string;
  return out;
}

function repeatLastRow(
  buffer: NumberBuffer | BigInt64Array | BigUint64Array,
  width: number,
  rows: number,
  total: number,
): void {
  for (let row = rows; row < total; row++) buffer.copyWithin(row * width, (rows - 1) * width, rows * width);
}

function columnOf(batch: Batch, name: string): ColumnBatch {
  const cells = batch.columns.get(name);
  if (cells === undefined) throw new Error(`the batch lacks the column ${name}`);
  return cells;
}

function missingAt(cells: ColumnBatch, row: number, value: number): number | null {
  return cells.kind === 'numeric' && cells.missing?.[row] === 1 ? null : value;
}

function valueError(
  column: string,
  row: number,
  value: number | null,
  target: NumberTarget,
): FeatureValueError {
  const { type } = target;
  if (value === null) return new FeatureValueError(column, row, `is missing, and the model wants ${type}`);
  if (Number.isNaN(value)) return new FeatureValueError(column, row, 'is NaN');
  if (!Number.isFinite(value))
    return new FeatureValueError(column, row, `is ${value > 0 ? 'infinite' : 'minus infinity'}`);
  if (type === 'bool')
    return new FeatureValueError(column, row, `holds ${value}, and the model wants true or false`);
  if (!target.real && !Number.isInteger(value)) {
    return new FeatureValueError(column, row, `holds ${value}, and the model wants whole numbers (${type})`);
  }
  return new FeatureValueError(column, row, `holds ${value}, which does not fit ${type}`);
}
