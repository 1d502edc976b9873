import { describe, expect, test } from 'vitest';
import type { InputSpec } from '../model/description.ts';
import { type Layout, layoutOf } from './layout.ts';

const input = (name: string, type: InputSpec['type'], ...shape: (number | null)[]): InputSpec => ({
  name,
  type,
  shape,
  rows: '',
});
const layout = (...args: Parameters<typeof layoutOf>): Layout => {
  const made = layoutOf(...args);
  if (typeof made === 'string') throw new Error(made);
  return made;
};
const names = (made: Layout) => made.features?.map((feature) => feature.name);

describe('a model with one tensor', () => {
  const X = input('X', 'float32', null, 3);

  test('has columns without names, unless its signature or FEATURE_NAMES name them', () => {
    expect(layout([X], null, [])).toMatchObject({ named: false, vector: X });
    const signature = ['a', 'b', 'c'].map((name) => ({ name, type: 'double' }));
    expect(names(layout([X], signature, []))).toEqual(['a', 'b', 'c']);
    expect(names(layout([X], signature, ['x', 'y', 'z']))).toEqual(['x', 'y', 'z']);
  });

  test('takes no signature that does not fit it', () => {
    expect(layout([X], [{ name: null, type: 'float32' }], []).named).toBe(false);
    expect(layout([X], [{ name: 'X', type: 'float32' }], []).named).toBe(false);
    expect(
      layout(
        [X],
        ['a', 'a', 'b'].map((name) => ({ name, type: 'long' })),
        [],
      ).named,
    ).toBe(false);
  });

  test('says when FEATURE_NAMES are too few', () => {
    expect(layoutOf([X], null, ['a'])).toBe(
      "FEATURE_NAMES has 1 names, and the model's input `X` takes 3 columns.",
    );
  });

  test('of free width leaves it to the request', () => {
    expect(layout([input('X', 'float32', null, null)], null, []).features).toBeNull();
    expect(names(layout([input('X', 'float32', null, null)], null, ['a', 'b']))).toEqual(['a', 'b']);
  });

  test('of one column has its name', () => {
    expect(layout([input('x', 'int64', null)], null, [])).toMatchObject({ named: true, exactIntegers: true });
  });

  test('of more dimensions has one column of arrays', () => {
    expect(layout([input('image', 'float32', null, 3, null)], null, []).features).toMatchObject([
      { name: 'image', cellShape: [3, null] },
    ]);
  });
});

describe('a model with one input a column', () => {
  const inputs = [
    input('age', 'float32', null, 1),
    input('city', 'string', null, 1),
    input('v', 'float32', null, 4),
  ];

  test('has those columns, of values or of arrays', () => {
    const made = layout(inputs, null, []);
    expect(made.features?.map(({ name, cellShape }) => [name, cellShape])).toEqual([
      ['age', []],
      ['city', []],
      ['v', [4]],
    ]);
  });

  test('takes the order and the types of its signature', () => {
    const signature = [
      { name: 'city', type: 'string' },
      { name: 'v', type: 'double' },
      { name: 'age', type: 'long' },
    ];
    const made = layout(inputs, signature, []);
    expect(names(made)).toEqual(['city', 'v', 'age']);
    expect(made.features?.[2]?.wants).toBe('whole');
  });

  test('needs no FEATURE_NAMES', () => {
    expect(layoutOf(inputs, null, ['a', 'b', 'c'])).toMatch(/this one has the inputs age, city, v/);
  });
});
