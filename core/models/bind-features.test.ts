import { describe, expect, it } from 'vitest';
import { InputError, RunError } from '../inputs/errors.ts';
import type { Column, ColumnKind } from '../tables/types.ts';
import { bindFeatures, positionNotices } from './bind-features.ts';
import type { ModelInput } from './types.ts';

const column = (name: string, kind: ColumnKind = 'number', cellShape: number[] = []): Column => ({
  name,
  kind,
  cellShape,
});
const input = (name: string, shape: (number | null)[], type = 'float32'): ModelInput => ({
  name,
  type,
  shape,
});
const table = [column('a'), column('b', 'integer'), column('c'), column('label', 'integer')];
const byDefault = { labelColumn: 'label', featureColumns: null };
const named = (...featureColumns: string[]) => ({ labelColumn: 'label', featureColumns });

describe('one input for all features', () => {
  it('takes all columns but the label in file order', () => {
    const binding = bindFeatures(table, [input('X', [null, 3])], byDefault);
    expect(binding.columns).toEqual(['a', 'b', 'c']);
    expect(binding.inputs[0]?.rowShape).toEqual([3]);
    expect(binding.notes).toEqual([]);
  });

  it('takes feature-columns in their order and says what is left out', () => {
    const binding = bindFeatures(table, [input('X', [null, 2])], named('c', 'a'));
    expect(binding.columns).toEqual(['c', 'a']);
    expect(binding.notes).toEqual(['Columns that the model does not read: b.']);
  });

  it('takes any number of columns when the model leaves it open', () => {
    expect(bindFeatures(table, [input('X', [null, null])], byDefault).inputs[0]?.rowShape).toEqual([3]);
  });

  it('takes one column for a model of shape [N]', () => {
    const binding = bindFeatures([column('a'), column('label')], [input('X', [null])], byDefault);
    expect(binding.inputs[0]?.rowShape).toEqual([]);
  });

  it('names both counts and the columns when they differ', () => {
    expect(() => bindFeatures(table, [input('X', [null, 4])], byDefault)).toThrow(
      new RunError(
        "The model's input `X` wants 4 features, but the data have 3 columns without the label `label`: a, b, c. " +
          'Name the features in model order with feature-columns.',
      ),
    );
    expect(() => bindFeatures(table, [input('X', [null, 4])], named('a', 'b'))).toThrow(InputError);
    expect(() => bindFeatures(table, [input('X', [null, 4])], named('a', 'b'))).toThrow(
      /wants 4 features, but 2 columns are named: a, b/,
    );
  });

  it('takes the columns that a signature names, in its order, whatever else is there', () => {
    const options = { ...byDefault, signatureColumns: ['c', 'a'] };
    const binding = bindFeatures(table, [input('X', [null, 2])], options);
    expect(binding.columns).toEqual(['c', 'a']);
    expect(binding.notes).toEqual(['Columns that the model does not read: b.']);
    const misspelt = { ...byDefault, signatureColumns: ['A', 'c'] };
    expect(() => bindFeatures(table, [input('X', [null, 2])], misspelt)).toThrow(
      /signature names columns that the data do not have: `A` \(did you mean the column `a`\?\)/,
    );
  });

  it('does not take a tensor signature for column names', () => {
    const options = { ...byDefault, signatureColumns: ['X'] };
    expect(bindFeatures(table, [input('X', [null, 3])], options).columns).toEqual(['a', 'b', 'c']);
  });
});

describe('features fed by position', () => {
  const notices = (...arguments_: Parameters<typeof bindFeatures>): string[] =>
    positionNotices(bindFeatures(...arguments_));

  it('are told in file order', () => {
    expect(notices(table, [input('X', [null, 3])], byDefault)).toEqual([
      'features are fed by position, in file order: a, b, c (set feature-columns to be sure)',
    ]);
    expect(notices(table, [input('X', [null, 3])], { ...byDefault, signatureColumns: ['X'] })).toHaveLength(
      1,
    );
  });

  it('are shortened when they are many', () => {
    const many = [...'abcdefghijkl'].map((name) => column(name));
    expect(notices(many, [input('X', [null, 12])], byDefault)).toEqual([
      'features are fed by position, in file order: a, b, c, d, e, f, g, h and 4 more (set feature-columns to be sure)',
    ]);
  });

  it('are not told when names decide, or there is one column only', () => {
    expect(notices(table, [input('X', [null, 2])], named('c', 'a'))).toEqual([]);
    const signed = { ...byDefault, signatureColumns: ['c', 'a'] };
    expect(notices(table, [input('X', [null, 2])], signed)).toEqual([]);
    expect(notices(table, [input('b', [null, 1], 'int64'), input('a', [null, 1])], byDefault)).toEqual([]);
    expect(notices([column('a'), column('label')], [input('X', [null, 1])], byDefault)).toEqual([]);
    // The column of the input's own name.
    expect(notices([column('x', 'number', [4]), column('b')], [input('x', [null, 4])], byDefault)).toEqual(
      [],
    );
  });
});

describe('arrays', () => {
  const images = [column('image', 'number', [1, 8, 8]), column('label')];

  it('feeds a column whose cells have the shape of the input', () => {
    expect(bindFeatures(images, [input('x', [null, 1, 8, 8])], byDefault).inputs[0]?.rowShape).toEqual([
      1, 8, 8,
    ]);
    expect(bindFeatures(images, [input('x', [null, 1, null, null])], byDefault).inputs[0]?.rowShape).toEqual([
      1, 8, 8,
    ]);
  });

  it('refuses cells of another shape', () => {
    expect(() => bindFeatures(images, [input('x', [null, 3, 8, 8])], byDefault)).toThrow(
      /Column `image` holds arrays of shape \[1, 8, 8\], but the model's input `x` wants \[N, 3, 8, 8\]/,
    );
  });

  it('refuses scalars for an input of images', () => {
    expect(() => bindFeatures(table, [input('x', [null, 3, 8, 8])], byDefault)).toThrow(
      /wants arrays of shape/,
    );
  });

  it('refuses arrays among scalars', () => {
    const mixed = [column('v', 'number', [2]), column('a'), column('label')];
    expect(() => bindFeatures(mixed, [input('x', [null, 3])], byDefault)).toThrow(/columns v hold arrays/);
  });
});

describe('one input per column', () => {
  const inputs = [input('b', [null, 1], 'int64'), input('a', [null, 1])];

  it('binds by name, in whatever order the file has', () => {
    const binding = bindFeatures(table, inputs, byDefault);
    expect(binding.columns).toEqual(['b', 'a']);
    expect(binding.inputs.map((bound) => bound.rowShape)).toEqual([[1], [1]]);
  });

  it('binds shapes [N] and [N, 1]', () => {
    const binding = bindFeatures(table, [input('a', [null]), input('b', [null, 1])], byDefault);
    expect(binding.inputs.map((bound) => bound.rowShape)).toEqual([[], [1]]);
  });

  it('binds feature-columns by order', () => {
    expect(bindFeatures(table, inputs, named('c', 'b')).columns).toEqual(['c', 'b']);
    expect(() => bindFeatures(table, inputs, named('c'))).toThrow(
      /the model has 2 inputs \(b, a\), but 1 columns are named: c/,
    );
  });

  it('names every input without a column, with the nearest', () => {
    const wrong = [input('A', [null, 1]), input('zzz', [null, 1]), input('label', [null, 1])];
    expect(() => bindFeatures(table, wrong, byDefault)).toThrow(
      /no column for `A` \(did you mean the column `a`\?\), `zzz`, `label` \(that is the label column/,
    );
  });

  it('refuses a column of another width', () => {
    expect(() => bindFeatures(table, [input('a', [null, 2]), input('b', [null])], byDefault)).toThrow(
      /input `a` wants \[N, 2\], but column `a` holds one value a row/,
    );
  });
});

describe('feature-columns', () => {
  it('reports every mistake at once', () => {
    let thrown: unknown;
    try {
      bindFeatures(table, [input('X', [null, 3])], named('a', 'a', 'label', 'B'));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InputError);
    expect(
      (thrown as InputError).problems.map((problem) => [problem.message.slice(0, 35), problem.nearest]),
    ).toEqual([
      ['`a` is named twice', undefined],
      ['`label` is the label column and can', undefined],
      ['the data have no column `B` (they h', 'b'],
    ]);
  });
});

describe('types', () => {
  it('refuses text where the model wants numbers', () => {
    const withText = [column('a'), column('city', 'string'), column('label')];
    expect(() => bindFeatures(withText, [input('X', [null, 2])], byDefault)).toThrow(
      /input `X` wants numbers \(float32\), but column `city` holds text/,
    );
  });

  it('writes whole numbers as text, but does not guess how others are written', () => {
    const text = [input('b', [null, 1], 'string'), input('a', [null, 1])];
    expect(bindFeatures(table, text, byDefault).columns).toEqual(['b', 'a']);
    const real = [input('a', [null, 1], 'string'), input('b', [null, 1])];
    expect(() => bindFeatures(table, real, byDefault)).toThrow(/wants text, but column `a` holds numbers/);
  });
});
