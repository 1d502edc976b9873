/** What a model returned, as values of JSON. */

import type { OutputSpec } from '../model/description.ts';
import { product, type Tensor } from '../model/tensors.ts';
import type { Cell, CellValue } from '../types.ts';

/** One value; whole numbers beyond 2^53 are bigints. */
function valueAt(tensor: Tensor, at: number): CellValue {
  const value = tensor.data[at];
  if (value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return tensor.type === 'bool' ? value === 1 : value;
}

/** All values in order, as the Open Inference Protocol has them. */
export function flatValues(tensor: Tensor): readonly CellValue[] {
  return Array.from({ length: tensor.data.length }, (_, i) => valueAt(tensor, i));
}

/** Nested by the dimensions of the tensor. */
export function nestedValues(tensor: Tensor): Cell {
  return nest(tensor, tensor.dims, 0);
}

/**
 * One cell a row: the value itself where a row has one, arrays otherwise. Null when the output is not by row: it has
 * another number of rows than were asked for.
 */
export function rowValues(tensor: Tensor, rows: number): readonly Cell[] | null {
  const { dims, data } = tensor;
  if (dims[0] !== rows && !(rows === 1 && data.length === 1)) return null;
  const width = data.length / rows;
  const rowDims = dims.slice(1);
  return Array.from({ length: rows }, (_, row) =>
    width === 1 ? valueAt(tensor, row) : nest(tensor, rowDims, row * width),
  );
}

export type Mapping = Readonly<Record<string, CellValue>>;

/** Rows of class to score, as ZipMap has them. Null: the output has other columns than labels. */
export function mappedRows(
  tensor: Tensor,
  rows: number,
  labels: readonly string[],
): readonly Mapping[] | null {
  if (tensor.dims[0] !== rows || tensor.data.length !== rows * labels.length) return null;
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(labels.map((label, i) => [label, valueAt(tensor, row * labels.length + i)])),
  );
}

/** A cell a row, or a mapping a row where the model's own output is one. */
export function outputRows(
  output: OutputSpec,
  tensor: Tensor,
  rows: number,
): readonly (Cell | Mapping)[] | null {
  const mapped = output.labels === null ? null : mappedRows(tensor, rows, output.labels);
  return mapped ?? rowValues(tensor, rows);
}

function nest(tensor: Tensor, dims: readonly number[], at: number): Cell {
  const [length, ...rest] = dims;
  if (length === undefined) return valueAt(tensor, at);
  const step = product(rest);
  return Array.from({ length }, (_, i) => nest(tensor, rest, at + i * step));
}

/** TypeScript's library does not have it yet: https://tc39.es/proposal-json-parse-with-source/ */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** JSON text: whole numbers with all their digits, NaN and infinity as null. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // A replacer costs each value a call: only where there is a bigint.
    return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? rawJSON(part.toString()) : part));
  }
}
