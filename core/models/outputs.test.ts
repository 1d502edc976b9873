import { describe, expect, it } from 'vitest';
import { labelText, planOutputs, readOutputs, type TensorLike } from './outputs.ts';
import type { ModelInput } from './types.ts';

const output = (name: string, type: string, ...shape: (number | null)[]): ModelInput => ({
  name,
  type,
  shape,
});
const facts = (outputs: ModelInput[], classes: string[] | null = null) => ({
  name: 'm.onnx',
  outputs,
  classes,
});
const tensor = (type: string, data: TensorLike['data'], ...dims: number[]): TensorLike => ({
  type,
  data,
  dims,
});

describe('outputs that are not one prediction a row', () => {
  const plan = planOutputs(facts([output('p', 'float32', null, null)]), []);
  const values = Float32Array.from({ length: 8 }, (_, i) => i);

  it.each([
    ['transposed: [classes, rows]', [2, 4]],
    ['transposed with a leading 1', [1, 2, 4]],
    ['twice the rows', [8, 1]],
  ])('%s', (_, dims) => {
    expect(() => readOutputs(plan, { p: tensor('float32', values, ...dims) }, 4, 4)).toThrow(
      /has the shape \[.*\] for 4 rows: it is not one prediction a row/,
    );
  });

  it('one row may come without its dimension', () => {
    const results = { p: tensor('float32', Float32Array.of(0.25, 0.75), 2) };
    expect(readOutputs(plan, results, 1, 1).scores).toEqual({
      values: Float64Array.of(0.25, 0.75),
      width: 2,
    });
  });

  it('one value a row may come as a row', () => {
    const results = { p: tensor('float32', Float32Array.of(0.25, 0.75), 1, 2) };
    expect(readOutputs(plan, results, 2, 2).values).toEqual(Float64Array.of(0.25, 0.75));
  });
});

describe('which output is what', () => {
  it.each([
    [
      'scikit-learn',
      [output('label', 'int64', null), output('p', 'float32', null, 3)],
      { labels: 'label', scores: ['p'], values: null },
    ],
    [
      'LightGBM, which declares one label',
      [output('label', 'int64', 1), output('p', 'float32', null, 2)],
      { labels: 'label', scores: ['p'], values: null },
    ],
    [
      'scores first',
      [output('p', 'float32', null, 2), output('label', 'string', null)],
      { labels: 'label', scores: ['p'], values: null },
    ],
    [
      'a regression',
      [output('variable', 'float32', null, 1)],
      { labels: null, scores: [], values: 'variable' },
    ],
    ['a regression of shape [N]', [output('y', 'float64', null)], { labels: null, scores: [], values: 'y' }],
    [
      'labels and one score',
      [output('label', 'int64', null), output('p', 'float32', null, 1)],
      { labels: 'label', scores: [], values: 'p' },
    ],
    ['labels only', [output('label', 'int64', null, 1)], { labels: 'label', scores: [], values: null }],
    [
      'labels in reals',
      [output('output_label', 'float32', null), output('p', 'float32', null, 2)],
      { labels: 'output_label', scores: ['p'], values: null },
    ],
    [
      'probabilities after logits',
      [output('logits', 'float32', null, 3), output('probabilities', 'float32', null, 3)],
      { labels: null, scores: ['probabilities'], values: null },
    ],
  ] as const)('%s', (_, outputs, plan) => {
    expect(planOutputs(facts([...outputs]), [])).toMatchObject(plan);
  });

  it('prefers the tensor with as many columns as the model has classes', () => {
    const outputs = [output('embedding', 'float32', null, 64), output('s', 'float32', null, 3)];
    const plan = planOutputs(facts(outputs, ['a', 'b', 'c']), []);
    expect(plan.scores).toEqual(['s']);
    expect(plan.notes).toEqual(['Outputs of the model that are not used: embedding.']);
  });

  it('joins the columns that skl2onnx writes with zipmap="columns", in the order of the classes', () => {
    const outputs = [
      output('label', 'string', null),
      output('sb', 'float32', null),
      output('sa', 'float32', null),
    ];
    const plan = planOutputs(facts(outputs, ['a', 'b']), []);
    expect(plan.scores).toEqual(['sa', 'sb']);
    const results = {
      label: tensor('string', ['a', 'b'], 2),
      sa: tensor('float32', Float32Array.of(0.75, 0.25), 2),
      sb: tensor('float32', Float32Array.of(0.25, 0.75), 2),
    };
    expect(readOutputs(plan, results, 2, 2).scores).toEqual({
      values: Float64Array.of(0.75, 0.25, 0.25, 0.75),
      width: 2,
    });
  });

  it('notes what cannot be read, and refuses a model with nothing else', () => {
    expect(planOutputs(facts([output('label', 'int64', null)]), ['maps']).notes).toEqual([
      'Outputs of the model that are not used: maps.',
    ]);
    expect(() => planOutputs(facts([output('x', 'float32', null, 3, 8, 8)]), ['maps'])).toThrow(
      /m\.onnx has no output that is a label, a score or a value per row; it has x \(float32, \[\?, 3, 8, 8\]\), maps \(sequence or map\)/,
    );
  });
});

describe('reading', () => {
  it('cuts what was padded', () => {
    const plan = planOutputs(facts([output('label', 'int64', 4), output('p', 'float32', 4, 2)]), []);
    const results = {
      label: tensor('int64', BigInt64Array.of(1n, 0n, 0n, 0n), 4),
      p: tensor('float32', Float32Array.of(0.25, 0.75, 1, 0, 1, 0, 1, 0), 4, 2),
    };
    expect(readOutputs(plan, results, 2, 4)).toEqual({
      rows: 2,
      labels: ['1', '0'],
      scores: { values: Float64Array.of(0.25, 0.75, 1, 0), width: 2 },
      values: null,
    });
  });

  it('goes by what is returned when the shape is not declared', () => {
    const plan = planOutputs(facts([output('y', 'float32')]), []);
    expect(readOutputs(plan, { y: tensor('float32', Float32Array.of(1, 2), 2, 1) }, 2, 2).values).toEqual(
      Float64Array.of(1, 2),
    );
    expect(
      readOutputs(plan, { y: tensor('float32', Float32Array.of(1, 2, 3, 4), 2, 2) }, 2, 2).scores?.width,
    ).toBe(2);
  });

  it('refuses an output that is not one prediction a row', () => {
    const plan = planOutputs(facts([output('label', 'int64', null)]), []);
    expect(() => readOutputs(plan, { label: tensor('int64', BigInt64Array.of(1n), 1) }, 3, 3)).toThrow(
      /output `label` has the shape \[1\] for 3 rows: it is not one prediction a row/,
    );
  });
});

it.each([
  [1n, '1'],
  [1, '1'],
  ['1', '1'],
  ['1.0', '1'],
  ['-2.000', '-2'],
  [-0, '0'],
  [1.5, '1.5'],
  ['1.50', '1.50'],
  ['007', '007'],
  ['01.0', '01.0'],
  ['yes', 'yes'],
  [9007199254740993n, '9007199254740993'],
])('label %o reads %s', (label, wanted) => {
  expect(labelText(label)).toBe(wanted);
});
