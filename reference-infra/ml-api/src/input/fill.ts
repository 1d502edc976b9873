/** Writing cells and nested arrays into the data of a tensor. */

import { shown } from '../errors.ts';
import { product, type TensorData, type TensorType } from '../model/tensors.ts';
import { bigIntegerOf, booleanOf, realOf, textOf, ValueError, type ValueRules, wholeOf } from './values.ts';

export type Write = (at: number, value: unknown) => void;

/** A function that puts one value at one place. It throws a ValueError for what does not fit. */
export function writerOf(type: TensorType, data: TensorData, rules: ValueRules): Write {
  switch (type) {
    case 'string': {
      const texts = data as string[];
      return (at, value) => {
        texts[at] = textOf(value);
      };
    }
    case 'int64':
    case 'uint64': {
      const integers = data as BigInt64Array;
      return (at, value) => {
        integers[at] = bigIntegerOf(value, type, rules);
      };
    }
    case 'bool': {
      const flags = data as Uint8Array;
      return (at, value) => {
        flags[at] = booleanOf(value);
      };
    }
    case 'float32':
    case 'float64':
    case 'float16': {
      const reals = data as Float64Array;
      return (at, value) => {
        reals[at] = realOf(value, type, rules);
      };
    }
    default: {
      const integers = data as Int32Array;
      return (at, value) => {
        integers[at] = wholeOf(value, type, rules);
      };
    }
  }
}

/** Dimensions of nested arrays, read along their first elements; [] for a single value. */
export function shapeOfNested(value: unknown): number[] {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part) && shape.length < 16; part = part[0]) shape.push(part.length);
  return shape;
}

/** Writes nested arrays of a known shape. @throws ValueError when they are ragged or hold what does not fit. */
export function fillNested(value: unknown, shape: readonly number[], at: number, write: Write): void {
  const [length, ...rest] = shape;
  if (length === undefined) {
    if (Array.isArray(value))
      throw new ValueError(`holds ${shown(value)} where one value is wanted`, 'a single value');
    write(at, value);
    return;
  }
  if (!Array.isArray(value) || value.length !== length) {
    const found = Array.isArray(value) ? `an array of ${value.length}` : shown(value);
    throw new ValueError(
      `holds ${found} where an array of ${length} is wanted`,
      `arrays of shape [${shape.join(', ')}]`,
    );
  }
  const step = product(rest);
  for (let i = 0; i < length; i++) fillNested(value[i], rest, at + i * step, write);
}

/** Whether dimensions are those that are wanted; free ones are null. */
export function fits(shape: readonly number[], wanted: readonly (number | null)[]): boolean {
  return shape.length === wanted.length && shape.every((size, i) => wanted[i] === null || wanted[i] === size);
}

/** As shapes are written in messages: free dimensions as `?`, the rows as `N`. */
export function shapeText(shape: readonly (number | null)[], rowsFirst = true): string {
  return `[${shape.map((size, i) => size ?? (i === 0 && rowsFirst ? 'N' : '?')).join(', ')}]`;
}
