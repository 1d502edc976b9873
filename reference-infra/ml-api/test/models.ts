/** Small models made by hand, so that what they answer can be said beforehand. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';

/** Numbers are fixed dimensions, texts are free ones of that name. */
export type Dimensions = readonly (number | string)[];

const types = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;
export type ElementType = keyof typeof types;

export interface Model {
  readonly inputs: Readonly<Record<string, readonly [ElementType, Dimensions]>>;
  readonly outputs: Readonly<Record<string, readonly [ElementType, Dimensions]>>;
  readonly nodes: readonly onnx.INodeProto[];
  readonly initializers?: readonly onnx.ITensorProto[];
  readonly domains?: readonly onnx.IOperatorSetIdProto[];
}

/** Writes the model and gives its path. */
export function writeModel(folder: string, name: string, model: Model): string {
  const bytes = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }, ...(model.domains ?? [])],
    graph: {
      name: 'g',
      node: [...model.nodes],
      input: Object.entries(model.inputs).map(valueInfo),
      output: Object.entries(model.outputs).map(valueInfo),
      initializer: [...(model.initializers ?? [])],
    },
  }).finish();
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function valueInfo([name, [type, dimensions]]: [
  string,
  readonly [ElementType, Dimensions],
]): onnx.IValueInfoProto {
  const dim = dimensions.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: types[type], shape: { dim } } } };
}

export function floats(name: string, dims: readonly number[], values: readonly number[]): onnx.ITensorProto {
  return { name, dims: [...dims], dataType: types.float32, floatData: [...values] };
}

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attribute: readonly onnx.IAttributeProto[] = [],
): onnx.INodeProto {
  return { opType, input: [...input], output: [...output], attribute: [...attribute] };
}

/** Gives back what it gets. */
export function echo(type: ElementType, dimensions: Dimensions): Model {
  return {
    inputs: { x: [type, dimensions] },
    outputs: { y: [type, dimensions] },
    nodes: [node('Identity', ['x'], ['y'])],
  };
}

/** One input a column, each given back under its name with a stroke. */
export function echoColumns(columns: Readonly<Record<string, readonly [ElementType, Dimensions]>>): Model {
  return {
    inputs: columns,
    outputs: Object.fromEntries(Object.entries(columns).map(([name, spec]) => [`${name}_out`, spec])),
    nodes: Object.keys(columns).map((name) => node('Identity', [name], [`${name}_out`])),
  };
}

/** y[i] = table[x[i]]: an index past the end is refused by the model itself. */
export function lookup(table: readonly number[]): Model {
  return {
    inputs: { x: ['int64', ['N']] },
    outputs: { y: ['float32', ['N']] },
    nodes: [node('Gather', ['table', 'x'], ['y'])],
    initializers: [floats('table', [table.length], table)],
  };
}

/** y[i] = x[i] / the sum of all x: rows of different requests must never be run together. */
export function shareOfBatch(): Model {
  return {
    inputs: { x: ['float32', ['N']] },
    outputs: { total: ['float32', [1]] },
    nodes: [
      node(
        'ReduceSum',
        ['x'],
        ['total'],
        [{ name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 1 }],
      ),
    ],
  };
}

/** y = x scaled by the one value of k: inputs whose rows are not the same. */
export function scaled(): Model {
  return {
    inputs: { x: ['float32', ['N']], k: ['float32', ['K']] },
    outputs: { y: ['float32', ['N']] },
    nodes: [node('Mul', ['x', 'k'], ['y'])],
  };
}

/** The sum of its columns after many products of large matrices: some milliseconds a row. */
export function slow(rounds: number, size = 256): Model {
  const identity = Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const nodes = Array.from({ length: rounds }, (_, i) =>
    node('MatMul', [i === 0 ? 'x' : `m${i}`, 'w'], [`m${i + 1}`]),
  );
  return {
    inputs: { x: ['float32', ['N', size]] },
    outputs: { y: ['float32', ['N', size]] },
    nodes: [...nodes, node('Identity', [`m${rounds}`], ['y'])],
    initializers: [floats('w', [size, size], identity)],
  };
}
