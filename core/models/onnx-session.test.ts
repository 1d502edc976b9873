/** Models are made with onnx-proto; what ONNX Runtime says of them is its own. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../inputs/errors.ts';
import { silentLog } from '../report/log.ts';
import type { Batch, Column } from '../tables/types.ts';
import { openModel } from './index.ts';
import { openSession } from './onnx-session.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const info = (name: string, type: number, width: number): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: type, shape: { dim: [{ dimParam: 'N' }, { dimValue: width }] } } },
});

function modelFile(
  node: onnx.INodeProto,
  overrides: onnx.IModelProto = {},
  graph: onnx.IGraphProto = {},
): string {
  const bytes = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: { name: 'g', node: [node], input: [info('x', 1, 2)], output: [info('y', 1, 2)], ...graph },
    ...overrides,
  }).finish();
  return file('model.onnx', bytes);
}

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const relu: onnx.INodeProto = { opType: 'Relu', input: ['x'], output: ['y'] };

describe('models that the runtime refuses', () => {
  it.each([
    [
      'an unknown operator',
      { opType: 'Frobnicate', input: ['x'], output: ['y'] },
      {},
      /uses the operator Frobnicate \(opset 17\)/,
    ],
    [
      'a custom operator',
      { opType: 'Blah', domain: 'com.acme', input: ['x'], output: ['y'] },
      {
        opsetImport: [
          { domain: '', version: 17 },
          { domain: 'com.acme', version: 1 },
        ],
      },
      /uses the custom operator com\.acme:Blah/,
    ],
    [
      'an opset of the future',
      relu,
      { opsetImport: [{ domain: '', version: 99 }] },
      /has opset 99 of ai\.onnx, newer than ONNX Runtime knows \(\d+\)/,
    ],
    [
      'a format of the future',
      relu,
      { irVersion: 99 },
      /has IR version 99, newer than ONNX Runtime knows \(\d+\)/,
    ],
  ])('%s', async (_, node, overrides, message) => {
    const failed = openSession(modelFile(node, overrides));
    await expect(failed).rejects.toThrow(RunError);
    await expect(failed).rejects.toThrow(message);
  });
});

describe('files that are no models', () => {
  it.each([
    ['a pickle', '\x80\x04\x95rest', /is not an ONNX model: it is a pickle/],
    ['Keras', '\x89HDF\r\n\x1a\n', /is an HDF5 file \(Keras\)/],
    ['PyTorch', 'PK\x03\x04....archive/data.pkl', /is a PyTorch file/],
    ['JSON', '{"a": 1}', /is a JSON file/],
    ['a page', '<!DOCTYPE html><html>', /is an HTML or XML page/],
    [
      'Git LFS',
      'version https://git-lfs.github.com/spec/v1\noid sha256:a\n',
      /is a Git LFS pointer.*git lfs pull.*lfs: true/,
    ],
    ['gzip', '\x1f\x8b\x08', /is gzip-compressed/],
    [
      'CSV',
      'a,b,label\n1,2,yes\n',
      /is not an ONNX model: it is a CSV file: data are given as data-path, the model as model-path/,
    ],
    ['CSV with semicolons and a mark', '\xef\xbb\xbfa;b\r\n1;2\r\n', /it is a CSV file/],
    ['JSON lines', '{"a": 1}\n{"a": 2}\n', /it is a file of JSON rows: data are given as data-path/],
    ['Parquet', 'PAR1\x15\x04', /it is a Parquet file: data/],
    ['Arrow', 'ARROW1\0\0', /it is an Arrow file: data/],
    ['NPZ', `PK\x03\x04${'\0'.repeat(22)}\x05\0\0\0x.npy\x93NUMPY`, /it is an NPZ file: data/],
    ['noise', '\x07\x07\x07\x07', /is not an ONNX model/],
  ])('%s', async (_, text, message) => {
    await expect(openSession(file('model.onnx', Buffer.from(text, 'latin1')))).rejects.toThrow(message);
  });

  it('nothing at all', async () => {
    await expect(openSession(file('empty.onnx', ''))).rejects.toThrow(/empty\.onnx is empty/);
    await expect(openSession(join(folder, 'absent.onnx'))).rejects.toThrow(/absent\.onnx does not exist/);
  });

  it('folders', async () => {
    const options = { columns: [], labelColumn: null, featureColumns: null, env: {}, log: silentLog };
    await expect(openModel({ kind: 'model', path: folder }, options)).rejects.toThrow(
      /without an MLmodel file/,
    );
    file('saved_model.pb', 'x');
    await expect(openModel({ kind: 'model', path: folder }, options)).rejects.toThrow(
      /TensorFlow SavedModel/,
    );
    file('MLmodel', 'flavors: [');
    await expect(openModel({ kind: 'model', path: folder }, options)).rejects.toThrow(/not valid YAML/);
    file('MLmodel', 'flavors:\n  onnx:\n    data: ../model.onnx\n');
    await expect(openModel({ kind: 'model', path: folder }, options)).rejects.toThrow(
      /outside of the model's folder/,
    );
  });
});

describe('external data', () => {
  const add: onnx.INodeProto = { opType: 'Add', input: ['x', 'w'], output: ['y'] };
  const weights = (location: string): onnx.IGraphProto => ({
    initializer: [
      {
        name: 'w',
        dims: [2],
        dataType: 1,
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: location },
          { key: 'length', value: '8' },
        ],
      },
    ],
  });

  it('is read from beside the model, and from nowhere else', async () => {
    const path = modelFile(add, {}, weights('w.bin'));
    await expect(openSession(path)).rejects.toThrow(/external data file w\.bin, which is not beside it/);
    file('w.bin', Buffer.from(Float32Array.of(10, 20).buffer));
    const { facts, session } = await openSession(path);
    expect(facts.files.map((entry) => [entry.name, entry.bytes])).toContainEqual([join(folder, 'w.bin'), 8]);
    await session.release();
    await expect(openSession(modelFile(add, {}, weights('../w.bin')))).rejects.toThrow(
      /outside of its folder; that is refused/,
    );
  });

  it('is used by a model that ends in ZipMap, too', async () => {
    const zipmap: onnx.INodeProto = {
      opType: 'ZipMap',
      domain: 'ai.onnx.ml',
      input: ['y'],
      output: ['maps'],
      attribute: [{ name: 'classlabels_int64s', type: onnx.AttributeProto.AttributeType.INTS, ints: [3, 5] }],
    };
    const maps: onnx.IValueInfoProto = {
      name: 'maps',
      type: {
        sequenceType: { elemType: { mapType: { keyType: 7, valueType: { tensorType: { elemType: 1 } } } } },
      },
    };
    const graph = { ...weights('w.bin'), node: [add, zipmap], output: [maps] };
    const opsetImport = [
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 1 },
    ];
    const path = modelFile(add, { opsetImport }, graph);
    file('w.bin', Buffer.from(Float32Array.of(10, 20).buffer));
    const columns: Column[] = ['a', 'b'].map((name) => ({ name, kind: 'number', cellShape: [] }));
    const predictor = await openModel(
      { kind: 'model', path },
      { columns, labelColumn: null, featureColumns: null, env: {}, log: silentLog },
    );
    const cells = { kind: 'numeric', values: Float64Array.of(1, 2), missing: null } as const;
    const batch: Batch = {
      firstRow: 0,
      rows: 2,
      columns: new Map([
        ['a', cells],
        ['b', cells],
      ]),
    };
    expect((await predictor.predict(batch)).scores).toEqual({
      values: Float64Array.of(11, 21, 12, 22),
      width: 2,
    });
    expect(predictor.facts.classes).toEqual(['3', '5']);
    await predictor.close();
  });
});

describe('half precision', () => {
  it('is fed and read as numbers', async () => {
    const float16 = onnx.TensorProto.DataType.FLOAT16;
    const softmax: onnx.INodeProto = { opType: 'Softmax', input: ['x'], output: ['y'] };
    const graph = { input: [info('x', float16, 2)], output: [info('y', float16, 2)] };
    const path = modelFile(softmax, {}, graph);
    const columns: Column[] = ['a', 'b'].map((name) => ({ name, kind: 'number', cellShape: [] }));
    const predictor = await openModel(
      { kind: 'model', path },
      { columns, labelColumn: null, featureColumns: null, env: {}, log: silentLog },
    );
    const cells = (...values: number[]) =>
      ({ kind: 'numeric', values: Float64Array.from(values), missing: null }) as const;
    const batch = (a: number[], b: number[]): Batch => ({
      firstRow: 0,
      rows: a.length,
      columns: new Map([
        ['a', cells(...a)],
        ['b', cells(...b)],
      ]),
    });
    const { scores } = await predictor.predict(batch([0, 1, 3], [0, 2, 0]));
    // 1 / (1 + e^-d), to the 11 bits of a half float.
    const expected = [0, -1, 3].flatMap((d) => [1 / (1 + Math.exp(-d)), 1 / (1 + Math.exp(d))]);
    expect(scores?.width).toBe(2);
    expected.forEach((value, i) => {
      expect(Math.abs((scores?.values[i] ?? Number.NaN) - value)).toBeLessThan(2 ** -10);
    });
    await expect(predictor.predict(batch([70_000], [0]))).rejects.toThrow(/feature `a` holds 70000/);
    await predictor.close();
  });
});
