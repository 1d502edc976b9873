/** Models are made with onnx-proto; that the answers differ, or do not, is ONNX Runtime's own word. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from './onnx-session.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const width = 64;
const info = (name: string): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'N' }, { dimValue: width }] } } },
});
const floats = (name: string, value: number, dims: number[]): onnx.ITensorProto => ({
  name,
  dataType: 1,
  dims,
  floatData: Array.from({ length: dims[0] ?? 1 }, () => value),
});
const ratio = floats('ratio', 0.5, []);
const bool = (name: string, value: number, raw = false): onnx.ITensorProto => ({
  name,
  dataType: 9,
  dims: [],
  ...(raw ? { rawData: Uint8Array.of(value) } : { int32Data: [value] }),
});
const dropout = (attribute: onnx.IAttributeProto[] = []): onnx.INodeProto => ({
  opType: 'Dropout',
  input: ['x', 'ratio', 'mode'],
  output: ['y'],
  attribute,
});
const integer = (name: string, i: number): onnx.IAttributeProto => ({ name, type: 2, i });
const unary = (opType: string, attribute: onnx.IAttributeProto[] = []): onnx.INodeProto => ({
  opType,
  input: ['x'],
  output: ['y'],
  attribute,
});

/** The notices, and whether two sessions say the same of the same rows. */
async function look(
  node: onnx.INodeProto[],
  initializer: onnx.ITensorProto[] = [],
  model: onnx.IModelProto = {},
): Promise<{ notices: readonly string[]; agree: boolean }> {
  const path = join(folder, 'model.onnx');
  const graph = { name: 'g', node, initializer, input: [info('x')], output: [info('y')] };
  const opsetImport = [{ domain: '', version: 17 }];
  writeFileSync(path, onnx.ModelProto.encode({ irVersion: 8, opsetImport, graph, ...model }).finish());
  const answers: string[] = [];
  let notices: readonly string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const open = await openSession(path);
    notices = open.notices;
    const x = new open.runtime.Tensor('float32', new Float32Array(width).fill(0.5), [1, width]);
    answers.push(String((await open.session.run({ x }, ['y'])).y?.data));
    await open.session.release();
  }
  return { notices, agree: answers[0] === answers[1] };
}

const random = (what: string): string[] => [
  `the model draws random numbers (${what}): two runs may disagree`,
];

describe('random numbers', () => {
  it.each([
    ['an initializer', [dropout()], [ratio, bool('mode', 1)]],
    ['raw bytes', [dropout()], [ratio, bool('mode', 1, true)]],
    [
      'a Constant node',
      [
        { opType: 'Constant', output: ['mode'], attribute: [{ name: 'value', type: 4, t: bool('', 1) }] },
        dropout(),
      ],
      [ratio],
    ],
  ])('of Dropout in training mode by %s', async (_, nodes, initializers) => {
    expect(await look(nodes, initializers)).toEqual({
      notices: random('Dropout in training mode'),
      agree: false,
    });
  });

  it.each(['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'])('of %s', async (operator) => {
    expect((await look([unary(operator)])).notices).toEqual(random(operator));
  });

  it('of operators by any shape, each once, within a branch too', async () => {
    const shaped = (opType: string, output: string): onnx.INodeProto => ({
      opType,
      output: [output],
      attribute: [{ name: 'shape', type: 7, ints: [1, width] }],
    });
    const branch = (name: string, opType: string): onnx.IAttributeProto => ({
      name,
      type: 5,
      g: { name, node: [shaped(opType, `${name}_out`)], output: [info(`${name}_out`)] },
    });
    const choice: onnx.INodeProto = {
      opType: 'If',
      input: ['mode'],
      output: ['noise'],
      attribute: [branch('then_branch', 'RandomNormal'), branch('else_branch', 'RandomUniform')],
    };
    const add: onnx.INodeProto = { opType: 'Add', input: ['x', 'noise'], output: ['y'] };
    const { notices } = await look([choice, add], [bool('mode', 1)]);
    expect(notices).toEqual(random('RandomNormal, RandomUniform'));
  });

  it('of a function that the model defines', async () => {
    const functions = [
      {
        name: 'Noisy',
        domain: 'local',
        input: ['a'],
        output: ['b'],
        node: [{ opType: 'RandomNormalLike', input: ['a'], output: ['b'] }],
        opsetImport: [{ domain: '', version: 17 }],
      },
    ];
    const opsetImport = [
      { domain: '', version: 17 },
      { domain: 'local', version: 1 },
    ];
    const { notices } = await look([{ ...unary('Noisy'), domain: 'local' }], [], { functions, opsetImport });
    expect(notices).toEqual(random('RandomNormalLike'));
  });

  it.each([
    ['Dropout with training_mode false', [dropout()], [ratio, bool('mode', 0)]],
    ['Dropout without a mode', [unary('Dropout')], []],
    ['Dropout with a seed', [dropout([integer('seed', 7)])], [ratio, bool('mode', 1)]],
    ['a seed', [unary('RandomNormalLike', [{ name: 'seed', type: 1, f: 3 }])], []],
    ['none of them', [unary('Relu')], []],
  ])('are not told of %s', async (_, nodes, initializers) => {
    expect(await look(nodes, initializers)).toEqual({ notices: [], agree: true });
  });
});

describe('BatchNormalization', () => {
  const node = (mode: number, output: string[]): onnx.INodeProto => ({
    opType: 'BatchNormalization',
    input: ['x', 'scale', 'bias', 'mean', 'var'],
    output,
    attribute: [integer('training_mode', mode)],
  });
  const weights = ['scale', 'bias', 'mean', 'var'].map((name) => floats(name, 1, [width]));

  it('in training mode is told, at rest it is not', async () => {
    expect((await look([node(1, ['y', 'm', 'v'])], weights)).notices).toEqual([
      'the model has BatchNormalization in training mode: what it says of a row depends on the other rows of the batch',
    ]);
    expect((await look([node(0, ['y'])], weights)).notices).toEqual([]);
  });
});
