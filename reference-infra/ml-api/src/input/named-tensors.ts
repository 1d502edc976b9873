/** Tensors that a client names itself: KServe's `inputs`, and MLflow's `inputs` and `instances`. */

import { nearest } from '../../../../core/gate/nearest.ts';
import { invalid } from '../errors.ts';
import type { InputSpec } from '../model/description.ts';
import { createData, product, type Tensor } from '../model/tensors.ts';
import type { Cell, Cells } from '../types.ts';
import { fillNested, fits, shapeOfNested, shapeText, writerOf } from './fill.ts';
import type { Layout } from './layout.ts';
import { type EncodedRows, interned } from './rows.ts';
import { explain, ValueError, type ValueRules } from './values.ts';

export interface GivenTensor {
  readonly name: string;
  /** Nested arrays, or one flat array when there is a shape. */
  readonly data: unknown;
  /** As the client says; null: as the arrays are nested. */
  readonly shape: readonly number[] | null;
}

/** @throws RequestError naming the input, the place and what is wanted. */
export function encodeTensors(layout: Layout, given: readonly GivenTensor[], rules: ValueRules): EncodedRows {
  const feeds: Record<string, Tensor> = {};
  for (const { name } of given) {
    if (layout.inputs.some((input) => input.name === name)) continue;
    const names = layout.inputs.map((input) => input.name);
    const near = nearest(name, names);
    throw invalid(
      `The model has no input \`${name.slice(0, 100)}\`; it takes ${names.map((each) => `\`${each}\``).join(', ')}.${near === undefined ? '' : ` Is \`${near}\` meant?`}`,
      { column: name.slice(0, 100), expected: names.join(', ') },
    );
  }
  let rows: number | null = null;
  for (const input of layout.inputs) {
    const own = given.filter((tensor) => tensor.name === input.name);
    const [tensor] = own;
    if (tensor === undefined) {
      throw invalid(`The input \`${input.name}\` (${input.type}, ${shapeText(input.shape)}) is missing.`, {
        column: input.name,
        expected: `${input.type} ${shapeText(input.shape)}`,
      });
    }
    if (own.length > 1) throw invalid(`The input \`${input.name}\` is there twice.`, { column: input.name });
    const encoded = encodeTensor(input, tensor, rules);
    const count = encoded.dims[0] ?? 1;
    const sameRows = input.shape[0] === null && input.rows === layout.inputs[0]?.rows;
    if (rows !== null && count !== rows && sameRows) {
      throw invalid(
        `The input \`${input.name}\` has ${count} rows and \`${layout.inputs[0]?.name}\` ${rows}: each row needs all inputs.`,
        { column: input.name, expected: `${rows} rows` },
      );
    }
    rows ??= count;
    feeds[input.name] = encoded;
  }
  const count = rows ?? 0;
  return { feeds, rows: count, cells: () => cellsOf(given, count) };
}

function encodeTensor(input: InputSpec, { data, shape: declared }: GivenTensor, rules: ValueRules): Tensor {
  const place = { column: input.name, expected: `${input.type} ${shapeText(input.shape)}` };
  if (!Array.isArray(data)) {
    throw invalid(`The input \`${input.name}\` has no array of values.`, place);
  }
  const nested = shapeOfNested(data);
  const shape = declared ?? nested;
  // [N] for [N, 1] and the other way round is the same values in the same order.
  const fitted = fits(shape, wantedOf(input))
    ? shape
    : shape.length === 1 && input.shape.length === 2 && input.shape[1] === 1 && declared === null
      ? [...shape, 1]
      : null;
  if (fitted === null) {
    throw invalid(
      `The input \`${input.name}\` has the shape ${shapeText(shape)}; the model takes ${shapeText(input.shape)}.`,
      place,
    );
  }
  const count = product(fitted);
  if (count === 0)
    throw invalid(`The input \`${input.name}\` has no values: at least one row is wanted.`, place);
  // A shape may promise far more than there is: the values are counted before room is made for them.
  const flat = nested.length === 1 && fitted.length !== 1;
  if (flat && data.length !== count) {
    throw invalid(
      `The input \`${input.name}\` has ${data.length} values; its shape ${shapeText(fitted)} is ${count}.`,
      place,
    );
  }
  if (!flat && declared !== null && !fits(nested, fitted)) {
    throw invalid(
      `The input \`${input.name}\` has data of shape ${shapeText(nested)}, and says that its shape is ${shapeText(fitted)}.`,
      place,
    );
  }
  const values = createData(input.type, count);
  const write = writerOf(input.type, values, rules);
  const rowSize = product(fitted.slice(1));
  let row = 0;
  try {
    if (flat || (nested.length === 1 && fitted.length === 2)) {
      for (let i = 0; i < count; i++) {
        row = Math.floor(i / rowSize);
        fillNested(data[i], [], i, write);
      }
    } else {
      for (; row < (fitted[0] ?? 0); row++) fillNested(data[row], fitted.slice(1), row * rowSize, write);
    }
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw invalid(`The input \`${input.name}\`, row ${row}, ${explain(error)}.`, {
      row,
      column: input.name,
      expected: error.expected,
    });
  }
  return { type: input.type, data: values, dims: fitted };
}

/** A fixed number of rows is met by runs of that size, with the last row repeated. */
function wantedOf(input: InputSpec): readonly (number | null)[] {
  return input.shape.map((size, i) => (i === 0 ? null : size));
}

/** From what was sent, since the tensors are handed over to the model's thread. */
function cellsOf(given: readonly GivenTensor[], rows: number): Cells {
  const columns = given.map(({ data }) => {
    const values = (data as readonly Cell[]).flat(16) as Cell[];
    const width = values.length / rows;
    return Array.from({ length: rows }, (_, row): Cell => {
      return width === 1 ? (values[row] ?? null) : values.slice(row * width, (row + 1) * width);
    });
  });
  return {
    names: interned(given.map(({ name }) => name)),
    rows: Array.from({ length: rows }, (_, row) => columns.map((column) => column[row] ?? null)),
  };
}
