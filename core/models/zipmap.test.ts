/** Models are made and read back with onnx-proto, an implementation of the format that is not ours. */

import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { readOnnxGraph } from './onnx-graph.ts';
import { concatBytes, encodeField, fieldsOf, WireError } from './wire.ts';
import { classLabels, cutZipMaps } from './zipmap.ts';

const { AttributeType } = onnx.AttributeProto;

function tensorInfo(name: string, type: number, dims: readonly (number | string)[]): onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: type, shape: { dim } } } };
}

function classifier(
  labels: onnx.IAttributeProto,
  extraOutputs: readonly onnx.IValueInfoProto[] = [],
): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion: 8,
    producerName: 'maker',
    producerVersion: '1.2',
    docString: 'kept',
    opsetImport: [
      { domain: 'ai.onnx.ml', version: 1 },
      { domain: '', version: 15 },
    ],
    metadataProps: [{ key: 'k', value: 'v' }],
    graph: {
      name: 'g',
      node: [
        { opType: 'Softmax', input: ['x'], output: ['probabilities'] },
        {
          opType: 'ZipMap',
          domain: 'ai.onnx.ml',
          input: ['probabilities'],
          output: ['maps'],
          attribute: [labels],
        },
      ],
      input: [tensorInfo('x', 1, ['N', 3])],
      output: [
        {
          name: 'maps',
          type: {
            sequenceType: {
              elemType: { mapType: { keyType: 7, valueType: { tensorType: { elemType: 1 } } } },
            },
          },
        },
        ...extraOutputs,
      ],
      initializer: [
        {
          name: 'w',
          dims: [1],
          dataType: 1,
          dataLocation: 1,
          externalData: [
            { key: 'location', value: 'weights.bin' },
            { key: 'offset', value: '0' },
          ],
        },
      ],
    },
  }).finish();
}

const strings: onnx.IAttributeProto = {
  name: 'classlabels_strings',
  type: AttributeType.STRINGS,
  strings: ['a', 'b', 'c'].map((label) => Buffer.from(label)),
};
const integers: onnx.IAttributeProto = {
  name: 'classlabels_int64s',
  type: AttributeType.INTS,
  ints: [-1, 0, 7],
};

describe('cutting ZipMap', () => {
  it('puts the tensor in the place of the maps and leaves the rest as it is', () => {
    const model = classifier(strings);
    const cut = cutZipMaps(model, readOnnxGraph(model));
    const decoded = onnx.ModelProto.decode(cut ?? new Uint8Array(0));
    expect(decoded.graph?.node?.map((node) => node.opType)).toEqual(['Softmax']);
    const [output] = decoded.graph?.output ?? [];
    expect(decoded.graph?.output).toHaveLength(1);
    expect(output?.name).toBe('probabilities');
    expect(output?.type?.tensorType?.elemType).toBe(1);
    expect(output?.type?.tensorType?.shape?.dim?.map((d) => d.dimParam || Number(d.dimValue))).toEqual([
      'N',
      3,
    ]);
    expect(decoded.docString).toBe('kept');
    expect(decoded.metadataProps?.[0]?.value).toBe('v');
    expect(decoded.opsetImport).toHaveLength(2);
    expect(decoded.graph?.initializer?.[0]?.externalData?.[0]?.value).toBe('weights.bin');
  });

  it('keeps fields that this version of the format does not know', () => {
    const unknown = encodeField(4000, 'of the future');
    const model = concatBytes([classifier(strings), unknown]);
    const cut = cutZipMaps(model, readOnnxGraph(model)) ?? new Uint8Array(0);
    expect(Buffer.from(cut).subarray(-unknown.length).equals(unknown)).toBe(true);
  });

  it('does not name a tensor twice that is an output already', () => {
    const model = classifier(strings, [tensorInfo('probabilities', 1, ['N', 3])]);
    const cut = cutZipMaps(model, readOnnxGraph(model)) ?? new Uint8Array(0);
    expect(onnx.ModelProto.decode(cut).graph?.output?.map((output) => output.name)).toEqual([
      'probabilities',
    ]);
  });

  it('leaves a model without ZipMap alone', () => {
    const model = onnx.ModelProto.encode({
      graph: { node: [{ opType: 'Relu', input: ['x'], output: ['y'] }] },
    }).finish();
    expect(cutZipMaps(model, readOnnxGraph(model))).toBe(null);
  });
});

describe('class labels', () => {
  it.each([
    [strings, ['a', 'b', 'c']],
    [integers, ['-1', '0', '7']],
  ])('of a ZipMap', (attribute, labels) => {
    expect(classLabels(readOnnxGraph(classifier(attribute)))).toEqual(labels);
  });

  it.each([
    ['TreeEnsembleClassifier', 'classlabels_int64s'],
    ['LinearClassifier', 'classlabels_ints'],
    ['SVMClassifier', 'classlabels_ints'],
  ])('of %s', (opType, name) => {
    const node = {
      opType,
      domain: 'ai.onnx.ml',
      input: ['x'],
      output: ['label', 'p'],
      attribute: [{ ...integers, name }],
    };
    const model = onnx.ModelProto.encode({
      graph: { node: [node], output: [tensorInfo('label', 7, ['N'])] },
    }).finish();
    expect(classLabels(readOnnxGraph(model))).toEqual(['-1', '0', '7']);
  });

  it.each([
    ['strings', { dataType: 8, stringData: [Buffer.from('no'), Buffer.from('yes')] }, ['no', 'yes']],
    ['whole numbers', { dataType: 7, int64Data: [3, 5] }, ['3', '5']],
    [
      'raw whole numbers',
      { dataType: 7, rawData: Buffer.from(BigInt64Array.of(3n, -5n).buffer) },
      ['3', '-5'],
    ],
  ])('picked by index from %s', (_, data, labels) => {
    const model = onnx.ModelProto.encode({
      graph: {
        node: [
          {
            opType: 'ArrayFeatureExtractor',
            domain: 'ai.onnx.ml',
            input: ['classes', 'best'],
            output: ['picked'],
          },
          { opType: 'Reshape', input: ['picked', 'shape'], output: ['label'] },
        ],
        initializer: [{ name: 'classes', dims: [2], ...data }],
        output: [tensorInfo('label', 7, ['N'])],
      },
    }).finish();
    expect(classLabels(readOnnxGraph(model))).toEqual(labels);
  });

  it('are not made up', () => {
    const model = onnx.ModelProto.encode({
      graph: { node: [{ opType: 'Relu', input: ['x'], output: ['y'] }] },
    }).finish();
    expect(classLabels(readOnnxGraph(model))).toBe(null);
  });
});

describe('facts of a model', () => {
  it('has producer, opset of the standard operators and external data', () => {
    const graph = readOnnxGraph(classifier(strings));
    expect(graph).toMatchObject({ producer: 'maker 1.2', opset: 15, externalData: ['weights.bin'] });
  });

  it('refuses every truncation of a model', () => {
    const model = classifier(strings);
    let accepted = 0;
    for (let length = 0; length < model.length; length++) {
      try {
        readOnnxGraph(model.subarray(0, length));
        accepted++;
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }
    // Between two fields after the graph a cut model is a model of its own.
    expect(accepted).toBeLessThanOrEqual(4);
  });

  it('walks fields of every wire type', () => {
    const bytes = Uint8Array.from([
      0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x22, 1, 65,
    ]);
    expect([...fieldsOf(bytes)].map((field) => [field.number, field.type, field.start, field.end])).toEqual([
      [1, 0, 0, 3],
      [2, 1, 3, 12],
      [3, 5, 12, 17],
      [4, 2, 17, 20],
    ]);
    expect([...fieldsOf(bytes)][0]?.varint).toBe(150n);
  });
});
