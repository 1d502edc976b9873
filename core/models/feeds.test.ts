import type { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { loadOnnxRuntime } from '../native/index.ts';
import type { Batch, Column, ColumnBatch, ColumnKind } from '../tables/types.ts';
import { bindFeatures } from './bind-features.ts';
import { createFeedBuilder, FeatureValueError } from './feeds.ts';
import type { ModelInput } from './types.ts';

const runtime = await loadOnnxRuntime();

function numeric(...values: number[]): ColumnBatch {
  const missing = values.some(Number.isNaN)
    ? Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0))
    : null;
  return { kind: 'numeric', values: Float64Array.from(values), missing };
}
const text = (...values: (string | null)[]): ColumnBatch => ({ kind: 'text', values });

interface Setup {
  readonly inputs: readonly ModelInput[];
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  readonly cells: Readonly<Record<string, ColumnBatch>>;
  readonly rows: number;
  readonly missingValues?: 'error' | 'nan';
  readonly from?: number;
  readonly take?: number;
  readonly padTo?: number;
  readonly cellShape?: number[];
}

function build(setup: Setup): Readonly<Record<string, Tensor>> {
  const columns: Column[] = Object.entries(setup.kinds).map(([name, kind]) => ({
    name,
    kind,
    cellShape: setup.cellShape ?? [],
  }));
  const binding = bindFeatures(columns, setup.inputs, { labelColumn: null, featureColumns: null });
  const builder = createFeedBuilder(runtime, binding, { missingValues: setup.missingValues ?? 'error' });
  const batch: Batch = { firstRow: 0, rows: setup.rows, columns: new Map(Object.entries(setup.cells)) };
  return builder.build(batch, setup.from ?? 0, setup.take ?? setup.rows, setup.padTo ?? null);
}

const matrix = (type: string, width: number): ModelInput[] => [{ name: 'X', type, shape: [null, width] }];
const one = (type: string, kind: ColumnKind, cells: ColumnBatch, missingValues: 'error' | 'nan' = 'error') =>
  build({
    inputs: matrix(type, 1),
    kinds: { a: kind },
    cells: { a: cells },
    rows: cells.values.length,
    missingValues,
  }).X;

describe('tensors', () => {
  it('lays columns side by side, row by row', () => {
    const { X } = build({
      inputs: matrix('float32', 2),
      kinds: { a: 'number', b: 'integer' },
      cells: { a: numeric(0.5, 1.5), b: numeric(1, 2) },
      rows: 2,
    });
    expect(X?.dims).toEqual([2, 2]);
    expect(X?.type).toBe('float32');
    expect(X?.data).toEqual(Float32Array.of(0.5, 1, 1.5, 2));
  });

  it.each([
    ['float64', Float64Array.of(1, 2)],
    ['int32', Int32Array.of(1, 2)],
    ['int8', Int8Array.of(1, 2)],
    ['int64', BigInt64Array.of(1n, 2n)],
    ['uint64', BigUint64Array.of(1n, 2n)],
    ['string', ['1', '2']],
  ])('of %s', (type, data) => {
    expect(one(type, 'integer', numeric(1, 2))?.data).toEqual(data);
  });

  it('of booleans', () => {
    expect(one('bool', 'boolean', numeric(1, 0))?.data).toEqual(Uint8Array.of(1, 0));
  });

  it('keeps each digit of large whole numbers', () => {
    const ids = text('9007199254740993', '-9223372036854775808');
    expect(one('int64', 'bigint', ids)?.data).toEqual(
      BigInt64Array.of(9007199254740993n, -9223372036854775808n),
    );
  });

  it('takes arrays as they are', () => {
    const { X } = build({
      inputs: [{ name: 'X', type: 'float32', shape: [null, 2, 2] }],
      kinds: { image: 'number' },
      cells: { image: numeric(1, 2, 3, 4, 5, 6, 7, 8) },
      rows: 2,
      cellShape: [2, 2],
    });
    expect(X?.dims).toEqual([2, 2, 2]);
    expect(X?.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });

  it('takes part of a batch and repeats its last row', () => {
    const { X } = build({
      inputs: matrix('float32', 2),
      kinds: { a: 'number', b: 'number' },
      cells: { a: numeric(1, 2, 3), b: numeric(10, 20, 30) },
      rows: 3,
      from: 1,
      take: 2,
      padTo: 4,
    });
    expect(X?.dims).toEqual([4, 2]);
    expect(X?.data).toEqual(Float32Array.of(2, 20, 3, 30, 3, 30, 3, 30));
  });
});

describe('values that a model cannot take', () => {
  it.each([
    ['float32', 'number', numeric(1, Number.NaN), /`a` is missing, and the model wants float32/],
    ['float32', 'number', numeric(1, Number.POSITIVE_INFINITY), /`a` is infinite/],
    ['float64', 'number', numeric(1, Number.NEGATIVE_INFINITY), /`a` is minus infinity/],
    ['float32', 'number', numeric(1, 1e39), /`a` holds 1e\+39, which does not fit float32/],
    ['int64', 'number', numeric(1, 1.5), /`a` holds 1.5, and the model wants whole numbers \(int64\)/],
    ['int32', 'integer', numeric(1, 2 ** 31), /`a` holds 2147483648, which does not fit int32/],
    ['uint8', 'integer', numeric(1, -1), /`a` holds -1, which does not fit uint8/],
    ['int64', 'number', numeric(1, Number.NaN), /`a` is missing/],
    [
      'int64',
      'bigint',
      text('1', '9223372036854775808'),
      /`a` holds 9223372036854775808, which does not fit int64/,
    ],
    ['int64', 'bigint', text('1', null), /`a` is missing/],
    ['string', 'string', text('x', null), /`a` is missing, and the model wants text/],
    ['bool', 'integer', numeric(1, 2), /`a` holds 2, and the model wants true or false/],
  ] as const)('%s from %s', (type, kind, cells, message) => {
    let thrown: unknown;
    try {
      one(type, kind, cells);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FeatureValueError);
    expect((thrown as FeatureValueError).message).toMatch(message);
    expect(thrown).toMatchObject({ column: 'a', row: 1 });
  });

  it('passes missing values as NaN when told to, and never infinity', () => {
    expect(one('float32', 'number', numeric(1, Number.NaN), 'nan')?.data).toEqual(
      Float32Array.of(1, Number.NaN),
    );
    expect(() => one('float32', 'number', numeric(1, Number.POSITIVE_INFINITY), 'nan')).toThrow(/infinite/);
    expect(() => one('int64', 'number', numeric(1, Number.NaN), 'nan')).toThrow(/missing/);
  });

  it('names a NaN that stands in the data', () => {
    const cells: ColumnBatch = { kind: 'numeric', values: Float64Array.of(Number.NaN), missing: null };
    expect(() => one('float32', 'number', cells)).toThrow(/`a` is NaN/);
  });
});
